"""What all changes have in common: whose subscription it is, and what the audit log is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from services.mobile.domain.subscriptions import Subscription
from services.mobile.store import Changes
from shared.acting import Acting
from shared.days import day_of
from shared.errors import Forbidden, NotFound
from shared.events.audit import Subject

Clock = Callable[[], datetime]

ACCESS = "mobile_access"
LIMITS = "mobile_limits"
BLOCKS = "mobile_blocks"
SIM_BLOCK = "mobile_sim_block"


def reached(found: Subscription | None, acting: Acting, *roles: str) -> Subscription:
    """The subscription, for a user of its customer with these roles, or staff who may work on it.

    Raises Forbidden without a role; NotFound when there is none, or it is somebody else's.
    """
    if acting.kind == "staff":
        return _for_staff(found, acting)
    customer = acting.require_customer()
    acting.require(ACCESS, *roles)
    if found is None or found.customer_id != customer:
        raise NotFound()
    return found


def _for_staff(found: Subscription | None, acting: Acting) -> Subscription:
    if acting.scope not in ("operator", "customer"):
        raise Forbidden()
    if found is None or (acting.scope == "customer" and found.customer_id != acting.customer_id):
        raise NotFound()
    acting.require_staff_for(found.customer_id)
    return found


def asked(acting: Acting, *what: object) -> tuple[object, ...]:
    """What identifies a request: the same command ID is another command for whoever sees something else."""
    return (acting.kind, acting.scope, acting.customer_id, *what)


def by_whom(acting: Acting) -> str:
    """Who did it, as the history shows."""
    return acting.viewed_by or acting.username or acting.kind


def record(
    changes: Changes, acting: Acting, verb: str, before: Subscription | None, after: Subscription
) -> None:
    """Enter in the audit log what has become different."""
    subject = subject_of(after if after.numbers or before is None else before)
    changes.record(acting, after.customer_id, f"subscription.{verb}", subject, _told(before), _told(after))


def subject_of(subscription: Subscription) -> Subject:
    name = subscription.label or subscription.numbers[-1].number
    return Subject(kind="subscription", id=subscription.id, name=name)


def _told(subscription: Subscription | None) -> dict[str, Any]:
    if subscription is None:
        return {}
    ended = subscription.ended_at
    return {
        "product": subscription.products[-1].product,
        "label": subscription.label,
        "sim_number": subscription.sim_number,
        "active_from": day_of(subscription.active_from),
        "ended_at": day_of(ended) if ended else None,
        "numbers": [
            {"number": term.number, "valid_from": day_of(term.start)} for term in subscription.numbers
        ],
        "modules": [
            {"module": t.module, "valid_from": day_of(t.start), "valid_to": day_of(t.end) if t.end else None}
            for t in subscription.modules
        ],
        "blocks": list(subscription.blocks),
    }
