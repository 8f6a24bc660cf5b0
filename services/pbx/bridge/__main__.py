"""``python -m services.pbx.bridge``."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from services.pbx.bridge.consumer import Consumer, Poison, Taken
from services.pbx.bridge.resync import Proxy, Resyncs
from services.pbx.bridge.usage import UsageSender
from services.pbx.domain.edge.records import Told, decode
from services.pbx.store import Store
from services.pbx.usecases.sip_records import record
from shared import mongo
from shared.config import setting
from shared.handling import begin
from shared.health import Check, health_app, serve_health
from shared.logging import get_logger
from shared.publisher import Publisher

log = get_logger("services.pbx.bridge")

EDGE_QUEUE = "pbx.sip_edge"
RESYNC_QUEUE = "pbx.resyncs"
STALL_SECONDS = 30


def clock() -> datetime:
    return datetime.now(UTC)


def records(store: Store, batch: Sequence[Taken]) -> None:
    """Keep what the proxy told."""
    record(store, clock, [_told(one) for one in batch])


def _told(one: Taken) -> Told:
    try:
        return decode(one.key, one.body)
    except ValueError as problem:
        raise Poison(f"{one.key}: {problem}") from problem


def main() -> None:
    begin("pbx-bridge")
    store = Store.open()
    uri = setting("AMQP_URI")
    proxy = Proxy(setting("SIP_RPC_URL"), setting("TIKKER_EDGE_TOKEN"), setting("SIP_REALM", "tikker"))
    resyncs = Resyncs(proxy, float(setting("SIP_RESYNCS_PER_SECOND", "20")))
    edge = Consumer(uri, EDGE_QUEUE, partial(records, store))
    told = Consumer(uri, RESYNC_QUEUE, resyncs, most=20)
    usage = UsageSender(store, Publisher(setting("INGEST_AMQP_URI")))
    workers = [threading.Thread(target=run, daemon=True) for run in (edge.run, told.run, usage.run)]

    def stop(*_: object) -> None:
        for each in (edge, told, resyncs, usage):
            each.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    _serve_health(store, edge, told)
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    log.info("stopped")


def _serve_health(store: Store, *consumers: Consumer) -> None:
    def turning() -> None:
        age = max(time.monotonic() - consumer.last_turn for consumer in consumers)
        if age > STALL_SECONDS:
            raise RuntimeError(f"has not turned for {age:.0f} s")

    def consuming() -> None:
        if not all(consumer.connected for consumer in consumers):
            raise RuntimeError("not connected to the broker")

    ready: dict[str, Check] = {"broker": consuming, "database": partial(mongo.ping, mongo.connect())}
    serve_health(health_app({"loop": turning}, ready))


if __name__ == "__main__":
    main()
