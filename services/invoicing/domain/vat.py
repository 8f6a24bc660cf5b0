"""VAT: which rate counts for what, and the VAT of a whole invoice.

Rates of the Netherlands since 2019: 21 and 9 per cent. Telecommunications between telecommunication
companies are reverse charged (since 1 September 2017); that is a property of the customer.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from services.invoicing.domain.invoice import Line, VatRate, VatTotal
from shared.money import round_decimal

ZERO = Decimal("0.00")
REVERSE_CHARGED = "Btw verlegd"
RATES: dict[str, VatRate] = {
    "standard": VatRate(category="S", percentage=Decimal(21)),
    "reduced": VatRate(category="S", percentage=Decimal(9)),
    "zero": VatRate(category="Z", percentage=Decimal(0)),
    "exempt": VatRate(category="E", percentage=Decimal(0), reason="Vrijgesteld van btw"),
}
REVERSE = VatRate(category="AE", percentage=Decimal(0), reason=REVERSE_CHARGED)


def rate_of(code: str, reverse_charge: bool) -> VatRate:
    """The rate of a product's VAT code; what would have a percentage is reverse charged where it must be."""
    rate = RATES[code]
    return REVERSE if reverse_charge and rate.category == "S" else rate


def vat_totals(lines: Iterable[Line]) -> tuple[VatTotal, ...]:
    """One total per category and percentage, the dearest first: VAT is worked out on the sum of the lines,
    half up (EN 16931 BR-CO-17)."""
    sums: dict[tuple[str, Decimal], tuple[VatRate, Decimal]] = {}
    for line in lines:
        key = (line.vat.category, line.vat.percentage)
        rate, net = sums.get(key, (line.vat, ZERO))
        sums[key] = (rate, net + line.net)
    return tuple(
        VatTotal(
            category=rate.category,
            percentage=rate.percentage,
            net=net,
            vat=round_decimal(net * rate.percentage / 100),
            reason=rate.reason,
        )
        for rate, net in sorted(sums.values(), key=lambda each: (-each[0].percentage, each[0].category))
    )
