"""An invoice as a PDF: A4, made to be archived (PDF/A-3) with the e-invoice inside.

typst does the typesetting. One compiler serves the whole process; it keeps its last ten or so documents
in memory, which is nothing for ordinary invoices and much for ones with thousands of calls, so those are
made in a process of their own that ends with them.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from services.invoicing.documents.content import content
from services.invoicing.documents.glyphs import FONTS
from services.invoicing.domain.invoice import Invoice

TEMPLATES = Path(__file__).parent / "templates"
HOUSE = Path(__file__).parents[3]
# Rows of calls from which a document is made apart; about four pages.
LONG = 200
PATIENCE_S = 300
Standard = Literal["a-3a", "a-3b"]
"""PDF/A-3, with tags for screen readers or without."""


def pdf(invoice: Invoice, xml: bytes | None) -> bytes:
    """The invoice as PDF/A-3 with ``xml`` (the e-invoice, if any) attached; the same bytes every time.

    Raises :class:`typst.TypstError` for what cannot be set (a logo that is no picture) and, for a long
    invoice, :class:`subprocess.SubprocessError` when the process that makes it fails.
    """
    shown = content(invoice)
    sources = {"invoice": json.dumps(shown, ensure_ascii=False), "xml": (xml or b"").decode()}
    made_at = int(dt.datetime.combine(invoice.issued_on, dt.time(12), dt.UTC).timestamp())
    if _rows(shown) >= LONG:
        return _apart(sources, made_at)
    return typeset(sources, made_at, "a-3a")


def typeset(sources: dict[str, str], made_at: int, standard: Standard) -> bytes:
    """The document of these inputs. ``made_at`` (seconds since 1970) stands in it as when it was made."""
    made: Any = _compiler().compile(
        sys_inputs=sources,
        format="pdf",
        pdf_standards=[standard],
        timestamp=made_at,
        pdf_tags=standard[-1] == "a",
    )
    return bytes(made)


def pictures(invoice: Invoice, dots_per_inch: float = 100) -> list[bytes]:
    """The pages as PNG, for a preview on the screen."""
    made: Any = _compiler().compile(
        sys_inputs={"invoice": json.dumps(content(invoice), ensure_ascii=False)},
        format="png",
        ppi=dots_per_inch,
    )
    return made if isinstance(made, list) else [made]


def _rows(shown: dict[str, Any]) -> int:
    listed = shown["calls"]
    return sum(len(day["rows"]) for day in listed["days"]) if listed else 0


def _apart(sources: dict[str, str], made_at: int) -> bytes:
    # Tags for screen readers would make each of thousands of rows ten times as large: long ones go without.
    order = json.dumps({"sources": sources, "made_at": made_at, "standard": "a-3b"})
    done = subprocess.run(
        [sys.executable, "-m", "services.invoicing.documents"],
        input=order.encode(),
        capture_output=True,
        check=True,
        cwd=HOUSE,
        timeout=PATIENCE_S,
    )
    return done.stdout


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    return typst.Compiler(str(TEMPLATES / "invoice.typ"), root=str(TEMPLATES), font_paths=fonts)
