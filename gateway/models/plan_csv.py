"""The differences between two versions of a rate plan as a file that opens in Excel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from gateway.models.plans import CHANGES, FIELDS, Difference, Line
from gateway.spreadsheet import BOM, decimal, text, write
from gateway.words import gettext as _

LINES_AT_ONCE = 500
_ONCE = ("connect_fee", "rate", "increment", "minimum", "maximum", "destination")


def chunks(differences: Iterable[Difference], before: str, after: str) -> Iterator[bytes]:
    """The file in pieces, so that a long one needs no room."""
    yield write([header(before, after)])
    rows = (cells(one) for one in differences)
    while some := list(islice(rows, LINES_AT_ONCE)):
        yield write(some).removeprefix(BOM.encode())


def header(before: str, after: str) -> list[str]:
    fields = [f"{FIELDS[name]} ({version})" for name in _ONCE for version in (before, after)]
    return [
        _("Wat"),
        _("Soort"),
        _("Prefix"),
        _("Wanneer"),
        *fields,
        _("Gewijzigd"),
        _("Verschil in procent"),
    ]


def cells(one: Difference) -> list[str]:
    """A difference; no cell is a formula."""
    line = one.line
    shown = [_shown(side, name) for name in _ONCE for side in (one.before, one.after)]
    percents = "" if one.percentage is None else decimal(one.percentage, 1)
    changed = ", ".join(str(label) for label, _old, _new in one.words)
    texts = (str(CHANGES[one.change]), str(line.kind_label), line.prefix, line.when, *shown, changed)
    return [*(text(cell) for cell in texts), percents]


def _shown(line: Line | None, field: str) -> str:
    if line is None or (field in ("minimum", "maximum") and not getattr(line, field)):
        return ""
    return line.shown(field) if field != "rate" else f"{line.shown('rate')} / {line.shown('per')}"
