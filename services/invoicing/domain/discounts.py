"""Discounts as lines: a price is never negative, a quantity is (EN 16931 BR-27)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from services.invoicing.domain.charges import Charge
from services.invoicing.domain.invoice import Line, VatRate
from services.invoicing.domain.vat import ZERO, rate_of
from shared.money import round_decimal
from shared.words import gettext as _


def discount_lines(discounts: Iterable[Charge], lines: Sequence[Line], reverse_charge: bool) -> list[Line]:
    """Each discount is of the lines as they are without discounts, and never more than what is left of
    them: an invoice does not get below zero by a discount."""
    left: dict[tuple[str, Decimal], Decimal] = {}
    for line in lines:
        left[_key(line.vat)] = left.get(_key(line.vat), ZERO) + line.net
    found = []
    for discount in discounts:
        for rate, wanted in _wanted(discount, lines, reverse_charge):
            net = min(wanted, left.get(_key(rate), ZERO))
            if net > 0:
                left[_key(rate)] -= net
                found.append(_line(discount, rate, net))
    return found


def _wanted(discount: Charge, lines: Sequence[Line], reverse_charge: bool) -> list[tuple[VatRate, Decimal]]:
    """A percentage per VAT rate; an amount at the discount's own rate."""
    if discount.percentage is None:
        amount = round_decimal(discount.price * discount.quantity)
        return [(rate_of(discount.vat, reverse_charge), amount)]
    bases: dict[tuple[str, Decimal], tuple[VatRate, Decimal]] = {}
    for line in lines:
        if not discount.of or line.group in discount.of:
            rate, base = bases.get(_key(line.vat), (line.vat, ZERO))
            bases[_key(line.vat)] = (rate, base + line.net)
    return [(rate, round_decimal(base * discount.percentage / 100)) for rate, base in bases.values()]


def _line(discount: Charge, rate: VatRate, net: Decimal) -> Line:
    percentage = discount.percentage
    shown = "" if percentage is None else f"{percentage.normalize():f}".replace(".", ",")
    return Line(
        group="discount",
        description=discount.description,
        quantity=Decimal(-1),
        unit="piece",
        unit_price=net,
        net=-net,
        vat=rate,
        detail=_("%(percentage)s%%", percentage=shown) if shown else "",
    )


def _key(rate: VatRate) -> tuple[str, Decimal]:
    return rate.category, rate.percentage
