"""A line without a scale, beside a figure that says how much it is."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from markupsafe import Markup

from gateway.charts.model import Value
from gateway.charts.svg import Number, element, points

WIDTH, HEIGHT, EDGE = 96, 24, 3


def sparkline(values: Sequence[Value], sentence: str) -> Markup:
    """``sentence`` is what it tells who does not see it; nothing is drawn of fewer than two values."""
    if len(values) < 2:
        return Markup("")
    lowest, highest = min(0, *values), max(values)
    spread = Fraction(highest - lowest) or Fraction(1)
    corners: list[tuple[Number, Number]] = [
        (
            EDGE + Fraction(index * (WIDTH - 2 * EDGE), len(values) - 1),
            HEIGHT - EDGE - Fraction(value - lowest) * (HEIGHT - 2 * EDGE) / spread,
        )
        for index, value in enumerate(values)
    ]
    line = element("polyline", class_="tk-line", points=points(corners))
    dot = element("circle", class_="tk-dot", cx=corners[-1][0], cy=corners[-1][1], r=EDGE)
    size: dict[str, Number | str] = {"width": WIDTH, "height": HEIGHT, "viewBox": f"0 0 {WIDTH} {HEIGHT}"}
    return element("svg", line, dot, class_="tk-sparkline", role="img", aria_label=sentence, **size)
