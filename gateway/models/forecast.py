"""What a billing period is going to cost: the rule behind *Verwacht op 30 november*.

What is spent stands. Each day to come is put at what such a weekday cost on average: once by this
period's own full days, once by the period before. The two give the lower and the upper end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from gateway.models.series import DaySums

FEWEST_DAYS = 7
"""Full days of this period, or of the one before, that an expectation needs: one of each weekday."""

TEN = Decimal(10)


@dataclass(frozen=True)
class Forecast:
    """Euro excluding VAT at the period's end, in whole tens (whole euro below a hundred).

    ``days`` is what each day to come is put at: the mean of both ways.
    """

    low: Decimal
    high: Decimal
    days: tuple[Decimal, ...] = ()


def forecast(
    spent: Decimal,
    days: Iterable[DaySums],
    previous: Iterable[DaySums],
    first: date,
    last: date,
    today: date,
) -> Forecast | None:
    """The expectation for the period ``first`` to ``last``; None while too little is known, and on
    its last day, when there is nothing left to expect."""
    left = [today + timedelta(days=n) for n in range(1, (last - today).days + 1)]
    if not left:
        return None
    own = _per_weekday(days, first, today - timedelta(days=1))
    earlier = _per_weekday(previous, *_month_before(first))
    ways = [[means[day.weekday()] for day in left] for means in (own, earlier) if means is not None]
    if not ways:
        return None
    ends = [spent + sum(way, Decimal(0)) for way in ways]
    step = TEN if min(ends) >= 100 else Decimal(1)
    return Forecast(
        low=(min(ends) / step).to_integral_value(ROUND_FLOOR) * step,
        high=(max(ends) / step).to_integral_value(ROUND_CEILING) * step,
        days=tuple(sum(day, Decimal(0)) / len(ways) for day in zip(*ways, strict=True)),
    )


def _per_weekday(days: Iterable[DaySums], first: date, last: date) -> Mapping[int, Decimal] | None:
    """The mean cost of each weekday from ``first`` to ``last``; None for less than a week, or nothing."""
    if (last - first).days + 1 < FEWEST_DAYS:
        return None
    amounts = {one.day: one.amount for one in days if first <= one.day <= last}
    if not amounts:
        return None
    sums: dict[int, list[Decimal]] = {weekday: [] for weekday in range(7)}
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        sums[day.weekday()].append(amounts.get(day, Decimal(0)))
    return {weekday: sum(found, Decimal(0)) / len(found) for weekday, found in sums.items()}


def _month_before(first: date) -> tuple[date, date]:
    last = first - timedelta(days=1)
    return last.replace(day=1), last
