"""How values stand on an invoice: Dutch, exact, rounded half up before they are written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date

from shared.money import decimals_of, micro_from_decimal, round_decimal
from shared.words import gettext as _

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NBSP = "\u00a0"
MINUS = "\u2212"
ABSENT = "–"
HIDDEN = "•"


def number(value: Decimal | int, decimals: int = 0) -> str:
    """``1.234,56``, with a real minus sign."""
    rounded = round_decimal(Decimal(value), decimals)
    text = f"{abs(rounded):,.{decimals}f}".translate(str.maketrans(",.", ".,"))
    return f"{MINUS}{text}" if rounded < 0 else text


def euros(value: Decimal) -> str:
    """``€ 1.234,56`` and ``−€ 12,00``."""
    text = number(value, 2)
    return f"{MINUS}€{NBSP}{text[1:]}" if text.startswith(MINUS) else f"€{NBSP}{text}"


def price(value: Decimal) -> str:
    """``0,0425``: as many decimals as it has, from two to six."""
    digits = -int(value.normalize().as_tuple().exponent)
    return number(value, min(6, max(2, digits)))


def exact(value: Decimal) -> str:
    """``0,3780`` and ``0,000325``: four decimals, five or six where the amount needs them, as in *Details*.
    Raises ValueError for what is finer than a millionth."""
    return number(value, decimals_of(micro_from_decimal(value)))


def quantity(value: Decimal) -> str:
    """``1.204`` and ``0,516``: no decimals that say nothing."""
    digits = -int(value.normalize().as_tuple().exponent)
    return number(value, min(4, max(0, digits)))


def percentage(value: Decimal) -> str:
    """``21 %``."""
    return f"{quantity(value)}{NBSP}%"


def day(value: dt.date) -> str:
    """``30-11-2026``."""
    return f"{value:%d-%m-%Y}"


def country(code: str) -> str:
    """``BELGIË``: the last line of an address abroad, in capitals as the Universal Postal Union has it."""
    name: str = Locale("nl").territories.get(code, code)
    return name.upper()


def day_long(value: dt.date) -> str:
    """``30 november 2026``."""
    return format_date(value, "d MMMM y", locale="nl")


def weekday(value: dt.date) -> str:
    """``ma 5 oktober 2026``."""
    return format_date(value, "EEE d MMMM y", locale="nl")


def month(period: str) -> str:
    """``oktober 2026`` for ``2026-10``."""
    return format_date(dt.date.fromisoformat(f"{period}-01"), "MMMM y", locale="nl")


def days(first: dt.date, last: dt.date) -> str:
    """``1 t/m 31 oktober 2026``; month and year only once where they are the same."""
    if first == last:
        return day_long(first)
    if first.year != last.year:
        start = day_long(first)
    elif first.month != last.month:
        start = format_date(first, "d MMMM", locale="nl")
    else:
        start = str(first.day)
    return _("%(start)s t/m %(end)s", start=start, end=day_long(last))


def clock(moment: dt.datetime) -> str:
    """``16:38:51`` on the Dutch clock; raises ValueError for a moment without a time zone."""
    return f"{local(moment):%H:%M:%S}"


def local(moment: dt.datetime) -> dt.datetime:
    """On the Dutch clock; raises ValueError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(AMSTERDAM)


def duration(seconds: int) -> str:
    """``28:51:06``: hours, minutes, seconds."""
    minutes, second = divmod(abs(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{MINUS if seconds < 0 else ''}{number(hours)}:{minute:02}:{second:02}"


def megabytes(volume: int) -> str:
    """``0,35 MB``, ``12,4 MB``, ``1.003 MB``: of 1,000,000 bytes, finer the smaller it is."""
    amount = Decimal(volume) / 1_000_000
    decimals = 2 if abs(amount) < 10 else 1 if abs(amount) < 100 else 0
    return f"{number(amount, decimals)}{NBSP}MB"


def account(iban: str) -> str:
    """An IBAN in groups of four: ``NL91 ABNA 0417 1643 00``."""
    plain = iban.replace(" ", "").upper()
    return NBSP.join(plain[start : start + 4] for start in range(0, len(plain), 4))


def half_hidden(iban: str) -> str:
    """The reader's own IBAN, enough to recognise: the first and the last four signs."""
    plain = iban.replace(" ", "").upper()
    return account(plain[:4] + HIDDEN * max(0, len(plain) - 8) + plain[-4:])


def masked(shown: str, hidden: int = 4) -> str:
    """A telephone number without its last digits; short numbers (112, 0800) stay as they are."""
    if sum(sign.isdigit() for sign in shown) < 9:
        return shown
    signs = list(shown)
    for index in range(len(signs) - 1, -1, -1):
        if signs[index].isdigit():
            signs[index] = HIDDEN
            hidden -= 1
            if not hidden:
                break
    return "".join(signs)
