"""Recurring costs, pro rata by day.

**The rule.** A month's price belongs to its days. The part from day *a* up to and including day *b* of a
month of *n* days costs ``round(price * b / n) - round(price * (a - 1) / n)``, half up to cents. So the
parts of a month add up to the month's price to the cent, however it is split, and a whole month costs
exactly its price.

What was billed of a month is remembered with its price. When the days of a month that was billed have
changed since (something started or ended earlier or later than was known, moved, or never was), the
difference, at the price and with the VAT that were billed, comes on the next invoice; a changed price does
not reach back: what something costs in a month is what it cost when the first of its days in that month was
billed. What a credit note gave back of a month is not given back again, and not billed again for days that
were billed before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

import msgspec

from services.invoicing.domain import periods
from services.invoicing.domain.invoice import Line
from services.invoicing.domain.vat import ZERO, rate_of
from shared.money import round_decimal
from shared.words import gettext as _

LOOK_BACK = 12
"""Months before the one that is billed in which a change is still found."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Something that costs ``price`` times ``quantity`` a month on the days ``starts`` to ``ends`` (both
    included); ``key`` names it for ever.

    Items that follow each other, as the products of one subscription, may share a key; then ``thing`` tells
    them apart. No two of a thing have the same day.
    """

    key: str
    description: str
    price: Decimal
    quantity: Decimal
    vat: str
    starts: dt.date
    ends: dt.date | None = None
    thing: str = ""

    def days_of(self, period: str, not_before: dt.date) -> tuple[int, int]:
        """First and last day of the month that count; (1, 0) when none does."""
        first = max(self.starts, periods.first_day(period), not_before)
        last = min(self.ends or dt.date.max, periods.last_day(period))
        return (first.day, last.day) if first <= last else NO_DAYS


NO_DAYS = (1, 0)


class Billed(msgspec.Struct, frozen=True, kw_only=True):
    """What was billed of an item for a month: days (both included), price of a month, and the amount; and
    what it was, to give it back when nobody knows it any more. What was billed by a release that did not
    write that down has no ``thing``, ``description`` and ``vat``, and is taken for what has its key; or no
    ``reverse`` (whether VAT was reverse charged), and is taken for what the customer is now.

    ``lines``: what its lines add up to, where that is not ``net`` because credit notes gave back the rest."""

    key: str
    period: str
    first: int
    last: int
    price: Decimal
    quantity: Decimal
    net: Decimal
    thing: str = ""
    description: str = ""
    vat: str = ""
    reverse: bool | None = None
    lines: Decimal | None = None

    @property
    def invoiced(self) -> Decimal:
        return self.net if self.lines is None else self.lines


Credits = Mapping[tuple[str, str], Decimal]
"""What credit notes gave back of the lines of a key and a month."""


def part(price: Decimal, first: int, last: int, days: int) -> Decimal:
    """What the days ``first`` to ``last`` of a month of ``days`` days cost; 0 when ``last`` is before."""
    if last < first:
        return ZERO
    return round_decimal(price * last / days) - round_decimal(price * (first - 1) / days)


def bill(
    items: Iterable[Item],
    billed: Iterable[Billed],
    period: str,
    not_before: dt.date,
    reverse_charge: bool,
    credited: Credits | None = None,
) -> tuple[list[Line], list[Billed]]:
    """The lines of a month and of what has changed in the months before it, and what is billed by them.
    ``not_before``: the first day that is billed, save in months that were."""
    items, known = tuple(items), _by_period(billed)
    first_of = {item.key: item for item in reversed(items)}
    lines: list[Line] = []
    marks: list[Billed] = []
    for month in periods.between(periods.shifted(period, -LOOK_BACK), period):
        before = known.get(month, {})
        begins = _begins(before, month, not_before)
        # VAT of a month is that of the first that was billed of it.
        reverse = next((mark.reverse for mark in before.values() if mark.reverse is not None), reverse_charge)
        now = _keyed(items, before, month, begins)
        prices = {mark.thing or key: mark for key, mark in reversed(before.items())}
        gone = {key: _gone(old, first_of.get(key)) for key, old in before.items() if key not in now}
        given = {key: net for (key, of), net in (credited or {}).items() if of == month}
        kept = _kept(gone, before, given)
        for key in dict.fromkeys([*now, *before]):
            item, old = now.get(key), before.get(key)
            mark = _mark(item, old, prices, key, month, begins(item), reverse) if item else gone[key]
            if mark is None:
                continue
            due = _due(mark, old, given.get(key, ZERO), kept)
            total = due + (old.invoiced if old else ZERO)
            marks.append(msgspec.structs.replace(mark, lines=None if total == mark.net else total))
            if due:
                lines.append(_line(mark, old, due, period, reverse_charge))
    return lines, marks


def _begins(before: Mapping[str, Billed], month: str, not_before: dt.date) -> Callable[[Item], dt.date]:
    """The first day of a month that is billed of an item: of what was billed of it before billing was said to
    begin later, as it was then."""
    days = [mark.first for mark in before.values() if mark.last >= mark.first]
    if not days or periods.last_day(month) >= not_before:
        return lambda item: not_before
    was = periods.first_day(month).replace(day=min(days))
    known = {*before, *(mark.thing for mark in before.values() if mark.thing)}
    return lambda item: was if item.key in known or item.thing in known else not_before


def _kept(
    gone: Mapping[str, Billed | None], before: Mapping[str, Billed], credited: Mapping[str, Decimal]
) -> dict[str, Decimal]:
    """What of things whose keys go is not taken back, for credit notes did that: when the thing has another
    key now (it was moved), that was paid for by as much less."""
    kept: dict[str, Decimal] = {}
    for key, mark in gone.items():
        if mark is not None and mark.thing:
            net = before[key].net + _due(mark, before[key], credited.get(key, ZERO), {})
            kept[mark.thing] = kept.get(mark.thing, ZERO) + net
    return kept


def _due(mark: Billed, before: Billed | None, credited: Decimal, kept: dict[str, Decimal]) -> Decimal:
    """What is to be billed now. Of days that go, what is left after credit notes; of days that come, what
    they cost: a credit note for other days stays. ``kept``: see :func:`_kept`; what is used of it goes."""
    if before is None:
        used = min(max(kept.get(mark.thing, ZERO), ZERO), mark.net)
        if used:
            kept[mark.thing] -= used
        return mark.net - used
    left = before.invoiced - credited
    if mark.net >= before.net:
        return max(ZERO, mark.net - max(before.net, left))
    return min(ZERO, mark.net - min(before.net, left))


def _by_period(billed: Iterable[Billed]) -> dict[str, dict[str, Billed]]:
    found: dict[str, dict[str, Billed]] = {}
    for mark in sorted(billed, key=lambda each: each.key):
        found.setdefault(mark.period, {})[mark.key] = mark
    return found


def _keyed(
    items: Iterable[Item],
    before: Mapping[str, Billed],
    month: str,
    not_before: Callable[[Item], dt.date],
) -> dict[str, Item]:
    """The items with days in the month, by the key of what is billed of them: their own, when nothing else
    has it in this month."""
    found: dict[str, Item] = {}
    for item in items:
        if item.days_of(month, not_before(item)) == NO_DAYS:
            continue
        mark = before.get(item.key)
        free = item.key not in found and (mark is None or mark.thing in ("", item.thing))
        found[item.key if free else f"{item.thing}:{item.starts}"] = item
    return found


def _mark(
    item: Item,
    before: Billed | None,
    prices: Mapping[str, Billed],
    key: str,
    month: str,
    not_before: dt.date,
    reverse_charge: bool,
) -> Billed | None:
    """What the month should be billed at now; None when that is what was billed already. ``prices``: what
    was billed of the month, by what it was of."""
    first, last = item.days_of(month, not_before)
    if before is not None and (before.first, before.last) == (first, last):
        return None
    paid = before or prices.get(item.thing)
    price, quantity = (paid.price, paid.quantity) if paid else (item.price, item.quantity)
    return Billed(
        key=key,
        period=month,
        first=first,
        last=last,
        price=price,
        quantity=quantity,
        net=part(price * quantity, first, last, periods.days_in(month)),
        thing=item.thing,
        description=item.description,
        vat=(paid.vat if paid else "") or item.vat,
        reverse=reverse_charge,
    )


def _gone(before: Billed | None, item: Item | None) -> Billed | None:
    """The mark of what has no day left in a month of which it was billed. ``item``: what has the key now."""
    if before is None or before.last < before.first:
        return None
    description = before.description or (item.description if item else "")
    vat = before.vat or (item.vat if item else "")
    if not (description and vat):
        return None
    first, last = NO_DAYS
    return msgspec.structs.replace(before, first=first, last=last, net=ZERO, description=description, vat=vat)


def _line(mark: Billed, before: Billed | None, net: Decimal, period: str, reverse_charge: bool) -> Line:
    """The line of a month; of one that was billed before, of the days that came or went."""
    days = periods.days_in(mark.period)
    count = (mark.last - mark.first + 1) - ((before.last - before.first + 1) if before else 0)
    start = periods.first_day(mark.period)
    first, last = _span(mark, before)
    line = Line(
        group="subscription",
        description=mark.description,
        quantity=_quantity(mark.quantity, count, days),
        unit="month",
        unit_price=mark.price,
        net=net,
        vat=rate_of(mark.vat, reverse_charge if mark.reverse is None else mark.reverse),
        from_=start.replace(day=first),
        to=start.replace(day=last),
        detail=_detail(mark, before, first, last, period),
        key=mark.key,
    )
    if net == mark.net - (before.net if before else ZERO):
        return line
    # What credit notes left is no longer so many days at a price.
    sign = Decimal(-1 if net < 0 else 1)
    return msgspec.structs.replace(line, quantity=sign, unit="piece", unit_price=abs(net))


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
