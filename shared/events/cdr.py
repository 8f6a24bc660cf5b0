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


class FraudSuspected(Event, frozen=True, kw_only=True):
    """Use of a class of calls is far above the customer's own habit.

    ``call_class``: international, 0900, 0906, 0909 or sms_premium. With ``block`` the customer wants
    outgoing calls of that class refused until :class:`FraudLifted` names the same alert; emergency numbers
    always pass. ``amount`` and ``usual`` (the dearest day of the weeks before) are euro ex VAT, decimal
    strings, of the ``day``; ``minutes`` are those of the day.
    """

    name: ClassVar[str] = "cdr.fraud.suspected.v1"

    alert_id: str
    call_class: str
    block: bool
    day: str
    amount: str
    usual: str
    minutes: int


class FraudLifted(Event, frozen=True, kw_only=True):
    """A person has looked at an alert: what it had blocked may be called again."""

    name: ClassVar[str] = "cdr.fraud.lifted.v1"

    alert_id: str
    call_class: str
