"""Events of cdr: what usage led to."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from shared.events.base import Event


class PeriodClosed(Event, frozen=True, kw_only=True):
    """A customer's billing month was closed; its totals can never change again.

    ``period`` reads ``2026-10``; ``amount`` is the exact sum of the period's rows and lines (use
    above and within bundles) in euro ex VAT, a decimal string with six decimals.
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


class SubscriptionUse(Struct, frozen=True, kw_only=True):
    """All usage of one call type that a mobile subscription made in a month, by the start of the usage.

    ``type`` is what bundles take it for: usage that none is for has a type of its own that no share names
    (``national_outside_eu``, ``incoming_at_home``). ``month`` reads ``2026-11``; seconds, bytes and messages
    are exact; ``amount`` is what it costs by itself (usage of a type that a bundle of the month covers costs
    nothing), euro ex VAT, a decimal string.
    """

    customer_id: str
    subscription_id: str
    month: str
    type: str
    events: int
    seconds: int
    bytes: int
    messages: int
    amount: str


class BundleUse(Struct, frozen=True, kw_only=True):
    """What was used of a bundle in a month, and what use above it costs.

    ``kind``: data, voice or sms, hence ``used``, ``allowance`` and ``over`` in bytes, seconds or messages.
    A bundle of a group has the ``group``'s code and no ``subscription_id``; one of a subscription has no
    group. ``module``: the module it comes of, if any. ``amount``: of what is over, euro ex VAT, a decimal
    string.
    """

    customer_id: str
    month: str
    kind: str
    used: int
    allowance: int
    over: int
    amount: str
    group: str = ""
    subscription_id: str = ""
    module: str = ""


class UsageRated(Event, frozen=True, kw_only=True):
    """Usage was booked: where the sums of mobile subscriptions and bundles stand now.

    Each line is absolute and stands for itself; of two lines about the same customer, month, subscription
    or group, and type or kind, the one of the higher ``sequence`` holds. The envelope names no customer.
    """

    name: ClassVar[str] = "cdr.usage.rated.v1"

    sequence: int
    subscriptions: tuple[SubscriptionUse, ...] = ()
    bundles: tuple[BundleUse, ...] = ()
