"""Whose number it is: the events from which cdr learns the owner of a usage event."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec

from shared.events.base import Event


class PbxNumberChanged(Event, frozen=True, kw_only=True):
    """A fixed number was assigned to a customer, or the assignment got an end.

    The half-open interval ``[valid_from, valid_to)`` is in UTC; no ``valid_to`` means until further
    notice. ``subject`` is what the number reaches: ``line``, ``user``, ``group``, ``menu`` or ``none``.
    """

    name: ClassVar[str] = "pbx.number.changed.v1"

    assignment_id: str
    revision: int
    number: str
    valid_from: datetime
    valid_to: datetime | None = None
    subject: str = "none"


class SubscriptionNumber(msgspec.Struct, frozen=True, kw_only=True):
    """A number that a subscription has had, from ``valid_from`` up to ``valid_to``."""

    number: str
    valid_from: datetime
    valid_to: datetime | None = None


class ProductTerm(msgspec.Struct, frozen=True, kw_only=True):
    """A product that a subscription has been to, or will be, from ``valid_from`` up to ``valid_to``."""

    product: str
    valid_from: datetime
    valid_to: datetime | None = None


class ModuleTerm(msgspec.Struct, frozen=True, kw_only=True):
    """A module that a subscription has had, from ``valid_from`` up to ``valid_to``."""

    module: str
    valid_from: datetime
    valid_to: datetime | None = None


class BundleShare(msgspec.Struct, frozen=True, kw_only=True):
    """What a subscription may use each month without paying more, from ``valid_from`` up to ``valid_to``.

    ``kind``: data, voice or sms, hence ``volume`` in bytes, seconds or messages; 0 is a bundle of nothing.
    Usage of the call ``types`` counts: calls and SMS at home and in the EU, as ``incoming`` what is received
    in the EU outside the Netherlands. A ``group`` (code, one bundle per customer) adds up the shares of its
    subscriptions that are active in the month; without one the bundle is the subscription's own. Use above
    it costs ``rate`` (euro ex VAT, a decimal string) per started ``unit`` (bytes, seconds or messages) of
    the sum. ``module``: the module it comes of, if any.
    """

    kind: str
    types: tuple[str, ...]
    volume: int
    valid_from: datetime
    valid_to: datetime | None = None
    group: str = ""
    module: str = ""
    unit: int = 1
    rate: str = "0"


class MobileSubscriptionChanged(Event, frozen=True, kw_only=True):
    """A mobile subscription was made or changed; ``numbers`` is its whole history of numbers, ``products``
    that of its products (oldest first, without gaps), ``bundles`` that of its bundles, with what is planned.

    ``product`` is the last of ``products``, and all that was told of them before these came.
    """

    name: ClassVar[str] = "mobile.subscription.changed.v1"

    subscription_id: str
    revision: int
    product: str
    active_from: datetime
    ended_at: datetime | None = None
    label: str = ""
    numbers: tuple[SubscriptionNumber, ...] = ()
    bundles: tuple[BundleShare, ...] = ()
    modules: tuple[ModuleTerm, ...] = ()
    products: tuple[ProductTerm, ...] = ()
