"""Telling the audit log of a change, in the transaction that makes it.

``before`` and ``after`` go in whole; only what differs travels, and nothing that is secret does: the
values of :data:`SECRET` fields become a mark, so that one sees that a password changed and not to what.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from shared.acting import Acting
from shared.events import AUDITS, Envelope, wrap
from shared.events.audit import Actor, AuditRecorded, Subject

SECRET = frozenset(
    ("password", "passphrase", "secret", "token", "pin", "puk", "hash", "key", "recovery", "credential")
    + ("otp", "totp")
)
"""A field whose name has one of these words in it, in one or in more, is never told."""

MASKED = "•••"
LONGEST = 1_000
"""Characters of one text that travel."""
MOST = 100
"""Elements of one list that travel."""
LARGEST_WHOLE = 2**53
"""Whole numbers beyond this travel as text: not every reader of JSON keeps them exact."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")

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
        action=action,
        actor=actor_of(acting),
        subject=subject,
        before=old,
        after=new,
        reason=_text(reason)[:500],
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
    old = {_text(name): told(name, before[name]) for name in names if name in before}
    return old, {_text(name): told(name, after[name]) for name in names if name in after}


def is_secret(name: str) -> bool:
    """Whether what a field of this name holds is never told: ``password_hash``, ``sipSecret``, ``pins``."""
    words = (word.lower() for word in _WORD.findall(name))
    return any(word in SECRET or word.removesuffix("s") in SECRET or word == "hashes" for word in words)


def told(name: str, value: Any) -> Any:
    """A value as it may stand in the log."""
    if value is not None and (is_secret(name) or isinstance(value, bytes | bytearray | memoryview)):
        return MASKED
    if isinstance(value, Mapping):
        return {_text(key): told(str(key), inner) for key, inner in value.items()}
    if isinstance(value, set | frozenset):
        return _listed(name, sorted(value, key=str))
    if isinstance(value, list | tuple):
        return _listed(name, value)
    return _plain(value)


def _listed(name: str, values: Iterable[Any]) -> list[Any]:
    found = [told(name, inner) for inner in values]
    return found if len(found) <= MOST else [*found[:MOST], f"+{len(found) - MOST}"]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, int):
        return value if abs(value) <= LARGEST_WHOLE else str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return _text(value)


def _text(value: object) -> str:
    """Text that every store and every reader of JSON takes."""
    clean = str(value)[:LONGEST].replace("\x00", "")
    return clean.encode("utf-8", "replace").decode()
