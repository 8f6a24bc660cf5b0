"""Usage by day and by largest part: what the charts of Overzicht and Totalen are drawn from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import msgspec


class DaySums(msgspec.Struct, frozen=True, kw_only=True):
    """One day's usage: seconds, bytes, and euro excluding VAT, exact."""

    day: date
    calls: int = 0
    duration: int = 0
    volume: int = 0
    amount: Decimal = Decimal(0)


class TopRow(msgspec.Struct, frozen=True, kw_only=True):
    """A number or call type and its part; ``key`` is as in a row of the details."""

    key: str | None = None
    calls: int = 0
    duration: int = 0
    amount: Decimal = Decimal(0)


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """The days with usage of a selection, and those of the period before it. ``late`` came in after
    earlier periods were closed: it counts in this one, on no day of it. Not ``complete``: finding out
    took too long, and nothing is known."""

    rows: tuple[DaySums, ...] = ()
    previous: tuple[DaySums, ...] = ()
    late: TopRow | None = None
    complete: bool = True

    @property
    def empty(self) -> bool:
        return not any(one.calls or one.amount for one in self.rows)


class Top(msgspec.Struct, frozen=True, kw_only=True):
    """The largest parts, dearest first, and the sum of what is left over; ``complete`` as in a series."""

    rows: tuple[TopRow, ...] = ()
    other: TopRow | None = None
    complete: bool = True

    @property
    def highest(self) -> Decimal:
        """The largest amount, which bars are drawn against."""
        return max((row.amount for row in self.rows), default=Decimal(0))


def sum_until(days: Iterable[DaySums], day_of_month: int) -> Decimal:
    """Euro of the days up to and including this day of their month."""
    return sum((one.amount for one in days if one.day.day <= day_of_month), Decimal(0))
