"""The benchmarks that read the rows of ``bench/rows.py``, by the name of their command."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.export import run_export
from bench.reading import run_details, run_totals
from bench.report import Report

RUNS: Mapping[str, Callable[[str, int, Callable[[str], None]], Report]] = {
    "totals": run_totals,
    "details": run_details,
    "export": run_export,
}
