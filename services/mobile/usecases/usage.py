"""Usage as cdr tells of it: kept, and the limits that it reaches told to whoever wants to know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.mobile.domain.usage import (
    CustomerMonth,
    SubscriptionMonth,
    with_bundle,
    with_group,
    with_use,
)
from services.mobile.store import Changes, Store
from services.mobile.usecases.common import Clock
from services.mobile.usecases.warnings import Touched, drawing_on_groups, warn
from shared.events import BundleUse, Envelope, SubscriptionUse, UsageRated


@dataclass
class Lines:
    """What an event says of one customer in one month."""

    uses: list[SubscriptionUse] = field(default_factory=list)
    bundles: list[BundleUse] = field(default_factory=list)

    def subscriptions(self) -> set[str]:
        own = {line.subscription_id for line in self.bundles if line.subscription_id}
        return own | {line.subscription_id for line in self.uses}


def usage_rated(store: Store, clock: Clock, envelope: Envelope[UsageRated]) -> None:
    """Keep what is news of an event, a transaction for each customer and month; again is no harm."""
    event = envelope.data
    found: defaultdict[tuple[str, str], Lines] = defaultdict(Lines)
    for use in event.subscriptions:
        found[use.customer_id, use.month].uses.append(use)
    for bundle in event.bundles:
        found[bundle.customer_id, bundle.month].bundles.append(bundle)
    for (customer_id, month), lines in found.items():
        _keep(store, clock(), customer_id, month, lines, event.sequence, envelope.occurred_at)


def _keep(
    store: Store,
    now: datetime,
    customer_id: str,
    month: str,
    lines: Lines,
    sequence: int,
    told_at: datetime,
) -> None:
    def work(changes: Changes) -> None:
        keys = [(subscription_id, month) for subscription_id in sorted(lines.subscriptions())]
        before = changes.subscription_months(customer_id, keys)
        after = merged(before.values(), lines, sequence)
        old = changes.customer_month(customer_id, month)
        new = with_groups(old, lines, sequence)
        changed = [each for each in after if each != before[each.subscription_id, month]]
        if not changed and new == old:
            return
        grown = sum(each.cost - before[each.subscription_id, month].cost for each in changed)
        latest = max(filter(None, (old.updated_at, told_at)))
        new = replace(new, subscriptions_cost=old.subscriptions_cost + grown, updated_at=latest)
        changes.save_months(new, changed)
        others = drawing_on_groups(changes, now, old, new)
        warn(changes, now, Touched(new, {**others, **{each.subscription_id: each for each in changed}}))

    store.in_one(now, work)


def merged(months: Iterable[SubscriptionMonth], lines: Lines, sequence: int) -> list[SubscriptionMonth]:
    """The months with what the lines say of them."""
    known = {month.subscription_id: month for month in months}
    for use in lines.uses:
        known[use.subscription_id] = with_use(known[use.subscription_id], use, sequence)
    for line in lines.bundles:
        if line.subscription_id:
            known[line.subscription_id] = with_bundle(known[line.subscription_id], line, sequence)
    return list(known.values())


def with_groups(month: CustomerMonth, lines: Lines, sequence: int) -> CustomerMonth:
    """The month with what the lines say of group bundles."""
    for line in lines.bundles:
        if line.group and not line.subscription_id:
            month = with_group(month, line, sequence)
    return month
