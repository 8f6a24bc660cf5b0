"""The audit log as chains of entries: one per customer, and one of the house (ID-10).

Each entry holds its place in the chain, the hash of the one before, and a SHA-256 over all that it
says. Who changes, adds or takes away one in the middle has to make all later ones anew, and the head:
the place and the hash of the newest entry, which is kept apart and can be kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from shared.events import AuditRecorded, Envelope

HOUSE = "house"
"""The chain of what belongs to no customer; customers' chains are named by their ID."""
GENESIS = "0" * 64
"""What the first entry of a chain has for the hash before it."""
LONGEST_WORDS = 4_000

Content = dict[str, Any]


@dataclass(frozen=True)
class Head:
    """The newest entry of a chain: its place, counted from 1, and its hash."""

    seq: int = 0
    hash: str = GENESIS


EMPTY = Head()


@dataclass(frozen=True, kw_only=True)
class Sought:
    """Which entries of a chain: ``[first, end)`` in UTC; ``who`` and ``query`` are parts of words;
    ``what`` is an action (with a dot) or a kind of subject. Empty: all."""

    chain: str
    first: datetime | None = None
    end: datetime | None = None
    who: str = ""
    what: str = ""
    query: str = ""


@dataclass(frozen=True)
class Key:
    """The place of an entry in the list."""

    at: datetime
    seq: int


def chain_of(customer_id: str | None) -> str:
    return customer_id or HOUSE


def content_of(envelope: Envelope[AuditRecorded]) -> Content:
    """What an entry says, before it has a place in its chain.

    ``who`` and ``words`` are there to be searched: the names of who acted, and every text of the entry.
    """
    told = envelope.data
    actor, subject = msgspec.to_builtins(told.actor), msgspec.to_builtins(told.subject)
    content = {
        "_id": envelope.event_id,
        "chain": chain_of(envelope.customer_id),
        "at": _whole_milliseconds(envelope.occurred_at),
        "service": envelope.name.partition(".")[0],
        "correlation_id": envelope.correlation_id,
        "action": told.action,
        "actor": actor,
        "subject": subject,
        "before": told.before,
        "after": told.after,
        "reason": told.reason,
        "who": f"{told.actor.username or ''} {told.actor.viewed_by}".strip().casefold(),
    }
    texts = [subject["name"], told.reason, told.actor.address, *_texts(told.before), *_texts(told.after)]
    return content | {"words": "\n".join(texts).casefold()[:LONGEST_WORDS]}


def sealed(content: Content, head: Head) -> Content:
    """The entry in its place behind ``head``."""
    placed = {**content, "seq": head.seq + 1, "previous": head.hash}
    return placed | {"hash": digest(placed)}


def head_at(entry: Mapping[str, Any]) -> Head:
    return Head(entry["seq"], entry["hash"])


def digest(entry: Mapping[str, Any]) -> str:
    """SHA-256 over all of an entry but its hash: as JSON with sorted names, without blanks, moments in
    whole milliseconds."""
    said = {name: value for name, value in entry.items() if name != "hash"}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_moment)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def first_broken(entries: Iterable[Mapping[str, Any]], behind: Head) -> tuple[Head, int | None]:
    """Walk over the entries that follow ``behind``: the last good one, and the place of the first that is
    not what it was, or is not there."""
    for entry in entries:
        follows = entry["seq"] == behind.seq + 1 and entry.get("previous") == behind.hash
        if not follows or digest(entry) != entry.get("hash"):
            return behind, behind.seq + 1
        behind = head_at(entry)
    return behind, None


def _whole_milliseconds(moment: datetime) -> datetime:
    """As precise as the store keeps it."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    raise TypeError(f"{type(value).__name__} has no place in the audit log")


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [] if value is None or isinstance(value, bool) else [str(value)]
