"""CSV that Dutch Excel opens right: BOM, semicolons, decimal commas, and never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from shared.money import round_decimal

BOM = "\ufeff"
# What makes a spreadsheet read a cell as a formula, also in full width (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell = str | int | Decimal | None


def text(value: str | None) -> str:
    """A text cell; an apostrophe goes before what would start a formula."""
    cell = (value or "").replace("\x00", "")
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def decimal(value: Decimal, decimals: int) -> str:
    """``-1234,5678``: a plain number for Excel, without thousands points; half up."""
    rounded = round_decimal(value, decimals)
    return f"{rounded:.{decimals}f}".replace(".", ",") if rounded else f"{0:.{decimals}f}".replace(".", ",")


def write(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as a file: UTF-8 with BOM, ``;`` between cells, CRLF after rows."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return (BOM + out.getvalue()).encode()
