"""*Download weergegeven gespreksdetails*: the columns of the file and what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from gateway import spreadsheet
from gateway.formatters import ABSENT, MEGABYTE, day_short, duration, local
from gateway.models.call_types import call_type
from gateway.models.selection import Selection
from gateway.models.usage import Call
from gateway.phone_numbers import party
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

STATES = {"late": _l("nagekomen"), "corrected": _l("gecorrigeerd"), "reversal": _l("teruggedraaid")}


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


def line(call: Call) -> list[str]:
    """A call as cells; the full date stands in each."""
    start = local(call.start)
    voice, data, sms = (call.kind == kind for kind in ("voice", "data", "sms"))
    return [
        day_short(start.date()),
        f"{start:%H:%M:%S}",
        spreadsheet.text(str(call_type(call.type).label)),
        number_cell(call.sender),
        number_cell(call.receiver),
        spreadsheet.text(call.destination),
        duration(call.duration) if voice else "",
        str(call.duration) if voice else "",
        spreadsheet.decimal(Decimal(call.volume) / MEGABYTE, 6) if data else "",
        str(call.messages) if sms else "",
        spreadsheet.decimal(call.amount, call.precision),
        str(STATES.get(call.state or "", "")),
    ]


def file(calls: Sequence[Call]) -> bytes:
    """The whole file."""
    return spreadsheet.write([header(), *(line(call) for call in calls)])


def name(selection: Selection, current_month: str) -> str:
    """``gespreksdetails-2026-11.csv``; ``current_month`` is the current billing period's month."""
    if selection.first and selection.last:
        return f"gespreksdetails-{selection.first:%Y-%m-%d}-{selection.last:%Y-%m-%d}.csv"
    period = current_month if selection.period in (None, "current") else selection.period
    return f"gespreksdetails-{period}.csv"


def number_cell(value: str | None) -> str:
    """A number as people write it, in groups, so that Excel keeps it as text with its zeros.

    A foreign one is written with 00 instead of +, which would start a formula.
    """
    shown = party(value)
    if shown == ABSENT:
        return ""
    if value and value.startswith("+") and shown.startswith("+"):
        shown = "00" + shown[1:] if " " in shown else f"00 {shown[1:]}"
    return spreadsheet.text(shown)
