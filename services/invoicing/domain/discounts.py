"""Discounts as lines: a price is never negative, a quantity is (EN 16931 BR-27).

**The rule.** A discount is of the costs of a month of its term, whatever invoice they are on. When costs of a
month that was invoiced come or go, the discount of that month is what it would have been, and the difference
comes with them; never more is taken back than was given, and costs below nothing have no discount. Late usage
does not tell its month, and counts for the one that it is billed in; a one-off of before billing began for
the first that is billed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

import msgspec

from services.invoicing.domain import periods
from services.invoicing.domain.charges import Charge
from services.invoicing.domain.invoice import Line, VatRate
from services.invoicing.domain.invoiced import Invoiced
from services.invoicing.domain.recurring import LOOK_BACK
from services.invoicing.domain.vat import ZERO, rate_of
from shared.money import round_decimal
from shared.words import gettext as _

_OF_USAGE = ("usage", "bundle")
RateKey = tuple[str, Decimal]
Amounts = dict[tuple[str, RateKey], Decimal]
"""What is given, by the ID of a discount and a rate; below nothing of costs below nothing."""


def has_discount(charges: Iterable[Charge]) -> bool:
    return any(each.kind == "discount" for each in charges)


def discount_lines(
    discounts: Sequence[Charge],
    lines: Sequence[Line],
    invoiced: Sequence[Invoiced],
    period: str,
    begins: dt.date,
    reverse_charge: bool,
) -> list[Line]:
    """The discounts of the period's ``lines``, and what those change in the discounts of months before."""
    first = periods.of(begins)
    months: dict[str, list[Line]] = {}
    for line in lines if discounts else ():
        months.setdefault(_month(line, period, first), []).append(line)
    found: list[Line] = []
    for month, new in sorted(months.items()):
        old, given = _before(invoiced, discounts, month, first)
        earlier = _given((each for each in invoiced if each.period < month), discounts)
        for discount, rate, net in _changed(discounts, old, new, (given, earlier), month, reverse_charge):
            called = _called(discount, month, period, was_invoiced=bool(old))
            line = _line(discount, rate, net, called)
            if month != period:
                first_day, last_day = periods.first_day(month), periods.last_day(month)
                line = msgspec.structs.replace(line, from_=first_day, to=last_day)
            found.append(line)
    return found


def _month(line: Line, period: str, first: str) -> str:
    """The month that a line of an invoice is a cost of; a one-off of long ago is one of the oldest month of
    which invoices are read."""
    month = periods.of(line.from_) if line.from_ else period
    oldest = max(first, periods.shifted(period, -LOOK_BACK))
    return min(max(month, oldest), period) if line.group == "one_off" else month


def _before(
    invoiced: Sequence[Invoiced], discounts: Sequence[Charge], month: str, first: str
) -> tuple[list[Line], Amounts]:
    """The costs of a month that were invoiced, and what was given of them."""
    old = [
        line
        for invoice in invoiced
        for line in invoice.lines
        if line.group != "discount" and _month(line, invoice.period, first) == month
    ]
    return old, _given(invoiced, discounts, (month, first))


def _given(
    invoiced: Iterable[Invoiced], discounts: Sequence[Charge], of: tuple[str, str] | None = None
) -> Amounts:
    """What was given, on these invoices or of the costs of a month (``of``: it, and the first month that was
    billed); what was credited of a discount was not given."""
    given: Amounts = {}
    for invoice in invoiced:
        for place, line in enumerate(invoice.lines):
            if line.group == "discount" and (of is None or _month(line, invoice.period, of[1]) == of[0]):
                key = line.key or _id_of(line, discounts), _key(line.vat)
                given[key] = given.get(key, ZERO) - line.net + invoice.credited.get(place, ZERO)
    return given


def _id_of(line: Line, discounts: Iterable[Charge]) -> str:
    """The discount of a line of a release that did not write it."""
    called = (line.description, line.detail)
    return next((each.id for each in discounts if (each.description, _percentage(each)) == called), "")


