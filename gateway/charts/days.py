"""The points of a chart: the days of a period, or the hours of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from babel.dates import format_date

from gateway.charts.model import Point, Value
from shared.words import language

SATURDAY = 5


def days(first: date, last: date, values: Mapping[date, Value], today: date) -> list[Point]:
    """A point for each day of a period, both ends included. A past day without a value has 0; the days
    after ``today`` have none yet."""
    one_month = (first.year, first.month) == (last.year, last.month)
    return [
        Point(
            name=day_name(day),
            tick=str(day.day) if one_month else f"{day.day}-{day.month}",
            value=values.get(day, 0) if day <= today else None,
            sunken=day.weekday() >= SATURDAY,
            now=day == today,
        )
        for day in (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    ]


def hours(values: Sequence[Value]) -> list[Point]:
    """A point for each hour of the day, from midnight."""
    return [Point(f"{hour}:00–{hour + 1}:00", str(hour), value) for hour, value in enumerate(values)]


def day_name(day: date) -> str:
    """``di 17 november``, in the reader's words."""
    return format_date(day, "EEE d MMMM", locale=language())
