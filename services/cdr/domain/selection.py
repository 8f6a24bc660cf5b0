"""Which usage someone wants to see: the filters of Totalen and Details, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from services.cdr.domain.numbers import spellings


class Comparison(StrEnum):
    EQUAL = "eq"
    GREATER = "gt"
    SMALLER = "lt"


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison with a whole number: millionths of a euro, or seconds."""

    comparison: Comparison
    value: int


@dataclass(frozen=True, slots=True)
class Selection:
    """A billing period (202611: what its invoice holds) or a range of days by the start of the usage,
    both included; and filters, each of which may be absent. ``sender`` and ``receiver`` are a part
    of a number, in Dutch (06…) or international spelling."""

    period: int | None = None
    first: date | None = None
    last: date | None = None
    product: str | None = None
    types: frozenset[str] = frozenset()
    sender: str = ""
    receiver: str = ""
    amount: Condition | None = None
    duration: Condition | None = None

    @property
    def by_row(self) -> bool:
        """Whether a filter looks at something that counters do not know."""
        return bool(self.receiver or self.amount or self.duration)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a list begins: at its top, below the row with ``key`` (above it with ``newer``),
    or with the last row of the day ``before``."""

    key: dict[str, Any] | None = None
    newer: bool = False
    before: date | None = None


@dataclass(frozen=True, slots=True)
class PartOfNumber:
    """Matches parties that contain one of the spellings of a part of a number."""

    spellings: tuple[str, ...]

    @classmethod
    def of(cls, part: str) -> PartOfNumber:
        return cls(spellings(part))

    def matches(self, party: str) -> bool:
        return any(spelling in party for spelling in self.spellings)
