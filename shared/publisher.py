"""Publishing that is loud and bounded: confirmed, mandatory, and over within three seconds.

kombu's publisher hangs while the broker is stalled or in alarm, for as long as that lasts: its
time-out fires, but its clean-up then waits for the broker. This one drops the socket instead.
A message whose confirm did not come may have arrived all the same, so every retry can be a
duplicate; what consumes our messages is prepared for that.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp
from amqp.exceptions import AMQPError

from shared import amqp_properties
from shared.errors import DependencyDown

amqp_properties.install()

PUBLISH_SECONDS = 3.0
PERSISTENT = 2


class PublishTimeout(DependencyDown):
    """The broker did not confirm in time; the message may or may not have arrived."""


class Unroutable(Exception):
    """Nothing is bound for these messages; ``messages`` are the ones that came back."""

    def __init__(self, messages: Sequence[Message]) -> None:
        super().__init__(f"nothing is bound for {messages[0].exchange!r} {messages[0].routing_key!r}")
        self.messages = messages


@dataclass(frozen=True)
class Message:
    """One message to publish; ``properties`` are AMQP basic properties (snake case)."""

    exchange: str
    routing_key: str
    body: bytes
    headers: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)


def open_connection(uri: str, seconds: float = PUBLISH_SECONDS, heartbeat: int = 0) -> amqp.Connection:
    """A connected py-amqp connection whose reads and writes end after ``seconds``."""
    parts = urlsplit(uri)
    connection = amqp.Connection(
        host=f"{parts.hostname}:{parts.port or 5672}",
        userid=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        virtual_host=unquote(parts.path[1:]) or "/",
        ssl=parts.scheme == "amqps",
        connect_timeout=seconds,
        read_timeout=seconds,
        write_timeout=seconds,
        heartbeat=heartbeat,
    )
    connection.connect()
    # The limits above are the kernel's, which eventlet's sockets never wait for.
    connection.transport.sock.settimeout(seconds)
    return connection


class Publisher:
    """One connection that publishes; safe to share between threads (they take turns)."""

    def __init__(self, uri: str, seconds: float = PUBLISH_SECONDS) -> None:
        self._uri = uri
        self._seconds = seconds
        self._lock = threading.Lock()
        self._connection: amqp.Connection | None = None
        self._channel: Any = None
        self._sent = 0
        self._waiting: dict[int, Message] = {}
        self._returned: list[Message] = []
        self._nacked: list[Message] = []

    def publish(self, messages: Iterable[Message]) -> None:
        """Publish all and return when the broker has them all.

        Raises :class:`Unroutable` when some came back (the rest arrived), :class:`DependencyDown`
        when the broker is away, stalled or refuses; then each message may or may not have arrived.
        """
        with self._turn() as deadline:
            with self._loud():
                self._publish(list(messages), deadline)
            nacked, returned = self._nacked, self._returned
        if nacked:
            raise DependencyDown(f"the broker refused {len(nacked)} messages (queue full?)")
        if returned:
            raise Unroutable(returned)

    def send(self, message: Message) -> None:
        """Write one message without waiting for a confirm (answers to calls; the caller has a deadline)."""
        with self._turn() as deadline, self._loud():
            self._connect(deadline)
            self._write(message, deadline, mandatory=False)

    def reset(self) -> None:
        """Open a new connection for the next message: this one may be dead without knowing it."""
        with self._turn():
            self._drop()

    def close(self) -> None:
        with suppress(DependencyDown), self._turn():
            if self._connection is not None:
                with suppress(OSError, AMQPError):
                    self._connection.close()
                self._drop()

    @contextmanager
    def _turn(self) -> Iterator[float]:
        """Our turn on the connection, and the moment at which we must be done with it."""
        deadline = time.monotonic() + self._seconds
        if not self._lock.acquire(timeout=self._seconds):
            raise PublishTimeout(f"no turn to publish within {self._seconds} s")
        try:
            yield deadline
        finally:
            self._lock.release()

    @contextmanager
    def _loud(self) -> Iterator[None]:
        """Raise our errors for the connection's.

        Anything that goes wrong in the middle costs the connection: half a message may be on it, and
        its confirms can no longer be told apart.
        """
        try:
            yield
        except BaseException as problem:
            self._drop()
            if isinstance(problem, TimeoutError):
                raise PublishTimeout(f"no confirm within {self._seconds} s") from problem
            if isinstance(problem, (OSError, AMQPError)):
                raise DependencyDown(f"broker: {problem}") from problem
            raise

    def _publish(self, messages: list[Message], deadline: float) -> None:
        self._connect(deadline)
        self._returned, self._nacked = [], []
        for message in messages:
            self._write(message, deadline, mandatory=True)
        while self._waiting:
            assert self._connection is not None
            self._connection.drain_events(timeout=_left(deadline))

    def _connect(self, deadline: float) -> None:
        if self._still_stands():
            return
        self._drop()
        self._connection = open_connection(self._uri, _left(deadline))
        self._channel = self._connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)
        self._sent = 0

    def _write(self, message: Message, deadline: float, mandatory: bool) -> None:
        properties = {"content_type": "application/json", "delivery_mode": PERSISTENT, **message.properties}
        self._sent += 1
        self._waiting[self._sent] = message
        self._channel.basic_publish(
            amqp.Message(message.body, application_headers=message.headers, **properties),
            exchange=message.exchange,
            routing_key=message.routing_key,
            mandatory=mandatory,
            timeout=_left(deadline),
        )

    def _still_stands(self) -> bool:
        """Whether the broker has not hung up, once all is read that it has said (confirms, mostly)."""
        if self._connection is None or not self._connection.connected:
            return False
        try:
            while True:
                self._connection.drain_events(timeout=0)
        except TimeoutError:
            return True
        except (OSError, AMQPError):
            return False

    def _confirmed(self, tag: int, multiple: bool) -> list[Message]:
        tags = [t for t in self._waiting if t <= tag] if multiple else [tag]
        return [self._waiting.pop(t) for t in tags if t in self._waiting]

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._confirmed(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        self._nacked.extend(self._confirmed(tag, multiple))

    def _on_return(self, _error: Exception, exchange: str, routing_key: str, returned: Any) -> None:
        body = returned.body.encode() if isinstance(returned.body, str) else returned.body
        self._returned.append(Message(exchange, routing_key, body, dict(returned.headers or {})))

    def _drop(self) -> None:
        """Forget the connection without a word to the broker, which may be stalled."""
        self._waiting.clear()
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with suppress(OSError, AMQPError):
                connection.collect()


def _left(deadline: float) -> float:
    """The seconds until then; raises TimeoutError when there are none left."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds
