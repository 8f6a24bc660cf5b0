"""The list of mobile subscriptions as a file that opens in Excel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice

from gateway.formatters import day_short, local
from gateway.models.mobile import Measure, Row
from gateway.phone_numbers import party
from gateway.spreadsheet import BOM, decimal, text, write
from gateway.words import gettext as _

LINES_AT_ONCE = 200


def chunks(rows: Iterable[Row]) -> Iterator[bytes]:
    """The file in pieces, so that a long list needs no room."""
    yield write([header()])
    lines = (line(row) for row in rows)
    while some := list(islice(lines, LINES_AT_ONCE)):
        yield write(some).removeprefix(BOM.encode())


def header() -> list[str]:
    return [
        *(_("Mobiel nummer"), _("Verbruik"), _("Nationaal Data (MB)"), _("Databundel (MB)")),
        *(_("Nationaal Voice (Min)"), _("Voicebundel (Min)"), _("SIM"), _("Label"), _("Type")),
        *(_("Datum actief"), _("Datum beëindigd")),
    ]


def line(row: Row) -> list[str]:
    """A subscription as cells; no cell is a formula."""
    return [
        text(party(row.number) if row.number else ""),
        decimal(row.cost, 2),
        *_measure(row.data, "data"),
        *_measure(row.voice, "voice"),
        *(text(cell) for cell in (row.sim, row.label, row.type)),
        text(day_short(local(row.active_from).date())),
        text(day_short(local(row.ended_at).date()) if row.ended_at else ""),
    ]


def _measure(measure: Measure | None, kind: str) -> tuple[str, str]:
    if measure is None:
        return text(""), text("")
    bundle = measure.bundle(kind)
    if measure.unlimited:
        return decimal(measure.figure(kind), 0), text(_("onbeperkt"))
    size = decimal(Decimal(bundle.size), 0) if bundle and bundle.size is not None else text("")
    return decimal(measure.figure(kind), 0), size
