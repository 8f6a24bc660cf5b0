"""What a service wants on its customer's next invoice, once.

Each producer has a class of its own; who listens names the common one (see events/notification.py).
"""

from __future__ import annotations

from typing import ClassVar

from shared.events.base import Event


class ChargeRequested(Event, frozen=True, kw_only=True):
    """A one-off cost of the envelope's customer. However often it is asked, ``charge_id`` of a producer is
    charged once. ``amount``: euro ex VAT for all of it, a decimal string; ``day`` reads ``2026-11-22``;
    ``description`` is Dutch and stands on the invoice."""

    name: ClassVar[str] = "*.charge.requested.v1"

    charge_id: str
    day: str
    description: str
    amount: str
    subscription_id: str = ""


class MobileChargeRequested(ChargeRequested, frozen=True, kw_only=True):
    """mobile has done something that costs money, such as blocking a SIM."""

    name: ClassVar[str] = "mobile.charge.requested.v1"


CHARGES: tuple[type[ChargeRequested], ...] = (MobileChargeRequested,)
