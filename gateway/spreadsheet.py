"""CSV as pages hand it out: written as every file of the house."""

from __future__ import annotations

from shared.spreadsheet import BOM, FORMULA_STARTS, Cell, decimal, text, write

__all__ = ["BOM", "FORMULA_STARTS", "Cell", "decimal", "text", "write"]
