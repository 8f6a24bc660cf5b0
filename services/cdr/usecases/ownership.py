"""Learning whose number it is, and what mobile subscriptions may use, from the events of pbx and mobile."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from services.cdr.domain.amsterdam import epoch
from services.cdr.domain.bundles import Subscription, changed_from, share
from services.cdr.domain.reference import FOREVER, Cover
from shared.errors import Permanent
from shared.events import Envelope, MobileSubscriptionChanged, PbxNumberChanged

TELEPHONY = "telephony"
MOBILE = "mobile"

_ID = re.compile(r"[0-9A-Za-z_-]{1,64}\Z", re.ASCII)
"""It becomes part of the names of fields."""


class Owners(Protocol):
    """store/reference.py"""

    def save_ownership(
        self,
        source: str,
        customer: str,
        product: str,
        revision: int,
        numbers: Any,
        covers: Sequence[Cover] = (),
    ) -> bool: ...


def learn_number(envelope: Envelope[PbxNumberChanged], owners: Owners) -> bool:
    """Keep what an assignment of a fixed number says; whether it was news (an older revision is not)."""
    event = envelope.data
    numbers = [(event.number, event.valid_from, event.valid_to)]
    return owners.save_ownership(
        f"pbx:{event.assignment_id}", _customer(envelope), TELEPHONY, event.revision, numbers
    )


class Bundles(Protocol):
    """store/bundles.py"""

    def save(
        self, customer: str, revision: int, subscription: Subscription, facts: Any, now: datetime
    ) -> bool: ...


def learn_subscription(
    envelope: Envelope[MobileSubscriptionChanged], owners: Owners, bundles: Bundles, now: datetime
) -> bool:
    """Keep what a mobile subscription may use, and which numbers it has and had; whether those were news.

    Each has a revision of its own, so a crash in between is mended when the event comes again.
    """
    event = envelope.data
    facts = {"product": event.product, "numbers": [n.number for n in event.numbers]}
    subscription = subscription_of(event)
    bundles.save(_customer(envelope), event.revision, subscription, facts, now)
    numbers = [(n.number, n.valid_from, n.valid_to) for n in event.numbers]
    return owners.save_ownership(
        f"mobile:{event.subscription_id}",
        _customer(envelope),
        MOBILE,
        event.revision,
        numbers,
        covers_of(subscription),
    )


def covers_of(subscription: Subscription) -> list[Cover]:
    """Which call types its bundles cover, and when."""
    found: set[Cover] = set()
    for one in subscription.shares:
        begin, end = max(subscription.begin, one.begin), min(subscription.end, one.end)
        if begin < end:
            found |= {Cover(call_type, begin, end) for call_type in one.types}
    return sorted(found)


def subscription_of(event: MobileSubscriptionChanged) -> Subscription:
    """What an event says of a subscription; Permanent for what none can be."""
    try:
        if not _ID.match(event.subscription_id):
            raise ValueError("the ID of a subscription has letters and digits only")
        shares = tuple(
            share(b.kind, b.types, b.volume, b.valid_from, b.valid_to, b.group, b.module, b.unit, b.rate)
            for b in event.bundles
        )
        end = epoch(event.ended_at) if event.ended_at else FOREVER
        made = Subscription(event.subscription_id, event.label, epoch(event.active_from), end, shares)
        changed_from(None, made)  # years that no month has
    except ValueError as problem:
        raise Permanent(f"subscription {event.subscription_id[:64]}: {problem}") from problem
    return made


def _customer(envelope: Envelope[Any]) -> str:
    if envelope.customer_id is None:
        raise Permanent("an ownership event names no customer")
    return envelope.customer_id
