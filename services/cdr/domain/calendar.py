"""The billing day and period of a moment, cheap enough for the hot path."""

from __future__ import annotations

from functools import lru_cache

from services.cdr.domain.amsterdam import local_day

_HOUR = 3600


def calendar(moment: int) -> tuple[int, int]:
    """(day, period) in Amsterdam of an epoch second, such as (20261122, 202611)."""
    return _calendar(moment // _HOUR)


@lru_cache(maxsize=20_000)  # two years of hours; days begin and clocks change on whole hours
def _calendar(hour: int) -> tuple[int, int]:
    day = local_day(hour * _HOUR)
    return day.year * 10_000 + day.month * 100 + day.day, day.year * 100 + day.month
