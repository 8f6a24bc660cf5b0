"""``./tikker compose-env``: a complete .env for its owner only, and never a changed secret."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import secrets
from cli.commands.compose_env import command
from cli.problems import Problem
from cli.setup import refuse_samples


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TIKKER_CARRIERS", "")
    return tmp_path / ".env"


def make(file: Path) -> dict[str, str]:
    """Run the command; the settings that are in the file afterwards."""
    result = CliRunner().invoke(command, [str(file)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    lines = (line for line in file.read_text().splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


def test_a_new_file_has_every_secret_once_and_is_private(file: Path) -> None:
    made = make(file)
    assert secrets.needed().keys() - made.keys() == {"TIKKER_ERLANG_COOKIE"}
    assert made["TIKKER_ENV"] == "development"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    refuse_samples({name: made[name] for name in secrets.accounts()})


def test_what_is_there_stays_and_what_is_missing_is_added(file: Path) -> None:
    file.write_text("# mine\nTIKKER_PORT=9000\nTIKKER_AMQP_PASSWORD_CDR=chosen\n")
    first = make(file)
    assert (first["TIKKER_PORT"], first["TIKKER_AMQP_PASSWORD_CDR"]) == ("9000", "chosen")
    assert file.read_text().startswith("# mine\n")
    before = file.read_text()
    assert make(file) == first
    assert file.read_text() == before


def test_a_new_signing_key_comes_with_its_public_key(file: Path) -> None:
    first = make(file)
    file.write_text(
        file.read_text().replace(f"TIKKER_SIGNING_KEY_CDR={first['TIKKER_SIGNING_KEY_CDR']}\n", "")
    )
    second = make(file)
    old, new = (json.loads(made["TIKKER_PUBLIC_KEYS"]) for made in (first, second))
    assert {issuer for issuer in new if new[issuer] != old[issuer]} == {"cdr"}
    assert file.read_text().count("TIKKER_PUBLIC_KEYS=") == 1


def test_a_carrier_named_in_the_file_gets_a_password(file: Path) -> None:
    file.write_text("TIKKER_CARRIERS=nieuw\n")
    assert len(make(file)["TIKKER_AMQP_PASSWORD_NIEUW"]) == 64


def test_a_file_of_something_else_is_left_alone(file: Path) -> None:
    file.write_text("once upon a time\n")
    result = CliRunner().invoke(command, [str(file)])
    assert result.exit_code == 1
    assert "no NAME=value" in result.output
    assert file.read_text() == "once upon a time\n"


@pytest.mark.parametrize(
    ("passwords", "named"),
    [
        ({"A": "welkom123", "B": "x" * 24}, "A"),
        ({"A": "", "B": "x" * 24}, "A"),
        ({"A": "x" * 24, "B": "y" * 24, "C": "x" * 24}, "A, C"),
    ],
)
def test_production_refuses_passwords_that_somebody_made_up(passwords: dict[str, str], named: str) -> None:
    with pytest.raises(Problem) as refused:
        refuse_samples(passwords)
    assert str(refused.value.message).startswith(f"{named}: ")
