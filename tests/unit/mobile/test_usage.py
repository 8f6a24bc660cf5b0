"""Usage as cdr tells of it: whatever the order, however often, however late, the same is known of it."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.mobile.domain import limits
from services.mobile.domain.limits import Effective, Reading
from services.mobile.domain.usage import CustomerMonth, SubscriptionMonth
from services.mobile.usecases.usage import Lines, merged, with_groups
from shared.events import BundleUse, SubscriptionUse
from shared.money import to_wire
from tests.unit.mobile.people import MONTH, NOW, START

SUBSCRIPTIONS = ("one", "two")
Told = tuple[int, SubscriptionUse | BundleUse]


def use(subscription: str, type: str, amount: int) -> SubscriptionUse:
    return SubscriptionUse(
        customer_id="bakery",
        subscription_id=subscription,
        month=MONTH,
        type=type,
        events=1,
        seconds=amount,
        bytes=amount,
        messages=0,
        amount=to_wire(amount),
    )


def bundle(kind: str, used: int, group: str = "", subscription: str = "", module: str = "") -> BundleUse:
    return BundleUse(
        customer_id="bakery",
        month=MONTH,
        kind=kind,
        used=used,
        allowance=1_000,
        over=max(0, used - 1_000),
        amount=to_wire(max(0, used - 1_000)),
        group=group,
        subscription_id=subscription,
        module=module,
    )


amounts = st.integers(0, 3_000)
lines = st.one_of(
    st.builds(use, st.sampled_from(SUBSCRIPTIONS), st.sampled_from(["data_national", "mobile"]), amounts),
    st.builds(bundle, st.sampled_from(["data", "voice"]), amounts, group=st.just("zakelijk_mobiel")),
    st.builds(
        bundle,
        st.just("data"),
        amounts,
        subscription=st.sampled_from(SUBSCRIPTIONS),
        module=st.sampled_from(["", "mobiel_internet_eu"]),
    ),
)


class Book:
    """What is known, and the warnings that were given, as the service keeps them."""

    def __init__(self) -> None:
        self.months = {each: SubscriptionMonth("bakery", each, MONTH) for each in SUBSCRIPTIONS}
        self.customer = CustomerMonth("bakery", MONTH)
        self.told: dict[tuple[str, str], list[int]] = {}
        self.mails: list[tuple[str, str, int]] = []

    def take(self, told: Told) -> None:
        sequence, line = told
        found = Lines(*(([line], []) if isinstance(line, SubscriptionUse) else ([], [line])))
        for month in merged(self.months.values(), found, sequence):
            self.months[month.subscription_id] = month
        customer = with_groups(self.customer, found, sequence)
        cost = sum(month.cost for month in self.months.values())
        self.customer = replace(customer, subscriptions_cost=cost)
        total = Effective(2_500, "own", None, START)
        for reading in limits.readings_of_all(self.customer, total, NOW):
            self._warn(reading)

    def _warn(self, reading: Reading) -> None:
        known = self.told.setdefault((reading.subject, reading.limit.code), [])
        news = reading.news(known)
        known += news
        if news:
            self.mails.append((reading.subject, reading.limit.code, news[-1]))


@pytest.mark.feature("MOB-02", "MOB-06")
@settings(max_examples=100)
@given(st.lists(lines, max_size=12), st.randoms(use_true_random=False))
def test_no_order_duplication_or_lateness_changes_what_is_known_or_mails_twice(
    history: list[SubscriptionUse | BundleUse], chance: random.Random
) -> None:
    in_order = list(enumerate(history, start=1))
    disturbed = in_order + chance.choices(in_order, k=len(in_order)) if in_order else []
    chance.shuffle(disturbed)
    proper, other = Book(), Book()
    for told in in_order:
        proper.take(told)
    for told in disturbed:
        other.take(told)
    assert other.months == proper.months
    assert other.customer == proper.customer
    assert len(set(other.mails)) == len(other.mails)
    kinds = [(subject, code) for subject, code, _ in other.mails]
    assert all(kinds.count(kind) <= 2 for kind in kinds)  # 80 and 100 per cent at most


@pytest.mark.feature("MOB-02")
def test_the_groups_overage_is_in_the_customers_cost_and_in_no_subscriptions() -> None:
    book = Book()
    book.take((1, use("one", "data_national", 350)))
    book.take((2, bundle("data", 1_003, group="zakelijk_mobiel")))
    assert [book.months[each].cost for each in SUBSCRIPTIONS] == [350, 0]
    assert book.customer.cost == 353
