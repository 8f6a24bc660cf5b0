"""Reads: what the pages Totalen and Details show of a customer's usage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from services.cdr.domain.periods import first_day, following, last_day, period_of, preceding, written
from services.cdr.domain.posting import Row
from services.cdr.domain.refusal import Reason
from services.cdr.domain.selection import PartOfNumber, Place, Selection
from services.cdr.schemas import cursor
from services.cdr.store.counters import Count, CounterStore
from services.cdr.store.details import DetailsStore
from services.cdr.store.periods import PeriodStore
from services.cdr.store.quarantine import QuarantineStore
from shared.money import cents_to_wire, shown_cents, to_cents, to_wire

RECENT_PERIODS = 12

Reply = dict[str, Any]
Key = tuple[str | None, str | None]

_KEYS: dict[str, Callable[[Count], Key]] = {
    "total": lambda count: (None, None),
    "type": lambda count: (None, count.type),
    "number": lambda count: (count.number, None),
    "number_type": lambda count: (count.number, count.type),
}


def periods(store: PeriodStore, customer: str, now: datetime) -> Reply:
    """The current billing period and the twelve before it, newest first."""
    closed = store.closed(customer)
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
    counters: CounterStore, details: DetailsStore, customer: str, selection: Selection, by: str, now: datetime
) -> Reply:
    """The selection's sums: one row, or one per type, number, or both. Costs nothing per usage row
    unless a filter looks at what counters do not know; ``complete`` is false when that took too long."""
    counts = count(counters, details, customer, selection)
    grouped: dict[Key, list[int]] = {}
    for one in counts or ():
        sums = grouped.setdefault(_KEYS[by](one), [0] * 6)
        for index, value in enumerate(one.sums):
            sums[index] += value
    rows = sorted(
        ((key, sums) for key, sums in grouped.items() if any(sums[:5])),
        key=lambda item: (item[0][0] or "", -item[1][4], item[0][1] or ""),
    )
    total_cents, cents = shown_cents([sums[4] for _, sums in rows])
    total = [sum(column) for column in zip(*(sums for _, sums in rows), strict=True)] or [0] * 6
    return {
        "period": _span(selection),
        "rows": [_totals_row(key, sums, c) for (key, sums), c in zip(rows, cents, strict=True)],
        "total": _totals_row((None, None), total, total_cents),
        "complete": counts is not None,
        "updated_at": now.astimezone(UTC).isoformat().replace("+00:00", "Z"),
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
    counters: CounterStore, details: DetailsStore, customer: str, selection: Selection
) -> list[Count] | None:
    """The selection's counts: from the counters where they can tell, else from the rows (None when
    that takes too long)."""
    if selection.by_row:
        return details.sums(customer, selection)
    found = [c for c in _candidates(counters, customer, selection) if _wanted(c, selection)]
    if not selection.sender:
        return found
    if any(c.sums[5] for c in found):  # a sender that is not the charged number: only rows know
        return details.sums(customer, selection)
    part = PartOfNumber.of(selection.sender)
    return [c for c in found if part.matches(c.number)]


def _wanted(one: Count, selection: Selection) -> bool:
    return (not selection.product or one.product == selection.product) and (
        not selection.types or one.type in selection.types
    )


def _candidates(counters: CounterStore, customer: str, selection: Selection) -> Iterable[Count]:
    if selection.period is not None:
        return counters.months_of_period(customer, selection.period)
    assert selection.first is not None and selection.last is not None
    days, months = split(selection.first, selection.last)
    return counters.days_and_months(customer, days, months)


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
            days.append((_number(begin), _number(end)))
        period = following(period)
    return days, months


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def details(
    store: DetailsStore,
    counters: CounterStore,
    customer: str,
    selection: Selection,
    place: Place,
    limit: int,
    sort: str,
) -> Reply:
    """One page of rows, and the sums of the whole selection (None when they take too long)."""
    found = page(store, customer, selection, place, limit, sort)
    return {**found, "summary": summary(store, counters, customer, selection)}


def page(
    store: DetailsStore, customer: str, selection: Selection, place: Place, limit: int, sort: str
) -> Reply:
    """Up to ``limit`` rows, and where the pages beside them begin."""
    rows = store.page(customer, selection, sort, limit + 1, place)
    more = len(rows) > limit
    if more:
        rows = rows[1:] if place.newer else rows[:-1]

    def has_newer() -> bool:
        if place.before:
            return bool(store.page(customer, selection, sort, 1, Place(key=rows[0], newer=True)))
        return more if place.newer else place.key is not None

    return {
        "rows": [_details_row(row) for row in rows],
        "older": cursor(rows[-1], newer=False) if rows and (place.newer or more) else None,
        "newer": cursor(rows[0], newer=True) if rows and has_newer() else None,
    }


def summary(store: DetailsStore, counters: CounterStore, customer: str, selection: Selection) -> Reply | None:
    """The sums of a selection; None when they take too long."""
    return _summary(count(counters, store, customer, selection))


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
        "precision": 4,
        "state": row.get("state") or ("late" if row.get("late") else None),
    }
    reply[measure] = row["sign"] * row["quantity"]
    return reply


def _summary(counts: list[Count] | None) -> Reply | None:
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


def quarantine(store: QuarantineStore, reason: str, after: str, limit: int) -> list[Reply]:
    """A page of what waits for a reason."""
    return [
        {
            "id": document["_id"],
            "carrier": document["carrier"],
            "reason": document["reason"],
            "sentence": document["sentence"],
            "record": document["record"],
            "number": document["number"],
            "source": bytes(document["source"]).decode("utf-8", "replace"),
            "received_at": _instant(document["received_at"]),
        }
        for document in store.page(Reason(reason), after, limit)
    ]
