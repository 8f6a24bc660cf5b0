"""The list of commands: found by file name, each loaded alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import __main__ as program


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of cli/commands."""
    import cli.commands

    monkeypatch.setattr(program, "COMMANDS", tmp_path)
    monkeypatch.setattr(cli.commands, "__path__", [str(tmp_path)])
    for name in [m for m in sys.modules if m.startswith("cli.commands.")]:
        monkeypatch.delitem(sys.modules, name)
    return tmp_path


def test_help_names_each_file_with_the_first_line_of_its_docstring(folder: Path) -> None:
    (folder / "two_words.py").write_text(
        '"""Do two things.\n\nAnd more."""\nraise RuntimeError("never imported")\n'
    )
    (folder / "broken.py").write_text("def (\n")
    output = CliRunner().invoke(program.main, ["--help"]).output
    assert "two-words  Do two things." in output
    assert "And more" not in output
    assert "broken" in output


def test_a_command_that_cannot_be_loaded_is_a_sentence_and_harms_no_other(folder: Path) -> None:
    (folder / "good.py").write_text('import click\n@click.command()\ndef command(): click.echo("fine")\n')
    (folder / "bad.py").write_text("import no_such_module_anywhere\n")
    assert CliRunner().invoke(program.main, ["good"]).output == "fine\n"
    bad = CliRunner().invoke(program.main, ["bad"])
    assert bad.exit_code == 1
    assert "the command bad cannot be loaded" in bad.output
    assert "Traceback" not in bad.output


def test_what_an_image_does_not_hold_is_a_sentence_when_a_command_comes_to_it(folder: Path) -> None:
    (folder / "late.py").write_text("import click\n@click.command()\ndef command(): import no_such_module\n")
    late = CliRunner().invoke(program.main, ["late"])
    assert late.exit_code == 1
    assert "late cannot be loaded here" in late.output
    assert "no_such_module" in late.output


def test_an_unknown_command_is_refused() -> None:
    answer = CliRunner().invoke(program.main, ["no-such-command"])
    assert answer.exit_code == 2
    assert "No such command" in answer.output


def test_every_command_there_is_can_be_loaded() -> None:
    for name in program.Commands().list_commands(None):  # type: ignore[arg-type]
        assert CliRunner().invoke(program.main, [name, "--help"]).exit_code == 0, name


def test_what_the_operating_system_refuses_is_a_sentence(folder: Path) -> None:
    (folder / "reads.py").write_text('import click\n@click.command()\ndef command(): open("/no/such/file")\n')
    answer = CliRunner().invoke(program.main, ["reads"])
    assert answer.exit_code == 1
    assert answer.output == "tikker: /no/such/file: No such file or directory\n"
