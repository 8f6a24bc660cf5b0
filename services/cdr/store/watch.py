"""The watch over fraud: what customers chose, and alerts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

import msgspec
from pymongo import ASCENDING, DESCENDING
from pymongo.database import Database

from services.cdr.domain.habit import FORWARDED, HARMLESS, Forward, Use, class_of_forward
from services.cdr.domain.periods import day_bounds, day_of
from services.cdr.store.commands import Changes
from services.cdr.store.counters import Count, date_of
from services.cdr.store.search import PRODUCTS
from shared.mongo import Document

OPEN, LIFTED = "open", "lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A day's use of a class was far above the habit. ``used`` and ``usual`` in millionths of a euro;
    ``lifted_at_use`` is what of that day a person had seen when lifting it. ``nth`` of that day;
    ``forwarded``: forwarded calls are part of it."""

    id: str
    customer: str
    call_class: str
    day: date
    nth: int
    at: datetime
    amount: int
    usual: int
    seconds: int
    blocked: bool
    state: str = OPEN
    lifted_at_use: Use = Use()
    forwarded: bool = False


def ensure_indexes(db: Database[Document]) -> None:
    db["alerts"].create_index([("customer", ASCENDING), ("at", DESCENDING)])
    keys = [("customer", ASCENDING), ("call_class", ASCENDING), ("day", ASCENDING), ("nth", ASCENDING)]
    db["alerts"].create_index(keys, unique=True)


class WatchStore:
    def __init__(self, db: Database[Document]) -> None:
        self._watches = db["watches"]
        self._alerts = db["alerts"]
        self._usage = db["usage"]

    def blocks(self, customer: str, changes: Changes | None = None) -> bool:
        """Whether the customer wants an alert to block."""
        session = changes.session if changes else None
        row = self._watches.find_one({"_id": customer}, session=session)
        return bool(row and row["block"])

    def set_block(self, customer: str, block: bool, changes: Changes) -> None:
        self._watches.update_one(
            {"_id": customer}, {"$set": {"block": block}}, upsert=True, session=changes.session
        )

    def alerts(self, customer: str, limit: int = 50) -> list[Alert]:
        """Newest first."""
        found = self._alerts.find({"customer": customer}).sort("at", DESCENDING).limit(limit)
        return [_alert(row) for row in found]

    def of_class(
        self, customer: str, call_class: str, day: date, changes: Changes | None = None
    ) -> Sequence[Alert]:
        """The alerts of a class that are open, and all of the day, in order."""
        query = {
            "customer": customer,
            "call_class": call_class,
            "$or": [{"state": OPEN}, {"day": day.isoformat()}],
        }
        session = changes.session if changes else None
        return [_alert(row) for row in self._alerts.find(query, session=session).sort("nth", ASCENDING)]

    def open_since(self, customer: str, day: date, changes: Changes) -> Sequence[Alert]:
        """The open alerts of this day and later ones, of all classes."""
        query = {"customer": customer, "state": OPEN, "day": {"$gte": day.isoformat()}}
        return [_alert(row) for row in self._alerts.find(query, session=changes.session)]

    def get(self, alert_id: str, customer: str, changes: Changes) -> Alert | None:
        row = self._alerts.find_one({"_id": alert_id, "customer": customer}, session=changes.session)
        return _alert(row) if row else None

    def add(self, alert: Alert, changes: Changes) -> None:
        """One of a number per class and day (DuplicateKeyError). The customer's watch is written as well: two
        that raise alerts of different days collide there, so that the second sees the first."""
        raised = {"$inc": {"raised": 1}, "$setOnInsert": {"block": False}}
        self._watches.update_one({"_id": alert.customer}, raised, upsert=True, session=changes.session)
        row = asdict(alert) | {"_id": alert.id, "day": alert.day.isoformat()}
        del row["id"]
        self._alerts.insert_one(row, session=changes.session)

    def block(self, alert: Alert, changes: Changes) -> None:
        """Mark it as one that blocks its class."""
        self._alerts.update_one({"_id": alert.id}, {"$set": {"blocked": True}}, session=changes.session)

    def forwards(self, customer: str, counts: Sequence[Count]) -> Iterator[Forward]:
        """The forwarded calls in these counts by day that went to where we watch, from the rows: counters do
        not know where a forward went."""
        counted = [count for count in counts if count.type == FORWARDED]
        if not counted:
            return
        days = [date_of(count.day) for count in counted]
        begin, end = day_bounds(min(days), max(days))
        query = {
            "customer": customer,
            "period": {"$in": sorted({count.period for count in counted})},
            "product": {"$in": list(PRODUCTS)},
            "type": FORWARDED,
            "start": {"$gte": begin, "$lt": end},
            "$or": [{"receiver": {"$lt": HARMLESS[0]}}, {"receiver": {"$gte": HARMLESS[1]}}],
        }
        fields = {"receiver": 1, "kind": 1, "start": 1, "amount": 1, "sign": 1, "quantity": 1}
        for row in self._usage.find(query, fields):
            call_class = class_of_forward(row["kind"], row["receiver"])
            if call_class is not None:
                seconds = row["sign"] * row["quantity"] if row["kind"] == "voice" else 0
                yield Forward(day_of(row["start"]), call_class, Use(row["amount"], seconds))

    def lift(self, alert: Alert, seen: Use, changes: Changes) -> Alert:
        """Mark it as looked at, with the use that was seen."""
        lifted = replace(alert, state=LIFTED, blocked=False, lifted_at_use=seen)
        values = {"state": LIFTED, "blocked": False, "lifted_at_use": asdict(seen)}
        self._alerts.update_one({"_id": alert.id}, {"$set": values}, session=changes.session)
        return lifted


def _alert(row: Document) -> Alert:
    return msgspec.convert({**row, "id": row["_id"]}, Alert)
