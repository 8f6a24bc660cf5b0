"""When business is done: working days and holidays in the Netherlands, seasons, and the hours of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("Europe/Amsterdam")
MONTHS = 13
QUARTER = 900
ON_A_HOLIDAY = 0.04
LAST_HOUR = 23
"""Nothing begins later: so a day of 23 hours needs no care."""

Month = tuple[int, int]
"""(year, month), a billing period."""


@dataclass(frozen=True)
class Rhythm:
    """How busy a customer is: by weekday (Monday first), by month (January first), in the days from
    Christmas to New Year, and by hour of the day (24 values)."""

    week: Sequence[float]
    year: Sequence[float]
    christmas: float
    hours: Sequence[float]

    def of_day(self, day: date) -> float:
        """1 is an ordinary working day."""
        if day in _holidays(day.year):
            return ON_A_HOLIDAY
        between = (day.month, day.day) >= (12, 24)
        return self.week[day.weekday()] * self.year[day.month - 1] * (self.christmas if between else 1.0)

    def quarters(self) -> list[float]:
        """Cumulative chances (up to 1) of the quarters of an hour, the hours' values joined by lines."""
        weights = []
        for quarter in range(LAST_HOUR * 4):
            hour, part = divmod(quarter, 4)
            weights.append(self.hours[hour] + (self.hours[hour + 1] - self.hours[hour]) * part / 4)
        total = sum(weights)
        return [sum_so_far / total for sum_so_far in accumulate(weights)]


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("NL", years=year))


def midnight(day: date) -> int:
    """The epoch second at which a day begins in Amsterdam."""
    return int(datetime.combine(day, time(), ZONE).timestamp())


def today(now: datetime) -> date:
    return now.astimezone(ZONE).date()


def months_until(now: datetime) -> list[Month]:
    """The current month and the twelve before it, oldest first."""
    day = today(now)
    current = day.year * 12 + day.month - 1
    return [(index // 12, index % 12 + 1) for index in range(current - MONTHS + 1, current + 1)]


def days_of(month: Month) -> list[date]:
    first = date(*month, 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return [first + timedelta(days=n) for n in range((following - first).days)]


def written(month: Month) -> str:
    """2026-11"""
    return f"{month[0]:04d}-{month[1]:02d}"


def instant(second: int) -> str:
    """An epoch second as carriers write it; texts sort as the moments do."""
    return datetime.fromtimestamp(second, UTC).isoformat()
