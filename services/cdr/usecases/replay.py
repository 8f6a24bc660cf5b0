"""Try events in quarantine again: by themselves when what they lacked has come, or by an operator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from services.cdr.domain.posting import Posted
from services.cdr.domain.reference import Reference
from services.cdr.domain.refusal import Reason, Refused
from services.cdr.domain.usage import decode
from services.cdr.usecases.record_usage import Store, price_all, record_usage

PAGE = 500


class Quarantine(Protocol):
    """store/quarantine.py"""

    def page(self, reason: Reason, after: str, limit: int) -> Sequence[dict[str, Any]]: ...
    def reword(self, identity: str, refused: Refused) -> None: ...


def replay(
    documents: Sequence[dict[str, Any]],
    store: Store,
    reference: Reference,
    now: datetime,
    quarantine: Quarantine,
) -> Posted:
    """Book events from quarantine as if they came in now; those that still fail stay, by the reason that
    holds now."""
    booked, resolved = [], []
    for document in documents:
        items = price_all(document["carrier"], decode(document["source"], now), reference)
        refused = next((item for item in items if isinstance(item, Refused)), None)
        if refused is None:
            booked += items
            resolved.append(document["_id"])
        elif refused.reason != document["reason"]:
            quarantine.reword(document["_id"], refused)
    return record_usage(booked, store, reference, resolved)


def replay_all(
    reason: Reason, quarantine: Quarantine, store: Store, reference: Reference, now: datetime
) -> int:
    """Try everything that waits for this reason, page by page; how many rows that gave."""
    rows, after = 0, ""
    while page := quarantine.page(reason, after, PAGE):
        rows += len(replay(page, store, reference, now, quarantine).rows)
        after = page[-1]["_id"]
    return rows
