"""SVG as markup: elements with attributes and classes, never a style attribute (the policy forbids it)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from markupsafe import Markup, escape

Number = Decimal | Fraction | int


def element(name: str, *inside: Markup | str, **attributes: Number | str | None) -> Markup:
    """``<name …>inside</name>``. ``class_`` is class, ``text_anchor`` is text-anchor; None is left out."""
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _plain(value))
        for key, value in attributes.items()
        if value is not None
    )
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), written, Markup("").join(map(escape, inside)))


def percent(part: Number, whole: Number) -> str:
    """``12.34%`` of the width; 0 % of nothing."""
    return f"{_plain(Fraction(part) * 100 / Fraction(whole) if whole else 0)}%"


def points(pairs: list[tuple[Number, Number]]) -> str:
    """The corners of a line: ``0,12 5.5,30``."""
    return " ".join(f"{_plain(x)},{_plain(y)}" for x, y in pairs)


def _plain(value: Number | str) -> str:
    """A coordinate with at most two decimals; words as they are."""
    if isinstance(value, str):
        return value
    hundredths = round(Fraction(value) * 100)
    return f"{Decimal(hundredths) / 100:f}"
