"""The watch over fraud: what customers chose, and alerts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta

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
EXTENSIONS = "ext:", "ext;"
"""Receivers from the one up to the other are extensions."""
MOST_REMEMBERED = 2_000

_Counted = tuple[int, int, tuple[int, ...]]
"""Day, booked period and sums of a count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A day's use of a class was far above the habit. ``used`` and ``usual`` in millionths of a euro;
    ``lifted_at_use`` is what of that day a person had seen when lifting it, ``seen_beside`` of other days (as
    2026-11-22) that it spoke for. ``nth`` of that day; ``forwarded``: forwarded calls are part of it."""

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
    seen_beside: Mapping[str, Use] = field(default_factory=dict)

    def seen_of(self, day: date) -> Use:
        """What of a day a person has seen by lifting this."""
        return self.lifted_at_use if day == self.day else self.seen_beside.get(day.isoformat(), Use())


def ensure_indexes(db: Database[Document]) -> None:
    db["alerts"].create_index([("customer", ASCENDING), ("at", DESCENDING)])
    keys = [("customer", ASCENDING), ("call_class", ASCENDING), ("day", ASCENDING), ("nth", ASCENDING)]
    db["alerts"].create_index(keys, unique=True)


class WatchStore:
    def __init__(self, db: Database[Document]) -> None:
        self._watches = db["watches"]
        self._alerts = db["alerts"]
        self._usage = db["usage"]
        self._forwards: dict[tuple[str, int, int], tuple[list[_Counted], list[Forward]]] = {}

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
        """The alerts of a class that are open, and all of the day and those beside it, in order."""
        near = [(day + timedelta(days=days)).isoformat() for days in (-1, 0, 1)]
        query = {
            "customer": customer,
            "call_class": call_class,
            "$or": [{"state": OPEN}, {"day": {"$in": near}}],
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
        self._update(alert, {"blocked": True}, changes)

    def forwards(self, customer: str, counts: Sequence[Count]) -> list[Forward]:
        """The forwarded calls in these counts by day that went to where we watch, per day and class, from the
        rows: counters do not know where a forward went. Remembered for as long as the counts stay the same:
        who always forwards abroad is looked at again and again, with eight weeks of rows."""
        counted: list[_Counted] = sorted((c.day, c.period, c.sums) for c in counts if c.type == FORWARDED)
        if not counted:
            return []
        span = (customer, counted[0][0], counted[-1][0])
        known = self._forwards.get(span)
        if known is None or known[0] != counted:
            if len(self._forwards) >= MOST_REMEMBERED:
                self._forwards.clear()
            known = self._forwards[span] = counted, self._read_forwards(customer, counted)
        return known[1]

    def _read_forwards(self, customer: str, counted: Sequence[_Counted]) -> list[Forward]:
        begin, end = day_bounds(date_of(counted[0][0]), date_of(counted[-1][0]))
        query = {
            "customer": customer,
            "period": {"$in": sorted({period for _day, period, _sums in counted})},
            "product": {"$in": list(PRODUCTS)},
            "type": FORWARDED,
            "start": {"$gte": begin, "$lt": end},
            "$or": [
                {"receiver": {"$lt": HARMLESS[0]}},
                {"receiver": {"$gte": HARMLESS[1], "$lt": EXTENSIONS[0]}},
                {"receiver": {"$gte": EXTENSIONS[1]}},
            ],
        }
        fields = {"receiver": 1, "kind": 1, "start": 1, "amount": 1, "sign": 1, "quantity": 1}
        uses: dict[tuple[date, str], Use] = defaultdict(Use)
        for row in self._usage.find(query, fields):
            call_class = class_of_forward(row["kind"], row["receiver"])
            if call_class is not None:
                seconds = row["sign"] * row["quantity"] if row["kind"] == "voice" else 0
                uses[day_of(row["start"]), call_class] += Use(row["amount"], seconds)
        return [Forward(day, call_class, use) for (day, call_class), use in uses.items()]

    def lift(self, alert: Alert, seen: Mapping[date, Use], changes: Changes) -> Alert:
        """Mark it as looked at, with the uses that were seen."""
        beside = {day.isoformat(): use for day, use in seen.items() if day != alert.day}
        lifted = replace(
            alert, state=LIFTED, blocked=False, lifted_at_use=seen[alert.day], seen_beside=beside
        )
        told = asdict(lifted)
        names = ("state", "blocked", "lifted_at_use", "seen_beside")
        self._update(alert, {name: told[name] for name in names}, changes)
        return lifted

    def _update(self, alert: Alert, values: Document, changes: Changes) -> None:
        wanted = {"_id": alert.id, "customer": alert.customer}
        self._alerts.update_one(wanted, {"$set": values}, session=changes.session)


def _alert(row: Document) -> Alert:
    return msgspec.convert({**row, "id": row["_id"]}, Alert)
