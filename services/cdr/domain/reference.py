"""What rating needs to know, in memory: whose number it is, by which plan, and what is closed.

Read from the store once and kept up to date by :meth:`Reference.refresh`, which costs one small
read while nothing has changed.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from services.cdr.domain.rate_plan import MOBILE, RatePlan
from services.cdr.domain.terms import Terms

FOREVER = 1 << 62
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Owned:
    """A number belongs to a customer in the half-open interval of epoch seconds, says ``source``."""

    source: str
    number: str
    begin: int
    end: int
    customer: str
    product: str

    @property
    def subscription(self) -> str:
        """The mobile subscription that has the number; empty for a fixed number."""
        return self.source.partition(":")[2] if self.product == MOBILE else ""


class Cover(NamedTuple):
    """A bundle covers a call type in the half-open interval of epoch seconds."""

    type: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Ownership:
    """All that one source (an assignment, a subscription) says about numbers, and what bundles cover of their
    use."""

    source: str
    sequence: int
    owned: tuple[Owned, ...]
    covers: tuple[Cover, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """A version of a rate plan counts for calls that start on or after ``valid_from`` (Amsterdam)."""

    name: str
    valid_from: date
    plan: RatePlan


@dataclass(frozen=True, slots=True)
class Versions:
    """Growing numbers that tell whether anything changed since the last look."""

    owners: int
    plans: int
    closings: int


class Source(Protocol):
    """Where the reference data comes from (store/reference.py)."""

    def versions(self) -> Versions: ...
    def ownerships(self, after: int) -> Sequence[Ownership]: ...
    def plan_versions(self) -> Sequence[PlanVersion]: ...
    def assignments(self) -> Mapping[str, str]: ...
    def terms(self) -> Mapping[str, Terms]: ...
    def closed_periods(self) -> Mapping[str, frozenset[int]]: ...


class Reference:
    """The reference data as of the last refresh; threads share it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._refreshing = threading.Lock()
        self._seen = Versions(-1, -1, -1)
        self._sequence = -1
        self._by_source: dict[str, Ownership] = {}
        self._by_number: dict[str, tuple[Owned, ...]] = {}
        self._covers: dict[str, tuple[Cover, ...]] = {}
        self._plans: dict[str, tuple[list[int], list[RatePlan]]] = {}
        self._assigned: Mapping[str, str] = {}
        self._terms: Mapping[str, Terms] = {}
        self._closed: Mapping[str, frozenset[int]] = {}

    @property
    def versions(self) -> Versions:
        return self._seen

    def refresh(self) -> None:
        """Take over what has changed since the last time. One thread after the other: an answer that
        comes late must not take the place of a newer one."""
        with self._refreshing:
            now = self._source.versions()
            if now.owners != self._seen.owners:
                self._learn(self._source.ownerships(self._sequence))
            if now.plans != self._seen.plans:
                self._plans = _by_name(self._source.plan_versions())
                self._assigned = self._source.assignments()
                self._terms = self._source.terms()
            if now.closings != self._seen.closings:
                self._closed = self._source.closed_periods()
            self._seen = now

    def owner(self, number: str, moment: int) -> Owned | None:
        """Who owned the number at an epoch second; of several the one that began last."""
        for owned in self._by_number.get(number, ()):
            if owned.begin <= moment < owned.end:
                return owned
        return None

    def covered(self, subscription: str, call_type: str, moment: int) -> bool:
        """Whether a bundle of a mobile subscription covers a call type at an epoch second."""
        return any(
            one.type == call_type and one.begin <= moment < one.end
            for one in self._covers.get(subscription, ())
        )

    def in_a_bundle(self, subscription: str, *call_types: str) -> bool:
        """Whether a bundle of a mobile subscription covers one of these call types, at any time."""
        return any(one.type in call_types for one in self._covers.get(subscription, ()))

    def plan(self, customer: str, day: int) -> RatePlan | None:
        """The version of the customer's plan that counts on a day (20261122), if there is one."""
        name = self._assigned.get(customer) or self._assigned.get(DEFAULT, DEFAULT)
        starts, plans = self._plans.get(name, ([], []))
        index = bisect_right(starts, day) - 1
        return plans[index] if index >= 0 else None

    def terms(self, customer: str) -> Terms | None:
        """What the customer pays other than their plan says."""
        return self._terms.get(customer)

    def closed(self, customer: str) -> frozenset[int]:
        """The customer's closed periods."""
        return self._closed.get(customer, frozenset())

    def _learn(self, changed: Sequence[Ownership]) -> None:
        for ownership in changed:
            before = self._by_source.get(ownership.source)
            for number in {owned.number for o in (before, ownership) if o for owned in o.owned}:
                others = (o for o in self._by_number.get(number, ()) if o.source != ownership.source)
                own = (o for o in ownership.owned if o.number == number)
                self._by_number[number] = tuple(sorted((*others, *own), key=lambda o: -o.begin))
            if ownership.covers or (before and before.covers):
                self._covers[ownership.source.partition(":")[2]] = ownership.covers
            self._by_source[ownership.source] = ownership
            self._sequence = max(self._sequence, ownership.sequence)


def _by_name(versions: Sequence[PlanVersion]) -> dict[str, tuple[list[int], list[RatePlan]]]:
    plans: dict[str, tuple[list[int], list[RatePlan]]] = {}
    for version in sorted(versions, key=lambda v: v.valid_from):
        day = version.valid_from
        starts, found = plans.setdefault(version.name, ([], []))
        starts.append(day.year * 10_000 + day.month * 100 + day.day)
        found.append(version.plan)
    return plans
