"""The jobs of invoicing, and what is tidied up beside them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from services.invoicing.drivers.cdr import Cdr
from services.invoicing.drivers.renderer import Renderer
from services.invoicing.store import Store
from services.invoicing.usecases.finishing import sweep
from services.invoicing.usecases.running import FINISH, RUN, make_finish, make_run
from shared.config import setting
from shared.days import day_of
from shared.job_runner import Work
from shared.logging import get_logger

RENDERERS = min(4, os.cpu_count() or 1)
"""Invoices that are drawn at the same time."""
EVERY_SECONDS = 3600.0
SWEPT_FOR = timedelta(days=2)
"""How long after a run was started its leftovers are looked for."""
KEEP_YEARS = "7"
"""After the year of the invoice (art. 52 AWR)."""

log = get_logger(__name__)


def clock() -> datetime:
    return datetime.now(UTC)


def work_of(
    store: Store, cdr: Cdr, renderers: Callable[[], Renderer], threads: int
) -> Mapping[str, Mapping[str, Work]]:
    """Group → kind of job → its work; each group has a thread of its own."""
    return {
        "runs": {RUN: make_run(store, cdr, renderers, clock, threads)},
        "drawing": {FINISH: make_finish(store, cdr, renderers, clock)},
    }


def tidy(store: Store, now: Callable[[], datetime], stopping: threading.Event) -> None:
    """Go on until ``stopping``; what several processes do at once is done once."""
    while not stopping.is_set():
        try:
            expire(store, now())
            sweep(store, now() - SWEPT_FOR)
        except Exception as problem:
            log.warning("tidying waits", reason=f"{type(problem).__name__}: {problem}"[:300])
        stopping.wait(EVERY_SECONDS)


def expire(store: Store, now: datetime) -> int:
    """Remove invoices that need not be kept any longer; how many."""
    years = int(setting("INVOICE_KEEP_YEARS", KEEP_YEARS))
    removed = 0
    while ids := store.expired(day_of(now).year - years):
        for invoice_id in ids:
            store.files.keep_only(invoice_id, {})
        store.remove_invoices(ids)
        removed += len(ids)
    return removed
