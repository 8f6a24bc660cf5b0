"""The billing period: a calendar month in Europe/Amsterdam, half-open, written as 202611.

A period is an int so that it sorts, indexes and compares cheaply; people see "2026-11".
"""

import re
from bisect import bisect_right
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from services.cdr.domain.amsterdam import (
    FIRST_YEAR,
    LAST_YEAR,
    epoch,
    local_day,
    midnight,
)

_PERIODS = [year * 100 + month for year in range(FIRST_YEAR, LAST_YEAR + 1) for month in range(1, 13)]
_STARTS = [midnight(date(period // 100, period % 100, 1)) for period in _PERIODS]
_WRITTEN = re.compile(r"(\d{4})-(\d{2})\Z", re.ASCII)


def period_of(start: datetime) -> int:
    """The period in which an aware moment falls, such as 202611. ValueError outside 1999-2100."""
    return period_at(epoch(start))


def period_at(moment: int) -> int:
    """The same for epoch seconds (UTC)."""
    index = bisect_right(_STARTS, moment) - 1
    if index < 0 or moment >= _STARTS[-1] + 31 * 86_400:
        raise ValueError(f"moment {moment} is outside {FIRST_YEAR}-{LAST_YEAR}")
    return _PERIODS[index]


def following(period: int) -> int:
    """The next period: 202612 gives 202701."""
    return period + 1 if period % 100 < 12 else period + 89


def preceding(period: int) -> int:
    """The period before: 202701 gives 202612."""
    return period - 1 if period % 100 > 1 else period - 89


def shifted(period: int, months: int) -> int:
    """The period so many months later, or earlier when below zero."""
    year, month = divmod(period // 100 * 12 + period % 100 - 1 + months, 12)
    return year * 100 + month + 1


def first_day(period: int) -> date:
    """The first day; ValueError for a number that is no period, such as 202613."""
    return date(period // 100, period % 100, 1)


def last_day(period: int) -> date:
    return first_day(following(period)) - timedelta(days=1)


@lru_cache(maxsize=1024)
def days(period: int) -> tuple[date, ...]:
    """Every day of the period, in order."""
    return tuple(first_day(period) + timedelta(days=n) for n in range(last_day(period).day))


@lru_cache(maxsize=1024)
def bounds(period: int) -> tuple[datetime, datetime]:
    """(first moment, first moment after it) in UTC: half-open."""
    begin, end = midnight(first_day(period)), midnight(first_day(following(period)))
    return datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end, UTC)


def day_bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """The moments of the days `first` up to and including `last` in Amsterdam, in UTC, half-open."""
    end = midnight(last + timedelta(days=1))
    return datetime.fromtimestamp(midnight(first), UTC), datetime.fromtimestamp(end, UTC)


def day_of(start: datetime) -> date:
    """The billing day (Amsterdam) of an aware moment."""
    return local_day(epoch(start))


def book(period_of_start: int, closed: Collection[int]) -> int:
    """The period in which usage is booked: its own, or the one after the newest that is closed (late
    usage). Months close in order, so one that was passed over is closed as well: nobody would ever pay
    for what is booked in it."""
    newest = max(closed, default=0)
    return period_of_start if period_of_start > newest else following(newest)


def written(period: int) -> str:
    """202611 as "2026-11", as the RPC contract and people write it."""
    return f"{period // 100:04d}-{period % 100:02d}"


def parse_period(text: str) -> int:
    """ "2026-11" as 202611; ValueError for anything else."""
    match = _WRITTEN.match(text)
    period = int(match[1]) * 100 + int(match[2]) if match else 0
    if not match or not 1 <= period % 100 <= 12 or not FIRST_YEAR <= period // 100 <= LAST_YEAR:
        raise ValueError(f"{text[:20]!r} is no period: write a year and a month, such as 2026-11")
    return period
