"""The worker: folds the ledger in the main thread; guards, tidies and does jobs in threads beside it."""

from __future__ import annotations

import signal
import sys
import threading
import time
from functools import partial

from services.cdr.store import Stores, prepare
from services.cdr.worker.background import work_of
from services.cdr.worker.folding import Folding
from services.cdr.worker.guarding import Guarding
from services.cdr.worker.tidying import tidy
from shared import mongo
from shared.abandoned import keep_aborting
from shared.handling import begin
from shared.health import health_app, serve_health
from shared.job_runner import Runner
from shared.logging import get_logger

log = get_logger(__name__)

STALL_SECONDS = 60
LAST_SECONDS = 15.0
"""For jobs to reach a step at which another process can go on."""


def main() -> None:
    begin("cdr-worker")
    db = mongo.connect(timeout_ms=20_000)
    stores = Stores.on(db)
    stopping = threading.Event()
    guarding = Guarding(stores)
    folding = Folding(db, guarding.touched, stopping)
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, lambda *_: stopping.set())

    def turning() -> None:
        age = time.monotonic() - folding.last_turn
        if age > STALL_SECONDS:
            raise RuntimeError(f"has not turned for {age:.0f} s")

    serve_health(health_app({"loop": turning}, {"database": partial(mongo.ping, db)}))
    keep_aborting(db)
    threads = [
        threading.Thread(target=guarding.run, args=(stopping,), name="guarding", daemon=True),
        threading.Thread(
            target=tidy, args=(stores, mongo.Lease(db, "cdr-tidying"), stopping), name="tidying", daemon=True
        ),
        *(
            threading.Thread(target=Runner(stores.jobs, work).run, args=(stopping,), name=name, daemon=True)
            for name, work in work_of(stores, db).items()
        ),
    ]
    folding.run(partial(prepare, db), partial(_start, threads))
    for thread in threads:
        if thread.is_alive():
            thread.join(LAST_SECONDS)
    log.info("stopped")
    sys.exit(0)


def _start(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()


if __name__ == "__main__":
    main()
