"""Events of cdr: what usage led to."""

from __future__ import annotations

from typing import ClassVar

from shared.events.base import Event


class PeriodClosed(Event, frozen=True, kw_only=True):
    """A customer's billing month was closed; its totals can never change again.

    ``period`` reads ``2026-10``; ``amount`` is the exact sum of the period's rows in euro ex VAT, a
    decimal string with six decimals.
    """

    name: ClassVar[str] = "cdr.period.closed.v1"

    period: str
    rows: int
    amount: str
