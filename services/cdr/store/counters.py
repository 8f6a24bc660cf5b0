"""The counters: sums of rows per customer, day or month, booked period, number and call type.

Ingesters write one ledger document per batch; :meth:`CounterStore.fold` adds many of them to the
counters and deletes them, in one transaction. Totals are counters plus what is still in the ledger,
read in one snapshot, so they are exact at every moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from pymongo import ASCENDING, UpdateOne
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.cdr.domain.posting import SUMS
from shared.mongo import Document, transact

FOLD_DOCUMENTS = 64
FOLD_COUNTERS = 20_000

Shelf = tuple[str, int, int, str, str]
"""A document of counters: (customer, day or month, booked period, product, last digit of the number).
Numbers share a document, as a fold costs by the documents it touches; the digit bounds its size."""

Shelves = defaultdict[Shelf, defaultdict[str, int]]

_INDEXES: dict[str, list[list[tuple[str, int]]]] = {
    "counters_day": [[("customer", ASCENDING), ("day", ASCENDING)]],
    "counters_month": [
        [("customer", ASCENDING), ("period", ASCENDING)],
        [("customer", ASCENDING), ("month", ASCENDING)],
    ],
}


@dataclass(frozen=True, slots=True)
class Count:
    """One counter: the sums of a number's rows of one type, on a day or in a month of their start.

    ``day`` is 0 in a month's counter. Sums: rows, seconds, bytes, messages, amount (millionths of a
    euro), others (rows whose sender is not the number).
    """

    day: int
    month: int
    period: int
    number: str
    product: str
    type: str
    sums: tuple[int, int, int, int, int, int]


def ensure_indexes(db: Database[Document]) -> None:
    for collection, indexes in _INDEXES.items():
        for keys in indexes:
            db[collection].create_index(keys)


class CounterStore:
    def __init__(self, db: Database[Document]) -> None:
        self._db = db

    def fold(self, patience: float = 0.0, touched: set[str] | None = None) -> int:
        """Move the oldest ledger documents into the counters; how many, 0 when there were none.

        A fold costs by the counters it touches, so it pays to let documents gather: with ``patience``
        it waits until there are FOLD_DOCUMENTS or the oldest is that many seconds old. Only the holder
        of the worker's lease calls this; a second one would lose by write conflict. The customers
        whose counters have changed are added to ``touched``.
        """
        ledger = self._db["ledger"]
        oldest = ledger.find_one(sort=[("_id", ASCENDING)], projection={"_id": 1})
        if oldest is None:
            return 0
        age = (datetime.now(UTC) - oldest["_id"].generation_time).total_seconds()
        if age < patience and ledger.estimated_document_count() < FOLD_DOCUMENTS:
            return 0
        folded, customers = transact(self._db, self._fold)
        if touched is not None:
            touched |= customers
        return folded

    def _fold(self, session: ClientSession) -> tuple[int, set[str]]:
        ledger = self._db["ledger"]
        ids: list[Any] = []
        days: Shelves = defaultdict(lambda: defaultdict(int))
        months: Shelves = defaultdict(lambda: defaultdict(int))
        for document in ledger.find(session=session).sort("_id", ASCENDING).limit(FOLD_DOCUMENTS):
            ids.append(document["_id"])
            for customer, lines in document["customers"].items():
                for day, period, number, product, kind, *sums in lines:
                    shelf = (period, product, number[-1])
                    _merge(days[customer, day, *shelf], number, kind, sums)
                    _merge(months[customer, day // 100, *shelf], number, kind, sums)
            if len(days) > FOLD_COUNTERS:
                break
        if ids:
            self._write("counters_day", "day", days, session)
            self._write("counters_month", "month", months, session)
            ledger.delete_many({"_id": {"$in": ids}}, session=session)
        return len(ids), {shelf[0] for shelf in months}

    def _write(self, collection: str, grain: str, shelves: Shelves, session: ClientSession) -> None:
        updates = [_update(grain, shelf, sums) for shelf, sums in shelves.items() if sums]
        if updates:
            self._db[collection].bulk_write(updates, ordered=False, session=session)

    def months_of_period(self, customer: str, period: int) -> list[Count]:
        """Everything booked in a period, per month of start."""
        with self._db.client.start_session(snapshot=True) as session:
            return self.counts_of_period(customer, period, session)

    def counts_of_period(self, customer: str, period: int, session: ClientSession) -> list[Count]:
        """The same as a given session sees it."""
        query = {"customer": customer, "period": period}
        counts = list(_counts(self._db["counters_month"].find(query, session=session)))
        counts += (c for c in self._open_ledger(customer, session) if c.period == period)
        return counts

    def telephony(self, customer: str, period: int) -> int:
        """What telephony costs in a billing period so far, in millionths of a euro."""
        counts = self.months_of_period(customer, period)
        return sum(count.sums[4] for count in counts if count.product == "telephony")

    def by_day(self, customer: str, first: date, last: date) -> list[Count]:
        """Everything that started on these days, both included."""
        return self.days_and_months(customer, [(_number(first), _number(last))], [])

    def customers_since(self, day: date) -> set[str]:
        """Who has usage on this day or later; looks at the whole index."""
        return set(self._db["counters_day"].distinct("customer", {"day": {"$gte": _number(day)}}))

    def days_and_months(
        self, customer: str, days: Iterable[tuple[int, int]], months: Iterable[int]
    ) -> list[Count]:
        """Everything that started in these months or in these ranges of days (both days included)."""
        ranges, whole = list(days), set(months)
        with self._db.client.start_session(snapshot=True) as session:
            counts: list[Count] = []
            if whole:
                query: Document = {"customer": customer, "month": {"$in": sorted(whole)}}
                counts += _counts(self._db["counters_month"].find(query, session=session))
            for first, last in ranges:
                query = {"customer": customer, "day": {"$gte": first, "$lte": last}}
                counts += _counts(self._db["counters_day"].find(query, session=session))
            counts += (
                c
                for c in self._open_ledger(customer, session)
                if c.month in whole or any(first <= c.day <= last for first, last in ranges)
            )
        return counts

    def _open_ledger(self, customer: str, session: ClientSession) -> Iterator[Count]:
        """What has been booked but not folded yet."""
        field = f"customers.{customer}"
        for document in self._db["ledger"].find({field: {"$exists": True}}, {field: 1}, session=session):
            for day, period, number, product, kind, *sums in document["customers"][customer]:
                yield Count(day, day // 100, period, number, product, kind, tuple(sums))


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _update(grain: str, shelf: Shelf, sums: Mapping[str, int]) -> UpdateOne:
    customer, when, period, product, _ = shelf
    fresh = {"customer": customer, grain: when, "period": period, "product": product}
    return UpdateOne(
        {"_id": "|".join(map(str, shelf))}, {"$inc": dict(sums), "$setOnInsert": fresh}, upsert=True
    )


def _merge(shelf: dict[str, int], number: str, kind: str, sums: list[int]) -> None:
    for name, value in zip(SUMS, sums, strict=True):
        if value:
            shelf[f"numbers.{number}.{kind}.{name}"] += value


def _counts(documents: Iterable[Document]) -> Iterator[Count]:
    for document in documents:
        day = document.get("day", 0)
        month = document.get("month") or day // 100
        period, product = document["period"], document["product"]
        for number, types in document["numbers"].items():
            for kind, sums in types.items():
                amounts = tuple(sums.get(name, 0) for name in SUMS)
                yield Count(day, month, period, number, product, kind, amounts)
