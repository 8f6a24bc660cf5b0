"""The one consumer of a service process: its connection to the broker and what is in its hands.

Three differences from nameko's own, each pinned in tests/contract: bodies are not decoded here (so
a malformed one is the handler's to bury, with a reason), nothing that goes wrong with a message can
kill the process, and a graceful stop keeps the connection until what is in hand has been acked.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Protocol

import eventlet
from amqp.exceptions import AMQPError
from kombu import Connection
from nameko.extensions import Extension
from nameko.messaging import QueueConsumer

from shared.bus.extensions import SharedPublisher
from shared.errors import DependencyDown
from shared.logging import get_logger

log = get_logger(__name__)

HEARTBEAT_SECONDS = 10
RECONNECT_SECONDS = 5
REQUEUE_SECONDS = 1.0


class Provider(Protocol):
    """What registers with the consumer: a queue, and a way to handle and to bury a message."""

    queue: Any

    def declare(self, channel: Any) -> None: ...

    def handle_message(self, body: bytes, message: Any) -> None: ...

    def bury(self, message: Any, reason: str) -> None: ...


class SafeQueueConsumer(QueueConsumer):
    """nameko's QueueConsumer that never dies of a message and never forgets an ack."""

    publishing = SharedPublisher()

    def __init__(self) -> None:
        super().__init__()
        self.in_hand: set[tuple[int, int]] = set()
        self.stopping = False
        self.connected = False

    @property
    def connection(self) -> Connection:
        return Connection(
            self.amqp_uri,
            heartbeat=HEARTBEAT_SECONDS,
            connect_timeout=RECONNECT_SECONDS,
            transport_options={"read_timeout": None, "client_properties": {"product": "tikker"}},
        )

    @contextmanager
    def establish_connection(self) -> Iterator[Connection]:
        connection = self.connection
        try:
            connection.ensure_connection(
                self.on_connection_error, interval_start=0.5, interval_step=1, interval_max=RECONNECT_SECONDS
            )
            yield connection
        except BaseException:
            # Without a good-bye: on a line that is dead but not broken it would wait for ever.
            self.connected = False
            connection.collect()
            with suppress(DependencyDown):
                self.publishing.publisher.reset()
            raise
        connection.release()

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        self.in_hand.clear()  # what the lost connection had in hand has gone back to the queue
        channel.auto_decode = False  # the sender's choice of codec is not ours
        for provider in self._providers:
            provider.declare(channel)
            consumer = consumer_cls(queues=[provider.queue], on_message=partial(self._on_message, provider))
            consumer.qos(prefetch_count=self.prefetch_count)
            self._consumers[provider] = consumer
        return self._consumers.values()

    def on_consume_ready(self, connection: Any, channel: Any, consumers: Any, **kwargs: Any) -> None:
        self.connected = True
        super().on_consume_ready(connection, channel, consumers, **kwargs)

    def on_consume_end(self, connection: Any, channel: Any) -> None:
        self.connected = False

    def on_connection_error(self, exc: Exception, interval: float) -> None:
        self.connected = False
        log.warning("broker away", reason=str(exc), next_try_s=interval)

    def on_iteration(self) -> None:
        self._cancel_consumers_if_requested()
        if not self._consumers and not self.in_hand:
            self.should_stop = True

    def _on_message(self, provider: Provider, message: Any) -> None:
        self.in_hand.add(_key(message))
        self.container.spawn_managed_thread(
            partial(self._handle, provider, message), identifier=f"message for {provider.queue.name}"
        )

    def _handle(self, provider: Provider, message: Any) -> None:
        body = message.body
        raw = body.encode("utf-8", "surrogateescape") if isinstance(body, str) else bytes(body)
        try:
            provider.handle_message(raw, message)
        except Exception as problem:
            log.exception("a message could not be taken up", queue=provider.queue.name)
            provider.bury(message, f"{type(problem).__name__}: {problem}")

    def ack_message(self, message: Any) -> None:
        self._settle(message, message.ack)

    def requeue_message(self, message: Any) -> None:
        self._settle(message, message.requeue)

    def _settle(self, message: Any, act: Any) -> None:
        try:
            if message.channel is not None and message.channel.connection is not None:
                act()
        except (AMQPError, OSError) as problem:
            # The broker has taken the message back and will deliver it again.
            log.warning("message could not be settled", reason=str(problem))
        finally:
            self.in_hand.discard(_key(message))


def _key(message: Any) -> tuple[int, int]:
    return id(message.channel), int(message.delivery_tag)


def still_ours(message: Any) -> bool:
    """Whether the connection that delivered the message still stands."""
    return message.channel is not None and message.channel.connection is not None


def requeue_later(consumer: Extension, message: Any) -> None:
    """Give the message back after a moment, for when even burying it fails."""
    eventlet.sleep(REQUEUE_SECONDS)
    consumer.requeue_message(message)


__all__ = ["DependencyDown", "Provider", "SafeQueueConsumer", "requeue_later", "still_ours"]
