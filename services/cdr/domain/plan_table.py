"""The rows of a rate plan's CSV file, and what can be wrong with the file as a whole."""

import csv
import io
from _csv import Reader
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from services.cdr.domain.plan_file import WrongFile, decoded
from shared.words import gettext

MAX_LINES = 200_000
MAX_BYTES = 64 * 2**20
MAX_ERRORS = 1_000
SHOWN_CHARACTERS = 60
"""Of a cell that is wrong."""

COLUMNS = {
    "kind": ("soort", "kind"),
    "prefix": ("prefix",),
    "destination": ("bestemming", "destination"),
    "call_type": ("gesprekstype", "call_type"),
    "valid_from": ("geldig van", "geldig_van", "valid_from"),
    "valid_to": ("geldig tot", "geldig_tot", "geldig t/m", "valid_to"),
    "days": ("dagen", "days"),
    "from": ("van", "from"),
    "to": ("tot", "to"),
    "priority": ("prioriteit", "priority"),
    "offset": ("vanaf", "offset"),
    "connect_fee": ("starttarief", "connect_fee"),
    "rate": ("tarief", "rate"),
    "unit": ("per", "unit"),
    "increment": ("blok", "increment"),
    "minimum": ("minimum",),
    "maximum": ("maximum",),
}
"""Per column the names it may have in the header; the first is the one we write."""

_MEANING = {name: column for column, names in COLUMNS.items() for name in names}
_NEEDED = ("prefix", "destination", "rate")


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with a line: its number in the file (the header is 1), the column as the file calls
    it or None when it is the whole line, the problem and what to do (both sentences), what stood there."""

    line: int
    column: str | None
    problem: str
    advice: str
    value: str = ""


@dataclass(slots=True)
class Errors:
    """The errors found so far, the first MAX_ERRORS of them."""

    found: list[LineError] = field(default_factory=list)

    @property
    def full(self) -> bool:
        return len(self.found) >= MAX_ERRORS

    def add(self, line: int, column: str | None, problem: str, advice: str, value: str = "") -> None:
        if not self.full:
            self.found.append(LineError(line, column, problem, advice, value[:SHOWN_CHARACTERS]))


class Row(NamedTuple):
    """A line with its cells by column, trimmed, and the names that the header gave the columns."""

    line: int
    cells: dict[str, str]
    names: dict[str, str]


def read_rows(data: bytes, errors: Errors) -> Iterator[Row]:
    """The lines below the header that are not empty, up to the first error that makes going on useless."""
    text = _text(data, errors)
    if text is None:
        return
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = _header(next(reader, []), errors)
        for line, cells in _numbered(reader):
            if not header or errors.full or _too_many(line, errors):
                return
            if any(cells[len(header) :]):
                errors.add(
                    line,
                    None,
                    gettext(
                        "De regel heeft %(cells)s velden en de kop %(header)s.",
                        cells=len(cells),
                        header=len(header),
                    ),
                    gettext("Zet een tekst met een scheidingsteken tussen aanhalingstekens."),
                )
            elif any(cells):
                yield Row(line, dict(zip(header, cells, strict=False)), header)
    except csv.Error:
        problem = gettext("Een aanhalingsteken is niet gesloten, of een veld is te lang.")
        errors.add(
            reader.line_num, None, problem, gettext("Verbeter de aanhalingstekens op of boven deze regel.")
        )


def _text(data: bytes, errors: Errors) -> str | None:
    if len(data) > MAX_BYTES:
        errors.add(
            1,
            None,
            gettext("Het bestand is groter dan %(value)s MB.", value=MAX_BYTES >> 20),
            gettext("Splits het."),
        )
        return None
    text = decoded(data)
    if isinstance(text, WrongFile):
        errors.add(text.line, None, text.problem, text.advice, text.value)
        return None
    return text


def _numbered(reader: Reader) -> Iterator[tuple[int, list[str]]]:
    begin = reader.line_num + 1
    for cells in reader:
        trimmed = [cell.strip() for cell in cells]
        yield begin, trimmed
        begin = reader.line_num + 1


def _too_many(line: int, errors: Errors) -> bool:
    if line <= MAX_LINES + 1:
        return False
    errors.add(
        line,
        None,
        gettext("Het bestand heeft meer dan %(max_lines)s regels.", max_lines=MAX_LINES),
        gettext("Splits of verkort het."),
    )
    return True


def _header(cells: list[str], errors: Errors) -> dict[str, str]:
    """Column to the name in the file, in the file's order; empty when the header is wrong."""
    before = len(errors.found)
    header: dict[str, str] = {}
    for name in (cell.strip() for cell in cells):
        column = _MEANING.get(name.lower())
        if column is None:
            known = ", ".join(names[0] for names in COLUMNS.values())
            errors.add(
                1,
                name[:40],
                gettext("De kolom '%(name)s' bestaat niet.", name=name[:40]),
                gettext("Kolommen zijn: %(known)s.", known=known),
            )
        elif column in header:
            errors.add(
                1,
                name,
                gettext("De kolom '%(name)s' staat er twee keer.", name=name),
                gettext("Laat er een weg."),
            )
        else:
            header[column] = name
    for column in _NEEDED:
        if column not in header:
            errors.add(
                1,
                COLUMNS[column][0],
                gettext("Deze kolom ontbreekt."),
                gettext("Voeg hem toe aan de eerste regel."),
            )
    return header if len(errors.found) == before else {}
