"""One part of a page: its value, or why it is not there. A part that fails leaves the rest standing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from shared.errors import Fault, TikkerError, Unavailable
from shared.logging import get_logger

log = get_logger(__name__)

Value = TypeVar("Value")
Other = TypeVar("Other")


@dataclass(frozen=True)
class Part(Generic[Value]):
    """Exactly one of ``value`` and ``error`` is set."""

    value: Value | None = None
    error: TikkerError | None = None

    @classmethod
    def of(cls, reply: Any, model: type[Value]) -> Part[Value]:
        """From an element of what ``RpcClient.parallel`` answered."""
        if isinstance(reply, TikkerError):
            return cls(error=reply)
        try:
            return cls(value=convert(reply, model))
        except Fault as error:
            return cls(error=error)

    def piece(self, pick: Callable[[Value], Other]) -> Part[Other]:
        """Of what was answered as one; without an answer each piece has the same error."""
        return Part(error=self.error) if self.value is None else Part(value=pick(self.value))

    @classmethod
    def ask(cls, work: Callable[[], Value]) -> Part[Value]:
        """What ``work`` gives. A service that is away is the part's error; all else is raised."""
        try:
            return cls(value=work())
        except (Unavailable, Fault) as error:
            return cls(error=error)


def convert(reply: Any, model: type[Value]) -> Value:
    """A service's answer as a model; what it holds beside the declared fields is dropped.

    Raises :class:`Fault` when it does not fit: the two releases do not understand each other.
    """
    try:
        return msgspec.convert(reply, model)
    except msgspec.ValidationError as problem:
        log.error("an answer does not fit its model", model=model.__name__, reason=str(problem))
        raise Fault() from problem
