"""*Download weergegeven gespreksdetails*: the calls of a page as a file, and its name."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.models.selection import Selection
from gateway.models.usage import Call
from shared import spreadsheet, usage_csv
from shared.money import micro_from_decimal
from shared.usage_csv import number_cell

__all__ = ["file", "line", "name", "number_cell"]


def line(call: Call) -> list[str]:
    """A call as cells."""
    return usage_csv.line(
        start=call.start,
        type=call.type,
        kind=call.kind,
        quantity={"voice": call.duration, "data": call.volume}.get(call.kind, call.messages),
        sender=call.sender,
        receiver=call.receiver,
        destination=call.destination,
        amount=micro_from_decimal(call.amount),
        state=call.state,
    )


def file(calls: Sequence[Call]) -> bytes:
    """The whole file."""
    return spreadsheet.write([usage_csv.header(), *(line(call) for call in calls)])


def name(selection: Selection, current_month: str) -> str:
    """``gespreksdetails-2026-11.csv``; ``current_month`` is the current billing period's month."""
    if selection.first and selection.last:
        return f"gespreksdetails-{selection.first:%Y-%m-%d}-{selection.last:%Y-%m-%d}.csv"
    period = current_month if selection.period in (None, "current") else selection.period
    return f"gespreksdetails-{period}.csv"
