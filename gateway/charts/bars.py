"""Bars by day or by hour, and the same added up day by day."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

from markupsafe import Markup

from gateway.charts.model import Chart, Key, Limit, Line, Measure, Point, Table, Value
from gateway.charts.plot import ABOVE, Plot, plot
from gateway.charts.svg import element
from gateway.formatters import ABSENT
from gateway.words import gettext as _

BAR = Fraction(64, 100)
"""The part of its slot that a bar fills."""
LOWEST = 2
"""A bar of something is at least this high, in pixels."""


def bars(
    title: str,
    name: str,
    marks: Sequence[Point],
    measure: Measure,
    before: Line | None = None,
    limit: Limit | None = None,
) -> Chart:
    """A bar for each point. ``name`` is of these bars, ``before`` a line of what went before.

    A value below zero (more taken back than used) has no bar; the table tells it.
    """
    earlier = before.values[: len(marks)] if before else ()
    ground = plot(marks, measure, [*(mark.value for mark in marks), *earlier], limit)
    peak = _peak(marks)
    inside = [_bar(ground, index, mark) for index, mark in enumerate(marks) if mark.value is not None]
    inside += [ground.line(earlier, "tk-before")] if any(earlier) else []
    inside += [_peak_words(ground, peak)] if peak is not None else []
    keys = [Key("bar", name)] + ([Key("before", before.name)] if before else [])
    return Chart(
        title=title,
        sentence=_told(title, marks, measure, peak),
        picture=ground.drawn(*inside, limit=limit),
        table=_table(marks, name, measure, before),
        keys=keys,
        note=_beyond(ground, limit),
        empty=peak is None,
    )


def added_up(
    title: str,
    name: str,
    marks: Sequence[Point],
    measure: Measure,
    before: Line | None = None,
    expected: Line | None = None,
    limit: Limit | None = None,
) -> Chart:
    """What it has come to by each day. ``before`` and ``expected`` hold values of a day, like ``marks``;
    ``expected`` is for the days to come."""
    so_far = list(accumulate(mark.value for mark in marks if mark.value is not None))
    total = so_far[-1] if so_far else 0
    earlier = list(accumulate(value or 0 for value in before.values[: len(marks)])) if before else []
    ahead = _ahead(so_far, expected, len(marks))
    ground = plot(marks, measure, [*so_far, *earlier, *ahead], limit)
    inside = [ground.line(earlier, "tk-before")] if earlier else []
    inside += [ground.line(ahead, "tk-expected")] if ahead else []
    inside += [ground.line(so_far, "tk-line")] if so_far else []
    inside += _end(ground, len(so_far) - 1, total) if so_far else []
    keys = [Key("line", name)] + ([Key("before", before.name)] if before else [])
    keys += [Key("expected", expected.name)] if expected and ahead else []
    summed = [
        Point(m.name, m.tick, so_far[i] if i < len(so_far) else None, m.sunken, m.now)
        for i, m in enumerate(marks)
    ]
    return Chart(
        title=title,
        sentence=_summed_up(title, measure, total, before, earlier, len(so_far)),
        picture=ground.drawn(*inside, limit=limit),
        table=_table(summed, name, measure, Line(before.name, earlier) if before else None),
        keys=keys,
        note=_beyond(ground, limit),
        empty=not total and not any(earlier),
    )


def _ahead(so_far: list[Value], expected: Line | None, days: int) -> list[Value | None]:
    if expected is None or not so_far or len(so_far) == days:
        return []
    to_come = [value or 0 for value in expected.values[: days - len(so_far)]]
    return [*([None] * (len(so_far) - 1)), *accumulate([so_far[-1], *to_come])]


def _peak(marks: Sequence[Point]) -> int | None:
    """The highest bar that is above zero."""
    known = [(mark.value, -index) for index, mark in enumerate(marks) if mark.value is not None]
    value, place = max(known, default=(0, 0))
    return -place if value > 0 else None


def _peak_words(ground: Plot, peak: int) -> Markup:
    value = ground.marks[peak].value or 0
    return ground.words(peak, ground.y(value) - 6, ground.measure.show(value), "tk-peak-words")


def _bar(ground: Plot, index: int, mark: Point) -> Markup:
    """A bar, and over its whole slot the words that a mouse finds."""
    value = mark.value or 0
    height = max(Fraction(LOWEST), ground.floor - ground.y(value)) if value > 0 else Fraction(0)
    width, slot = ground.x(BAR), ground.x(1)
    left = ground.x(index + (1 - BAR) / 2)
    class_ = "tk-bar-now" if mark.now else "tk-bar-day"
    drawn = element("rect", class_=class_, x=left, y=ground.floor - height, width=width, height=height, rx=2)
    words = element("title", f"{mark.name}: {ground.measure.show(value)}")
    over = element("rect", class_="tk-over", x=ground.x(index), y=ABOVE, width=slot, height=ground.height)
    return element("g", words, drawn, over)


def _end(ground: Plot, index: int, total: Value) -> list[Markup]:
    """The dot where the line has come to, with its value."""
    y = ground.y(total)
    dot = element("circle", class_="tk-dot", cx=ground.middle(index), cy=y, r=4)
    low = y + 20 < ground.floor
    return [dot, ground.words(index, y + 18 if low else y - 8, ground.measure.show(total), "tk-peak-words")]


def _told(title: str, marks: Sequence[Point], measure: Measure, peak: int | None) -> str:
    if peak is None:
        return _("%(title)s: er is nog niets.", title=title)
    total = sum(mark.value or 0 for mark in marks)
    return _(
        "%(title)s: het hoogst op %(day)s met %(peak)s, samen %(total)s.",
        title=title,
        day=marks[peak].name,
        peak=measure.show(marks[peak].value),
        total=measure.show(total),
    )


def _summed_up(
    title: str, measure: Measure, total: Value, before: Line | None, earlier: Sequence[Value], days: int
) -> str:
    if before is None or not days or len(earlier) < days:
        return _("%(title)s: %(total)s tot nu toe.", title=title, total=measure.show(total))
    return _(
        "%(title)s: %(total)s tot nu toe, tegen %(earlier)s op dezelfde dag van %(before)s.",
        title=title,
        total=measure.show(total),
        earlier=measure.show(earlier[days - 1]),
        before=before.name,
    )


def _beyond(ground: Plot, limit: Limit | None) -> str:
    if limit is None or limit.value <= ground.top:
        return ""
    return _("Buiten deze grafiek: %(limit)s.", limit=limit.words)


def _table(marks: Sequence[Point], name: str, measure: Measure, before: Line | None) -> Table:
    heads = ["", name, *([before.name] if before else [])]
    rows = []
    for index, mark in enumerate(marks):
        cells = [mark.value]
        if before:
            cells.append(before.values[index] if index < len(before.values) else None)
        if any(cell is not None for cell in cells):
            rows.append([mark.name, *(ABSENT if cell is None else measure.show(cell) for cell in cells)])
    return Table(heads, rows)
