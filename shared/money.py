"""Exact money: integers of one millionth euro while rating, ``Decimal`` on paper, strings on the bus.

Everything is in euro and excludes VAT unless its name says otherwise. Rounding is half up, away from
zero for negative amounts (commercial rounding, as Dutch invoices do), and happens in this file only.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

MICRO = 1_000_000
MICRO_PER_CENT = 10_000


def divide_half_up(numerator: int, denominator: int) -> int:
    """Integer division rounded half away from zero; the denominator is positive."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def round_micro(amount: int, decimals: int) -> int:
    """Round an amount of millionths to ``decimals`` (0 to 6) decimals of a euro, still in millionths."""
    unit: int = 10 ** (6 - decimals)
    return divide_half_up(amount, unit) * unit


def to_cents(amount_micro: int) -> int:
    """Whole cents, half up, of an amount in millionths of a euro."""
    return divide_half_up(amount_micro, MICRO_PER_CENT)


def decimal_from_micro(amount_micro: int) -> Decimal:
    """The exact amount in euro, with six decimals."""
    return Decimal(amount_micro).scaleb(-6)


def micro_from_decimal(amount: Decimal) -> int:
    """Millionths of a euro; raises ValueError for what is finer than a millionth or not finite."""
    if not amount.is_finite():
        raise ValueError("an amount must be a finite number")
    scaled = amount.scaleb(6)
    if scaled != scaled.to_integral_value():
        raise ValueError("an amount has at most six decimals")
    return int(scaled)


def decimals_of(amount_micro: int) -> int:
    """How many decimals of a euro tell the amount exactly; four at least, as prices have."""
    if amount_micro % 100 == 0:
        return 4
    return 5 if amount_micro % 10 == 0 else 6


def to_wire(amount_micro: int) -> str:
    """The exact amount as a decimal string with six decimals, as it travels on the bus."""
    return _written(amount_micro, MICRO, 6)


def cents_to_wire(cents: int) -> str:
    """Cents as a decimal string in euro: 1235 becomes ``12.35``."""
    return _written(cents, 100, 2)


def _written(amount: int, unit: int, decimals: int) -> str:
    whole, rest = divmod(abs(amount), unit)
    return f"{'-' if amount < 0 else ''}{whole}.{rest:0{decimals}d}"


def round_decimal(amount: Decimal, decimals: int = 2) -> Decimal:
    """Round half up (Babel and the default context would round half to even)."""
    return amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def shown_cents(parts_micro: Sequence[int]) -> tuple[int, list[int]]:
    """The grand total in cents and the parts made to add up to it.

    The total is the exact sum rounded half up. Each part is floored to cents and the cents that are
    then missing go, one each, to the parts with the largest remainder (the first of equals). Used by
    Totalen and by the invoice, so that the two always agree.
    """
    total = to_cents(sum(parts_micro))
    floors = [part // MICRO_PER_CENT for part in parts_micro]
    missing = total - sum(floors)
    # The exact sum lies between the sum of floors and that plus len(parts), and rounding moves it by
    # less than a cent, so 0 <= missing <= len(parts).
    by_remainder = sorted(range(len(parts_micro)), key=lambda i: (-(parts_micro[i] % MICRO_PER_CENT), i))
    for index in by_remainder[:missing]:
        floors[index] += 1
    return total, floors
