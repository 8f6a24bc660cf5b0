"""``bench export``: rows of a CSV export per second, and whether its memory stays flat.

The job's own work (``usecases/exports.py``: read in key order, write, zip, store in GridFS) in a process of
its own, for a small and a large selection of the same customer.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

from bench.reading import spans
from bench.report import Promise, Report
from bench.rows import measured
from services.cdr.domain.selection import Selection
from services.cdr.schemas.exports import selection_to_wire
from services.cdr.store.exports import ExportFiles
from services.cdr.usecases.exports import make_export
from shared import mongo
from shared.job_runner import Running
from shared.jobs import JobStore

ROWS_PER_SECOND = 40_000
MOST_MB = 200
FLAT = 1.3
"""Times the memory of an export of a tenth of the rows."""


def run_export(uri: str, rows: int, say: Callable[[str], None]) -> Report:
    """A month of the largest customer, and of one with a tenth of its rows."""
    report = Report("export", {"export.customer_rows": rows})
    sizes = [customer for customer in measured(rows) if customer.rows in (rows, rows // 10)]
    found = {}
    for customer in sizes:
        selection = spans()["month"]
        done, seconds, peak = _in_a_process(uri, customer.id, selection)
        found[customer.rows] = (done / seconds, peak)
        say(f"{done:,} rows in {seconds:.1f} s: {done / seconds:,.0f} rows/s, peak {peak:.0f} MB")
    speed, peak = found[rows]
    report.figures |= {"export.rows_per_s": round(speed), "export.peak_mb": round(peak)}
    report.promises += [
        Promise("export.rows_per_s", round(speed), ROWS_PER_SECOND),
        Promise("export.peak_mb", round(peak), MOST_MB, least=False),
    ]
    if rows // 10 in found:
        growth = round(peak / found[rows // 10][1], 2)
        report.figures["export.peak_growth"] = growth
        report.promises.append(Promise("export.peak_growth", growth, FLAT, least=False))
    return report


def _in_a_process(uri: str, customer: str, selection: Selection) -> tuple[int, float, float]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_export, (uri, customer, selection))


def _export(uri: str, customer: str, selection: Selection) -> tuple[int, float, float]:
    """(rows, seconds, peak memory in MB)."""
    db = mongo.connect(uri, timeout_ms=60_000)
    files, jobs = ExportFiles(db), JobStore(db)
    db["jobs"].delete_many({"kind": "bench"})  # else that of a run before, never ended, is claimed first
    asked = {"selection": selection_to_wire(selection), "sort": "start", "delivery": "file", "language": "nl"}
    jobs.add("bench", asked, customer_id=customer, user_id="bench")
    running = _claimed(jobs)
    work = make_export(files, lambda _customer, _selection: None, _tell_nobody, lambda: datetime.now(UTC))
    began = time.perf_counter()
    outcome = work(running)
    seconds = time.perf_counter() - began
    files.discard(running.job.id)
    return int(outcome.result["rows"]), seconds, _peak_mb()


def _claimed(jobs: JobStore) -> Running:
    claim = jobs.claim(["bench"])
    assert claim is not None
    return Running(jobs, claim, Event())


def _tell_nobody(_session: Any, _envelope: Any) -> None:
    raise AssertionError("a file is not mailed")


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
