"""Which limits there are for whom, what can be filled in, and when one is reached."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.mobile.domain import limits
from services.mobile.domain.limits import LIMITS, Effective, Reading, Setting, effective, visible
from services.mobile.domain.subscriptions import ModuleTerm
from services.mobile.domain.usage import BundleSum, CustomerMonth, SubscriptionMonth, TypeSum
from shared.errors import Invalid
from tests.unit.mobile.people import MONTH, NOW, START, subscription

MB = 1_000_000


@pytest.mark.feature("MOB-05")
@pytest.mark.parametrize(
    ("product", "shown"),
    [
        ("zakelijk_mobiel", ["total", "sms_bundle", "national_data"]),
        ("mobiel_onbeperkt", ["total", "data_bundle", "national_data"]),
        ("data_only", ["total", "data_bundle", "national_data"]),
        ("kpn_een", ["total", "sms_bundle"]),
    ],
)
def test_which_limits_a_subscription_has_by_its_product(product: str, shown: list[str]) -> None:
    assert [limit.code for limit in visible(subscription(product=product), NOW)] == shown


@pytest.mark.feature("MOB-05")
def test_a_modules_limit_is_there_while_the_module_is_on() -> None:
    term = ModuleTerm("mobiel_internet_eu", START, NOW)
    made = subscription(product="data_only", modules=(term,))
    assert visible(made, NOW - timedelta(seconds=1))[-1].code == "mobiel_internet_eu"
    assert "mobiel_internet_eu" not in [limit.code for limit in visible(made, NOW)]


@pytest.mark.feature("MOB-05")
@pytest.mark.parametrize(
    ("code", "text", "counted"),
    [
        ("mobiel_bellen_eu", "250", 250 * 60),
        ("mobiel_internet_eu", " 500 ", 500 * MB),
        ("mobiel_internet_wereld", "100", 100 * MB),
        ("zakelijk_mobiel_naar_eu", "300", 300 * 60),
        ("zakelijk_mobiel_buiten_eu", "40", 40 * 60),
        ("total", "12.5", 12_500_000),
        ("national_data", "999999.99", 999_999_990_000),
    ],
)
def test_what_can_be_filled_in(code: str, text: str, counted: int) -> None:
    limit = LIMITS[code]
    assert limit.parse(text) == counted
    assert limit.parse(limit.shown(counted)) == counted


STEP = "Kies een veelvoud van %s, zoals %s of %s."
ABOVE_0 = "Vul een getal boven 0 in, of laat het veld leeg als u geen waarschuwing wilt."
MOST = "Vul een getal in tot en met 999.999."


@pytest.mark.feature("MOB-05")
@pytest.mark.parametrize(
    ("code", "text", "sentence"),
    [
        ("mobiel_bellen_eu", "300", STEP % (250, "250", "500")),
        ("mobiel_internet_eu", "100", STEP % (250, "250", "500")),
        ("mobiel_internet_eu", "1249", STEP % (250, "1.000", "1.250")),
        ("mobiel_internet_wereld", "150", STEP % (100, "100", "200")),
        ("zakelijk_mobiel_naar_eu", "100.5", STEP % (100, "100", "200")),
        ("zakelijk_mobiel_buiten_eu", "30", STEP % (20, "20", "40")),
        ("total", "-5", ABOVE_0),
        ("total", "0", ABOVE_0),
        ("total", "0.00", ABOVE_0),
        ("total", "tien", MOST),
        ("total", "1e3", MOST),
        ("total", "٣", MOST),
        ("total", "12.345", MOST),
        ("mobiel_bellen_eu", "1000000", MOST),
        ("total", "=1+1", MOST),
    ],
)
def test_what_cannot_is_said_beside_the_field(code: str, text: str, sentence: str) -> None:
    with pytest.raises(Invalid) as wrong:
        LIMITS[code].parse(text)
    assert wrong.value.fields == {"value": [sentence]}


@pytest.mark.feature("MOB-01")
def test_ones_own_setting_goes_before_the_partners_default() -> None:
    default, own, nothing = Setting(100, NOW), Setting(25, NOW), Setting(None, NOW)
    assert effective(own, default) == Effective(25, "own", 100, NOW)
    assert effective(nothing, default) == Effective(None, "own", 100, NOW)
    assert effective(None, default) == Effective(100, "default", 100, NOW)
    assert effective(None, nothing) == Effective(None, "none", None, None)
    assert effective(None, None).source == "none"


def month_of(**types: TypeSum) -> SubscriptionMonth:
    own = {"data": BundleSum(1, 1_200, 1_000, 200, 3_000_000), "sms": BundleSum(1, 120, 150, 0, 0)}
    return SubscriptionMonth("bakery", "one", MONTH, types, own)


def sums(seconds: int = 0, bytes: int = 0, amount: int = 0) -> TypeSum:
    return TypeSum(1, 1, seconds, bytes, 0, amount)


@pytest.mark.feature("MOB-06")
def test_what_counts_for_each_limit() -> None:
    used = month_of(
        data_national=sums(bytes=1_200, amount=1_000_000),
        data_eu=sums(bytes=300 * MB, amount=500_000),
        international_eu=sums(seconds=600),
        incoming=sums(seconds=60),
        incoming_at_home=sums(seconds=36_000),
        international_eu_outside_eu=sums(seconds=3600, amount=0),
        service_0900=sums(seconds=60, amount=250_000),
    )
    counted = {code: limits.use_of(limit, used, None) for code, limit in LIMITS.items()}
    assert counted["total"] == (4_750_000, None)
    assert counted["national_data"] == (4_000_000, None)
    assert counted["data_bundle"] == (1_200, 1_000)
    assert counted["sms_bundle"] == (120, 150)
    assert counted["mobiel_internet_eu"] == (300 * MB, None)
    assert counted["mobiel_bellen_eu"] == (660, None)
    assert counted["zakelijk_mobiel_naar_eu"] == (600, None)
    assert counted["zakelijk_mobiel_buiten_eu"] == (0, None)


@pytest.mark.feature("MOB-01", "MOB-06")
@pytest.mark.parametrize(
    ("used", "reached"), [(799, ()), (800, (80,)), (999, (80,)), (1_000, (80, 100)), (5_000, (80, 100))]
)
def test_bundles_warn_at_80_and_100_per_cent(used: int, reached: tuple[int, ...]) -> None:
    line = BundleSum(1, used, 1_000, 0, 0)
    reading = limits.group_reading("zakelijk_mobiel", "data", line)
    assert (reading.subject, reading.limit.code) == ("group:zakelijk_mobiel", "group_data")
    assert reading.reached() == reached
    empty = limits.group_reading("zakelijk_mobiel", "data", BundleSum(1, used, 0, used, 0))
    assert empty.reached() == ()


@pytest.mark.feature("MOB-06")
def test_a_limit_is_news_once_and_again_only_when_raised() -> None:
    def at(value: int) -> Reading:
        return Reading("", limits.CUSTOMER_TOTAL, 500, (value,))

    assert at(500).news(()) == (500,)
    assert at(500).news([500]) == ()
    assert at(400).news([500]) == ()
    assert at(501).news([400]) == ()
    assert at(450).news([400]) == (450,)


@pytest.mark.feature("MOB-06")
def test_a_limit_says_nothing_of_months_that_were_over_when_it_was_set_nor_of_long_ago() -> None:
    total = Effective(1, "own", None, NOW)
    early = Effective(1, "own", None, START)

    def told(month: str, setting: Effective) -> bool:
        return bool(list(limits.readings_of_all(CustomerMonth("bakery", month, 5), setting, NOW)))

    assert [told(month, total) for month in ("2026-11", "2026-10")] == [True, False]
    assert [told(month, early) for month in ("2026-11", "2026-10", "2026-09")] == [True, True, False]
    assert not limits.is_watched("2026-12", NOW)
    assert limits.is_watched("2026-12", datetime(2026, 11, 30, 23, 0, tzinfo=UTC))
