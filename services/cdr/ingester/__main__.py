"""The process that takes carriers' usage from the broker: batch, price, book, and only then ack.

A plain process without eventlet: this is the hot path.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from services.cdr import store as stores
from services.cdr.domain.reference import Reference
from services.cdr.ingester.booking import Booker
from services.cdr.ingester.consumer import Ingester
from services.cdr.store.reference import ReferenceStore
from services.cdr.store.usage import UsageStore
from shared import collector, mongo
from shared.abandoned import keep_aborting
from shared.config import setting
from shared.handling import begin
from shared.health import health_app, serve_health
from shared.logging import get_logger

log = get_logger("services.cdr.ingester")

STALL_SECONDS = 30
DATABASE_TIMEOUT_MS = 10_000
DESKS = 2


def main() -> None:
    begin("cdr-ingester")
    # A batch is thousands of small objects without cycles: looking for cycles among them is a waste.
    sys.setswitchinterval(0.0005)
    collector.settle()
    db = mongo.connect(timeout_ms=DATABASE_TIMEOUT_MS)
    worker = f"{socket.gethostname()}:{os.environ.get('WORKER', 'ingester')}"
    desks = [UsageStore(db, f"{worker}:{desk}") for desk in range(DESKS)]
    reference = Reference(ReferenceStore(db))
    ingester = Ingester(setting("INGEST_AMQP_URI"), Booker(desks, reference), reference)
    signal.signal(signal.SIGTERM, ingester.stop)
    signal.signal(signal.SIGINT, ingester.stop)

    def turning() -> None:
        age = time.monotonic() - ingester.last_turn
        if age > STALL_SECONDS:
            raise RuntimeError(f"has not turned for {age:.0f} s")

    def consuming() -> None:
        if not ingester.connected:
            raise RuntimeError("not connected to the broker")

    serve_health(health_app({"loop": turning}, {"broker": consuming, "database": partial(mongo.ping, db)}))
    keep_aborting(db)
    prepare_when_possible(db, desks, ingester)
    ingester.run()
    log.info("stopped")
    sys.exit(0)


def prepare_when_possible(db: Any, desks: Sequence[UsageStore], ingester: Ingester) -> None:
    """Make collections, indexes and the desks' gates as soon as there is a primary."""
    while not ingester.stopping:
        try:
            stores.prepare(db)
            for desk in desks:
                desk.register()
            return
        except Exception as problem:
            if not mongo.is_down(problem):
                raise
            log.warning("database away", reason=str(problem)[:200])
            ingester.last_turn = time.monotonic()
            time.sleep(1.0)


if __name__ == "__main__":
    main()
