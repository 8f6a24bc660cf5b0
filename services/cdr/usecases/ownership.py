"""Learning whose number it is from the events of pbx and mobile."""

from __future__ import annotations

from typing import Any, Protocol

from shared.errors import Permanent
from shared.events import Envelope, MobileSubscriptionChanged, PbxNumberChanged

TELEPHONY = "telephony"
MOBILE = "mobile"


class Owners(Protocol):
    """store/reference.py"""

    def save_ownership(
        self, source: str, customer: str, product: str, revision: int, numbers: Any
    ) -> bool: ...


def learn_number(envelope: Envelope[PbxNumberChanged], owners: Owners) -> bool:
    """Keep what an assignment of a fixed number says; whether it was news (an older revision is not)."""
    event = envelope.data
    numbers = [(event.number, event.valid_from, event.valid_to)]
    return owners.save_ownership(
        f"pbx:{event.assignment_id}", _customer(envelope), TELEPHONY, event.revision, numbers
    )


def learn_subscription(envelope: Envelope[MobileSubscriptionChanged], owners: Owners) -> bool:
    """Keep which numbers a mobile subscription has and had; whether it was news."""
    event = envelope.data
    numbers = [(n.number, n.valid_from, n.valid_to) for n in event.numbers]
    return owners.save_ownership(
        f"mobile:{event.subscription_id}", _customer(envelope), MOBILE, event.revision, numbers
    )


def _customer(envelope: Envelope[Any]) -> str:
    if envelope.customer_id is None:
        raise Permanent("an ownership event names no customer")
    return envelope.customer_id
