"""Wall-clock time in Europe/Amsterdam for moments given as epoch seconds (UTC).

Rating asks for the local weekday and hour of millions of moments, so the offsets are looked up in
a table that is read from the time zone database once, instead of through `zoneinfo` every time.
Tables cover 1999 up to and including 2100; a moment outside raises ValueError.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("Europe/Amsterdam")
FIRST_YEAR, LAST_YEAR = 1999, 2100
DAY = 86_400

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def epoch(moment: datetime) -> int:
    """Whole seconds since 1970 (UTC) of an aware moment, rounded down."""
    return int(moment.timestamp() // 1)


def midnight(day: date) -> int:
    """The epoch second at which this day begins in Amsterdam."""
    return epoch(datetime(day.year, day.month, day.day, tzinfo=ZONE))


def _offset(moment: int) -> int:
    offset = datetime.fromtimestamp(moment, UTC).astimezone(ZONE).utcoffset()
    return int((offset or timedelta()).total_seconds())


def _change_between(low: int, high: int) -> int:
    """The first second in (low, high] with another offset than `low`."""
    before = _offset(low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle) == before else (low, middle)
    return high


def _read_changes() -> tuple[list[int], list[int]]:
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    probes = [midnight(date(year, month, 1)) for year in years for month in range(1, 13)]
    changes = [_change_between(a, b) for a, b in pairwise(probes) if _offset(a) != _offset(b)]
    return changes, [_offset(probes[0]), *(_offset(change) for change in changes)]


_CHANGES, _OFFSETS = _read_changes()
_FIRST, _LAST = midnight(date(FIRST_YEAR, 1, 1)), midnight(date(LAST_YEAR, 12, 31)) + DAY


def utc_offset(moment: int) -> int:
    """Seconds that Amsterdam is ahead of UTC: 3600 in winter, 7200 in summer."""
    if not _FIRST <= moment < _LAST:
        raise ValueError(f"moment {moment} is outside {FIRST_YEAR}-{LAST_YEAR}")
    return _OFFSETS[bisect_right(_CHANGES, moment)]


def next_clock_change(moment: int) -> int:
    """The first moment after this one at which the clock is put forward or back."""
    index = bisect_right(_CHANGES, moment)
    return _CHANGES[index] if index < len(_CHANGES) else _LAST


def local_day(moment: int) -> date:
    """The calendar day in Amsterdam."""
    return date.fromordinal(_EPOCH_ORDINAL + (moment + utc_offset(moment)) // DAY)


@lru_cache(maxsize=256)
def public_holidays(year: int) -> frozenset[date]:
    """The days that a tariff calls a holiday.

    New Year's Day, both Easter and Pentecost days, King's Day, Ascension Day, both Christmas days,
    and Liberation Day in lustrum years only (2025, 2030, …), when most have the day off. Good
    Friday is not one: the law puts it on a par with holidays for legal terms alone (Algemene
    termijnenwet, art. 3 paragraph 2), shops and offices are open, and no Dutch operator's tariff
    that we know gives off-peak rates on it. The library lists it, so it is taken out here.
    """
    listed = holidays.country_holidays("NL", years=year, language="en_US")
    return frozenset(day for day, name in listed.items() if "Good Friday" not in name)


@lru_cache(maxsize=4096)
def day_facts(local_ordinal: int) -> tuple[int, bool, date]:
    """(weekday, is a holiday, date) of a local day, counted from 1-1-1970 as day 0."""
    day = date.fromordinal(_EPOCH_ORDINAL + local_ordinal)
    return day.weekday(), day in public_holidays(day.year), day
