"""Re-rating: which usage, and what giving it today's price comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.cdr.domain.posting import Row
from services.cdr.domain.selection import Selection


@dataclass(frozen=True, slots=True)
class Scope:
    """What is rated again: a billing period (202611: what is booked in it) or the days of its start, of
    one customer or of all; with a ``prefix`` what was called at (or rated by) it, with a ``plan`` what
    was rated by that plan or version of it."""

    period: int | None = None
    first: date | None = None
    last: date | None = None
    customer: str | None = None
    prefix: str = ""
    plan: str = ""

    @property
    def selection(self) -> Selection:
        """The period or days of it."""
        return Selection(period=self.period, first=self.first, last=self.last)

    def holds(self, row: Row) -> bool:
        """Whether a row of the customer and the days is in it."""
        if self.prefix and not (
            row["receiver"].startswith(self.prefix) or row["prefix"].startswith(self.prefix)
        ):
            return False
        return not self.plan or row["plan"] == self.plan or row["plan"].startswith(f"{self.plan} ")


class Fate(StrEnum):
    """What became of a change when it was booked."""

    BOOKED = "booked"
    """As it was shown."""
    RECOMPUTED = "recomputed"
    """Row or rates had changed since: booked by what holds now."""
    SAME = "same"
    """It has today's price already, or is kept no longer."""
    NO_RATE = "no_rate"
    """No rate fits any more: left as it is."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row that would cost something else: ``row`` is the ID of what stands, ``old`` and ``new`` its
    amount in millionths of a euro, ``type`` and ``destination`` what it would be shown as."""

    key: str
    row: str
    customer: str
    old: int
    new: int
    type: str
    destination: str


@dataclass(frozen=True, slots=True)
class Settled:
    """A change as it was booked: by how many millionths of a euro the customer's sum has changed."""

    key: str
    customer: str
    fate: Fate
    difference: int


@dataclass(slots=True)
class Sums:
    """A customer's part of a preview: rows looked at, those that would change (``closed``: of a month that
    is closed, so that they come in the open one), those without a rate; amounts before and after of all
    rows looked at, in millionths of a euro."""

    rows: int = 0
    changes: int = 0
    closed: int = 0
    no_rate: int = 0
    old: int = 0
    new: int = 0
