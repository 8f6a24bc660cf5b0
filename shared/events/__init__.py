"""Every event of the house; ``EVENTS`` is the table of contents."""

from __future__ import annotations

from shared.events.audit import AUDITS, AuditRecorded
from shared.events.base import Envelope, Event, decode, encode, exchange_of, wrap
from shared.events.cdr import PeriodClosed
from shared.events.identity import CustomerChanged, MailFailed, MailSent, UserChanged
from shared.events.notification import NOTIFICATIONS, NotificationRequested
from shared.events.ownership import MobileSubscriptionChanged, PbxNumberChanged, SubscriptionNumber

_ALL: tuple[type[Event], ...] = (
    CustomerChanged,
    UserChanged,
    MailSent,
    MailFailed,
    PbxNumberChanged,
    MobileSubscriptionChanged,
    PeriodClosed,
    *NOTIFICATIONS,
    *AUDITS,
)

EVENTS: dict[str, type[Event]] = {event.name: event for event in _ALL}

__all__ = [
    "AUDITS",
    "EVENTS",
    "NOTIFICATIONS",
    "AuditRecorded",
    "CustomerChanged",
    "Envelope",
    "Event",
    "MailFailed",
    "MailSent",
    "MobileSubscriptionChanged",
    "NotificationRequested",
    "PbxNumberChanged",
    "PeriodClosed",
    "SubscriptionNumber",
    "UserChanged",
    "decode",
    "encode",
    "exchange_of",
    "wrap",
]
