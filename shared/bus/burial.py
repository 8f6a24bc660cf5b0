"""Where messages go that cannot be handled now or ever: delay queues and dead letters.

A queue ``q`` of service ``s`` has ``q.dead`` and, for events, ``q.retry.5s`` … ``q.retry.10m``: queues
without consumers whose messages go back to ``q`` when their time is up. All hang on the direct
exchange ``s.queues``, so a service needs no right to publish to queues that are not its own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kombu import Exchange, Queue

from shared.publisher import Message

DELAYS = (("5s", 5), ("30s", 30), ("2m", 120), ("10m", 600))
QUORUM = {"x-queue-type": "quorum"}

ATTEMPT = "tikker.attempt"
REASON = "tikker.reason"
NOTE_CHARACTERS = 1000
"""A header of more than a frame (128 KiB) would close the connection, again at every try."""


def own_exchange(service: str) -> Exchange:
    return Exchange(f"{service}.queues", type="direct", durable=True)


def declare_dead(channel: Any, service: str, queue: str) -> None:
    """Declare the dead-letter queue of ``queue``."""
    _declare(channel, Queue(f"{queue}.dead", own_exchange(service), f"{queue}.dead", queue_arguments=QUORUM))


def declare_delays(channel: Any, service: str, queue: str) -> None:
    """Declare the delay queues of ``queue`` and its own binding for the way back."""
    exchange = own_exchange(service)
    for name, seconds in DELAYS:
        # These limits can not come by policy: the way back differs per queue.
        arguments = {
            **QUORUM,
            "x-message-ttl": seconds * 1000,
            "x-dead-letter-exchange": exchange.name,
            "x-dead-letter-routing-key": queue,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
        _declare(
            channel,
            Queue(f"{queue}.retry.{name}", exchange, f"{queue}.retry.{name}", queue_arguments=arguments),
        )


def _declare(channel: Any, queue: Queue) -> None:
    queue(channel).declare()


def attempt_of(message: Any) -> int:
    """How often this message has been delayed already."""
    value = (message.headers or {}).get(ATTEMPT)
    return value if isinstance(value, int) and 0 <= value <= len(DELAYS) else len(DELAYS) if value else 0


def copy_for(message: Any, service: str, target: str, body: bytes, **headers: Any) -> Message:
    """The same message, addressed to one of our own queues, with a note why."""
    kept = {k: v for k, v in (message.headers or {}).items() if _is_note(k, v)}
    notes = {k: v[:NOTE_CHARACTERS] if isinstance(v, str) else v for k, v in {**kept, **headers}.items()}
    properties = message.properties or {}
    return Message(
        exchange=own_exchange(service).name,
        routing_key=target,
        body=body,
        headers={**notes, "tikker.at": datetime.now(UTC).isoformat()},
        properties={"content_type": str(properties.get("content_type") or "application/octet-stream")},
    )


def _is_note(name: object, value: object) -> bool:
    """A header of ours that any client can write again; what else a sender added stays behind."""
    return isinstance(name, str) and name.startswith("tikker.") and isinstance(value, (str, int))
