"""What cdr says was used, kept as it says it: of two lines about the same thing the higher sequence holds.

Sums of a subscription or a customer are the sums of the lines that hold, so neither the order of arrival nor
repetition changes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from shared.events import BundleUse, SubscriptionUse
from shared.money import divide_half_up, micro_from_decimal


@dataclass(frozen=True)
class TypeSum:
    """All use of one call type in a month; ``amount`` in millionths of a euro."""

    sequence: int
    events: int
    seconds: int
    bytes: int
    messages: int
    amount: int


@dataclass(frozen=True)
class BundleSum:
    """Use of one bundle in a month, in bytes, seconds or messages; ``amount`` is what ``over`` costs, in
    millionths of a euro."""

    sequence: int
    used: int
    allowance: int
    over: int
    amount: int


@dataclass(frozen=True)
class SubscriptionMonth:
    """Of one subscription: ``types`` by call type, ``bundles`` by kind, with ``|module`` behind it if any."""

    customer_id: str
    subscription_id: str
    month: str
    types: Mapping[str, TypeSum] = field(default_factory=dict)
    bundles: Mapping[str, BundleSum] = field(default_factory=dict)

    @property
    def cost(self) -> int:
        """Extra costs in millionths of a euro: what use costs by itself, and what is above own bundles."""
        return sum(t.amount for t in self.types.values()) + sum(b.amount for b in self.bundles.values())

    def total(self, measure: str, types: Iterable[str]) -> int:
        """Seconds, bytes, messages or amount of some call types together."""
        return sum(getattr(self.types[code], measure) for code in types if code in self.types)


@dataclass(frozen=True)
class CustomerMonth:
    """Of all subscriptions of a customer: ``subscriptions_cost`` is the sum of theirs, ``groups`` by
    ``group|kind``."""

    customer_id: str
    month: str
    subscriptions_cost: int = 0
    groups: Mapping[str, BundleSum] = field(default_factory=dict)
    updated_at: datetime | None = None

    @property
    def cost(self) -> int:
        """Extra costs in millionths of a euro, use above group bundles too."""
        return self.subscriptions_cost + sum(group.amount for group in self.groups.values())


@dataclass(frozen=True)
class GroupPart:
    """What a subscription has in a group's bundle: its own share (``volume``), and the bundle's ``line``."""

    volume: int
    line: BundleSum

    def cost(self, used: int) -> int:
        """What use above its own share costs the group, as far as the group is over: millionths of a euro.

        Others may be above theirs as well, so the costs of all may add up to more than the group's.
        """
        part = min(max(0, used - self.volume), self.line.over)
        return divide_half_up(self.line.amount * part, self.line.over) if part else 0


def with_use(month: SubscriptionMonth, line: SubscriptionUse, sequence: int) -> SubscriptionMonth:
    """The month as it is when this line is known too."""
    if _is_old(month.types.get(line.type), sequence):
        return month
    amount = micro_from_decimal(Decimal(line.amount))
    new = TypeSum(sequence, line.events, line.seconds, line.bytes, line.messages, amount)
    return replace(month, types={**month.types, line.type: new})


def with_bundle(month: SubscriptionMonth, line: BundleUse, sequence: int) -> SubscriptionMonth:
    """The month as it is when this line about an own bundle is known too."""
    key = f"{line.kind}|{line.module}" if line.module else line.kind
    if _is_old(month.bundles.get(key), sequence):
        return month
    return replace(month, bundles={**month.bundles, key: _bundle(line, sequence)})


def with_group(month: CustomerMonth, line: BundleUse, sequence: int) -> CustomerMonth:
    """The month as it is when this line about a group's bundle is known too."""
    key = f"{line.group}|{line.kind}"
    if _is_old(month.groups.get(key), sequence):
        return month
    return replace(month, groups={**month.groups, key: _bundle(line, sequence)})


def _bundle(line: BundleUse, sequence: int) -> BundleSum:
    return BundleSum(sequence, line.used, line.allowance, line.over, micro_from_decimal(Decimal(line.amount)))


def _is_old(known: TypeSum | BundleSum | None, sequence: int) -> bool:
    return known is not None and known.sequence >= sequence
