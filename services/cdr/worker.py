"""The process behind the counters: folds the ledger, and replays what quarantine was waiting for.

Of several copies one works at a time, the holder of the lease.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from datetime import UTC, datetime
from functools import partial
from typing import Any

from prometheus_client import Counter, Gauge

from services.cdr import store as stores
from services.cdr.domain.reference import Reference, Versions
from services.cdr.domain.refusal import Reason
from services.cdr.store.abandoned import keep_aborting
from services.cdr.store.counters import CounterStore
from services.cdr.store.quarantine import QuarantineStore
from services.cdr.store.reference import ReferenceStore
from services.cdr.store.usage import UsageStore
from services.cdr.usecases.replay import replay_all
from shared import mongo
from shared.health import health_app, serve_health
from shared.logging import get_logger, setup_logging

log = get_logger(__name__)

IDLE_SECONDS = 0.5
FOLD_PATIENCE_SECONDS = 3.0
TROUBLE_SECONDS = 2.0
SWEEP_SECONDS = 60.0
SWEEP_AGAIN_SECONDS = 2.0
STALL_SECONDS = 60

FOLDED = Counter("tikker_ledger_folded_total", "Ledger documents folded into the counters")
REPLAYED = Counter("tikker_quarantine_replayed_total", "Rows booked from quarantine", ["reason"])
WAITING = Gauge("tikker_quarantine_events", "Events in quarantine", ["reason"])


class Worker:
    def __init__(self, db: Any) -> None:
        self._lease = mongo.Lease(db, "cdr-worker")
        self._counters = CounterStore(db)
        self._quarantine = QuarantineStore(db)
        self._usage = UsageStore(db, "replay")
        self._reference = Reference(ReferenceStore(db))
        self._next_sweep = 0.0
        self._swept_for: Versions | None = None
        self._stopping = threading.Event()
        self.last_turn = time.monotonic()

    def stop(self, *_: object) -> None:
        self._stopping.set()

    def run(self, db: Any) -> None:
        prepared = False
        while not self._stopping.is_set():
            self.last_turn = time.monotonic()
            try:
                if not prepared:
                    stores.prepare(db)
                    self._usage.register()
                    prepared = True
                busy = self._lease.hold() and self._work()
                self._stopping.wait(0 if busy else IDLE_SECONDS)
            except Exception as problem:
                log.warning("waits", reason=f"{type(problem).__name__}: {problem}"[:300])
                self._stopping.wait(TROUBLE_SECONDS)
        self._release()

    def _work(self) -> bool:
        folded = self._counters.fold(FOLD_PATIENCE_SECONDS)
        FOLDED.inc(folded)
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
        for reason in Reason:
            WAITING.labels(reason).set(counts.get(reason, 0))
        self._swept_for = versions
        self._next_sweep = time.monotonic() + (SWEEP_AGAIN_SECONDS if changed else SWEEP_SECONDS)

    def _release(self) -> None:
        try:
            self._lease.release()
        except Exception as problem:
            log.warning("lease not released", reason=str(problem)[:200])


def main() -> None:
    setup_logging("cdr-worker")
    db = mongo.connect(timeout_ms=20_000)
    worker = Worker(db)
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, worker.stop)

    def turning() -> None:
        age = time.monotonic() - worker.last_turn
        if age > STALL_SECONDS:
            raise RuntimeError(f"has not turned for {age:.0f} s")

    serve_health(health_app({"loop": turning}, {"database": partial(mongo.ping, db)}))
    keep_aborting(db)
    worker.run(db)
    log.info("stopped")
    sys.exit(0)


if __name__ == "__main__":
    main()
