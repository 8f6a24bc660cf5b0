"""Reading usage rows: pages by key, and sums of rows for filters that counters do not know."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from pymongo import ASCENDING, DESCENDING
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import ExecutionTimeout

from services.cdr.domain.periods import day_bounds, following, period_of
from services.cdr.domain.posting import Row
from services.cdr.domain.selection import Comparison, Condition, PartOfNumber, Place, Selection
from services.cdr.store.counters import Count
from services.cdr.store.parties import Parties
from services.cdr.store.search import Index, way
from shared.mongo import Document

SCAN_MS = 1800
SORTS = {"start": ("start", "_id"), "amount": ("amount", "start", "_id")}

_OPERATORS = {Comparison.EQUAL: "$eq", Comparison.GREATER: "$gt", Comparison.SMALLER: "$lt"}


class DetailsStore:
    def __init__(self, db: Database[Document]) -> None:
        self._usage = db["usage"]
        self._parties = Parties(db)

    def row(self, identity: str) -> Row | None:
        """One row, whoever's it is: for staff."""
        return self._usage.find_one({"_id": identity})

    def search(self, customer: str, selection: Selection) -> Search:
        """A selection with the numbers looked up that its parts of numbers stand for, once for all that is
        asked of it."""
        return Search(self._usage, selection, lambda: self._query(customer, selection))

    def page(self, customer: str, selection: Selection, sort: str, limit: int, place: Place) -> list[Row]:
        """Up to ``limit`` rows from ``place`` on, in the order of ``sort`` (descending)."""
        return self.search(customer, selection).page(sort, limit, place)

    def sums(self, customer: str, selection: Selection) -> list[Count] | None:
        """The selection's rows summed by number and type; None when that takes too long to wait for."""
        return self.search(customer, selection).sums(SCAN_MS)

    def _query(self, customer: str, selection: Selection) -> Document | None:
        """The query, with the numbers that the parts of numbers stand for; None when there are none."""
        query = match(customer, selection)
        for side, part in (("sender", selection.sender), ("receiver", selection.receiver)):
            parties = self._parties.matching(customer, side, part) if part else None
            if parties == []:
                return None
            if parties is not None:
                query[side] = {"$in": parties}
        return query


class Search:
    """What people see of a selection of a customer's rows."""

    def __init__(
        self,
        usage: Collection[Document],
        selection: Selection,
        look_up: Callable[[], Document | None],
    ) -> None:
        self._usage = usage
        self._selection = selection
        self._look_up = look_up

    @cached_property
    def _query(self) -> Document | None:
        """None when there is nothing."""
        return self._look_up()

    def page(self, sort: str, limit: int, place: Place) -> list[Row]:
        """Up to ``limit`` rows from ``place`` on, in the order of ``sort`` (descending)."""
        wanted = self.wanted(sort)
        if wanted is None:
            return []
        query, index = wanted
        if place.before is not None:
            query = {"$and": [query, {"start": {"$lt": day_bounds(place.before, place.before)[1]}}]}
        if place.key is not None:
            query = {"$and": [query, beyond(SORTS[sort], place.key, "$gt" if place.newer else "$lt")]}
        direction = ASCENDING if place.newer else DESCENDING
        order = [(name, direction) for name in SORTS[sort]]
        rows = list(self._usage.find(query).sort(order).limit(limit).hint(index))
        return rows[::-1] if place.newer else rows

    def wanted(self, sort: str) -> tuple[Document, Index] | None:
        """The query, and the index by which its rows come in the order of ``sort`` for the least; None when
        there is nothing."""
        if self._query is None:
            return None
        chosen = way(self._usage, self._query, self._selection, sort)
        return {**self._query, **chosen.query}, chosen.index

    def sums(self, patience_ms: int | None, starts: Document | None = None) -> list[Count] | None:
        """The rows summed by number and type, of all of them or of those whose ``start`` is so; None when
        that takes longer than one wants to wait."""
        if self._query is None:
            return []
        query = self._query if starts is None else {"$and": [self._query, {"start": starts}]}
        pipeline: list[Document] = [{"$match": query}, {"$group": _GROUP}]
        limit: dict[str, Any] = {} if patience_ms is None else {"maxTimeMS": patience_ms}
        try:
            return [_count(group) for group in self._usage.aggregate(pipeline, **limit)]
        except ExecutionTimeout:
            return None


def _signed(kind: str) -> Document:
    value = {"$cond": [{"$eq": ["$kind", kind]}, {"$multiply": ["$sign", "$quantity"]}, 0]}
    return {"$sum": value}


_GROUP: Document = {
    "_id": {"number": "$number", "product": "$product", "type": "$type"},
    "rows": {"$sum": "$sign"},
    "seconds": _signed("voice"),
    "bytes": _signed("data"),
    "messages": _signed("sms"),
    "amount": {"$sum": "$amount"},
}


def _count(group: Document) -> Count:
    sums = (group["rows"], group["seconds"], group["bytes"], group["messages"], group["amount"], 0)
    return Count(0, 0, 0, group["_id"]["number"], group["_id"]["product"], group["_id"]["type"], sums)


def match(customer: str, selection: Selection) -> Document:
    """The query for the rows that people see. A range of days goes by the start; it names the periods
    in which such rows can be booked (their own month, or any later one) so that the index serves it."""
    query: Document = {"customer": customer, "hidden": {"$ne": True}}
    if selection.period is not None:
        query["period"] = selection.period
    else:
        assert selection.first is not None and selection.last is not None
        begin, end = day_bounds(selection.first, selection.last)
        query["period"] = {"$in": _possible_periods(begin)}
        query["start"] = {"$gte": begin, "$lt": end}
    if selection.product:
        query["product"] = selection.product
    if selection.types:
        query["type"] = {"$in": sorted(selection.types)}
    if selection.sender:
        query["sender"] = _containing(selection.sender)
    if selection.receiver:
        query["receiver"] = _containing(selection.receiver)
    if selection.amount:
        query["amount"] = _comparing(selection.amount)
    if selection.duration:
        query["kind"] = "voice"
        query["quantity"] = _comparing(selection.duration)
    return query


def _possible_periods(begin: datetime) -> list[int]:
    periods = [period_of(begin)]
    last = following(period_of(datetime.now(UTC)))
    while periods[-1] < last:
        periods.append(following(periods[-1]))
    return periods


def _containing(part: str) -> Document:
    return {"$regex": "|".join(re.escape(s) for s in PartOfNumber.of(part).spellings)}


def _comparing(condition: Condition) -> Document:
    return {_OPERATORS[condition.comparison]: condition.value}


def beyond(names: Sequence[str], key: dict[str, Any], operator: str) -> Document:
    """Rows that come after ``key`` in the order of ``names``: smaller in the first, or equal there and
    smaller in the second, and so on (greater for ``$gt``)."""
    branches = []
    for index, name in enumerate(names):
        equal = {earlier: key[earlier] for earlier in names[:index]}
        branches.append({**equal, name: {operator: key[name]}})
    # The plain bound on the first field lets the index begin at the key.
    return {names[0]: {f"{operator}e": key[names[0]]}, "$or": branches}
