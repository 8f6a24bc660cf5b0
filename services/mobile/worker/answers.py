"""What carriers answer: taken from the queue one by one, and acked when it is stored."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from amqp.exceptions import AMQPError

from services.mobile.store import Store
from services.mobile.usecases.orders import take_answer
from shared import mongo
from shared.handling import handling
from shared.logging import get_logger
from shared.publisher import open_connection

log = get_logger(__name__)

QUEUE = "answers"
EXCHANGE_PREFIX = "answers."
PREFETCH = 20
HEARTBEAT_SECONDS = 20
TURN_SECONDS = 0.5
RETRY_SECONDS = 2.0


def now() -> datetime:
    return datetime.now(UTC)


class Answers:
    """Consumes until told to stop; a lost connection is opened again. The exchange tells the carrier."""

    def __init__(self, uri: str, store: Store, stopping: threading.Event) -> None:
        self._uri = uri
        self._store = store
        self._stopping = stopping
        self.connected = False

    def check(self) -> None:
        if not self.connected:
            raise RuntimeError("not connected to the broker")

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._consume()
            except (OSError, AMQPError) as problem:
                log.warning("connection lost", reason=f"{type(problem).__name__}: {problem}")
            except Exception as problem:
                if not mongo.is_down(problem):
                    raise
                log.warning("database away; the broker keeps the answers", reason=str(problem)[:200])
            finally:
                self.connected = False
            self._stopping.wait(RETRY_SECONDS)

    def _consume(self) -> None:
        connection = open_connection(self._uri, seconds=5.0, heartbeat=HEARTBEAT_SECONDS)
        try:
            channel = connection.channel()
            channel.auto_decode = False
            channel.basic_qos(0, PREFETCH, False)
            channel.basic_consume(QUEUE, callback=self._take)
            self.connected = True
            log.info("consuming", queue=QUEUE)
            while not self._stopping.is_set():
                with suppress(TimeoutError):
                    connection.drain_events(timeout=TURN_SECONDS)
                connection.heartbeat_tick()
        finally:
            connection.collect()

    def _take(self, message: Any) -> None:
        body = (
            message.body.encode("utf-8", "surrogateescape") if isinstance(message.body, str) else message.body
        )
        carrier = str(message.delivery_info["exchange"]).removeprefix(EXCHANGE_PREFIX)
        with handling(f"took {QUEUE}"):
            take_answer(self._store, now, carrier, bytes(body))
        message.channel.basic_ack(message.delivery_tag)
