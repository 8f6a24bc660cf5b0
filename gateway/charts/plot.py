"""The ground of a chart: grid, weekends, limit and days. Bars and lines are put on it.

Places along the width are percentages and heights are pixels, so that the picture fills its box while
its text keeps its size, also at 390 px.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from markupsafe import Markup

from gateway.charts.model import Limit, Measure, Point, Value
from gateway.charts.scale import grid
from gateway.charts.svg import Number, element, percent, points
from gateway.words import gettext as _

ABOVE, BELOW = 20, 24
AXIS_WIDTH = 48
MOST_TICKS = 7
ROOM_FOR_NOW = 15
"""Percentage of the width around *vandaag* that has no other words."""
FLAT = 4
"""A limit this many times above all values would press them flat: it is left to the words."""


@dataclass(frozen=True)
class Plot:
    """``height`` is that of the values, in pixels; ``top`` the value at the upper grid line."""

    marks: Sequence[Point]
    measure: Measure
    lines: Sequence[Decimal]
    height: int

    @property
    def top(self) -> Decimal:
        return self.lines[-1] * self.measure.unit

    @property
    def floor(self) -> int:
        """The vertical place of zero."""
        return ABOVE + self.height

    def y(self, value: Value) -> Fraction:
        """The vertical place of a value; what is below zero stands on the floor."""
        return self.floor - Fraction(max(value, 0)) * self.height / Fraction(self.top)

    def x(self, index: Number) -> str:
        """The horizontal place of ``index`` bars from the left."""
        return percent(index, len(self.marks))

    def middle(self, index: int) -> str:
        return self.x(index + Fraction(1, 2))

    def anchor(self, index: int) -> str:
        """How words at a bar are aligned, so that they stay within the picture."""
        place = Fraction(2 * index + 1, 2 * len(self.marks))
        return "start" if place < Fraction(1, 12) else "end" if place > Fraction(11, 12) else "middle"

    def words(self, index: int, y: Number, words: str, class_: str) -> Markup:
        """Words at a bar."""
        anchor = self.anchor(index)
        at = {"start": self.x(index), "middle": self.middle(index), "end": self.x(index + 1)}[anchor]
        return element("text", words, class_=class_, x=at, y=y, text_anchor=anchor)

    def line(self, values: Sequence[Value | None], class_: str) -> Markup:
        """A line through the values, stretched over the width; its stroke is not."""
        width = len(self.marks)
        corners: list[tuple[Number, Number]] = [
            (index + Fraction(1, 2), self.y(value)) for index, value in enumerate(values) if value is not None
        ]
        drawn = element("polyline", class_=class_, points=points(corners), vector_effect="non-scaling-stroke")
        box = f"0 0 {width} {self.floor}"
        return element("svg", drawn, width="100%", height=self.floor, viewBox=box, preserveAspectRatio="none")

    def drawn(self, *inside: Markup, limit: Limit | None = None) -> Markup:
        """The whole picture: the scale beside it and what is put on the ground."""
        scale = [
            element("text", self.measure.axis(one), x=AXIS_WIDTH - 8, y=self._at(one) + 4, text_anchor="end")
            for one in self.lines
        ]
        total = self.floor + BELOW
        beside = element("svg", *scale, class_="tk-scale", width=AXIS_WIDTH, height=total)
        ground = [*self._sunken(), *self._grid(), *inside, *self._limit(limit), *self._ticks()]
        return beside + element("svg", *ground, class_="tk-ground", width="100%", height=total)

    def _at(self, line: Decimal) -> Fraction:
        return self.y(line * self.measure.unit)

    def _grid(self) -> list[Markup]:
        places = [self._at(one) for one in self.lines]
        return [element("line", class_="tk-grid", x1=0, x2="100%", y1=y, y2=y) for y in places]

    def _sunken(self) -> list[Markup]:
        slot = self.x(1)
        return [
            element("rect", class_="tk-weekend", x=self.x(index), y=ABOVE, width=slot, height=self.height)
            for index, mark in enumerate(self.marks)
            if mark.sunken
        ]

    def _limit(self, limit: Limit | None) -> list[Markup]:
        if limit is None or limit.value > self.top:
            return []
        y = self.y(limit.value)
        line = element("line", class_="tk-limit", x1=0, x2="100%", y1=y, y2=y)
        return [line, element("text", limit.words, class_="tk-limit-words", x=4, y=y - 6)]

    def _ticks(self) -> list[Markup]:
        y, last = self.floor + 17, len(self.marks) - 1
        now = next((index for index, mark in enumerate(self.marks) if mark.now), None)
        shown = [] if now is None else [self.words(now, y, _("vandaag"), "tk-now-words")]
        for index in _spread(last):
            if now is None or abs(index - now) * 100 > ROOM_FOR_NOW * len(self.marks):
                shown.append(self.words(index, y, self.marks[index].tick, "tk-tick-words"))
        return shown


def plot(
    marks: Sequence[Point],
    measure: Measure,
    values: Sequence[Value | None],
    limit: Limit | None = None,
    height: int = 120,
) -> Plot:
    """The ground for these values; the limit counts where it does not press them flat."""
    highest = max([value for value in values if value is not None], default=0)
    if limit and limit.value <= highest * FLAT:
        highest = max(highest, limit.value)
    lines = grid(Fraction(max(highest, 0)) / measure.unit, measure.whole)
    return Plot(marks, measure, lines, height)


def _spread(last: int) -> list[int]:
    """Which bars have their name below: the first, the last, and round ones (5, 10, …) between."""
    if last < MOST_TICKS:
        return list(range(last + 1))
    step = next(size for size in (5, 7, 10, 14, 28, 56, 112, last) if last // size < MOST_TICKS)
    between = [index for index in range(step - 1, last, step) if (last - index) * 3 > step]
    return [0, *between, last]
