"""What the portal stands on, faked: a bus that answers from a table, sessions in memory, a still clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.acting import Acting
from shared.errors import TikkerError, Unavailable

NOW = datetime(2026, 11, 22, 15, 42, tzinfo=UTC)

Answer = Any
"""A reply, an exception to raise, or a function of the call's fields that gives one."""


@dataclass(frozen=True)
class Asked:
    """A call that was made."""

    service: str
    method: str
    acting: Acting
    fields: dict[str, Any]


@dataclass
class FakeRpc:
    """Answers ``(service, method)`` from ``answers``; a service in ``down`` does not answer at all."""

    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)

    def call(self, service: str, method: str, acting: Acting, /, timeout: float = 5.0, **fields: Any) -> Any:
        self.asked.append(Asked(service, method, acting, fields))
        if service in self.down:
            raise Unavailable()
        return self.answer(service, method, **fields)

    def answer(self, service: str, method: str, **fields: Any) -> Any:
        """What the table says, though nobody has called."""
        answer = self.answers[service, method]
        if isinstance(answer, Callable):  # type: ignore[arg-type]
            answer = answer(**fields)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def parallel(
        self, parts: Sequence[tuple[str, str, dict[str, Any]]], acting: Acting, timeout: float = 5.0
    ) -> list[Any]:
        replies: list[Any] = []
        for service, method, fields in parts:
            try:
                replies.append(self.call(service, method, acting, **fields))
            except TikkerError as error:
                replies.append(error)
        return replies

    def ready(self) -> None:
        if self.down:
            raise RuntimeError("not connected to the broker")

    def close(self) -> None:
        self.down.add("the bus")

    def last(self, method: str) -> Asked:
        """The newest call of a method."""
        return next(call for call in reversed(self.asked) if call.method == method)


@dataclass
class MemorySessions:
    """A session store in memory; ``broken`` makes it behave as MongoDB being away."""

    kept: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    broken: bool = False

    def load(self, key: str) -> bytes | None:
        self._check()
        found = self.kept.get(key)
        return found[0] if found else None

    def insert(self, key: str, value: bytes, expires: datetime) -> None:
        self._check()
        self.kept[key] = (value, expires)

    def replace(self, key: str, value: bytes, expires: datetime) -> None:
        self._check()
        if key in self.kept:
            self.kept[key] = (value, expires)

    def delete(self, key: str) -> None:
        self._check()
        self.kept.pop(key, None)

    def ready(self) -> None:
        self._check()

    def _check(self) -> None:
        if self.broken:
            raise Unavailable()


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> None:
        self.now += timedelta(**delta)
