"""What a service's own queues could not deliver: looking at it, and trying it again.

Looking takes a few messages from the head and gives them back; they keep their place. Trying again
works like the burial (:mod:`shared.bus.burial`): a copy goes to the queue it came from and is confirmed
before the dead one is acked. A crash in between leaves both, so a message may come twice and never not
at all. The copy has none of our notes, so its delays begin anew.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from amqp.exceptions import AMQPError
from amqp.exceptions import NotFound as NoSuchQueue

from shared.bus.burial import REASON, own_exchange
from shared.errors import DependencyDown, NotFound
from shared.publisher import Message, Publisher, open_connection

SAMPLES = 5
SHOWN_BYTES = 2_048
AT_ONCE = 50
MOST = 500
SECONDS = 3.0
"""Trying again stops after this long, whatever is left: the caller waits for the answer."""

RPC_QUEUE = "rpc-"
AT = "tikker.at"


class DeadLetters:
    """The dead-letter queues of ``queues``, all of one service. Calls have one too, but nobody waits for
    their answer any more: they can be looked at only."""

    def __init__(self, uri: str, service: str, queues: Sequence[str], publisher: Publisher) -> None:
        self._uri = uri
        self._service = service
        self._queues = tuple(sorted(queues, key=lambda queue: (queue.startswith(RPC_QUEUE), queue)))
        self._publisher = publisher

    def look(self) -> list[dict[str, Any]]:
        """``[{queue, messages, can_retry, samples: [{reason, headers, body, died_at}]}]`` for every queue.

        Raises :class:`DependencyDown` when the broker does not answer.
        """
        with self._connection() as connection:
            return [self._look_at(connection, queue) for queue in self._queues]

    def retry(self, queue: str, limit: int) -> int:
        """Put up to ``limit`` messages back in ``queue``, the oldest first; how many went.

        Raises :class:`NotFound` for a queue that is not ours or cannot be tried again.
        """
        if queue not in self._queues or queue.startswith(RPC_QUEUE):
            raise NotFound()
        deadline = time.monotonic() + SECONDS
        moved = 0
        with self._connection() as connection:
            channel = _channel(connection)
            while moved < min(limit, MOST) and time.monotonic() < deadline:
                found = _take(channel, f"{queue}.dead", min(AT_ONCE, limit - moved))
                if not found:
                    break
                self._publisher.publish([self._again(queue, message) for message in found])
                channel.basic_ack(found[-1].delivery_tag, multiple=True)
                moved += len(found)
        return moved

    def _look_at(self, connection: Any, queue: str) -> dict[str, Any]:
        channel = _channel(connection)
        try:
            waiting = channel.queue_declare(f"{queue}.dead", passive=True).message_count
        except NoSuchQueue:  # the broker closes the channel with it
            return _told(queue, 0, [])
        found = _take(channel, f"{queue}.dead", SAMPLES) if waiting else []
        samples = [_sample(message) for message in found]
        channel.close()  # what was taken goes back
        return _told(queue, waiting, samples)

    def _again(self, queue: str, message: Any) -> Message:
        kind = str((message.properties or {}).get("content_type") or "application/octet-stream")
        exchange = own_exchange(self._service).name
        return Message(exchange, queue, _raw(message), properties={"content_type": kind})

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        """A line of its own: what it took and did not ack goes back when it closes."""
        try:
            connection = open_connection(self._uri)
        except (OSError, AMQPError) as problem:
            raise DependencyDown(f"the broker does not answer: {problem}") from problem
        try:
            yield connection
        except (OSError, AMQPError) as problem:
            raise DependencyDown(f"the broker went away: {problem}") from problem
        finally:
            with suppress(OSError, AMQPError):
                connection.close()
            connection.collect()


def _channel(connection: Any) -> Any:
    channel = connection.channel()
    channel.auto_decode = False  # the sender's choice of codec is not ours
    return channel


def _take(channel: Any, queue: str, most: int) -> list[Any]:
    found: list[Any] = []
    while len(found) < most and (message := channel.basic_get(queue)) is not None:
        found.append(message)
    return found


def _told(queue: str, messages: int, samples: list[dict[str, Any]]) -> dict[str, Any]:
    can_retry = not queue.startswith(RPC_QUEUE)
    return {"queue": queue, "messages": messages, "can_retry": can_retry, "samples": samples}


def _sample(message: Any) -> dict[str, Any]:
    headers = {k: v for k, v in (message.headers or {}).items() if isinstance(v, str | int)}
    return {
        "reason": str(headers.pop(REASON, "")),
        "died_at": str(headers.pop(AT, "")),
        "headers": {str(name): str(value)[:200] for name, value in headers.items()},
        "body": _raw(message)[:SHOWN_BYTES].decode("utf-8", "replace"),
    }


def _raw(message: Any) -> bytes:
    body = message.body
    return body.encode("utf-8", "surrogateescape") if isinstance(body, str) else bytes(body)
