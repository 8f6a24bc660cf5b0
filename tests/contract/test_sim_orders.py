"""The published contract of SIM orders says what the service writes and reads; the simulator keeps to it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cli.carrier_simulator import Manner
from services.mobile.domain.sim import Order
from services.mobile.schemas.carriers import Answer, command_body
from tests.support.json_schema import is_valid
from tests.support.processes import ROOT

pytestmark = pytest.mark.feature("MOB-07")

ID = "3f1c5a0e9b7d4c2a8e6f0d1b2c3a4958"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ORDER = Order(
    id=ID,
    sequence=1,
    customer_id="c" * 32,
    subscription_id="d" * 32,
    number="+31600000401",
    sim_number="8931000000000000401",
    carrier="mobi",
    block=True,
    cost="7.50",
    by="bram",
    requested_at=NOON,
    expires_at=NOON + timedelta(minutes=15),
)


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / f"docs/schemas/{name}-v1.schema.json").read_text())
    return found


def reads(answer: Any) -> bool:
    try:
        Answer.read(json.dumps(answer).encode())
    except ValueError:
        return False
    return True


def test_what_we_send_is_an_order_and_tells_a_carrier_nothing_of_our_customers() -> None:
    sent = json.loads(command_body(ORDER))
    assert is_valid(sent, schema("sim-command"))
    assert set(sent) == set(schema("sim-command")["properties"])
    assert command_body(ORDER) == command_body(ORDER)


@pytest.mark.parametrize(
    "answer",
    [
        {"command_id": ID, "result": "done"},
        {"command_id": ID, "result": "refused", "reason": "x" * 300},
        {"command_id": ID, "result": "refused", "reason": ""},
        {"command_id": ID.upper(), "result": "done"},
        {"command_id": ID + "0", "result": "done"},
        {"command_id": ID + "\n", "result": "done"},
        {"command_id": ID},
        {"result": "done"},
        {"command_id": ID, "result": "maybe"},
        {"command_id": ID, "result": "refused", "reason": "x" * 301},
        {"command_id": ID, "result": "refused", "reason": None},
        {"command_id": ID, "result": "done", "at": "2026"},
        [],
        "done",
        None,
    ],
)
def test_an_answer_is_read_exactly_when_the_schema_takes_it(answer: Any) -> None:
    assert reads(answer) is is_valid(answer, schema("sim-answer"))


def test_the_guides_examples_are_what_they_say() -> None:
    blocks = re.findall(r"^```json\n(.*?)^```", (ROOT / "docs/sim-orders.md").read_text(), re.M | re.S)
    order, *answers = map(json.loads, blocks)
    assert is_valid(order, schema("sim-command"))
    assert len(answers) == 2
    assert all(reads(answer) for answer in answers)


def test_the_simulator_answers_as_it_is_told() -> None:
    order = json.loads(command_body(ORDER))
    assert Manner().answer(order) == {"command_id": ID, "result": "done"}
    assert Manner(silent=True).answer(order) is None
    refused = Manner(refuse="Onbekend.").answer(order)
    assert refused == {"command_id": ID, "result": "refused", "reason": "Onbekend."}
    assert Manner().answer({**order, "sim_number": "8931000000000000498"}) is None
    unknown = Manner().answer({**order, "sim_number": "8931000000000000499"})
    assert unknown is not None and reads(unknown) and unknown["result"] == "refused"
