"""Billing periods: calendar months in Amsterdam, written 2026-10."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from shared.days import day_of
from shared.errors import Invalid
from shared.words import gettext as _
from shared.words import lazy_gettext as _l

_WRITTEN = re.compile(r"([12][0-9]{3})-(0[1-9]|1[0-2])\Z", re.ASCII)
MONTHS = (
    *(_l("januari"), _l("februari"), _l("maart"), _l("april"), _l("mei"), _l("juni"), _l("juli")),
    *(_l("augustus"), _l("september"), _l("oktober"), _l("november"), _l("december")),
)


def checked(period: str) -> str:
    """The period itself. Raises Invalid for what is none."""
    if not _WRITTEN.match(period):
        raise Invalid(fields={"period": [_("Schrijf een maand als 2026-10.")]})
    return period


def of(day: dt.date) -> str:
    """The period in which a day falls."""
    return f"{day:%Y-%m}"


def first_day(period: str) -> dt.date:
    return dt.date(int(period[:4]), int(period[5:]), 1)


def days_in(period: str) -> int:
    return calendar.monthrange(int(period[:4]), int(period[5:]))[1]


def last_day(period: str) -> dt.date:
    return first_day(period).replace(day=days_in(period))


def shifted(period: str, months: int) -> str:
    """So many months later, or earlier when below zero."""
    year, month = divmod(int(period[:4]) * 12 + int(period[5:]) - 1 + months, 12)
    return f"{year:04d}-{month + 1:02d}"


def between(first: str, last: str) -> tuple[str, ...]:
    """All periods from ``first`` up to and including ``last``; none when that is earlier."""
    found, period = [], first
    while period <= last:
        found.append(period)
        period = shifted(period, 1)
    return tuple(found)


def is_over(period: str, now: dt.datetime) -> bool:
    return day_of(now) > last_day(period)


def named(period: str) -> str:
    """As people write it: oktober 2026."""
    return f"{MONTHS[int(period[5:]) - 1]} {period[:4]}"
