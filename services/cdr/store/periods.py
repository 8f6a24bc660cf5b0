"""Closing a customer's billing month: an immutable sum, and a gate that no batch in flight slips through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.cdr.store.counters import CounterStore
from services.cdr.store.period_lines import PeriodLineStore, to_documents
from services.cdr.store.usage import CLOSINGS
from shared import outbox
from shared.events import Envelope
from shared.mongo import Document, transact

ANNOUNCED = timedelta(seconds=3)
"""For how long a closing that never comes (its process was killed) holds up ingestion."""


class EarlierIsOpen(Exception):
    """A month before the one that should close is open and holds rows."""

    def __init__(self, period: int) -> None:
        super().__init__(f"{period} is open and holds rows")
        self.period = period


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """A closed month and what it held: the number of rows, and the exact sum of rows and lines
    (domain/period_lines.py) in millionths of a euro."""

    customer: str
    period: int
    rows: int
    amount: int
    closed_at: datetime


def ensure_indexes(db: Database[Document]) -> None:
    db["periods"].create_index([("customer", ASCENDING), ("period", ASCENDING)])


class PeriodStore:
    def __init__(self, db: Database[Document]) -> None:
        self._db = db
        self._lines = PeriodLineStore(db)

    def closed(self, customer: str, session: ClientSession | None = None) -> dict[int, ClosedPeriod]:
        """The customer's closed periods."""
        found = self._db["periods"].find({"customer": customer}, {"lines": 0}, session=session)
        return {document["period"]: _closed(document) for document in found}

    def close(
        self,
        customer: str,
        period: int,
        now: datetime,
        events: Callable[[ClosedPeriod], Sequence[Envelope[Any]]],
    ) -> ClosedPeriod:
        """Close a period, once: a repeated call answers what the first one did.

        The transaction writes every ingester's gate, which each batch writes too: a batch in flight
        conflicts, starts again and finds the period closed. It is announced first, so that batches
        under load leave the gates alone for a moment. Raises :class:`EarlierIsOpen`; an earlier month in
        which nothing is booked may be passed over.
        """
        key = f"{customer}|{period}"
        self._announce(key)

        def work(session: ClientSession) -> ClosedPeriod:
            announced = {"$unset": {f"wanted.{key}": ""}}
            self._db["gates"].update_one({"_id": CLOSINGS}, announced, session=session)
            known = self._db["periods"].find_one({"_id": key}, session=session)
            if known is not None:
                return _closed(known)
            self._db["gates"].update_one(
                {"_id": CLOSINGS}, {"$inc": {"closings": 1}}, upsert=True, session=session
            )
            # A number that grows: a value that is there already would leave the gate untouched.
            self._db["gates"].update_many(
                {"_id": {"$ne": CLOSINGS}}, {"$inc": {"closings": 1}}, session=session
            )
            self._look_back(customer, period, session)
            rows, amount = self._sums(customer, period, session)
            lines = self._lines.freeze(customer, period, session)
            document = {
                "_id": key,
                "customer": customer,
                "period": period,
                "rows": rows,
                "amount": amount + sum(line.amount for line in lines),
                "closed_at": now,
            }
            if lines:
                document["lines"] = to_documents(lines)
            self._db["periods"].insert_one(document, session=session)
            closed = _closed(document)
            outbox.add(self._db, session, *events(closed))
            return closed

        return transact(self._db, work)

    def _look_back(self, customer: str, period: int, session: ClientSession) -> None:
        closed = self._db["periods"].find({"customer": customer}, {"period": 1}, session=session)
        newest = max((one["period"] for one in closed), default=0)
        earlier = CounterStore(self._db).booked_between(customer, newest, period, session)
        if earlier:
            raise EarlierIsOpen(min(earlier))

    def _announce(self, key: str) -> None:
        until = datetime.now(UTC) + ANNOUNCED
        self._db["gates"].update_one({"_id": CLOSINGS}, {"$set": {f"wanted.{key}": until}}, upsert=True)

    def _sums(self, customer: str, period: int, session: ClientSession) -> tuple[int, int]:
        counts = CounterStore(self._db).counts_of_period(customer, period, session)
        return sum(count.sums[0] for count in counts), sum(count.sums[4] for count in counts)


def _closed(document: Document) -> ClosedPeriod:
    return ClosedPeriod(
        document["customer"], document["period"], document["rows"], document["amount"], document["closed_at"]
    )