def _changed(
    discounts: Iterable[Charge],
    old: list[Line],
    new: list[Line],
    amounts: tuple[Amounts, Amounts],
    month: str,
    reverse_charge: bool,
) -> Iterator[tuple[Charge, VatRate, Decimal]]:
    """What each discount gives more, per rate, by the ``new`` costs of a month; below nothing: gives less.
    ``amounts``: what was given of this month, and on the invoices of months before it: usage below nothing
    corrects theirs, and no more than what was given comes back with it. Nothing else makes a discount ask
    for money."""
    given, earlier = amounts
    categories = {line.vat.category for line in old}
    reverse = "AE" in categories or (reverse_charge and "S" not in categories)
    known = {discount_id for discount_id, _rate in given}
    terms = [each for each in discounts if each.id in known or _in_force(each, month)]
    terms.sort(key=lambda each: each.id not in known)  # what was given comes before what is new
    rates = {_key(each.vat): each.vat for each in [*old, *new]}
    before, after = _amounts(terms, old, reverse), _amounts(terms, [*old, *new], reverse)
    corrects = sum((line.net for line in [*old, *new] if line.group in _OF_USAGE), ZERO) < 0
    for discount in terms:
        for rate in rates:
            key = discount.id, rate
            least = -max(earlier.get(key, ZERO), ZERO) if corrects else ZERO
            was, will = max(before.get(key, ZERO), least), max(after.get(key, ZERO), least)
            net = will - was
            if old and net < 0:
                # Somebody may have put it on the account after the month was invoiced without it.
                net = max(net, -max(given.get(key, ZERO), ZERO) - max(-will, ZERO) + max(-was, ZERO))
            if net and (net < 0 or _in_force(discount, month)):
                yield discount, rates[rate], net


def _in_force(discount: Charge, month: str) -> bool:
    """Whether a day of its term is in the month."""
    first = max(discount.starts, periods.first_day(month))
    return first <= min(discount.ends or dt.date.max, periods.last_day(month))


def _amounts(discounts: Iterable[Charge], lines: Sequence[Line], reverse_charge: bool) -> Amounts:
    """What each discount gives of these lines. Each is of the lines as they are without discounts; all of
    them together are never more than the lines."""
    left: dict[RateKey, Decimal] = {}
    for line in lines:
        left[_key(line.vat)] = left.get(_key(line.vat), ZERO) + line.net
    found: Amounts = {}
    for discount in discounts:
        for rate, wanted in _wanted(discount, lines, reverse_charge):
            net = min(wanted, max(left.get(rate, ZERO), ZERO)) if wanted > 0 else wanted
            left[rate] = left.get(rate, ZERO) - net
            found[discount.id, rate] = net
    return found


def _wanted(discount: Charge, lines: Sequence[Line], reverse_charge: bool) -> list[tuple[RateKey, Decimal]]:
    """A percentage per VAT rate; an amount at the discount's own rate."""
    if discount.percentage is None:
        amount = round_decimal(discount.price * discount.quantity)
        return [(_key(rate_of(discount.vat, reverse_charge)), amount)]
    bases: dict[RateKey, Decimal] = {}
    for line in lines:
        if not discount.of or line.group in discount.of:
            bases[_key(line.vat)] = bases.get(_key(line.vat), ZERO) + line.net
    return [(rate, round_decimal(base * discount.percentage / 100)) for rate, base in bases.items()]


def _called(discount: Charge, month: str, period: str, was_invoiced: bool) -> str:
    name = discount.description
    if was_invoiced:
        return _("Correctie %(month)s: %(what)s", month=periods.named(month), what=name)
    return name if month == period else f"{name}, {periods.named(month)}"


def _line(discount: Charge, rate: VatRate, net: Decimal, called: str) -> Line:
    return Line(
        group="discount",
        description=called,
        quantity=Decimal(-1 if net > 0 else 1),
        unit="piece",
        unit_price=abs(net),
        net=-net,
        vat=rate,
        detail=_percentage(discount),
        key=discount.id,
    )


def _percentage(discount: Charge) -> str:
    if discount.percentage is None:
        return ""
    return _("%(percentage)s%%", percentage=f"{discount.percentage.normalize():f}".replace(".", ","))


def _key(rate: VatRate) -> RateKey:
    return rate.category, rate.percentage
