"""Closing a customer's billing month for ever."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from services.cdr.domain.periods import bounds, written
from services.cdr.store.periods import ClosedPeriod
from shared.errors import Conflict
from shared.events import Envelope, PeriodClosed, wrap
from shared.money import to_wire


class Periods(Protocol):
    """store/periods.py"""

    def closed(self, customer: str) -> dict[int, ClosedPeriod]: ...
    def close(self, customer: str, period: int, now: datetime, event: Any) -> ClosedPeriod: ...


def close_period(customer: str, period: int, store: Periods, now: datetime) -> ClosedPeriod:
    """Close a month that is over, once; calling again answers the same.

    Months close in order: Conflict when a later one is closed already, or this one is not over.
    """
    if now < bounds(period)[1]:
        raise Conflict(f"{written(period)} is nog niet voorbij en kan dus nog niet worden afgesloten.")
    closed = store.closed(customer)
    if period not in closed and any(later > period for later in closed):
        raise Conflict(f"Na {written(period)} is al een maand afgesloten. Sluit maanden af op volgorde.")
    return store.close(customer, period, now, _event)


def _event(closed: ClosedPeriod) -> Envelope[PeriodClosed]:
    event = PeriodClosed(period=written(closed.period), rows=closed.rows, amount=to_wire(closed.amount))
    return wrap(event, closed.customer, closed.closed_at)
