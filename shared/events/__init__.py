"""Every event of the house; ``EVENTS`` is the table of contents."""

from __future__ import annotations

from shared.events.audit import AUDITS, AuditRecorded
from shared.events.base import Envelope, Event, decode, encode, exchange_of, wrap
from shared.events.cdr import (
    BundleUse,
    FraudLifted,
    FraudSuspected,
    PeriodClosed,
    SubscriptionUse,
    UsageRated,
)
from shared.events.charge import CHARGES, ChargeRequested, MobileChargeRequested
from shared.events.identity import CustomerChanged, MailFailed, MailSent, UserChanged
from shared.events.invoicing import InvoiceIssued
from shared.events.notification import NOTIFICATIONS, FileReference, NotificationRequested
from shared.events.ownership import (
    BundleShare,
    MobileSubscriptionChanged,
    ModuleTerm,
    PbxNumberChanged,
    ProductTerm,
    SubscriptionNumber,
)
from shared.events.pbx import PbxLineChanged, PbxUserChanged, RegistrationChanged
from shared.events.provisioning import DeviceChanged, ResyncRequested

_ALL: tuple[type[Event], ...] = (
    CustomerChanged,
    UserChanged,
    MailSent,
    MailFailed,
    PbxNumberChanged,
    PbxLineChanged,
    PbxUserChanged,
    RegistrationChanged,
    DeviceChanged,
    ResyncRequested,
    MobileSubscriptionChanged,
    PeriodClosed,
    FraudSuspected,
    FraudLifted,
    UsageRated,
    InvoiceIssued,
    *CHARGES,
    *NOTIFICATIONS,
    *AUDITS,
)

EVENTS: dict[str, type[Event]] = {event.name: event for event in _ALL}

__all__ = [
    "AUDITS",
    "CHARGES",
    "EVENTS",
    "NOTIFICATIONS",
    "AuditRecorded",
    "BundleShare",
    "BundleUse",
    "ChargeRequested",
    "CustomerChanged",
    "DeviceChanged",
    "Envelope",
    "Event",
    "FileReference",
    "FraudLifted",
    "FraudSuspected",
    "InvoiceIssued",
    "MailFailed",
    "MailSent",
    "MobileChargeRequested",
    "MobileSubscriptionChanged",
    "ModuleTerm",
    "NotificationRequested",
    "PbxLineChanged",
    "PbxNumberChanged",
    "PbxUserChanged",
    "PeriodClosed",
    "ProductTerm",
    "RegistrationChanged",
    "ResyncRequested",
    "SubscriptionNumber",
    "SubscriptionUse",
    "UsageRated",
    "UserChanged",
    "decode",
    "encode",
    "exchange_of",
    "wrap",
]
