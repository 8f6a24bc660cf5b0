"""Telling the audit log of a change, in the transaction that makes it.

``before`` and ``after`` go in whole; only what differs travels, and nothing that is secret does: the
values of :data:`SECRET` fields become a mark, so that one sees that a password changed and not to what.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from shared.acting import Acting
from shared.events import AUDITS, Envelope, wrap
from shared.events.audit import Actor, AuditRecorded, Subject

SECRET = ("password", "secret", "token", "pin", "puk", "hash", "key", "recovery", "credential")
"""A field whose name has one of these words in it is never told."""

MASKED = "•••"
LONGEST = 2_000
"""Characters of one text that travel."""

_BY_PRODUCER = {event.producer(): event for event in AUDITS}


def entry(
    producer: str,
    acting: Acting,
    customer_id: str | None,
    action: str,
    subject: Subject,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    at: datetime | None = None,
) -> Envelope[AuditRecorded]:
    """The event of one change, ready for :func:`shared.outbox.add`; ``producer`` is the service's name."""
    old, new = differing(before or {}, after or {})
    event = _BY_PRODUCER[producer](
        action=action, actor=actor_of(acting), subject=subject, before=old, after=new, reason=reason[:500]
    )
    return wrap(event, customer_id, at)


def actor_of(acting: Acting) -> Actor:
    return Actor(
        kind=acting.kind,
        scope=acting.scope,
        user_id=acting.user_id,
        username=acting.username,
        address=acting.address,
        viewed_by=acting.viewed_by,
    )


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that are not the same in both, as JSON values with secrets masked."""
    names = [n for n in dict.fromkeys([*before, *after]) if before.get(n) != after.get(n)]
    old = {name: told(name, before[name]) for name in names if name in before}
    return old, {name: told(name, after[name]) for name in names if name in after}


def told(name: str, value: Any) -> Any:
    """A value as it may stand in the log."""
    if value is not None and any(word in SECRET for word in name.lower().split("_")):
        return MASKED
    if isinstance(value, Mapping):
        return {str(key): told(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [told(name, inner) for inner in value]
    return _plain(value)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | Decimal):
        return str(value)
    return str(value)[:LONGEST]
