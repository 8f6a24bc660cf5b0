"""Reads for charts: usage by day or hour beside that of the period before, and the largest parts (CDR-10).

They come from the counters, so a chart costs nothing per row; only hours, receivers and filters that the
counters do not know look at rows, and answer ``complete`` false when that takes too long.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.cdr.domain.periods import first_day, last_day, preceding
from services.cdr.domain.selection import PartOfNumber, Selection
from services.cdr.store.charts import ChartStore, Part
from services.cdr.store.counters import Count, CounterStore
from services.cdr.views import Reply
from shared.money import to_wire


@dataclass(frozen=True, slots=True)
class ChartSource:
    counters: CounterStore
    charts: ChartStore


def series(source: ChartSource, customer: str, selection: Selection, by: str) -> Reply:
    """The selection by day (or hour of a few days), and the same of the period before.

    ``late`` is what a billing period holds of days before it; it is on no day of the chart.
    """
    now, late = _slices(source, customer, selection, by)
    previous, _ = _slices(source, customer, before(selection), by)
    return {
        "rows": [_slice(part, by) for part in now or ()],
        "previous": [_slice(part, by) for part in previous or ()],
        "late": _sums(late),
        "complete": now is not None and previous is not None,
    }


def top(source: ChartSource, customer: str, selection: Selection, of: str, limit: int) -> Reply:
    """The dearest senders (own numbers), receivers or call types, and the rest in one."""
    parts = _parts(source, customer, selection, of)
    ranked = sorted(parts or (), key=lambda part: (-part.amount, -part.calls, part.key))
    return {
        "rows": [{"key": part.key, **_sums([part])} for part in ranked[:limit]],
        "other": _sums(ranked[limit:]),
        "complete": parts is not None,
    }


def before(selection: Selection) -> Selection:
    """As much time directly before, with the same filters."""
    if selection.period is not None:
        return replace(selection, period=preceding(selection.period))
    first, last = span(selection)
    length = last - first + timedelta(days=1)
    return replace(selection, first=first - length, last=last - length)


def span(selection: Selection) -> tuple[date, date]:
    """The days of a selection, both included."""
    if selection.period is not None:
        return first_day(selection.period), last_day(selection.period)
    assert selection.first is not None and selection.last is not None
    return selection.first, selection.last


def _slices(
    source: ChartSource, customer: str, selection: Selection, by: str
) -> tuple[list[Part] | None, list[Part]]:
    """(by day or hour, in order; late usage), the first None when it takes too long."""
    counts = None if by == "hour" else _counts(source.counters, customer, selection)
    if counts is not None:
        parts: list[Part] | None = _summed((_written(c.day), c) for c in counts)
    else:
        parts = source.charts.parts(customer, selection, by)
    if parts is None:
        return None, []
    first = span(selection)[0].isoformat()
    shown = sorted((part for part in parts if part.key >= first), key=lambda part: part.key)
    return shown, [part for part in parts if part.key < first]


def _counts(counters: CounterStore, customer: str, selection: Selection) -> list[Count] | None:
    """The selection's counts by day; None when only rows can tell."""
    if selection.by_row:
        return None
    first, last = span(selection)
    found = counters.days_and_months(customer, [(_number(first), _number(last))], [])
    if selection.period is not None:
        found = [c for c in found if c.period == selection.period]
        late = counters.months_of_period(customer, selection.period)
        found += [replace(c, day=c.month * 100 + 1) for c in late if c.month != selection.period]
    return _filtered(found, selection)


def _filtered(found: Sequence[Count], selection: Selection) -> list[Count] | None:
    wanted = [
        c
        for c in found
        if (not selection.product or c.product == selection.product)
        and (not selection.types or c.type in selection.types)
    ]
    if not selection.sender:
        return wanted
    if any(c.sums[5] for c in wanted):
        return None
    part = PartOfNumber.of(selection.sender)
    return [c for c in wanted if part.matches(c.number)]


def _parts(source: ChartSource, customer: str, selection: Selection, of: str) -> list[Part] | None:
    if of == "receiver":
        return source.charts.parts(customer, selection, of)
    counts = _counts(source.counters, customer, selection)
    if counts is None:
        return source.charts.parts(customer, selection, of)
    return _summed((c.number if of == "sender" else c.type, c) for c in counts)


def _summed(counts: Iterable[tuple[str, Count]]) -> list[Part]:
    sums: dict[str, list[int]] = {}
    for key, count in counts:
        into = sums.setdefault(key, [0, 0, 0, 0])
        rows, seconds, volume, _messages, amount, _others = count.sums
        for index, value in enumerate((rows, seconds, volume, amount)):
            into[index] += value
    return [Part(key, *into) for key, into in sums.items() if any(into)]


def _slice(part: Part, by: str) -> Reply:
    key = "day" if by == "day" else "hour"
    return {key: part.key, "volume": part.volume, **_sums([part])}


def _sums(parts: Iterable[Part]) -> Reply:
    listed = list(parts)
    return {
        "calls": sum(part.calls for part in listed),
        "duration": sum(part.duration for part in listed),
        "amount": to_wire(sum(part.amount for part in listed)),
    }


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def _written(day: int) -> str:
    return f"{day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"
