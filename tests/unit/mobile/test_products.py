"""The table of products, and what a subscription's bundles are in time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.mobile.domain.products import GROUPS, MODULES, PRODUCTS, bundle_codes
from services.mobile.domain.shares import changed, own_volume, shares
from services.mobile.domain.subscriptions import (
    ModuleTerm,
    add_module,
    change_product,
    end,
    end_module,
)
from services.mobile.domain.terms import Deviation, Step, Terms, with_step
from shared import call_types
from shared.days import midnight
from shared.errors import Invalid
from tests.unit.mobile.people import NOW, START, subscription

MB = 1_000_000


def day(text: str) -> datetime:
    return midnight(date.fromisoformat(text))


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=lambda product: product.code)
def test_no_call_type_is_in_two_bundles_that_a_subscription_can_have(product: object) -> None:
    assert hasattr(product, "bundles")
    modules = [module.bundle for module in MODULES.values() if product.code in module.products]
    for one, other in combinations([*product.bundles, *modules], 2):
        assert not set(one.types) & set(other.types)


def test_bundles_are_of_known_call_types_and_exact_prices() -> None:
    for bundle in bundle_codes().values():
        assert set(bundle.types) <= set(call_types.LABELS)
        assert Decimal(bundle.rate) >= 0
        assert bundle.unit in (1, 60, MB)
    assert {product.code for product in GROUPS.values()} == {"zakelijk_mobiel", "kpn_een"}


def test_each_change_of_product_or_module_begins_and_ends_shares() -> None:
    made = add_module(subscription(), "mobiel_internet_eu", day("2026-02-01"))
    moved = change_product(made, "mobiel_onbeperkt", day("2026-06-01"))
    ended = end(moved, day("2026-09-01"))
    told = [(s.kind, s.group, s.module, s.valid_from, s.valid_to) for s in shares(ended, Terms())]
    assert told == [
        ("data", "zakelijk_mobiel", "", START, day("2026-06-01")),
        ("voice", "zakelijk_mobiel", "", START, day("2026-06-01")),
        ("sms", "", "", START, day("2026-06-01")),
        ("data", "", "", day("2026-06-01"), day("2026-09-01")),
        ("data", "", "mobiel_internet_eu", day("2026-02-01"), day("2026-09-01")),
    ]
    assert changed(ended, Terms()).revision == 4


def test_terms_hold_from_their_month_on_and_only_cut_what_they_change() -> None:
    free = Step("2026-03", {"zakelijk_mobiel.data": Deviation(rate="0")}, block_cost="5.00")
    more = Step("2026-05", {"zakelijk_mobiel.data": Deviation(volume=800 * MB, rate="0")})
    terms = with_step(with_step(Terms(), more), free)
    told = [(s.valid_from, s.valid_to, s.volume, s.rate) for s in shares(subscription(), terms)]
    assert told == [
        (START, day("2026-03-01"), 500 * MB, "0.0250"),
        (day("2026-03-01"), day("2026-05-01"), 500 * MB, "0"),
        (day("2026-05-01"), None, 800 * MB, "0"),
        (START, None, 150 * 60, "0.0650"),
        (START, None, 150, "0.0579"),
    ]
    costs = [terms.sim_cost(True, day(f"2026-0{month}-15")) for month in (2, 3, 5)]
    assert costs == ["7.50", "5.00", "7.50"]
    assert with_step(terms, replace(free, block_cost=None)).steps[0].block_cost is None


def test_of_shares_that_follow_each_other_in_a_month_the_largest_is_the_own_share() -> None:
    moved = change_product(subscription(product="kpn_een"), "zakelijk_mobiel", day("2026-11-10"))
    found = shares(moved, Terms())
    assert own_volume(found, "2026-11", "data") == 2_000 * MB
    assert own_volume(found, "2026-12", "data") == 500 * MB
    assert own_volume(shares(subscription(product="data_only"), Terms()), "2026-11", "voice") is None


def test_a_module_is_of_its_products_once_at_a_time_and_within_the_subscription() -> None:
    one = add_module(subscription(), "zakelijk_mobiel_naar_eu", day("2026-02-01"))
    for module, since, field in (
        ("mobiel_bellen_eu", "2026-02-01", "module"),
        ("zakelijk_mobiel_naar_eu", "2026-03-01", "module"),
        ("mobiel_internet_eu", "2025-12-01", "valid_from"),
    ):
        with pytest.raises(Invalid) as wrong:
            add_module(one, module, day(since))
        assert list(wrong.value.fields) == [field]
    off = end_module(one, "zakelijk_mobiel_naar_eu", day("2026-05-01"))
    assert [off.modules_at(day(d)) for d in ("2026-04-30", "2026-05-01")] == [
        ("zakelijk_mobiel_naar_eu",),
        (),
    ]
    again = add_module(off, "zakelijk_mobiel_naar_eu", day("2026-07-01"))
    assert len(again.modules) == 2
    assert end_module(again, "zakelijk_mobiel_naar_eu", day("2026-07-01")).modules == off.modules
    with pytest.raises(Invalid, match="Niet alles"):
        end_module(off, "zakelijk_mobiel_naar_eu", NOW)


def test_a_module_that_comes_back_later_can_end_sooner_before_that() -> None:
    naar_eu = "zakelijk_mobiel_naar_eu"
    first = end_module(add_module(subscription(), naar_eu, day("2026-10-01")), naar_eu, day("2026-10-31"))
    both = add_module(first, naar_eu, day("2026-12-01"))
    sooner = end_module(both, naar_eu, day("2026-10-15"))
    assert [(term.start, term.end) for term in sooner.modules] == [
        (day("2026-10-01"), day("2026-10-15")),
        (day("2026-12-01"), None),
    ]
    assert [term.end for term in end_module(both, naar_eu, day("2027-01-01")).modules] == [
        day("2026-10-31"),
        day("2027-01-01"),
    ]
    with pytest.raises(Invalid, match="Niet alles"):
        end_module(both, naar_eu, day("2026-11-15"))


def test_a_module_that_another_product_lacks_ends_with_the_product() -> None:
    made = add_module(subscription(), "zakelijk_mobiel_naar_eu", day("2026-02-01"))
    made = add_module(made, "mobiel_internet_eu", day("2026-02-01"))
    moved = change_product(made, "mobiel_onbeperkt", day("2026-06-01"))
    assert moved.modules_at(day("2026-06-01")) == ("mobiel_internet_eu",)
    assert moved.product_at(day("2026-05-31")) == "zakelijk_mobiel"


def test_others_are_told_of_every_product_and_when_also_of_one_that_is_planned() -> None:
    later = day("2027-01-01")
    event = changed(change_product(subscription(), "mobiel_onbeperkt", later), Terms())
    assert [(term.product, term.valid_from, term.valid_to) for term in event.products] == [
        ("zakelijk_mobiel", START, later),
        ("mobiel_onbeperkt", later, None),
    ]
    assert event.product == "mobiel_onbeperkt", "the release before knows no other"


def test_a_module_ends_with_its_product_also_when_the_change_was_planned_before_the_module_came() -> None:
    planned = change_product(subscription(), "mobiel_onbeperkt", day("2026-06-01"))
    planned = change_product(planned, "zakelijk_mobiel", day("2026-08-01"))
    abroad = add_module(planned, "zakelijk_mobiel_naar_eu", day("2026-02-01"))
    assert abroad.modules == (ModuleTerm("zakelijk_mobiel_naar_eu", day("2026-02-01"), day("2026-06-01")),), (
        "a product later on that has it again does not bring it back"
    )
    assert add_module(planned, "mobiel_internet_eu", day("2026-02-01")).modules[0].end is None
    later = add_module(abroad, "zakelijk_mobiel_naar_eu", day("2026-09-01"))
    assert [term.end for term in later.modules] == [day("2026-06-01"), None]
    ended = add_module(end(planned, day("2026-05-01")), "zakelijk_mobiel_naar_eu", day("2026-02-01"))
    assert ended.modules[0].end == day("2026-05-01")


steps = st.lists(
    st.tuples(
        st.booleans(), st.sampled_from(list(PRODUCTS)), st.sampled_from(list(MODULES)), st.integers(2, 11)
    ),
    max_size=8,
)


@settings(max_examples=100)
@given(steps)
def test_no_sequence_of_changes_leaves_a_module_on_under_a_product_that_does_not_have_it(
    changes: list[tuple[bool, str, str, int]],
) -> None:
    made = subscription()
    for is_module, product, module, month in changes:
        at = day(f"2026-{month:02}-01")
        with suppress(Invalid):
            made = add_module(made, module, at) if is_module else change_product(made, product, at)
    for month in range(1, 13):
        at = day(f"2026-{month:02}-15")
        for module in made.modules_at(at):
            assert made.product_at(at) in MODULES[module].products
