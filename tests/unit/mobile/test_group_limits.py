"""The limit of national data of a subscription that draws on a group's bundle; the real commands, with a
database in memory."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.mobile.domain.limits import Setting
from services.mobile.domain.shares import group_part
from services.mobile.domain.subscriptions import ProductTerm, Subscription
from services.mobile.domain.terms import Deviation, Step, Terms
from services.mobile.domain.usage import BundleSum, CustomerMonth, GroupPart
from services.mobile.store import Changes, Store
from services.mobile.usecases.limits import set_limit
from services.mobile.usecases.usage import usage_rated
from services.mobile.views.settings import limits
from shared.acting import Acting
from shared.events import BundleUse, SubscriptionUse, UsageRated, decode, wrap
from shared.events.notification import MobileNotificationRequested
from shared.money import to_wire
from tests.support.memory_mongo import Database
from tests.support.memory_server import Server
from tests.unit.mobile.people import MONTH, NOW, START, subscription

pytestmark = pytest.mark.feature("MOB-05", "MOB-06")

MB = 1_000_000
GROUP, LIMIT = "zakelijk_mobiel", "national_data"
STAFF = Acting(kind="staff", scope="operator", username="pim")
RATE = 25_000
"""Of a MB above the group's bundle, in millionths of a euro."""


class House:
    """A customer's subscriptions ``one`` and ``two``, of 500 MB each."""

    def __init__(self) -> None:
        self.db = Database(Server(lambda operation: None))
        self.store = Store(cast(Any, self.db))
        self.sequence = 0
        self.do(lambda changes: changes.save(subscription("one"), subscription("two")))

    def do(self, work: Any) -> None:
        self.store.in_one(NOW, work)

    def default(self, value: int) -> None:
        """What the partner has set for all its customers."""

        def work(changes: Changes) -> None:
            changes.keep_customer("bakery", "partner", 1)
            changes.save_defaults("partner", {LIMIT: Setting(value, START)})

        self.do(work)

    def limit(self, value: str | None, who: str = "one") -> None:
        """As staff set it."""
        fields = {
            "subscription_id": who,
            "code": LIMIT,
            "value": value,
            "command_id": f"{who} {value} {LIMIT}",
        }
        set_limit(self.store, lambda: NOW, STAFF, **fields)  # type: ignore[arg-type]

    def use(self, group_used: int, **megabytes: int) -> None:
        """What cdr tells: MB by subscription, and of the group together."""
        self.sequence += 1
        told = UsageRated(
            sequence=self.sequence,
            subscriptions=tuple(_use(who, amount * MB) for who, amount in megabytes.items()),
            bundles=(_group(group_used * MB),),
        )
        usage_rated(self.store, lambda: NOW, wrap(told, None))

    def counted(self, who: str = "one") -> str:
        """In euro, as the page has it."""
        found = limits(self.store, STAFF, NOW, subscription_id=who)["limits"]
        return next(str(one["used"]) for one in found if one["code"] == LIMIT)

    @property
    def mails(self) -> list[tuple[str, str]]:
        """(label, amount used) of each warning about this limit."""
        rows = self.db["outbox"].find({"name": MobileNotificationRequested.name})
        told = [decode(bytes(row["body"]), MobileNotificationRequested).data.parameters for row in rows]
        return [(one["label"], one["used"]) for one in told if one["limit"] == LIMIT]


def _use(who: str, amount: int) -> SubscriptionUse:
    return SubscriptionUse(
        **{"customer_id": "bakery", "subscription_id": who, "month": MONTH, "type": "data_national"},
        **{"events": 1, "seconds": 0, "bytes": amount, "messages": 0, "amount": "0"},
    )


def _group(used: int) -> BundleUse:
    over = max(0, used - 1000 * MB)
    return BundleUse(
        **{"customer_id": "bakery", "month": MONTH, "kind": "data", "group": GROUP},
        **{"used": used, "allowance": 1000 * MB, "over": over, "amount": to_wire(-(-over // MB) * RATE)},
    )


def test_what_one_used_above_its_share_counts_as_far_as_the_group_is_over() -> None:
    house = House()
    house.limit("10")
    house.use(900, one=700, two=200)
    assert (house.counted("one"), house.mails) == ("0.00", [])
    house.use(1300, one=1100)
    assert (house.counted("one"), house.counted("two")) == ("7.50", "0.00")
    house.use(1500, one=1300)
    assert (house.counted("one"), len(house.mails)) == ("12.50", 1)
    house.use(50_200, one=50_000)
    assert (house.counted("one"), len(house.mails)) == ("1230.00", 1)


def test_no_more_than_what_is_above_ones_own_share_counts() -> None:
    house = House()
    house.use(5600, one=600, two=5000)
    assert (house.counted("one"), house.counted("two")) == ("2.50", "112.50")


@pytest.mark.parametrize("is_default", [False, True])
def test_a_limit_warns_also_when_another_one_takes_the_group_over(is_default: bool) -> None:
    house = House()
    if is_default:
        house.default(5_000_000)
    else:
        house.limit("5")
    house.use(900, one=900)
    assert house.mails == []
    house.use(1300, two=400)
    assert len(house.mails) == 1
    assert house.counted("one") == "7.50"
    house.use(1400, two=500)
    assert len(house.mails) == 1


def test_a_limit_set_when_the_group_is_over_warns_at_once() -> None:
    house = House()
    house.use(1500, one=1500)
    house.limit("10")
    assert len(house.mails) == 1


LINE = BundleSum(1, 1500 * MB, 1000 * MB, 500 * MB, 12_500_000)
CUSTOMER = CustomerMonth("bakery", MONTH, groups={f"{GROUP}|data": LINE})
HALF = datetime(2026, 11, 14, 23, tzinfo=START.tzinfo)


def of(*products: ProductTerm) -> Subscription:
    return subscription(products=products)


@pytest.mark.parametrize(
    ("one", "volume"),
    [
        (of(ProductTerm(GROUP, START)), 500 * MB),
        (of(ProductTerm("mobiel_onbeperkt", START, HALF), ProductTerm(GROUP, HALF)), 500 * MB),
        (of(ProductTerm(GROUP, START, HALF), ProductTerm("mobiel_onbeperkt", HALF)), None),
        (of(ProductTerm("data_only", START)), None),
        (of(ProductTerm("kpn_een", START)), None),
    ],
)
def test_where_the_data_of_a_month_counts(one: Subscription, volume: int | None) -> None:
    part = group_part(one, CUSTOMER, "data", Terms())
    assert part == (None if volume is None else GroupPart(volume, LINE))


def test_the_share_is_that_of_the_customers_terms() -> None:
    terms = Terms((Step("2026-03", {f"{GROUP}.data": Deviation(volume=800 * MB)}),))
    assert group_part(of(ProductTerm(GROUP, START)), CUSTOMER, "data", terms) == GroupPart(800 * MB, LINE)


@given(st.integers(0, 10**10), st.integers(0, 10**10), st.integers(0, 10**10), st.integers(0, 10**10))
def test_a_part_costs_at_most_what_the_group_pays_and_grows_with_use(
    volume: int, over: int, amount: int, used: int
) -> None:
    part = GroupPart(volume, BundleSum(1, over, 0, over, amount if over else 0))
    assert 0 <= part.cost(used) <= part.cost(used + 1) <= part.line.amount
    assert part.cost(volume + over) == part.line.amount
    assert part.cost(volume) == 0
