"""What a suspicion of fraud blocks (CDR-11, PBX-04), beside the customer's own settings and until it is
lifted. Events may come twice and in any order."""

from __future__ import annotations

from services.pbx.store import Changes, FraudBlock, Store
from shared.acting import Acting
from shared.errors import Permanent
from shared.events import Envelope, FraudLifted, FraudSuspected
from shared.events.audit import Subject

CALLS = frozenset(("international", "mobile", "0900", "0906", "0909"))
"""Classes that a telephone can call; premium SMS is none of ours."""
_CDR = Acting(kind="service", username="cdr")


def suspected(store: Store, envelope: Envelope[FraudSuspected]) -> bool:
    """Block the class when the customer wants that; whether it was news."""
    event, customer = envelope.data, _customer(envelope.customer_id)
    if not event.block or event.call_class not in CALLS:
        return False

    def work(changes: Changes) -> bool:
        new = changes.block(customer, FraudBlock(event.alert_id, event.call_class, envelope.occurred_at))
        if new:
            who = Subject(kind="fraud_block", id=event.alert_id, name=event.call_class)
            told = {"blocked": event.call_class}
            changes.record(_CDR, customer, "outgoing.blocked", who, after=told)
        return new

    return store.in_one(envelope.occurred_at, work)


def lifted(store: Store, envelope: Envelope[FraudLifted]) -> bool:
    """End a block; whether there was one."""
    event, customer = envelope.data, _customer(envelope.customer_id)

    def work(changes: Changes) -> bool:
        ended = changes.lift(customer, event.alert_id, event.call_class)
        if ended:
            who = Subject(kind="fraud_block", id=event.alert_id, name=event.call_class)
            told = {"blocked": event.call_class}
            changes.record(_CDR, customer, "outgoing.unblocked", who, before=told)
        return ended

    return store.in_one(envelope.occurred_at, work)


def _customer(customer_id: str | None) -> str:
    if customer_id is None:
        raise Permanent("the event names no customer")
    return customer_id
