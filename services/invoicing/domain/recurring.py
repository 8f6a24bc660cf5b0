"""Recurring costs, pro rata by day.

**The rule.** A month's price belongs to its days. The part from day *a* up to and including day *b* of a
month of *n* days costs ``round(price * b / n) - round(price * (a - 1) / n)``, half up to cents. So the
parts of a month add up to the month's price to the cent, however it is split, and a whole month costs
exactly its price.

What was billed of a month is remembered with its price. When the days of a month that was billed have
changed since (something started or ended earlier or later than was known), the difference, at the price
that was billed, comes on the next invoice; a changed price does not reach back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

import msgspec

from services.invoicing.domain import periods
from services.invoicing.domain.invoice import Line
from services.invoicing.domain.vat import rate_of
from shared.money import round_decimal
from shared.words import gettext as _

LOOK_BACK = 12
"""Months before the one that is billed in which a change is still found."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Something that costs ``price`` times ``quantity`` a month on the days ``starts`` to ``ends`` (both
    included); ``key`` names it for ever."""

    key: str
    description: str
    price: Decimal
    quantity: Decimal
    vat: str
    starts: dt.date
    ends: dt.date | None = None

    def days_of(self, period: str, not_before: dt.date) -> tuple[int, int]:
        """First and last day of the month that count; (1, 0) when none does."""
        first = max(self.starts, periods.first_day(period), not_before)
        last = min(self.ends or dt.date.max, periods.last_day(period))
        return (first.day, last.day) if first <= last else NO_DAYS


NO_DAYS = (1, 0)


class Billed(msgspec.Struct, frozen=True, kw_only=True):
    """What was billed of an item for a month: days (both included), price of a month, and the amount."""

    key: str
    period: str
    first: int
    last: int
    price: Decimal
    quantity: Decimal
    net: Decimal


def part(price: Decimal, first: int, last: int, days: int) -> Decimal:
    """What the days ``first`` to ``last`` of a month of ``days`` days cost; 0 when ``last`` is before."""
    if last < first:
        return Decimal("0.00")
    return round_decimal(price * last / days) - round_decimal(price * (first - 1) / days)


def bill(
    items: Iterable[Item], billed: Iterable[Billed], period: str, not_before: dt.date, reverse_charge: bool
) -> tuple[list[Line], list[Billed]]:
    """The lines of a month and of what has changed in the months before it, and what is billed by them."""
    known = {(each.key, each.period): each for each in billed}
    now = {item.key: item for item in items}
    lines: list[Line] = []
    marks: list[Billed] = []
    for month in periods.between(periods.shifted(period, -LOOK_BACK), period):
        for key in dict.fromkeys([*now, *(key for key, of in known if of == month)]):
            mark = _mark(now.get(key), known.get((key, month)), key, month, not_before)
            if mark is None:
                continue
            before = known[(key, month)].net if (key, month) in known else Decimal("0.00")
            marks.append(mark)
            item = now.get(key)
            if mark.net != before and item is not None:
                lines.append(_line(item, mark, known.get((key, month)), period, reverse_charge))
    return lines, marks


def _mark(
    item: Item | None, before: Billed | None, key: str, month: str, not_before: dt.date
) -> Billed | None:
    """What the month should be billed at now; None when that is what was billed already."""
    if item is None:
        return None
    first, last = item.days_of(month, not_before)
    if before is None:
        if last < first:
            return None
        price, quantity = item.price, item.quantity
    else:
        if (before.first, before.last) == (first, last):
            return None
        price, quantity = before.price, before.quantity
    net = part(price * quantity, first, last, periods.days_in(month))
    return Billed(key=key, period=month, first=first, last=last, price=price, quantity=quantity, net=net)


def _line(item: Item, mark: Billed, before: Billed | None, period: str, reverse_charge: bool) -> Line:
    """The line of a month; of one that was billed before, of the days that came or went."""
    net = mark.net - (before.net if before else Decimal("0.00"))
    days = periods.days_in(mark.period)
    count = (mark.last - mark.first + 1) - ((before.last - before.first + 1) if before else 0)
    start = periods.first_day(mark.period)
    first, last = _span(mark, before)
    return Line(
        group="subscription",
        description=item.description,
        quantity=_quantity(mark.quantity, count, days),
        unit="month",
        unit_price=mark.price,
        net=net,
        vat=rate_of(item.vat, reverse_charge),
        from_=start.replace(day=first),
        to=start.replace(day=last),
        detail=_detail(mark, before, first, last, period),
    )


def _quantity(quantity: Decimal, count: int, days: int) -> Decimal:
    return quantity if count == days else round_decimal(quantity * count / days, 6)


def _span(mark: Billed, before: Billed | None) -> tuple[int, int]:
    """The days that a line is about."""
    if before is None or before.last < before.first:
        return mark.first, mark.last
    if mark.last < mark.first:
        return before.first, before.last
    if mark.first == before.first:
        return min(mark.last, before.last) + 1, max(mark.last, before.last)
    if mark.last == before.last:
        return min(mark.first, before.first), max(mark.first, before.first) - 1
    return min(mark.first, before.first), max(mark.last, before.last)


def _detail(mark: Billed, before: Billed | None, first: int, last: int, period: str) -> str:
    month = mark.period[5:]
    span = _("%(first)s t/m %(last)s", first=f"{first:02d}-{month}", last=f"{last:02d}-{month}")
    if before is not None:
        return _("%(span)s, correctie %(month)s", span=span, month=periods.named(mark.period))
    return span if mark.period == period else f"{span}, {periods.named(mark.period)}"
