"""The consuming half of the ingester: collect a batch, have it booked, and only then ack."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from amqp.exceptions import AMQPError

from services.cdr.domain.posting import Priced
from services.cdr.domain.reference import Reference
from services.cdr.domain.refusal import Refused
from services.cdr.ingester.booking import Booker
from services.cdr.ingester.messages import price_message, receive
from shared.errors import DependencyDown
from shared.logging import get_logger
from shared.publisher import open_connection

log = get_logger(__name__)

QUEUE = "usage"
BATCH_EVENTS = 2000
BATCH_SECONDS = 0.2
BATCH_REFUSED_BYTES = 16 * 2**20
PREFETCH_MESSAGES = 5000
HEARTBEAT_SECONDS = 20
GLANCE_SECONDS = 1.0
RECONNECT_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)


@dataclass(slots=True)
class Collected:
    """What has come in since the last batch: priced, and the tag up to which it is to be acked."""

    since: float
    tag: int = 0
    messages: int = 0
    refused_bytes: int = 0
    priced: list[Priced | Refused] = field(default_factory=list)

    def add(self, tag: int, items: list[Priced | Refused]) -> None:
        self.tag = tag
        self.messages += 1
        self.priced += items
        self.refused_bytes += sum(len(item.source) for item in items if isinstance(item, Refused))

    @property
    def full(self) -> bool:
        """Also when little has come in of which much is kept: packed nonsense must not fill the memory."""
        return (
            max(len(self.priced), self.messages) >= BATCH_EVENTS or self.refused_bytes >= BATCH_REFUSED_BYTES
        )


class Ingester:
    """Consumes until told to stop. While one batch is collected, those before it are being booked."""

    def __init__(self, uri: str, booker: Booker, reference: Reference) -> None:
        self._uri = uri
        self._booker = booker
        self._reference = reference
        self._collected: Collected | None = None
        self._booking: deque[tuple[Future[None], int]] = deque()
        self.stopping = False
        self.connected = False
        self.last_turn = time.monotonic()
        self._last_tick = self.last_turn

    def stop(self, *_: object) -> None:
        self.stopping = True
        self._booker.stop()

    def run(self) -> None:
        """Take in usage until :meth:`stop`; a lost connection is opened again."""
        attempt = 0
        while not self.stopping:
            try:
                self._consume()
            except (OSError, AMQPError) as problem:
                attempt = 0 if self.connected else attempt + 1
                log.warning("connection lost", reason=f"{type(problem).__name__}: {problem}")
                self._sleep(RECONNECT_SECONDS[min(attempt, len(RECONNECT_SECONDS) - 1)])
            except DependencyDown as problem:
                log.warning("stopped with usage in hand; the broker keeps it", reason=str(problem))
            finally:
                self.connected = False

    def _consume(self) -> None:
        self._collected = None
        while self._booking:  # of a connection that is gone: its messages come again and will be known
            self._wait(self._booking.popleft()[0])
        connection = open_connection(self._uri, seconds=5.0, heartbeat=HEARTBEAT_SECONDS)
        try:
            channel = connection.channel()
            channel.auto_decode = False
            channel.basic_qos(0, PREFETCH_MESSAGES, False)
            consumer = channel.basic_consume(QUEUE, callback=self._take)
            self.connected = True
            log.info("consuming", queue=QUEUE)
            while not self.stopping:
                self._turn(connection, channel)
            channel.basic_cancel(consumer)
            self._begin()
            while self._booking:
                self._settle(connection, channel)
        finally:
            connection.collect()

    def _turn(self, connection: Any, channel: Any) -> None:
        self.last_turn = time.monotonic()
        with suppress(TimeoutError):
            connection.drain_events(timeout=self._patience())
        if self.last_turn - self._last_tick >= 1.0:  # also while usage keeps coming: it is no sign of ours
            self._last_tick = self.last_turn
            connection.heartbeat_tick()
        while self._booking and self._booking[0][0].done():
            self._settle(connection, channel)
        collected = self._collected
        if collected and collected.full:
            if len(self._booking) == self._booker.width:
                self._settle(connection, channel)
            self._begin()
        elif collected and not self._booking and time.monotonic() - collected.since >= BATCH_SECONDS:
            self._begin()

    def _patience(self) -> float:
        """How long nothing needs doing but listening, in seconds."""
        if self._booking:
            return 0.005
        if self._collected:
            return max(0.0001, self._collected.since + BATCH_SECONDS - time.monotonic())
        return 1.0

    def _take(self, message: Any) -> None:
        if self._collected is None:
            refreshed = self._booker.refresh()
            self._wait(refreshed, message.channel.connection)
            refreshed.result()
            self._collected = Collected(time.monotonic())
        received = receive(message)
        self._collected.add(received.tag, price_message(received, self._reference, datetime.now(UTC)))

    def _begin(self) -> None:
        collected, self._collected = self._collected, None
        if collected:
            self._booking.append((self._booker.begin(collected.priced), collected.tag))

    def _settle(self, connection: Any, channel: Any) -> None:
        """Wait until the oldest batch under way is booked, keeping the connection alive, and ack it."""
        future, tag = self._booking[0]
        self._wait(future, connection)
        future.result()
        self._booking.popleft()
        channel.basic_ack(tag, multiple=True)

    def _wait(self, future: Future[None], connection: Any = None) -> None:
        """Until the future is done, however long the database is away; the process lives meanwhile."""
        while not wait([future], GLANCE_SECONDS).done:
            self.last_turn = time.monotonic()
            if connection is not None:
                connection.heartbeat_tick()

    def _sleep(self, seconds: float) -> None:
        self.last_turn = time.monotonic()
        deadline = self.last_turn + seconds
        while not self.stopping and time.monotonic() < deadline:
            time.sleep(0.05)
