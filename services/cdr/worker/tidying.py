"""Removing what is kept no longer: expired exports, and details older than their term."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from prometheus_client import Counter

from services.cdr.store import Stores
from services.cdr.usecases.retention import anonymise_due
from shared.logging import get_logger
from shared.mongo import Lease

log = get_logger(__name__)

EVERY_SECONDS = 60.0
BREATH_SECONDS = 0.05
"""Between two batches, so that ingestion hardly notices."""

ANONYMISED = Counter("tikker_usage_anonymised_total", "Rows that no longer tell who called whom")


def tidy(stores: Stores, lease: Lease, stopping: threading.Event) -> None:
    """Go on until ``stopping``; of several processes one does it."""
    while not stopping.is_set():
        try:
            if lease.hold():
                tidy_once(stores, lease, stopping)
        except Exception as problem:
            log.warning("tidying waits", reason=f"{type(problem).__name__}: {problem}"[:300])
        stopping.wait(EVERY_SECONDS)
    lease.release()


def tidy_once(stores: Stores, lease: Lease, stopping: threading.Event) -> None:
    now = datetime.now(UTC)
    stores.files.expire(now)

    def go_on() -> bool:
        return not stopping.wait(BREATH_SECONDS) and lease.hold()

    rows = anonymise_due(stores.commands, stores.retention, now, go_on)
    ANONYMISED.inc(rows)
    if rows:
        log.info("anonymised", rows=rows)
