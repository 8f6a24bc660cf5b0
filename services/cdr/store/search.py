"""By which index a page of details is found, so that a filter that few rows pass costs as little as none.

Rows lie in the order of their start. Where a filter passes many, the first page is found soon on that
way; where it passes few, the whole period would be read for them, so they are found by an index of the
filter's own, and sorted. What cannot be told beforehand is counted, in the index alone and no further
than ENOUGH.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import ASCENDING, DESCENDING
from pymongo.collection import Collection

from services.cdr.domain.call_types import CALL_TYPES
from services.cdr.domain.selection import Selection
from shared.mongo import Document

Index = list[tuple[str, int]]

ENOUGH = 20_000
"""Rows that may be read and sorted for one page; fewer than one in ENOUGH / 50 of which are shown."""

MOST_SCANS = 150
"""MongoDB merges this many ordered stretches of an index without sorting (its limit is 200)."""

_HEAD: Index = [("customer", ASCENDING), ("period", ASCENDING)]
_NEWEST: Index = [("start", DESCENDING), ("_id", DESCENDING)]

BY_START: Index = [*_HEAD, *_NEWEST]
BY_AMOUNT: Index = [*_HEAD, ("amount", DESCENDING), *_NEWEST]
BY_TYPE: Index = [*_HEAD, ("product", ASCENDING), ("type", ASCENDING), *_NEWEST]
BY_SENDER: Index = [*_HEAD, ("sender", ASCENDING), *_NEWEST]
BY_RECEIVER: Index = [*_HEAD, ("receiver", ASCENDING), *_NEWEST]
BY_DURATION: Index = [*_HEAD, ("kind", ASCENDING), ("quantity", DESCENDING), *_NEWEST]

INDEXES = (BY_START, BY_AMOUNT, BY_TYPE, BY_SENDER, BY_RECEIVER, BY_DURATION)
PRODUCTS = ("telephony", "mobile")


@dataclass(frozen=True)
class Way:
    """An index and the part of the query that it serves. ``stretches`` are the ordered parts of it that
    have to be merged per period; None where its rows do not come in the order of their start."""

    index: Index
    query: Mapping[str, Any]
    stretches: int | None = None

    def is_ordered(self, periods: int) -> bool:
        return self.stretches is not None and self.stretches * periods <= MOST_SCANS


def way(usage: Collection[Document], query: Document, selection: Selection, sort: str) -> Way:
    """The way to a page of what matches ``query`` (of store/details.py), in the order of ``sort``."""
    usual = Way(BY_AMOUNT if sort == "amount" else BY_START, {}, 1)
    period = query["period"]
    periods = len(period["$in"]) if isinstance(period, dict) else 1
    ways = _ways(query, selection)
    ordered = [one for one in ways if sort == "start" and one.is_ordered(periods)]
    if not ways:
        return usual
    if len(ways) == 1 and ordered:
        return ordered[0]
    head = {"customer": query["customer"], "period": period}
    counts = [_count(usage, {**head, **one.query}, one.index) for one in ways]
    if min(counts) < ENOUGH:
        return ways[counts.index(min(counts))]
    return ordered[0] if ordered else usual


def _ways(query: Document, selection: Selection) -> list[Way]:
    """The indexes that know one of the filters; those that mostly pass the fewest rows first."""
    ways = []
    for field, index in (("receiver", BY_RECEIVER), ("sender", BY_SENDER)):
        wanted = query.get(field)
        if wanted is not None and "$in" in wanted:
            ways.append(Way(index, {field: wanted}, len(wanted["$in"])))
    if selection.types or selection.product:
        ways.append(_by_type(selection))
    if selection.amount:
        ways.append(Way(BY_AMOUNT, {"amount": query["amount"]}))
    if selection.duration:
        ways.append(Way(BY_DURATION, {"kind": "voice", "quantity": query["quantity"]}))
    return ways


def _by_type(selection: Selection) -> Way:
    products: Sequence[str] = (selection.product,) if selection.product else PRODUCTS
    types = sorted(selection.types or CALL_TYPES)
    return Way(
        BY_TYPE, {"product": {"$in": list(products)}, "type": {"$in": types}}, len(products) * len(types)
    )


def _count(usage: Collection[Document], query: Document, index: Index) -> int:
    """How many keys of the index match; ENOUGH when at least that many."""
    pipeline: list[Document] = [{"$match": query}, {"$limit": ENOUGH}, {"$count": "rows"}]
    found = list(usage.aggregate(pipeline, hint=dict(index)))
    return int(found[0]["rows"]) if found else 0
