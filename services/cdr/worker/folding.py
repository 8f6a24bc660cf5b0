"""The main duty of the worker: folds the ledger, and replays what quarantine was waiting for.

Of several copies one works at a time, the holder of the lease.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

from prometheus_client import Counter, Gauge

from services.cdr.domain.reference import Reference, Versions
from services.cdr.domain.refusal import DISCARDED, Reason
from services.cdr.store.counters import CounterStore
from services.cdr.store.quarantine import QuarantineStore
from services.cdr.store.reference import ReferenceStore
from services.cdr.store.usage import UsageStore
from services.cdr.store.usage_rated import UsageRatedStore
from services.cdr.usecases.replay import replay_all
from shared import mongo
from shared.logging import get_logger

log = get_logger(__name__)

IDLE_SECONDS = 0.5
FOLD_PATIENCE_SECONDS = 3.0
TROUBLE_SECONDS = 2.0
SWEEP_SECONDS = 60.0
SWEEP_AGAIN_SECONDS = 2.0

FOLDED = Counter("tikker_ledger_folded_total", "Ledger documents folded into the counters")
REPLAYED = Counter("tikker_quarantine_replayed_total", "Rows booked from quarantine", ["reason"])
WAITING = Gauge("tikker_quarantine_events", "Events in quarantine", ["reason"])


class Folding:
    """``touched`` is told which customers' counters have changed, after each fold."""

    def __init__(
        self, db: Any, touched: Callable[[Collection[str]], None], stopping: threading.Event
    ) -> None:
        self._touched = touched
        self._stopping = stopping
        self._lease = mongo.Lease(db, "cdr-worker")
        self._counters = CounterStore(db)
        self._rated = UsageRatedStore(db)
        self._quarantine = QuarantineStore(db)
        self._usage = UsageStore(db, "replay")
        self._reference = Reference(ReferenceStore(db))
        self._next_sweep = 0.0
        self._swept_for: Versions | None = None
        self.last_turn = time.monotonic()

    def run(self, prepare: Callable[[], None], begin: Callable[[], None]) -> None:
        """Until ``stopping``; the duties beside it ``begin`` as soon as the database could be prepared."""
        prepared = False
        while not self._stopping.is_set():
            self.last_turn = time.monotonic()
            try:
                if not prepared:
                    prepare()
                    self._usage.register()
                    prepared = True
                    begin()
                busy = self._lease.hold() and self._work()
                self._stopping.wait(0 if busy else IDLE_SECONDS)
            except Exception as problem:
                log.warning("waits", reason=f"{type(problem).__name__}: {problem}"[:300])
                self._stopping.wait(TROUBLE_SECONDS)
        self._release()

    def _work(self) -> bool:
        customers: set[str] = set()
        folded = self._counters.fold(FOLD_PATIENCE_SECONDS, customers)
        FOLDED.inc(folded)
        if customers:
            self._touched(customers)
        self._rated.tell_changed(datetime.now(UTC))
        self._sweep()
        return folded > 0

    def _sweep(self) -> None:
        """Replay when owners, plans or closings have changed; soon after that once more, as a batch may
        have been under way that was judged by what was known before; and else once a minute."""
        self._reference.refresh()
        versions = self._reference.versions
        changed = versions != self._swept_for
        if not changed and time.monotonic() < self._next_sweep:
            return
        for reason in (Reason.UNKNOWN_OWNER, Reason.NO_RATE):
            rows = replay_all(reason, self._quarantine, self._usage, self._reference, datetime.now(UTC))
            REPLAYED.labels(reason).inc(rows)
        counts = self._quarantine.counts()
        for reason in (*Reason, DISCARDED):
            WAITING.labels(reason).set(counts.get(reason, 0))
        self._swept_for = versions
        self._next_sweep = time.monotonic() + (SWEEP_AGAIN_SECONDS if changed else SWEEP_SECONDS)

    def _release(self) -> None:
        try:
            self._lease.release()
        except Exception as problem:
            log.warning("lease not released", reason=str(problem)[:200])
