"""Closing a customer's billing month for ever."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from services.cdr.domain.periods import bounds, written
from services.cdr.store.periods import ClosedPeriod, EarlierIsOpen
from shared import audit
from shared.acting import Acting
from shared.errors import Conflict
from shared.events import AuditRecorded, Envelope, PeriodClosed, wrap
from shared.events.audit import Subject
from shared.money import to_wire
from shared.words import gettext


class Periods(Protocol):
    """store/periods.py"""

    def closed(self, customer: str) -> dict[int, ClosedPeriod]: ...
    def close(self, customer: str, period: int, now: datetime, events: Any) -> ClosedPeriod: ...


def close_period(customer: str, period: int, store: Periods, now: datetime, acting: Acting) -> ClosedPeriod:
    """Close a month that is over, once; calling again answers the same.

    Months close in order: Conflict when a later one is closed already, when an earlier one is open and
    holds rows (which nobody would ever pay for), or when this one is not over.
    """
    if now < bounds(period)[1]:
        raise Conflict(
            gettext(
                "%(period)s is nog niet voorbij en kan dus nog niet worden afgesloten.",
                period=written(period),
            )
        )
    closed = store.closed(customer)
    if period not in closed and any(later > period for later in closed):
        raise Conflict(
            gettext(
                "Na %(period)s is al een maand afgesloten. Sluit maanden af op volgorde.",
                period=written(period),
            )
        )
    try:
        return store.close(customer, period, now, lambda closed: (_event(closed), _entry(closed, acting)))
    except EarlierIsOpen as problem:
        raise Conflict(
            gettext(
                "%(earlier)s is nog open en er is verbruik in geboekt. Sluit eerst die maand af, "
                "en dan %(period)s.",
                earlier=written(problem.period),
                period=written(period),
            )
        ) from problem


def _event(closed: ClosedPeriod) -> Envelope[PeriodClosed]:
    event = PeriodClosed(period=written(closed.period), rows=closed.rows, amount=to_wire(closed.amount))
    return wrap(event, closed.customer, closed.closed_at)


def _entry(closed: ClosedPeriod, acting: Acting) -> Envelope[AuditRecorded]:
    name = written(closed.period)
    told = {"rows": closed.rows, "amount": to_wire(closed.amount)}
    subject = Subject(kind="period", id=name, name=name)
    return audit.entry(
        "cdr", acting, closed.customer, "period.closed", subject, after=told, at=closed.closed_at
    )
