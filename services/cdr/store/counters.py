"""The counters: sums of rows per customer, day or month, booked period, number and call type.

Ingesters write one ledger document per batch; :meth:`CounterStore.fold` adds many of them to the
counters and deletes them, in one transaction. Totals are counters plus what is still in the ledger,
read in one snapshot, so they are exact at every moment. How counters lie in the database:
store/shelves.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import add
from typing import Any, Protocol

from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.cdr.store import shelves
from services.cdr.store.shelves import DAY, MONTH, NUMBER, TYPE, Layouts
from services.cdr.store.usage_rated import UsageRatedStore
from shared.mongo import Document, transact

FOLD_DOCUMENTS = 64
FOLD_SHELVES = 20_000

_INDEXES: dict[str, list[list[tuple[str, int]]]] = {
    "counters_day": [[("customer", ASCENDING), ("by", ASCENDING), ("day", ASCENDING)]],
    "counters_month": [
        [("customer", ASCENDING), ("by", ASCENDING), ("period", ASCENDING)],
        [("customer", ASCENDING), ("by", ASCENDING), ("month", ASCENDING)],
    ],
}

_Key = tuple[str, str, str]
"""(number, product, call type)."""


@dataclass(frozen=True, slots=True)
class Count:
    """The sums of a number's rows of one type, on a day or in a month of their start.

    ``day`` is 0 in a month's; both are 0, as is ``period``, where several were added together.
    ``number`` is empty where numbers were. Sums: rows, seconds, bytes, messages, amount (millionths
    of a euro), others (rows whose sender is not the number).
    """

    day: int
    month: int
    period: int
    number: str
    product: str
    type: str
    sums: tuple[int, int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Span:
    """What is booked in a period; or what started in whole months (202611) and in ranges of days
    (20261101), both days included."""

    period: int | None = None
    months: Collection[int] = ()
    days: Collection[tuple[int, int]] = ()

    def holds(self, day: int, period: int) -> bool:
        """Whether usage of a day that is booked in a period is in it."""
        if self.period is not None:
            return period == self.period
        return day // 100 in self.months or any(first <= day <= last for first, last in self.days)

    def queries(self) -> Iterator[tuple[str, Document]]:
        """(grain, what its documents must have)."""
        if self.period is not None:
            yield MONTH, {"period": self.period}
            return
        if self.months:
            yield MONTH, {"month": {"$in": sorted(self.months)}}
        for first, last in self.days:
            yield DAY, {"day": {"$gte": first, "$lte": last}}


class Counters(Protocol):
    """Where sums come from: each time as it is (the store), or as it was at one moment (a reading)."""

    def sums(self, customer: str, span: Span, numbers: bool) -> list[Count]: ...

    def each(self, customer: str, span: Span, numbers: bool) -> list[Count]: ...


def ensure_indexes(db: Database[Document]) -> None:
    for collection, indexes in _INDEXES.items():
        for keys in indexes:
            db[collection].create_index(keys)


class CounterStore:
    def __init__(self, db: Database[Document]) -> None:
        self._db = db
        self._rated = UsageRatedStore(db)

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
        documents: list[Document] = []
        days = shelves.empty()
        for document in ledger.find(session=session).sort("_id", ASCENDING).limit(FOLD_DOCUMENTS):
            documents.append(document)
            for customer, lines in document["customers"].items():
                for day, period, number, product, kind, *sums in lines:
                    shelves.put(days, (customer, day, period, product, number[-1]), f"{number}|{kind}", sums)
            if len(days) > FOLD_SHELVES:
                break
        if documents:
            months = shelves.by_month(days)
            shelves.write(self._db, DAY, shelves.with_types(days), session)
            shelves.write(self._db, MONTH, shelves.with_types(months), session)
            self._rated.fold(documents, session)
            ledger.delete_many({"_id": {"$in": [one["_id"] for one in documents]}}, session=session)
        return len(documents), {shelf[0] for shelf in days}

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """All counters as they are now, for several questions."""
        with self._db.client.start_session(snapshot=True) as session:
            yield Reading(self._db, session)

    def sums(self, customer: str, span: Span, numbers: bool) -> list[Count]:
        """What a span holds, added together by product and type, and by number if that is wanted."""
        with self.reading() as reading:
            return reading.sums(customer, span, numbers)

    def each(self, customer: str, span: Span, numbers: bool) -> list[Count]:
        """The same one by one, by day (or month of start) and booked period as well."""
        with self.reading() as reading:
            return reading.each(customer, span, numbers)

    def months_of_period(self, customer: str, period: int) -> list[Count]:
        """Everything booked in a period, per month of start and number."""
        return self.each(customer, Span(period=period), numbers=True)

    def counts_of_period(self, customer: str, period: int, session: ClientSession) -> list[Count]:
        """The same as a given session sees it."""
        return Reading(self._db, session).each(customer, Span(period=period), True)

    def booked_between(self, customer: str, after: int, before: int, session: ClientSession) -> set[int]:
        """The billing periods after one and before another in which something is booked."""
        wanted = {"customer": customer, "by": TYPE, "period": {"$gt": after, "$lt": before}}
        found = {
            one["period"] for one in self._db["counters_month"].find(wanted, {"period": 1}, session=session)
        }
        field = f"customers.{customer}"
        for document in self._db["ledger"].find({field: {"$exists": True}}, {field: 1}, session=session):
            found |= {line[1] for line in document["customers"][customer] if after < line[1] < before}
        return found

    def telephony(self, customer: str, period: int) -> int:
        """What telephony costs in a billing period so far, in millionths of a euro."""
        counts = self.sums(customer, Span(period=period), numbers=False)
        return sum(count.sums[4] for count in counts if count.product == "telephony")

    def by_day(self, customer: str, first: date, last: date) -> list[Count]:
        """Everything that started on these days, both included, by day and type."""
        return self.each(customer, Span(days=[(number_of(first), number_of(last))]), numbers=False)

    def customers_since(self, day: date) -> set[str]:
        """Who has usage on this day or later; looks at the whole index."""
        return set(self._db["counters_day"].distinct("customer", {"day": {"$gte": number_of(day)}}))

    def days_and_months(
        self, customer: str, days: Iterable[tuple[int, int]], months: Iterable[int]
    ) -> list[Count]:
        """Everything that started in these months or in these ranges of days (both days included)."""
        return self.each(customer, Span(months=set(months), days=list(days)), numbers=True)


class Reading:
    """The counters as one session sees them: what several questions need is read once."""

    def __init__(self, db: Database[Document], session: ClientSession) -> None:
        self.session = session
        self._db = db
        self._layouts = Layouts(db, session)
        self._shelves: dict[tuple[str, str, str, str], list[Document]] = {}
        self._lines: dict[str, list[list[Any]]] = {}

    def sums(self, customer: str, span: Span, numbers: bool) -> list[Count]:
        """As :meth:`CounterStore.sums`."""
        found = shelves.added(self._documents(customer, span, NUMBER if numbers else TYPE))
        self._layouts.read(found)
        added: dict[_Key, tuple[int, ...]] = {
            (number, layout[1], kind): sums
            for layout, rows in found.items()
            for number, kind, sums in shelves.cells_of(self._layouts.of(layout), rows)
        }
        for count in self._open_ledger(customer, span, numbers):
            key = (count.number, count.product, count.type)
            known = added.get(key)
            added[key] = count.sums if known is None else tuple(map(add, known, count.sums))
        return [Count(0, 0, 0, *key, sums) for key, sums in added.items()]  # type: ignore[arg-type]

    def each(self, customer: str, span: Span, numbers: bool) -> list[Count]:
        """As :meth:`CounterStore.each`."""
        documents = self._documents(customer, span, NUMBER if numbers else TYPE)
        self._layouts.read({shelves.layout_of(document) for document in documents})
        counts = [
            Count(day, month, document["period"], number, document["product"], kind, sums)
            for document in documents
            for day, month in [_when(document)]
            for number, kind, sums in shelves.cells_of(
                self._layouts.of(shelves.layout_of(document)), shelves.rows_of(document)
            )
        ]
        return counts + list(self._open_ledger(customer, span, numbers))

    def _documents(self, customer: str, span: Span, by: str) -> list[Document]:
        found: list[Document] = []
        for grain, wanted in span.queries():
            key = (customer, grain, by, str(wanted))
            if key not in self._shelves:
                query = {"customer": customer, "by": by, **wanted}
                self._shelves[key] = list(
                    self._db[shelves.collection(grain)].find(query, session=self.session)
                )
            found += self._shelves[key]
        return found

    def _open_ledger(self, customer: str, span: Span, numbers: bool) -> Iterator[Count]:
        """What has been booked but not folded yet."""
        for day, period, number, product, kind, *sums in self._ledger_lines(customer):
            if span.holds(day, period):
                whose = number if numbers else ""
                yield Count(day, day // 100, period, whose, product, kind, tuple(sums))

    def _ledger_lines(self, customer: str) -> list[list[Any]]:
        if customer not in self._lines:
            field = f"customers.{customer}"
            wanted = {field: {"$exists": True}}
            found = self._db["ledger"].find(wanted, {field: 1}, session=self.session)
            self._lines[customer] = [line for one in found for line in one["customers"][customer]]
        return self._lines[customer]


def number_of(day: date) -> int:
    """20261123."""
    return day.year * 10_000 + day.month * 100 + day.day


def date_of(number: int) -> date:
    """The day that is written as 20261123."""
    return date(number // 10_000, number // 100 % 100, number % 100)


def _when(document: Document) -> tuple[int, int]:
    day = document.get(DAY, 0)
    return day, document.get(MONTH) or day // 100
