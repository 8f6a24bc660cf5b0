"""The worker: does runs and draws invoices, as jobs; removes what is kept no longer."""

from __future__ import annotations

import signal
import sys
import threading
import time
from functools import partial

from services.invoicing.drivers.cdr import CdrByRpc
from services.invoicing.drivers.renderer import ChildRenderer
from services.invoicing.store import Store
from services.invoicing.worker.background import RENDERERS, clock, tidy, work_of
from shared.handling import begin
from shared.health import health_app, serve_health
from shared.job_runner import Runner
from shared.logging import get_logger

log = get_logger(__name__)

LAST_SECONDS = 20.0
"""For a run to reach a step at which another process can go on."""
TIMEOUT_MS = 20_000
STALL_SECONDS = 60


def main() -> None:
    begin("invoicing-worker")
    store = Store.open(TIMEOUT_MS)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    turned = [time.monotonic()]

    def turning() -> None:
        age = time.monotonic() - turned[0]
        if age > STALL_SECONDS:
            raise RuntimeError(f"has not turned for {age:.0f} s")

    serve_health(health_app({"loop": turning}, {"database": store.ping}))
    store.keep_aborting()
    groups = work_of(store, CdrByRpc.from_environment(), ChildRenderer, RENDERERS)
    threads = [Runner(store.jobs, work).start(stopping, name) for name, work in groups.items()]
    threads.append(
        threading.Thread(target=partial(tidy, store, clock, stopping), name="tidying", daemon=True)
    )
    threads[-1].start()
    log.info("started")
    while not stopping.wait(1.0):
        turned[0] = time.monotonic()
    for thread in threads:
        thread.join(LAST_SECONDS)
    log.info("stopped")
    sys.exit(0)


if __name__ == "__main__":
    main()
