"""CSV that Dutch Excel opens right: BOM, semicolons, decimal commas, and never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from shared.money import divide_half_up, round_decimal

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


def micro(value: int, decimals: int) -> str:
    """The same for millionths (of a euro, or bytes of a megabyte), with 1 to 6 decimals; for many rows."""
    unit: int = 10**decimals
    units = divide_half_up(value, 10 ** (6 - decimals))
    whole, rest = divmod(abs(units), unit)
    return f"{'-' if units < 0 else ''}{whole},{rest:0{decimals}}"


def lines(rows: Iterable[Sequence[str]]) -> str:
    """Rows within a file: ``;`` between cells, CRLF after rows."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def write(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as a file: UTF-8 with BOM, ``;`` between cells, CRLF after rows."""
    return (BOM + lines(rows)).encode()
