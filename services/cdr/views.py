"""Reads: what the pages Totalen and Details show of a customer's usage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from services.cdr.domain.periods import first_day, following, last_day, period_of, preceding, written
from services.cdr.domain.posting import Row
from services.cdr.domain.refusal import Reason, shortened
from services.cdr.domain.selection import PartOfNumber, Place, Selection
from services.cdr.overage import NO_OVERAGE, Overage
from services.cdr.schemas import cursor
from services.cdr.store.counters import Count, Counters, Reading, Span, number_of
from services.cdr.store.details import SCAN_MS, Search
from services.cdr.store.periods import PeriodStore
from services.cdr.store.quarantine import QuarantineStore
from shared.money import cents_to_wire, decimals_of, shown_cents, to_cents, to_wire

RECENT_PERIODS = 12
LONGEST_SOURCE = 4000
"""Bytes; an event has a few hundred."""

Reply = dict[str, Any]
Key = tuple[str | None, str | None]

BY_NUMBER = ("number", "number_type")

_LAST = "~"
"""Sorts after every number."""

_KEYS: dict[str, Callable[[Count], Key]] = {
    "total": lambda count: (None, None),
    "type": lambda count: (None, count.type),
    "number": lambda count: (count.number or None, None),
    "number_type": lambda count: (count.number or None, count.type),
}


def periods(store: PeriodStore, customer: str, now: datetime, reading: Reading | None = None) -> Reply:
    """The current billing period and the twelve before it, newest first."""
    closed = store.closed(customer, reading.session if reading else None)
    current = period_of(now)
    recent, period = [], preceding(current)
    for _ in range(RECENT_PERIODS):
        recent.append(_period(period, period in closed))
        period = preceding(period)
    return {"current": _period(current, current in closed), "recent": recent}


def _period(period: int, closed: bool) -> Reply:
    return {
        "id": written(period),
        "from": first_day(period).isoformat(),
        "to": last_day(period).isoformat(),
        "state": "closed" if closed else "open",
    }


def totals(
    counts: Sequence[Count] | None, selection: Selection, by: str, at: datetime, above: Overage = NO_OVERAGE
) -> Reply:
    """The sums of what a selection counted at a moment: one row, or one per type, number, or both;
    ``complete`` is false when that took too long. What is ``above`` bundles is under a type of its own and
    no number."""
    grouped: dict[Key, list[int]] = {}
    for one in (*counts, *above.counts) if counts is not None else ():
        sums = grouped.setdefault(_KEYS[by](one), [0] * 6)
        for index, value in enumerate(one.sums):
            sums[index] += value
    rows = sorted(
        ((key, sums) for key, sums in grouped.items() if any(sums[:5])),
        key=lambda item: (item[0][0] or _LAST, -item[1][4], item[0][1] or ""),
    )
    total_cents, cents = shown_cents([sums[4] for _, sums in rows])
    total = [sum(column) for column in zip(*(sums for _, sums in rows), strict=True)] or [0] * 6
    return {
        "period": _span(selection),
        "rows": [_totals_row(key, sums, c) for (key, sums), c in zip(rows, cents, strict=True)],
        "total": _totals_row((None, None), total, total_cents),
        "complete": counts is not None,
        "overage_left_out": above.left_out,
        "updated_at": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }


def _span(selection: Selection) -> Reply:
    if selection.period is None:
        assert selection.first is not None and selection.last is not None
        return {"id": None, "from": selection.first.isoformat(), "to": selection.last.isoformat()}
    return {k: v for k, v in _period(selection.period, closed=False).items() if k != "state"}


def _totals_row(key: Key, sums: Sequence[int], cents: int) -> Reply:
    return {
        "number": key[0],
        "type": key[1],
        "calls": sums[0],
        "duration": sums[1],
        "volume": sums[2],
        "messages": sums[3],
        "amount": to_wire(sums[4]),
        "cents": cents_to_wire(cents),
    }


def count(
    counters: Counters, search: Search, customer: str, selection: Selection, numbers: bool = False
) -> list[Count] | None:
    """The selection's sums by product and type, and by number if that is wanted: from the counters where
    they can tell, else from the rows (None when that takes too long)."""
    found = None if selection.by_row else counted(counters, customer, selection, numbers)
    return search.sums(SCAN_MS) if found is None else found


def counted(counters: Counters, customer: str, selection: Selection, numbers: bool) -> list[Count] | None:
    """The same from the counters alone; None where only rows can tell."""
    found = counters.sums(customer, span_of(selection), numbers or bool(selection.sender))
    return counts_wanted(found, selection)


def counts_wanted(found: Sequence[Count], selection: Selection) -> list[Count] | None:
    """Those that pass the selection's filters (each with its number when there is one on the sender); None
    when there are senders that are not the charged number, which only rows know."""
    wanted = [
        one
        for one in found
        if (not selection.product or one.product == selection.product)
        and (not selection.types or one.type in selection.types)
    ]
    if not selection.sender:
        return wanted
    if any(one.sums[5] for one in wanted):
        return None
    part = PartOfNumber.of(selection.sender)
    return [one for one in wanted if part.matches(one.number)]


def span_of(selection: Selection) -> Span:
    """The counters that a selection is made of."""
    if selection.period is not None:
        return Span(period=selection.period)
    assert selection.first is not None and selection.last is not None
    days, months = split(selection.first, selection.last)
    return Span(months=months, days=days)


def split(first: date, last: date) -> tuple[list[tuple[int, int]], list[int]]:
    """A range of days as whole months (202611) and the ranges of days (20261101) left over."""
    days: list[tuple[int, int]] = []
    months: list[int] = []
    period = first.year * 100 + first.month
    while first_day(period) <= last:
        begin, end = max(first, first_day(period)), min(last, last_day(period))
        if (begin, end) == (first_day(period), last_day(period)):
            months.append(period)
        else:
            days.append((number_of(begin), number_of(end)))
        period = following(period)
    return days, months


def page(search: Search, place: Place, limit: int, sort: str) -> Reply:
    """Up to ``limit`` rows, and where the pages beside them begin."""
    rows = search.page(sort, limit + 1, place)
    more = len(rows) > limit
    if more:
        rows = rows[1:] if place.newer else rows[:-1]

    def has_newer() -> bool:
        if place.before:
            return bool(search.page(sort, 1, Place(key=rows[0], newer=True)))
        return more if place.newer else place.key is not None

    return {
        "rows": [_details_row(row) for row in rows],
        "older": cursor(rows[-1], newer=False) if rows and (place.newer or more) else None,
        "newer": cursor(rows[0], newer=True) if rows and has_newer() else None,
    }


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _details_row(row: Row) -> Reply:
    measure = {"voice": "duration", "data": "volume", "sms": "messages"}[row["kind"]]
    reply: Reply = {
        "id": row["_id"],
        "start": _instant(row["start"]),
        "product": row["product"],
        "type": row["type"],
        "sender": row["sender"],
        "receiver": row["receiver"],
        "destination": row["destination"],
        "kind": row["kind"],
        "duration": 0,
        "volume": 0,
        "messages": 0,
        "amount": to_wire(row["amount"]),
        "precision": decimals_of(row["amount"]),
        "state": row.get("state") or ("late" if row.get("late") else None),
    }
    reply[measure] = row["sign"] * row["quantity"]
    return reply


def summary_of(counts: Sequence[Count] | None) -> Reply | None:
    """The sums of a selection; None when they take too long."""
    if counts is None:
        return None
    sums = [sum(one.sums[index] for one in counts) for index in range(5)]
    return {
        "calls": sums[0],
        "duration": sums[1],
        "volume": sums[2],
        "messages": sums[3],
        "amount": to_wire(sums[4]),
        "cents": cents_to_wire(to_cents(sums[4])),
    }


def source_of(document: Row) -> str:
    """What came in of an event that waits, as far as a person can read it: it may be 8 MiB, and an answer
    holds many."""
    return bytes(document["source"])[:LONGEST_SOURCE].decode("utf-8", "replace")


def quarantine(store: QuarantineStore, reason: str, after: str, limit: int) -> list[Reply]:
    """A page of what waits for a reason."""
    return [
        {
            "id": document["_id"],
            "carrier": document["carrier"],
            "reason": document["reason"],
            "sentence": shortened(document["sentence"]),
            "record": document["record"],
            "number": document["number"],
            "source": source_of(document),
            "received_at": _instant(document["received_at"]),
        }
        for document in store.page(Reason(reason), after, limit)
    ]
