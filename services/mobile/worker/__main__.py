"""The process between mobile and the carriers: sends orders, takes answers, gives up when time is up; and
tells others of subscriptions whose terms have changed.

A plain process without eventlet. Several may run: one of them sends, all take answers.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from functools import partial

from services.mobile.store import Store
from services.mobile.worker.answers import Answers
from services.mobile.worker.sending import Sender
from shared import mongo, telemetry
from shared.config import setting
from shared.handling import begin
from shared.health import Check, health_app, serve_health
from shared.logging import get_logger
from shared.mongo import Lease
from shared.publisher import Publisher

log = get_logger("services.mobile.worker")

RETRY_SECONDS = 1.0


def main() -> None:
    begin("mobile-worker")
    uri = setting("CARRIER_AMQP_URI")
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    db = mongo.connect()
    store = _store_when_possible(stopping)
    if store is None:
        sys.exit(0)
    answers = Answers(uri, store, stopping)
    sender = Sender(store, Publisher(uri), Lease(db, "carrier-orders"), stopping)
    ready: dict[str, Check] = {"broker": answers.check, "database": partial(mongo.ping, db)}
    serve_health(health_app({"sender": sender.check}, ready))
    working = threading.Thread(target=sender.run, name="sender", daemon=True)
    working.start()
    log.info("started")
    answers.run()
    working.join(timeout=10)
    telemetry.stop()
    log.info("stopped")
    sys.stderr.flush()
    os._exit(0)


def _store_when_possible(stopping: threading.Event) -> Store | None:
    """The store as soon as there is a primary; None when told to stop before that."""
    while not stopping.is_set():
        try:
            return Store.open()
        except Exception as problem:
            if not mongo.is_down(problem):
                raise
            log.warning("database away", reason=str(problem)[:200])
            stopping.wait(RETRY_SECONDS)
    return None


if __name__ == "__main__":
    main()
