"""What an event is: a frozen class in the past tense, in an envelope, with one golden JSON file.

Names read ``producer.subject.verb.vN``. Adding an optional field keeps N; anything else is a new
class with N+1 beside the old one (docs/decisions/0002-events.md).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, TypeVar

import msgspec

from shared.ids import new_id
from shared.logging import correlation_id


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all events; ``name`` is also the routing key."""

    name: ClassVar[str]

    @classmethod
    def producer(cls) -> str:
        return cls.name.split(".", 1)[0]

    @classmethod
    def exchange(cls) -> str:
        return exchange_of(cls.producer())

    @classmethod
    def covers(cls, name: str) -> bool:
        """Whether an event of that name is one; a ``*`` in front stands for any producer, as in a binding."""
        producer, _, rest = name.partition(".")
        return name == cls.name or (bool(producer) and f"*.{rest}" == cls.name)


def exchange_of(producer: str) -> str:
    """The topic exchange on which a service publishes its events."""
    return f"{producer}.events"


Data = TypeVar("Data", bound=Event)


class Envelope(msgspec.Struct, Generic[Data], frozen=True, kw_only=True):
    """What travels: who it is about, when it happened, and by which request it was caused."""

    event_id: str
    name: str
    occurred_at: datetime
    correlation_id: str
    customer_id: str | None
    data: Data


def wrap(event: Data, customer_id: str | None, occurred_at: datetime | None = None) -> Envelope[Data]:
    """Put an event in a new envelope, under the correlation ID of what is being handled now."""
    return Envelope(
        event_id=new_id(),
        name=event.name,
        occurred_at=(occurred_at or datetime.now(UTC)).astimezone(UTC),
        correlation_id=correlation_id(),
        customer_id=customer_id,
        data=event,
    )


def encode(envelope: Envelope[Any]) -> bytes:
    return msgspec.json.encode(envelope)


def decode(body: bytes | str, event_class: type[Data]) -> Envelope[Data]:
    """Read an envelope with its event; raises ValueError with the path of what does not fit."""
    envelope = msgspec.json.decode(body, type=Envelope[event_class])  # type: ignore[valid-type]
    if not event_class.covers(envelope.name):
        raise ValueError(f"expected {event_class.name}, the envelope says {envelope.name}")
    if envelope.occurred_at.tzinfo is None:
        raise ValueError("occurred_at has no time zone")
    return envelope
