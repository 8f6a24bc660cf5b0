"""``./tikker line`` and ``./tikker pbx`` against running services."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.pbx.test_command_line import Tikker, house, make_customer, tikker, tikker_process

__all__ = ["house", "tikker", "tikker_process"]

pytestmark = pytest.mark.feature("ID-12")


def number(tikker: Tikker, customer: str, *numbers: str) -> None:
    tikker("number", "range", "add", "085-000 16 00", "085-000 16 99")
    tikker("number", "assign", customer, *numbers, "--from", "2020-01-01")


def test_staff_give_out_a_line_and_take_it_back(tikker: Tikker, tikker_process: Tikker) -> None:
    customer = make_customer(tikker)
    number(tikker, customer, "085-000 16 11")
    made = tikker_process("line", "add", customer, "085-000 16 11", "--name", "Winkel", "--extension", "201")
    assert made.stdout.startswith("085-000 16 11   201   Winkel"), made.stderr
    line_id = made.stdout.split()[-1].rstrip(")")
    assert "Toonbank" in tikker("line", "change", customer, line_id, "--name", "Toonbank").stdout
    assert line_id in tikker("line", "list", customer).stdout
    assert tikker("line", "remove", customer, line_id).stdout == "removed\n"
    assert "has no lines" in tikker("line", "list", customer).stderr


@pytest.mark.feature("CDR-11")
def test_staff_say_how_many_calls_abroad_there_may_be(tikker: Tikker) -> None:
    customer = make_customer(tikker)
    assert tikker("pbx", "calls-abroad", customer).stdout == "calls abroad at once: 5 (the preset); now 0\n"
    chosen = tikker("pbx", "calls-abroad", customer, "--most", "12", "--reason", "callcenter").stdout
    assert chosen == "calls abroad at once: 12 (chosen, the preset is 5); now 0\n"
    assert "(the preset)" in tikker("pbx", "calls-abroad", customer, "--preset").stdout
    assert "not both" in tikker("pbx", "calls-abroad", customer, "--preset", "--most", "1").stderr


def test_staff_set_up_a_pbx_and_carry_it_in_a_file(
    tikker: Tikker, tikker_process: Tikker, tmp_path: Path
) -> None:
    customer = make_customer(tikker)
    number(tikker, customer, "085-000 16 11", "085-000 16 12")
    assert "has no PBX" in tikker("pbx", "show", customer).stderr
    assert tikker_process("pbx", "enable", customer).stdout.startswith("the PBX is there")
    wanted = ("--first-name", "Receptie", "--extension", "209", "--number", "085-000 16 12")
    made = tikker("pbx", "user", "add", customer, "receptie", *wanted)
    assert made.stdout.startswith("085-000 16 12   209   Receptie"), made.stderr
    file = tmp_path / "pbx.json"
    assert tikker("pbx", "export", customer, str(file)).returncode == 0
    config = json.loads(file.read_text())
    config["company"] |= {"name": "Fictief B.V.", "number": "+31850001611"}
    file.write_text(json.dumps(config))
    done = tikker("pbx", "import", customer, str(file))
    assert done.stdout.startswith("published"), done.stderr
    shown = tikker("pbx", "show", customer).stdout
    assert "company  Fictief B.V.  085-000 16 11" in shown
    user_id = made.stdout.split()[-1].rstrip(")")
    assert tikker("pbx", "user", "remove", customer, user_id).stdout == "removed\n"
    assert "Receptie" not in tikker("pbx", "show", customer).stdout
