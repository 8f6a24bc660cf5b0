"""The process that takes carriers' usage from the broker: batch, price, book, and only then ack.

A plain process without eventlet: this is the hot path. One connection reads; what has come in is
booked when it is enough for a transaction or when it has waited long enough.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from amqp.exceptions import AMQPError
from prometheus_client import Counter, Gauge, Histogram

from services.cdr import store as stores
from services.cdr.domain.posting import Posted, Priced
from services.cdr.domain.reference import Reference
from services.cdr.domain.refusal import Reason, Refused
from services.cdr.domain.usage import decode
from services.cdr.store.reference import ReferenceStore
from services.cdr.store.usage import UsageStore
from services.cdr.usecases.price import refuse_priced
from services.cdr.usecases.record_usage import price_all, record_usage
from shared import mongo
from shared.config import setting
from shared.errors import DependencyDown
from shared.health import health_app, serve_health
from shared.logging import get_logger, setup_logging
from shared.publisher import open_connection

log = get_logger(__name__)

QUEUE = "usage"
EXCHANGE_PREFIX = "carrier."
BATCH_EVENTS = 2000
BATCH_SECONDS = 0.05
PREFETCH_MESSAGES = 2000
UNPACKED_LIMIT = 16 * 2**20
STALL_SECONDS = 30
RECONNECT_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)

EVENTS = Counter("tikker_usage_events_total", "Usage events by what became of them", ["outcome"])
BATCHES = Histogram("tikker_usage_batch_seconds", "How long a batch took to price and book")
PAUSED = Gauge("tikker_usage_paused", "1 while the database is away and nothing is taken in")


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it came: its tag to ack by, the carrier whose exchange it came through, its body."""

    tag: int
    carrier: str
    body: bytes
    packed: bool


def receive(message: Any) -> Received:
    """Take what we need from an AMQP message. The exchange is who the carrier is: only it can write there."""
    body = message.body
    encoding = str(message.properties.get("content_encoding", ""))
    return Received(
        tag=message.delivery_tag,
        carrier=str(message.delivery_info["exchange"]).removeprefix(EXCHANGE_PREFIX),
        body=body.encode("utf-8", "surrogateescape") if isinstance(body, str) else bytes(body),
        packed=encoding == "gzip",
    )


def unpack(body: bytes) -> bytes:
    """Undo gzip, to at most 16 MiB; ValueError for anything else."""
    try:
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        unpacked = unpacker.decompress(body, UNPACKED_LIMIT)
    except zlib.error as problem:
        raise ValueError(f"not gzip: {problem}") from problem
    if unpacker.unconsumed_tail:
        raise ValueError("unpacks to more than 16 MiB")
    if not unpacker.eof:
        raise ValueError("the gzip stream is cut off")
    return unpacked


def price_message(message: Received, reference: Reference, now: datetime) -> list[Priced | Refused]:
    """Everything in a message, priced or refused. A fault of ours refuses the message, never loops it."""
    try:
        body = unpack(message.body) if message.packed else message.body
    except ValueError as problem:
        return [Refused(message.carrier, Reason.UNREADABLE, str(problem), message.body)]
    try:
        return price_all(message.carrier, decode(body, now), reference)
    except Exception as problem:
        log.exception("a message could not be priced", carrier=message.carrier)
        sentence = f"{type(problem).__name__}: {problem}"
        return [Refused(message.carrier, Reason.FAULT, sentence, body)]


