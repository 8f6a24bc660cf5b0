"""SVG as markup: elements with attributes and classes, never a style attribute (the policy forbids it).

A page with charts has hundreds of elements, so they are put together from plain text (``Markup.format`` takes
four times as long) and places are rounded as whole numbers.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from markupsafe import Markup, escape

Number = Decimal | Fraction | int


def element(name: str, *inside: Markup | str, **attributes: Number | str | None) -> Markup:
    """``<name …>inside</name>``. ``class_`` is class, ``text_anchor`` is text-anchor; None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{written}>{''.join(map(escape, inside))}</{name}>")


def percent(part: Number, whole: Number) -> str:
    """``12.34%`` of the width; 0 % of nothing."""
    if not whole:
        return "0%"
    above, below = part.as_integer_ratio()
    times, of = whole.as_integer_ratio()
    return f"{_rounded(above * 100 * of, below * times)}%"


def points(pairs: list[tuple[Number, Number]]) -> str:
    """The corners of a line: ``0,12 5.5,30``."""
    return " ".join(f"{_plain(x)},{_plain(y)}" for x, y in pairs)


def _plain(value: Number | str) -> str:
    """A coordinate with at most two decimals; words as they are."""
    return value if isinstance(value, str) else _rounded(*value.as_integer_ratio())


def _rounded(above: int, below: int) -> str:
    """A fraction with at most two decimals, half to even; ``below`` is not 0."""
    if below < 0:
        above, below = -above, -below
    hundredths, rest = divmod(above * 100, below)
    if 2 * rest > below or (2 * rest == below and hundredths % 2):
        hundredths += 1
    whole, decimals = divmod(abs(hundredths), 100)
    shown = f"{whole}.{decimals:02d}".rstrip("0").rstrip(".")
    return f"-{shown}" if hundredths < 0 else shown
