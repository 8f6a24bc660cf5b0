"""Reads for charts: usage by day or hour beside that of the period before, and the largest parts (CDR-10).

They come from the counters, so a chart costs nothing per row; only hours, receivers and filters that the
counters do not know look at rows, and answer ``complete`` false when that takes too long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.cdr.domain.periods import first_day, last_day, preceding
from services.cdr.domain.selection import Selection
from services.cdr.overage import NO_OVERAGE, Overage
from services.cdr.store.charts import ChartStore, Part
from services.cdr.store.counters import Count, Counters, Span, number_of
from services.cdr.views import Reply, counted, counts_wanted
from shared.money import to_wire


@dataclass(frozen=True, slots=True)
class ChartSource:
    """``is_long`` tells which selections take too long to count: their rows are not even tried."""

    counters: Counters
    charts: ChartStore
    is_long: Callable[[str, Selection], bool]

    def of_rows(self, customer: str, selection: Selection, by: str) -> list[Part] | None:
        return None if self.is_long(customer, selection) else self.charts.parts(customer, selection, by)


def series(source: ChartSource, customer: str, selection: Selection, by: str) -> Reply:
    """The selection by day (or hour of a few days), and the same of the period before.

    ``late`` is what a billing period holds of days before it; it is on no day of the chart.
    """
    now, late = _slices(source, customer, selection, by)
    previous = None if now is None else _slices(source, customer, before(selection), by)[0]
    return {
        "rows": [_slice(part, by) for part in now or ()],
        "previous": [_slice(part, by) for part in previous or ()],
        "late": _sums(late),
        "complete": now is not None and previous is not None,
    }


def top(
    source: ChartSource,
    customer: str,
    selection: Selection,
    of: str,
    limit: int,
    above: Overage = NO_OVERAGE,
) -> Reply:
    """The dearest senders (own numbers), receivers or call types, and the rest in one. What is ``above``
    bundles is of types of its own, and of no number: then it is in the rest."""
    parts = _parts(source, customer, selection, of)
    extra = _summed((count.type, count) for count in above.counts)
    shown = [*(parts or ()), *extra] if of == "type" else parts or ()
    ranked = sorted(shown, key=lambda part: (-part.amount, -part.calls, part.key))
    rest = extra if of == "sender" and parts is not None else []
    return {
        "rows": [{"key": part.key, **_sums([part])} for part in ranked[:limit]],
        "other": _sums([*ranked[limit:], *rest]),
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
    counts = None if by == "hour" else _days(source.counters, customer, selection)
    if counts is not None:
        parts: list[Part] | None = _summed((_written(c.day), c) for c in counts)
    else:
        parts = source.of_rows(customer, selection, by)
    if parts is None:
        return None, []
    first = span(selection)[0].isoformat()
    shown = sorted((part for part in parts if part.key >= first), key=lambda part: part.key)
    return shown, [part for part in parts if part.key < first]


def _days(counters: Counters, customer: str, selection: Selection) -> list[Count] | None:
    """The selection's counts by day; None when only rows can tell."""
    if selection.by_row:
        return None
    first, last = span(selection)
    numbers = bool(selection.sender)
    found = counters.each(customer, Span(days=[(number_of(first), number_of(last))]), numbers)
    if selection.period is not None:
        found = [c for c in found if c.period == selection.period]
        late = counters.each(customer, Span(period=selection.period), numbers)
        # What is not folded yet has its day, and else a month's counter stands for its first day.
        found += [replace(c, day=c.month * 100 + 1) for c in late if c.month != selection.period]
    return counts_wanted(found, selection)


def _parts(source: ChartSource, customer: str, selection: Selection, of: str) -> list[Part] | None:
    if of == "receiver" or selection.by_row:
        return source.of_rows(customer, selection, of)
    counts = counted(source.counters, customer, selection, numbers=of == "sender")
    if counts is None:
        return source.of_rows(customer, selection, of)
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


def _written(day: int) -> str:
    return f"{day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"