class Ingester:
    """Consumes until told to stop."""

    def __init__(self, uri: str, store: UsageStore, reference: Reference) -> None:
        self._uri = uri
        self._store = store
        self._reference = reference
        self._waiting: list[Received] = []
        self._priced: list[Priced | Refused] = []
        self._since = 0.0
        self._stopping = False
        self.connected = False
        self.last_turn = time.monotonic()

    def stop(self, *_: object) -> None:
        self._stopping = True

    def run(self) -> None:
        """Take in usage until :meth:`stop`; a lost connection is opened again."""
        attempt = 0
        while not self._stopping:
            try:
                self._consume()
                attempt = 0
            except (OSError, AMQPError) as problem:
                attempt = attempt + 1 if not self.connected else 0
                log.warning("connection lost", reason=f"{type(problem).__name__}: {problem}")
                self._sleep(RECONNECT_SECONDS[min(attempt, len(RECONNECT_SECONDS) - 1)])
            except DependencyDown as problem:
                log.warning("stopped with usage in hand; the broker keeps it", reason=str(problem))
            finally:
                self.connected = False

    def _consume(self) -> None:
        self._forget()
        connection = open_connection(self._uri, seconds=5.0, heartbeat=20)
        try:
            channel = connection.channel()
            channel.auto_decode = False
            channel.basic_qos(0, PREFETCH_MESSAGES, False)
            tag = channel.basic_consume(QUEUE, callback=self._take)
            self.connected = True
            log.info("consuming", queue=QUEUE)
            while not self._stopping:
                self._turn(connection, channel)
            channel.basic_cancel(tag)
            self._book(connection, channel)
        finally:
            connection.collect()

    def _turn(self, connection: Any, channel: Any) -> None:
        self.last_turn = time.monotonic()
        wait = 1.0 if not self._waiting else max(0.0, self._since + BATCH_SECONDS - time.monotonic())
        try:
            connection.drain_events(timeout=wait or 0.0001)
        except TimeoutError:
            connection.heartbeat_tick()
        full = len(self._priced) >= BATCH_EVENTS or len(self._waiting) >= BATCH_EVENTS
        if self._waiting and (full or time.monotonic() - self._since >= BATCH_SECONDS):
            self._book(connection, channel)

    def _take(self, message: Any) -> None:
        if not self._waiting:
            self._since = time.monotonic()
            self._refresh_or_wait()
        received = receive(message)
        self._waiting.append(received)
        self._priced += price_message(received, self._reference, datetime.now(UTC))

    def _book(self, connection: Any, channel: Any) -> None:
        """Book what is in hand and ack it; wait, with all of it in hand, while the database is away."""
        if not self._waiting:
            return
        with BATCHES.time():
            for posted in self._until_booked(connection):
                for outcome, count in posted.tally.items():
                    EVENTS.labels(outcome).inc(count)
        channel.basic_ack(self._waiting[-1].tag, multiple=True)
        self._forget()

    def _until_booked(self, connection: Any) -> Iterator[Posted]:
        pause = 0.2
        while True:
            try:
                yield from book_in_parts(self._priced, self._store, self._reference)
                PAUSED.set(0)
                return
            except Exception as problem:
                if not mongo.is_down(problem):
                    raise
                PAUSED.set(1)
                log.warning("database away, holding on", events=len(self._priced), reason=str(problem)[:200])
                if self._stopping:
                    raise DependencyDown("stopped while the database was away") from problem
                connection.heartbeat_tick()
                self._sleep(pause)
                pause = min(2.0, pause * 2)

    def _refresh_or_wait(self) -> None:
        while not self._stopping:
            try:
                self._reference.refresh()
                return
            except Exception as problem:
                if not mongo.is_down(problem):
                    raise
                PAUSED.set(1)
                log.warning("database away", reason=str(problem)[:200])
                self._sleep(1.0)

    def _forget(self) -> None:
        self._waiting, self._priced = [], []

    def _sleep(self, seconds: float) -> None:
        self.last_turn = time.monotonic()
        deadline = self.last_turn + seconds
        while not self._stopping and time.monotonic() < deadline:
            time.sleep(0.05)


def book_in_parts(
    batch: Sequence[Priced | Refused], store: UsageStore, reference: Reference
) -> Iterator[Posted]:
    """Book a batch; should one event in it break the whole, book halves, down to that one event.

    What the database refuses for itself is kept in quarantine, so that it can never block the queue.
    """
    try:
        yield record_usage(batch, store, reference)
        return
    except Exception as problem:
        if mongo.is_down(problem):
            raise
        if len(batch) == 1:
            log.exception("an event could not be booked")
            yield record_usage([as_fault(batch[0], problem)], store, reference)
            return
    middle = len(batch) // 2
    yield from book_in_parts(batch[:middle], store, reference)
    yield from book_in_parts(batch[middle:], store, reference)


def as_fault(item: Priced | Refused, problem: Exception) -> Refused:
    """The event as one that waits for us to mend a fault."""
    if isinstance(item, Refused):
        raise problem  # not even the quarantine takes it: nothing but a person can help
    return refuse_priced(item, Reason.FAULT, f"{type(problem).__name__}: {problem}")


def main() -> None:
    setup_logging("cdr-ingester")
    db = mongo.connect(timeout_ms=10_000)
    worker = f"{socket.gethostname()}:{os.environ.get('WORKER', 'ingester')}"
    store = UsageStore(db, worker)
    ingester = Ingester(setting("INGEST_AMQP_URI"), store, Reference(ReferenceStore(db)))
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
    prepare_when_possible(db, store, ingester)
    ingester.run()
    log.info("stopped")
    sys.exit(0)


def prepare_when_possible(db: Any, store: UsageStore, ingester: Ingester) -> None:
    """Make collections, indexes and the worker's gate as soon as there is a primary."""
    while True:
        try:
            stores.prepare(db)
            store.register()
            return
        except Exception as problem:
            if not mongo.is_down(problem):
                raise
            log.warning("database away", reason=str(problem)[:200])
            ingester.last_turn = time.monotonic()
            time.sleep(1.0)


if __name__ == "__main__":
    main()
