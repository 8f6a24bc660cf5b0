"""Bundles of mobile subscriptions: what was used of each in a month, and what use above it costs.

Everything here is a function of sums by month, subscription and call type, so the order in which usage
arrives never changes an amount (docs/decisions/0020-bundles-are-functions-of-sums.md). Decisions where
the rule leaves room:
- a share counts in a month with which it and its subscription overlap at all, whole, never pro rata;
- of the terms of one share that follow each other within a month, the largest volume counts, not the sum;
- use of a type counts in one bundle: that of a module before others, then of what began last, then a
  subscription's own before a group's;
- where shares of a group disagree on the price, the lowest per byte, second or message holds, and of equal
  ones that of the smallest unit;
- a share of nothing (volume 0) makes all use one that is over;
- a bundle covers a call type for the whole month, whatever the kind of its rows: what those cost by
  themselves is paid by the bundle, once, however many of a subscription's shares name the type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import NamedTuple

from services.cdr.domain.amsterdam import epoch
from services.cdr.domain.periods import bounds, following, period_at
from services.cdr.domain.reference import FOREVER
from services.cdr.domain.tariff import EURO
from shared.money import MICRO, divide_half_up

KINDS = ("data", "voice", "sms")
USE = ("rows", "seconds", "bytes", "messages", "amount", "waived")
"""What is kept of a subscription's usage of a call type in a month: as in posting.SUMS, and what rows
were booked without because a bundle covered them when they were rated."""

Used = tuple[int, int, int, int, int, int]
"""Sums in the order of USE; amounts in millionths of a euro."""

Uses = Mapping[str, Mapping[str, Used]]
"""Subscription → call type, as bundles count it (call_types.counted_as) → sums, of one customer and month."""

_MEASURE = {"voice": 1, "data": 2, "sms": 3}
_AMOUNT, _WAIVED = 4, 5
LARGEST = 2**62
"""Bytes, seconds or messages of a share; picoeuro of a rate."""


class Key(NamedTuple):
    """Which bundle of a customer: a group's has no subscription, a subscription's own has no group. Modules
    that add to a group's bundle are part of it; one of its own is a bundle of its own."""

    kind: str
    group: str = ""
    subscription: str = ""
    module: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """What a subscription may use in a month, in the half-open interval of epoch seconds; above it ``rate``
    picoeuro per started ``unit``. Volume and unit in bytes, seconds or messages."""

    kind: str
    types: frozenset[str]
    volume: int
    begin: int
    end: int
    group: str
    module: str
    unit: int
    rate: int


@dataclass(frozen=True, slots=True)
class Subscription:
    """Active in the half-open interval of epoch seconds."""

    id: str
    label: str
    begin: int
    end: int
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle in a month: bytes, seconds or messages; what is over costs ``amount``, and the rows that it
    covers have together been booked for ``covered``, both in millionths of a euro."""

    used: int = 0
    allowance: int = 0
    amount: int = 0
    covered: int = 0

    @property
    def over(self) -> int:
        return max(0, self.used - self.allowance)


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts for a customer in a month: allowance and (rate, unit) per bundle; and for each
    subscription the bundle that use of a (kind, type) counts in, and the one that pays for rows of a type."""

    allowance: Mapping[Key, int]
    price: Mapping[Key, tuple[int, int]]
    counts_in: Mapping[str, Mapping[tuple[str, str], Key]]
    covered_by: Mapping[str, Mapping[str, Key]]

    def covers(self, subscription: str, call_type: str) -> bool:
        """Whether rows of this type cost nothing by themselves."""
        return call_type in self.covered_by.get(subscription, ())

    def keys_of(self, subscription: str) -> set[Key]:
        """The bundles that use of a subscription counts in."""
        return set(self.counts_in.get(subscription, {}).values())


def share(
    kind: str,
    types: Iterable[str],
    volume: int,
    valid_from: datetime,
    valid_to: datetime | None,
    group: str,
    module: str,
    unit: int,
    rate: str,
) -> Share:
    """A share as an event tells it; ValueError for what can not be one."""
    if kind not in KINDS:
        raise ValueError(f"there are no bundles of {kind[:20]!r}")
    if not 0 <= volume <= LARGEST or not 1 <= unit <= LARGEST:
        raise ValueError("the volume or the unit of a bundle is out of bounds")
    end = epoch(valid_to) if valid_to else FOREVER
    return Share(kind, frozenset(types), volume, epoch(valid_from), end, group, module, unit, _picoeuro(rate))


def _picoeuro(rate: str) -> int:
    try:
        exact = Decimal(rate) * EURO
    except InvalidOperation as problem:
        raise ValueError(f"{rate[:20]!r} is no rate") from problem
    if not exact.is_finite() or not 0 <= exact <= LARGEST or exact != int(exact):
        raise ValueError(f"{rate[:20]!r} is no rate: from 0 up, with at most 12 decimals")
    return int(exact)


