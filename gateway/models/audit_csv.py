"""*Download logboek*: what the search found as a file that opens in Excel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from gateway.formatters import local
from gateway.models.audit import AuditEntry
from gateway.models.audit_values import Difference
from gateway.spreadsheet import BOM, text, write
from gateway.words import gettext as _

LINES_AT_ONCE = 200


def chunks(entries: Iterable[AuditEntry]) -> Iterator[bytes]:
    """The file in pieces, so that a long log needs no room."""
    yield write([header()])
    lines = (line(entry) for entry in entries)
    while some := list(islice(lines, LINES_AT_ONCE)):
        yield write(some).removeprefix(BOM.encode())


def header() -> list[str]:
    return [
        *(_("Moment"), _("Wie"), _("Hoedanigheid"), _("Wat"), _("Was"), _("Werd"), _("Reden"), _("IP-adres")),
        *(_("Handeling"), _("Volgnummer")),
    ]


def line(entry: AuditEntry) -> list[str]:
    """An entry as cells; no cell is a formula."""
    differences = entry.differences
    cells = (
        f"{local(entry.at):%Y-%m-%d %H:%M:%S}",
        entry.actor.name,
        entry.actor.role,
        entry.sentence,
        _side(differences, [one.before for one in differences]),
        _side(differences, [one.after for one in differences]),
        entry.reason,
        entry.actor.address,
        entry.action,
        str(entry.seq),
    )
    return [text(cell) for cell in cells]


def _side(differences: Sequence[Difference], values: Sequence[str | None]) -> str:
    pairs = zip(differences, values, strict=True)
    return " | ".join(f"{one.label}: {value}" for one, value in pairs if value is not None)
