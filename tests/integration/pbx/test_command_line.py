"""``./tikker number`` and ``./tikker subscription`` against running services."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import partial

import pytest

from tests.support.command_line import run_here
from tests.support.keys import Keyring
from tests.support.processes import ROOT, python
from tests.support.standing import Stand

Tikker = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def house(stand: Stand, keyring: Keyring) -> dict[str, str]:
    """How the command line reaches the services that a customer and its numbers are in."""
    mail = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": "9"}
    standing = stand({"identity": mail, "pbx": {}, "mobile": {}})
    return {**keyring.environment("cli"), "AMQP_URI": standing.uri}


@pytest.fixture
def tikker(house: dict[str, str]) -> Tikker:
    """``tikker("number", "list")`` runs the command as operator staff."""
    return partial(run_here, house)


@pytest.fixture
def tikker_process(house: dict[str, str]) -> Tikker:
    """The same as a process."""
    environment = {**house, "PATH": "/usr/bin", "LANG": "C.UTF-8"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = python("-m", "cli", *arguments)
        return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)

    return run


def make_customer(tikker: Tikker) -> str:
    """Its number."""
    return tikker("customer", "create", "Bakkerij Voorbeeld B.V.", "--product", "voip").stdout.split()[0]


def test_staff_bring_in_a_range_assign_a_number_and_take_it_back(tikker: Tikker) -> None:
    customer = make_customer(tikker)
    added = tikker("number", "range", "add", "085-000 16 00", "085-000 16 99", "--source", "vasco")
    assert added.stdout.split() == ["+31850001600", "+31850001699", "100", "numbers"]

    numbers = ("085-000 16 11", "085-000 16 12")
    given = tikker("number", "assign", customer, *numbers, "--from", "2020-01-01")
    assert [line.split()[:2] for line in given.stdout.splitlines()] == [
        ["+31850001611", "2020-01-01"],
        ["+31850001612", "2020-01-01"],
    ]
    assignment = given.stdout.splitlines()[0].split()[-1].rstrip(")")
    assert tikker("number", "end", assignment, "--on", "01-07-2020").returncode == 0

    listed = [line.split() for line in tikker("number", "list", customer).stdout.splitlines()[1:]]
    assert listed[0] == ["+31850001611", customer, "2020-01-01", "–", "2020-07-01", assignment]
    assert listed[1][:4] == ["+31850001612", customer, "2020-01-01", "–"]
    assert "1 of 100" in tikker("number", "range", "list").stdout
    assert tikker("number", "republish").stdout == "2 events queued\n"


def test_staff_make_a_subscription(tikker: Tikker, tikker_process: Tikker) -> None:
    customer = make_customer(tikker_process)
    fields = ("06-00 00 01 11", "--product", "kpn_een", "--from", "2026-01-01", "--label", "Bezorgfiets")
    made = tikker_process("subscription", "create", customer, *fields)
    assert made.stdout.startswith("+31600000111  KPN ÉÉN  from 2026-01-01  (id ")
    (listed,) = tikker("subscription", "list", customer).stdout.splitlines()[1:]
    assert listed.split()[:5] == ["+31600000111", customer, "kpn_een", "2026-01-01", "–"]
    assert listed.endswith("Bezorgfiets")


def test_what_is_refused_is_one_sentence_and_an_exit_code(tikker: Tikker, tikker_process: Tikker) -> None:
    nobody = tikker_process("number", "assign", "99999", "085-000 16 11")
    assert (nobody.returncode, nobody.stdout) == (1, "")
    assert nobody.stderr.startswith("tikker: there is no customer 99999")
    wrong = tikker("number", "range", "add", "085", "085-000 16 99")
    assert wrong.returncode == 1
    assert "first: This is not a telephone number." in wrong.stderr


@pytest.mark.parametrize("service", ["identity", "pbx", "mobile"])
def test_staff_have_all_secrets_put_under_the_newest_key(tikker: Tikker, service: str) -> None:
    done = tikker("secrets", "reseal", "--service", service)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] == service and done.stdout.endswith(" 0 now under the newest key\n")
