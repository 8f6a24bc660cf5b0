"""Call details as a file: the columns and what stands in them, for the download of a page and for exports.

Made for millions of lines: what repeats (numbers, hours, labels) is written once and remembered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from shared import spreadsheet
from shared.call_types import label
from shared.money import decimals_of
from shared.phone_numbers import party
from shared.words import gettext as _
from shared.words import language
from shared.words import lazy_gettext as _l

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
STATES: Mapping[str, Any] = {
    "late": _l("nagekomen"),
    "corrected": _l("gecorrigeerd"),
    "reversal": _l("teruggedraaid"),
}
MINUS = "\u2212"
_HOUR = 3600


def header() -> list[str]:
    """The column heads."""
    return [
        _("Datum"),
        _("Tijd"),
        _("Gesprekstype"),
        _("Nummer zender"),
        _("Nummer ontvanger"),
        _("Bestemming"),
        _("Duur"),
        _("Duur (sec)"),
        _("Data (MB)"),
        _("Berichten"),
        _("Bedrag (€ excl. BTW)"),
        _("Status"),
    ]


def line(
    *,
    start: datetime,
    type: str,
    kind: str,
    quantity: int,
    sender: str | None,
    receiver: str | None,
    destination: str | None,
    amount: int,
    state: str | None = None,
) -> list[str]:
    """One call as cells. ``quantity`` is in seconds, bytes or pieces by ``kind`` (voice, data, sms), and
    below zero in a line that takes another back; ``amount`` in millionths of a euro, shown exactly, as
    people add them up; the full date stands in each line."""
    hour, rest = divmod(int(start.timestamp() // 1), _HOUR)
    day, clock = _day_and_hour(hour)
    speech = language()
    duration = volume = messages = seconds = ""
    if kind == "voice":
        duration, seconds = _duration(quantity), str(quantity)
    elif kind == "data":
        volume = spreadsheet.micro(quantity, 6)
    else:
        messages = str(quantity)
    return [
        day,
        f"{clock}:{rest // 60:02}:{rest % 60:02}",
        _type_cell(type, speech),
        _number_cell(sender, speech),
        _number_cell(receiver, speech),
        _text_cell(destination),
        duration,
        seconds,
        volume,
        messages,
        spreadsheet.micro(amount, decimals_of(amount)),
        str(STATES.get(state or "", "")),
    ]


def number_cell(value: str | None) -> str:
    """A number as people write it, in groups, so that Excel keeps it as text with its zeros.

    A foreign one is written with 00 instead of +, which would start a formula.
    """
    return _number_cell(value, language())


@lru_cache(maxsize=200_000)
def _number_cell(value: str | None, _language: str) -> str:
    if value is None or value == "data":
        return ""
    shown = party(value)
    if value.startswith("+") and shown.startswith("+"):
        shown = "00" + shown[1:] if " " in shown else f"00 {shown[1:]}"
    return spreadsheet.text(shown)


@lru_cache(maxsize=1000)
def _type_cell(code: str, _language: str) -> str:
    return spreadsheet.text(label(code))


@lru_cache(maxsize=20_000)
def _text_cell(text: str | None) -> str:
    return spreadsheet.text(text)


@lru_cache(maxsize=20_000)
def _day_and_hour(hour: int) -> tuple[str, str]:
    """The day and the hour on the Dutch clock, which changes on whole hours only."""
    here = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(hours=hour)).astimezone(AMSTERDAM)
    return f"{here:%d-%m-%Y}", f"{here:%H}"


def _duration(seconds: int) -> str:
    """``0:04:12``."""
    minutes, second = divmod(abs(seconds), 60)
    return f"{MINUS if seconds < 0 else ''}{minutes // 60}:{minutes % 60:02}:{second:02}"
