"""Telephony as staff see it: ranges of numbers, whose they are, and what a customer has (pbx's answers)."""

from __future__ import annotations

from datetime import date, datetime

from gateway.models.pbx import Config
from gateway.models.pbx_settings import Value


class NumberRange(Value, frozen=True, kw_only=True):
    """Numbers from ``first`` up to and including ``last``; ``assigned`` of ``size`` are somebody's now."""

    id: str
    first: str
    last: str
    source: str = ""
    size: int = 0
    assigned: int = 0

    @property
    def free(self) -> int:
        return self.size - self.assigned


class Assignment(Value, frozen=True, kw_only=True):
    """A number is a customer's from ``valid_from`` up to ``valid_to``; ``subject``: what it reaches (none,
    line, user, group or menu)."""

    id: str
    customer_id: str
    number: str
    valid_from: date
    valid_to: date | None = None
    subject: str = "none"

    def state(self, today: date) -> str:
        """now, later, or ended."""
        if self.valid_to is not None and self.valid_to <= today:
            return "ended"
        return "later" if self.valid_from > today else "now"


class Assignments(Value, frozen=True, kw_only=True):
    """A page; ``next`` goes into the next page's ``after``."""

    rows: tuple[Assignment, ...] = ()
    next: str | None = None


class RangeRow(Value, frozen=True, kw_only=True):
    """A number of a range with whose it is now and who gets it later."""

    number: str
    assignments: tuple[Assignment, ...] = ()


class RangeNumbers(Value, frozen=True, kw_only=True):
    """A page of a range, by number."""

    range: NumberRange
    rows: tuple[RangeRow, ...] = ()
    next: str | None = None


class CallsAbroad(Value, frozen=True, kw_only=True):
    """How many calls abroad a customer may have at once (``most``; ``chosen`` for this customer, else the
    ``preset`` of all), how many there are, and when people were told that one was refused."""

    most: int
    preset: int
    chosen: bool = False
    under_way: int = 0
    refused_at: datetime | None = None


class Telephony(Value, frozen=True, kw_only=True):
    """What is published of a customer's settings; ``enabled``: they have a PBX."""

    enabled: bool = False
    revision: int = 0
    config: Config = Config()
    calls_abroad: CallsAbroad | None = None