def terms_of(subscriptions: Iterable[Subscription], month: int) -> Terms:
    """The customer's terms in a month (202611)."""
    allowance: dict[Key, int] = {}
    price: dict[Key, tuple[int, int]] = {}
    counts_in: dict[str, dict[tuple[str, str], Key]] = {}
    for subscription in subscriptions:
        active = active_shares(subscription, month)
        volumes: dict[tuple[Key, str], int] = {}
        for one in active:
            key = key_of(subscription.id, one)
            volumes[key, one.module] = max(volumes.get((key, one.module), 0), one.volume)
            offer = (one.rate, one.unit)
            price[key] = min(price.get(key, offer), offer, key=_dearness)
        for (key, _), volume in volumes.items():
            allowance[key] = allowance.get(key, 0) + volume
        if active:
            counts_in[subscription.id] = _counts_in(subscription.id, active)
    covered_by = {subscription: _covered_by(of) for subscription, of in counts_in.items()}
    return Terms(allowance, price, counts_in, covered_by)


def key_of(subscription: str, share: Share) -> Key:
    """The bundle that a share of this subscription belongs to."""
    if share.group:
        return Key(share.kind, group=share.group)
    return Key(share.kind, subscription=subscription, module=share.module)


def active_shares(subscription: Subscription, month: int) -> list[Share]:
    """Its shares that count in a month."""
    first, last = (int(moment.timestamp()) for moment in bounds(month))
    begin, end = max(first, subscription.begin), min(last, subscription.end)
    return [one for one in subscription.shares if max(begin, one.begin) < min(end, one.end)]


def _dearness(offer: tuple[int, int]) -> tuple[Fraction, int]:
    rate, unit = offer
    return Fraction(rate, unit), unit


def _counts_in(subscription: str, active: Iterable[Share]) -> dict[tuple[str, str], Key]:
    found: dict[tuple[str, str], Key] = {}
    for one in sorted(active, key=lambda s: (not s.module, -s.begin, bool(s.group), s.group, s.module)):
        for call_type in one.types:
            found.setdefault((one.kind, call_type), key_of(subscription, one))
    return found


def _covered_by(counts_in: Mapping[tuple[str, str], Key]) -> dict[str, Key]:
    """One bundle per type: of several kinds the first."""
    found: dict[str, Key] = {}
    for (_, call_type), key in sorted(counts_in.items(), key=lambda item: KINDS.index(item[0][0])):
        found.setdefault(call_type, key)
    return found


def bundles_of(terms: Terms, uses: Uses) -> dict[Key, Bundle]:
    """All bundles of a customer in a month, by the sums of that month; what no bundle names is in none."""
    used, covered = dict.fromkeys(terms.allowance, 0), dict.fromkeys(terms.allowance, 0)
    for subscription, types in uses.items():
        counts_in = terms.counts_in.get(subscription)
        if not counts_in:
            continue
        covered_by = terms.covered_by[subscription]
        for call_type, sums in types.items():
            if call_type in covered_by:
                covered[covered_by[call_type]] += sums[_AMOUNT]
            for kind, column in _MEASURE.items():
                if sums[column] and (key := counts_in.get((kind, call_type))):
                    used[key] += sums[column]
    return {key: _bundle(quantity, covered[key], terms, key) for key, quantity in used.items()}


def accounts_of(terms: Terms, uses: Uses) -> dict[Key, Bundle]:
    """What periods have to hold: all bundles, and as covered for less than nothing what rows were booked
    without that no bundle covers after all. So it does not matter what was known when they were rated."""
    found = bundles_of(terms, uses)
    for subscription, types in uses.items():
        for call_type, sums in types.items():
            if sums[_WAIVED] and not terms.covers(subscription, call_type):
                key = Key(_kind(sums), subscription=subscription)
                bundle = found.get(key, Bundle())
                found[key] = replace(bundle, covered=bundle.covered - sums[_WAIVED])
    return found


def costs(terms: Terms, subscription: str, call_type: str, sums: Used) -> int:
    """What use of a type costs by itself: nothing where a bundle covers it, whatever its rows were booked
    for."""
    return 0 if terms.covers(subscription, call_type) else sums[_AMOUNT] + sums[_WAIVED]


def _kind(sums: Used) -> str:
    return next((kind for kind, column in _MEASURE.items() if sums[column]), KINDS[0])


def _bundle(used: int, covered: int, terms: Terms, key: Key) -> Bundle:
    allowance, (rate, unit) = terms.allowance[key], terms.price[key]
    return Bundle(used, allowance, cost(max(0, used - allowance), unit, rate), covered)


def cost(over: int, unit: int, rate: int) -> int:
    """Millionths of a euro for every started unit; exact for a rate of whole millionths, else rounded half
    up once."""
    return divide_half_up(-(-over // unit) * rate, EURO // MICRO)


def changed_from(before: Subscription | None, after: Subscription | None) -> int | None:
    """The first month in which a subscription counts otherwise than it did; None when in no month."""
    states = [one for one in (before, after) if one is not None]
    for month in sorted({month for one in states for month in _boundaries(one)}):
        if _state(before, month) != _state(after, month):
            return month
    return None


def _state(subscription: Subscription | None, month: int) -> list[Share]:
    """What counts of it; when it ends does not matter while it counts."""
    return [] if subscription is None else [replace(one, end=0) for one in active_shares(subscription, month)]


def _boundaries(subscription: Subscription) -> Iterable[int]:
    """The months in which what counts of a subscription may differ from the month before."""
    terms = [(one.begin, one.end) for one in subscription.shares]
    for begin, end in [*terms, (subscription.begin, subscription.end)]:
        yield period_at(begin)
        if end < FOREVER:
            yield period_at(end)
            yield following(period_at(end))
