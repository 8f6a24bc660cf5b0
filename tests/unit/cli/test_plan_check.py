"""./tikker plan check: no system needed, an error per line."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from cli.commands.plan import command
from cli.seeding.people import RATE_PLAN


def check(*arguments: str) -> tuple[int, str]:
    answer = CliRunner().invoke(command, ["check", *arguments])
    return answer.exit_code, answer.output


def test_the_sample_plan_has_no_errors() -> None:
    code, output = check(str(RATE_PLAN))
    assert code == 0
    assert output.endswith("lines, no errors.\n")


def test_each_error_has_its_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    file.write_text("prefix;bestemming;tarief\n+31;Nederland;0,02\n+32;;0,05\n+33;Frankrijk;duur\n")
    code, output = check(str(file))
    lines = [line.split()[:2] for line in output.splitlines()]
    assert code == 1
    assert ["3", "bestemming"] in lines
    assert ["4", "tarief"] in lines
    assert "2 errors in 3 lines" in output


def test_many_errors_are_cut_off_and_counted(tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    file.write_text("prefix;bestemming;tarief\n" + "+31;Nederland;veel\n" * 70)
    code, output = check(str(file))
    assert code == 1
    assert "and 20 more" in output


def test_a_file_that_is_no_text_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    file.write_bytes(b"\xff\xfe\x00prefix")
    code, output = check(str(file))
    assert code == 1
    assert "Traceback" not in output
