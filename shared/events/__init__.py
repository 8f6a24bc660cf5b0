"""Every event of the house; ``EVENTS`` is the table of contents."""

from __future__ import annotations

from shared.events.audit import AUDITS, AuditRecorded
from shared.events.base import Envelope, Event, decode, encode, exchange_of, wrap
from shared.events.cdr import FraudLifted, FraudSuspected, PeriodClosed
from shared.events.identity import CustomerChanged, MailFailed, MailSent, UserChanged
from shared.events.notification import NOTIFICATIONS, FileReference, NotificationRequested
from shared.events.ownership import MobileSubscriptionChanged, PbxNumberChanged, SubscriptionNumber
from shared.events.pbx import PbxUserChanged

_ALL: tuple[type[Event], ...] = (
    CustomerChanged,
    UserChanged,
    MailSent,
    MailFailed,
    PbxNumberChanged,
    PbxUserChanged,
    MobileSubscriptionChanged,
    PeriodClosed,
    FraudSuspected,
    FraudLifted,
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
    "FileReference",
    "FraudLifted",
    "FraudSuspected",
    "MailFailed",
    "MailSent",
    "MobileSubscriptionChanged",
    "NotificationRequested",
    "PbxNumberChanged",
    "PbxUserChanged",
    "PeriodClosed",
    "SubscriptionNumber",
    "UserChanged",
    "decode",
    "encode",
    "exchange_of",
    "wrap",
]
