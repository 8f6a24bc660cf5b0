"""How values are written: exact, without floats, the Dutch way in every language, so that an amount on
the screen is the one on the invoice. Only names of days and months are in the reader's words.

Amounts are rounded half up before they are written (Babel would round half to even). Numbers keep
plain hyphens and spaces, so that they can be copied; the style sheet keeps them on one line.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date

from gateway.words import gettext as _
from gateway.words import language
from shared.money import round_decimal
from shared.phone_numbers import ABSENT as ABSENT

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NBSP = "\u00a0"
MINUS = "\u2212"
MEGABYTE = 1_000_000
SHOWN_DECIMALS = 4


def local(moment: datetime) -> datetime:
    """A moment on the Dutch clock; raises ValueError for one without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(AMSTERDAM)


def number(value: Decimal | int, decimals: int = 0) -> str:
    """``1.234,56``; half up; a real minus sign, never before a zero."""
    rounded = round_decimal(Decimal(value), decimals)
    text = f"{abs(rounded):,.{decimals}f}".translate(str.maketrans(",.", ".,"))
    return f"{MINUS}{text}" if rounded < 0 else text


def euros(value: Decimal | int, decimals: int = 2) -> str:
    """``€ 1.234,56`` and ``−€ 12,00``, with a no-break space."""
    text = number(value, decimals)
    sign, digits = (MINUS, text[1:]) if text.startswith(MINUS) else ("", text)
    return f"{sign}€{NBSP}{digits}"


def exact(value: Decimal) -> str:
    """``0,0195``: four decimals, more where the amount or price has more."""
    return number(value, max(SHOWN_DECIMALS, -int(value.normalize().as_tuple().exponent)))


def duration(seconds: int) -> str:
    """``0:04:12``: hours, minutes, seconds; hours get thousands points (``1.028:51:06``)."""
    minutes, second = divmod(abs(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{MINUS if seconds < 0 else ''}{number(hours)}:{minute:02}:{second:02}"


def megabytes(volume: int) -> str:
    """``0,35 MB``, ``12,4 MB``, ``1.003 MB``: of 1,000,000 bytes, finer the smaller it is."""
    amount = Decimal(volume) / MEGABYTE
    decimals = 2 if abs(amount) < 10 else 1 if abs(amount) < 100 else 0
    return f"{number(amount, decimals)}{NBSP}MB"


def day_short(day: date) -> str:
    """``22-11-2026``."""
    return f"{day:%d-%m-%Y}"


def day_long(day: date) -> str:
    """``zo 22 november 2026``."""
    return format_date(day, "EEE d MMMM y", locale=language())


def weekday_short(day: date) -> str:
    """``zo 22-11``."""
    return f"{format_date(day, 'EEE', locale=language())} {day:%d-%m}"


def month(day: date) -> str:
    """``november 2026``."""
    return format_date(day, "MMMM y", locale=language())


def month_name(day: date) -> str:
    """``november``."""
    return format_date(day, "MMMM", locale=language())


def day_month(day: date) -> str:
    """``30 november``."""
    return format_date(day, "d MMMM", locale=language())


def clock(moment: datetime) -> str:
    """``16:38:51`` on the Dutch clock."""
    return f"{local(moment):%H:%M:%S}"


def day_and_minute(moment: datetime) -> str:
    """``zo 22 nov 16:38``."""
    here = local(moment)
    return f"{format_date(here.date(), 'EEE d MMM', locale=language())} {here:%H:%M}"


def day_and_time(moment: datetime) -> str:
    """``22-11-2026 16:38``."""
    return f"{local(moment):%d-%m-%Y %H:%M}"


def period(first: date, last: date, with_year: bool = True) -> str:
    """``1 t/m 30 november 2026``; the month and year are repeated only where they differ."""
    end = format_date(
        last, "d MMMM y" if with_year or first.year != last.year else "d MMMM", locale=language()
    )
    if first == last:
        return end
    if first.year != last.year:
        start = format_date(first, "d MMMM y", locale=language())
    elif first.month != last.month:
        start = format_date(first, "d MMMM", locale=language())
    else:
        start = str(first.day)
    return _("%(start)s t/m %(end)s", start=start, end=end)


def lately(moment: datetime, now: datetime) -> str:
    """``om 16:42`` today, ``gisteren om 16:02``, else ``op 20-11-2026 om 16:02``."""
    here, today = local(moment), local(now).date()
    time = f"{here:%H:%M}"
    if here.date() == today:
        return _("om %(time)s", time=time)
    if here.date() == today - timedelta(days=1):
        return _("gisteren om %(time)s", time=time)
    return _("op %(day)s om %(time)s", day=day_short(here.date()), time=time)


def wait(seconds: int) -> str:
    """A time to wait, rounded up: ``20 seconden``, ``1 minuut``, ``15 minuten``."""
    if seconds < 60:
        return _("%(n)s seconden", n=max(1, seconds)) if seconds != 1 else _("1 seconde")
    minutes = -(-seconds // 60)
    return _("1 minuut") if minutes == 1 else _("%(n)s minuten", n=minutes)
