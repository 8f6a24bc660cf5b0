"""Try events in quarantine again: by themselves when what they lacked has come, or by an operator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from services.cdr.domain.posting import Posted, Priced
from services.cdr.domain.reference import Reference
from services.cdr.domain.refusal import NotWaiting, Reason, Refused
from services.cdr.domain.usage import decode
from services.cdr.usecases.record_usage import Store, price_all, record_usage

PAGE = 500


class Quarantine(Protocol):
    """store/quarantine.py"""

    def page(self, reason: Reason, after: str, limit: int) -> Sequence[dict[str, Any]]: ...
    def waiting(self, ids: Sequence[str]) -> Sequence[dict[str, Any]]: ...
    def reword(self, identity: str, reason: str, refused: Refused) -> None: ...


def replay(
    documents: Sequence[dict[str, Any]],
    store: Store,
    reference: Reference,
    now: datetime,
    quarantine: Quarantine,
) -> Posted:
    """Book events from quarantine as if they came in now; those that still fail stay, by the reason that
    holds now, and what staff put aside meanwhile stays aside."""
    while True:
        booked, resolved = _tried(documents, reference, now, quarantine)
        try:
            return record_usage(booked, store, reference, resolved)
        except NotWaiting:
            documents = quarantine.waiting([document["_id"] for document in documents])


def _tried(
    documents: Sequence[dict[str, Any]], reference: Reference, now: datetime, quarantine: Quarantine
) -> tuple[list[Priced | Refused], list[str]]:
    """What can be booked, and the IDs of the events that it is from."""
    booked: list[Priced | Refused] = []
    resolved: list[str] = []
    for document in documents:
        items = price_all(document["carrier"], decode(document["source"], now), reference)
        refused = next((item for item in items if isinstance(item, Refused)), None)
        if refused is None:
            booked += items
            resolved.append(document["_id"])
        elif refused.reason != document["reason"]:
            quarantine.reword(document["_id"], document["reason"], refused)
    return booked, resolved


def replay_all(
    reason: Reason, quarantine: Quarantine, store: Store, reference: Reference, now: datetime
) -> int:
    """Try everything that waits for this reason, page by page; how many rows that gave."""
    rows, after = 0, ""
    while page := quarantine.page(reason, after, PAGE):
        rows += len(replay(page, store, reference, now, quarantine).rows)
        after = page[-1]["_id"]
    return rows
