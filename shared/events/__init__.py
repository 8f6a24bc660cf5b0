"""Every event of the house; ``EVENTS`` is the table of contents."""

from __future__ import annotations

from shared.events.base import Envelope, Event, decode, encode, exchange_of, wrap
from shared.events.cdr import PeriodClosed
from shared.events.identity import CustomerChanged, UserChanged
from shared.events.ownership import MobileSubscriptionChanged, PbxNumberChanged, SubscriptionNumber

EVENTS: dict[str, type[Event]] = {
    event.name: event
    for event in (CustomerChanged, UserChanged, PbxNumberChanged, MobileSubscriptionChanged, PeriodClosed)
}

__all__ = [
    "EVENTS",
    "CustomerChanged",
    "Envelope",
    "Event",
    "MobileSubscriptionChanged",
    "PbxNumberChanged",
    "PeriodClosed",
    "SubscriptionNumber",
    "UserChanged",
    "decode",
    "encode",
    "exchange_of",
    "wrap",
]
