"""A suspicion of fraud blocks a class of calls beside the customer's settings, until a person lifts it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.events import Event, FraudLifted, FraudSuspected, encode, wrap
from shared.ids import new_id
from shared.publisher import Message, Publisher
from tests.integration.pbx.conftest import Pbx
from tests.integration.pbx.scene import COMPANY, SUPPORT, Office
from tests.support.processes import until

pytestmark = pytest.mark.feature("CDR-11")


@pytest.fixture
def office(pbx: Pbx) -> Office:
    office = Office.opened(pbx)
    office.user("receptie", first_name="Receptie", number=SUPPORT, extension="209")
    office.save("company", None, number=COMPANY)
    office.change("publish")
    return office


def suspected(alert: str, call_class: str = "international", block: bool = True) -> FraudSuspected:
    amounts: dict[str, Any] = {"day": "2026-11-22", "amount": "187.43", "usual": "12.50", "minutes": 312}
    return FraudSuspected(alert_id=alert, call_class=call_class, block=block, **amounts)


def lifted(alert: str, call_class: str = "international") -> FraudLifted:
    return FraudLifted(alert_id=alert, call_class=call_class)


def tell(office: Office, *events: Event) -> None:
    """Publish as cdr does, and return when all have been handled."""
    before = handled(office)
    publisher = Publisher(office.pbx.queues.uri)
    envelopes = [wrap(event, office.customer_id, datetime.now(UTC)) for event in events]
    publisher.publish([Message("cdr.events", e.name, encode(e)) for e in envelopes])
    publisher.close()
    until(lambda: handled(office) >= before + len(events), what="the events handled")


def handled(office: Office) -> float:
    """Alerts that the process has handled so far."""
    counters = tuple(
        f'tikker_events_total{{outcome="handled",queue="pbx.on_fraud_{kind}"}}'
        for kind in ("suspected", "lifted")
    )
    lines = office.pbx.process.page("/metrics")[1].splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(counters))


def may_call(office: Office, number: str) -> bool:
    desk = next(u["id"] for u in office.config()["config"]["users"] if u["extension"] == "209")
    fields = {"caller": f"user:{desk}", "called": number, "direction": "out", "which": "published"}
    return bool(office.call("simulate", **fields)["plan"]["end"] == "transfer")


@pytest.mark.feature("PBX-04")
def test_a_class_is_blocked_beside_the_customers_own_choice_and_emergency_never(office: Office) -> None:
    assert may_call(office, "+4930000000")
    alert = new_id()
    tell(office, suspected(alert), suspected(alert))
    (block,) = office.config()["fraud_blocks"]
    assert (block["alert_id"], block["call_class"]) == (alert, "international")
    assert office.config()["config"]["outgoing"]["international"] is False
    assert not may_call(office, "+4930000000")
    assert may_call(office, "112")
    assert may_call(office, "085-000 16 99")
    tell(office, lifted(alert), lifted(alert))
    assert office.config()["fraud_blocks"] == []
    assert may_call(office, "+4930000000")
    assert [a for a in office.audited() if a.startswith("outgoing")] == [
        "outgoing.blocked",
        "outgoing.unblocked",
    ]


def test_one_that_was_lifted_before_it_was_heard_of_never_blocks(office: Office) -> None:
    alert = new_id()
    tell(office, lifted(alert))
    tell(office, suspected(alert))
    assert office.config()["fraud_blocks"] == []


def test_without_the_customers_wish_and_for_sms_nothing_is_blocked(office: Office) -> None:
    tell(office, suspected(new_id(), block=False), suspected(new_id(), "sms_premium"))
    assert office.config()["fraud_blocks"] == []


def test_of_two_alerts_of_a_class_the_one_that_is_left_goes_on_blocking(office: Office) -> None:
    first, second = new_id(), new_id()
    tell(office, suspected(first, "0906"), suspected(second, "0906"))
    tell(office, lifted(first, "0906"))
    assert [b["alert_id"] for b in office.config()["fraud_blocks"]] == [second]
    assert not may_call(office, "0906-0000")
