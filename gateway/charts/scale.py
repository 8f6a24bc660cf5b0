"""Round numbers beside a chart: at most four grid lines, zero among them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from gateway.charts.svg import Number

MOST_LINES = 4
ROUND = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5))


def grid(highest: Number, whole: bool = False) -> list[Decimal]:
    """Values of the grid lines from 0 up to at least ``highest``; ``whole`` for what is counted."""
    step = _step(Fraction(highest) / (MOST_LINES - 1), whole)
    count = max(1, -(-Fraction(highest) // Fraction(step)))
    return [step * number for number in range(int(count) + 1)]


def _step(least: Fraction, whole: bool) -> Decimal:
    if whole:
        least = max(least, Fraction(1))
    if least <= 0:
        return Decimal(1)
    power = Decimal(1)
    while power > least:
        power /= 10
    while power * 10 <= least:
        power *= 10
    sizes = (size * power * scale for scale in (1, 10) for size in ROUND)
    return next(size for size in sizes if size >= least and (not whole or size == int(size)))
