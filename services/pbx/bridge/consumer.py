"""Takes a queue's messages in batches and acks them when they are dealt with, whatever happens meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from amqp.exceptions import AMQPError

from shared import mongo
from shared.errors import DependencyDown
from shared.handling import handling
from shared.logging import get_logger
from shared.publisher import open_connection

log = get_logger(__name__)

HEARTBEAT_SECONDS = 20
COLLECT_SECONDS = 0.02
PAUSE_SECONDS = (0.5, 1.0, 2.0, 5.0)


@dataclass(frozen=True)
class Taken:
    """A message in hand."""

    tag: int
    key: str
    body: bytes


class Poison(Exception):
    """A message that can never be dealt with; it goes to the dead letters."""


class Consumer:
    """Consumes one queue until told to stop. ``handle`` gets up to ``most`` messages; it raises Poison for
    what is hopeless, and DependencyDown (or MongoDB being away) for what will pass."""

    def __init__(
        self, uri: str, queue: str, handle: Callable[[Sequence[Taken]], None], most: int = 100
    ) -> None:
        self._uri = uri
        self._queue = queue
        self._handle = handle
        self._most = most
        self._stopping = threading.Event()
        self._waiting: list[Taken] = []
        self.connected = False
        self.last_turn = time.monotonic()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        """Until :meth:`stop`; a lost connection is opened again."""
        attempt = 0
        while not self._stopping.is_set():
            try:
                self._consume()
            except (OSError, AMQPError) as problem:
                attempt = 0 if self.connected else attempt + 1
                log.warning("connection lost", queue=self._queue, reason=str(problem)[:200])
                self.last_turn = time.monotonic()
                self._stopping.wait(PAUSE_SECONDS[min(attempt, len(PAUSE_SECONDS) - 1)])
            finally:
                self.connected = False

    def _consume(self) -> None:
        self._waiting.clear()
        connection = open_connection(self._uri, seconds=5.0, heartbeat=HEARTBEAT_SECONDS)
        try:
            channel = connection.channel()
            channel.auto_decode = False
            channel.basic_qos(0, self._most, False)
            channel.basic_consume(self._queue, callback=self._take)
            self.connected = True
            log.info("consuming", queue=self._queue)
            while not self._stopping.is_set():
                self._turn(connection, channel)
        finally:
            connection.collect()

    def _take(self, message: Any) -> None:
        key = str(message.delivery_info["routing_key"])
        body = message.body.encode() if isinstance(message.body, str) else bytes(message.body)
        self._waiting.append(Taken(message.delivery_tag, key, body))

    def _turn(self, connection: Any, channel: Any) -> None:
        self.last_turn = time.monotonic()
        with suppress(TimeoutError):
            connection.drain_events(timeout=COLLECT_SECONDS if self._waiting else 1.0)
        connection.heartbeat_tick()
        if self._waiting:
            batch, self._waiting = self._waiting, []
            self._deal_with(batch, connection, channel)

    def _deal_with(self, batch: list[Taken], connection: Any, channel: Any) -> None:
        """One poisonous message must not take its neighbours along."""
        try:
            self._until_there(batch, connection)
        except Exception as problem:
            if len(batch) > 1:
                for one in batch:
                    self._deal_with([one], connection, channel)
                return
            if self._stopping.is_set() and _passes(problem):
                return
            reason = f"{type(problem).__name__}: {problem}"[:300]
            log.error("a message is put away", queue=self._queue, reason=reason)
            channel.basic_reject(batch[0].tag, requeue=False)
            return
        for one in batch:
            channel.basic_ack(one.tag)

    def _until_there(self, batch: list[Taken], connection: Any) -> None:
        """Hold on to the batch, with the connection alive, while what it needs is away."""
        attempt = 0
        while True:
            try:
                with handling(f"took {self._queue}"):
                    return self._handle(batch)
            except Exception as problem:
                if not _passes(problem) or self._stopping.is_set():
                    raise
                log.warning("holding on", queue=self._queue, reason=str(problem)[:200])
                self._pause(connection, PAUSE_SECONDS[min(attempt, len(PAUSE_SECONDS) - 1)])
                attempt += 1

    def _pause(self, connection: Any, seconds: float) -> None:
        """Wait, and listen: a connection whose heartbeats nobody reads is given up."""
        deadline = time.monotonic() + seconds
        while not self._stopping.is_set() and (left := deadline - time.monotonic()) > 0:
            self.last_turn = time.monotonic()
            with suppress(TimeoutError):
                connection.drain_events(timeout=min(left, 0.5))
            connection.heartbeat_tick()


def _passes(problem: Exception) -> bool:
    return isinstance(problem, DependencyDown) or mongo.is_down(problem)
