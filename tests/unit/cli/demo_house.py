"""What a cdr would know of the demo: its numbers' owners and the sample plan, without any store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cli.demo import cast
from cli.seeding.people import PLAN, PLAN_FROM, RATE_PLAN
from services.cdr.domain.plan_csv import parse_plan
from services.cdr.domain.reference import FOREVER, Owned, Ownership, PlanVersion, Reference, Versions
from services.cdr.domain.terms import Terms


class DemoReference:
    """All numbers of the demo belong to their customer for ever."""

    def versions(self) -> Versions:
        return Versions(1, 1, 1)

    def ownerships(self, after: int) -> Sequence[Ownership]:
        owned = [
            Owned(number, number, 0, FOREVER, customer.code, product)
            for customer in cast.CUSTOMERS
            for product, numbers in _numbers(customer).items()
            for number in numbers
        ]
        return [Ownership(one.number, 1, (one,)) for one in owned]

    def plan_versions(self) -> Sequence[PlanVersion]:
        parsed = parse_plan(RATE_PLAN.read_bytes(), 4, "sample")
        assert parsed.plan is not None, parsed.errors
        return [PlanVersion(PLAN, PLAN_FROM, parsed.plan)]

    def assignments(self) -> Mapping[str, str]:
        return {}

    def terms(self) -> Mapping[str, Terms]:
        return {}

    def closed_periods(self) -> Mapping[str, frozenset[int]]:
        return {}


def _numbers(customer: cast.Customer) -> dict[str, list[str]]:
    return {"telephony": list(customer.numbers), "mobile": [s.number for s in customer.subscriptions]}


def reference() -> Reference:
    known = Reference(DemoReference())
    known.refresh()
    return known
