"""What is used of bundles and what is above them, as a table of months (domain/bundles.py)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cdr.domain.bundles import (
    Bundle,
    Key,
    Share,
    Subscription,
    accounts_of,
    bundles_of,
    changed_from,
    cost,
    costs,
    share,
    terms_of,
)
from services.cdr.domain.period_lines import Held, lines_of
from services.cdr.store.period_lines import from_document, to_documents
from tests.unit.cdr.bundles import (
    DECEMBER,
    GROUP_DATA,
    GROUP_VOICE,
    MB,
    MINUTE,
    NOVEMBER,
    data,
    day,
    sms,
    subscription,
    used,
    voice,
)

pytestmark = pytest.mark.feature("MOB-02")

PENCE = 10**10
"""Picoeuro of a cent."""


def bundles(
    subscriptions: list[Subscription], uses: dict[str, Any], month: int = NOVEMBER
) -> dict[Key, Bundle]:
    return bundles_of(terms_of(subscriptions, month), uses)


def test_the_manuals_own_example() -> None:
    """1.003 of 1.000 MB and 39 of 300 minutes cost € 0,35: what the second subscription did outside the
    bundle. The 3 MB above the group's bundle cost this customer nothing."""
    first = subscription("first", data(500), voice(150))
    second = subscription("second", data(500), voice(150))
    uses = {
        "first": {"data_national": used(volume=603 * MB), "mobile": used(seconds=30 * MINUTE)},
        "second": {
            "data_national": used(volume=400 * MB),
            "national": used(seconds=9 * MINUTE),
            "international_world": used(seconds=90, amount=350_000),
        },
    }
    found = bundles([first, second], uses)
    assert found == {
        GROUP_DATA: Bundle(1003 * MB, 1000 * MB, 0),
        GROUP_VOICE: Bundle(39 * MINUTE, 300 * MINUTE, 0),
    }
    assert found[GROUP_DATA].over == 3 * MB and found[GROUP_VOICE].over == 0
    assert lines_of(NOVEMBER, {NOVEMBER: found}, {}, {}) == []


def test_every_started_unit_above_the_bundle_costs_and_nothing_below_it() -> None:
    one = subscription("one", data(500, rate="0.025"))
    found = {
        volume: bundles([one], {"one": {"data_national": used(volume=volume)}})[GROUP_DATA].amount
        for volume in (0, 500 * MB, 500 * MB + 1, 501 * MB, 501 * MB + 1)
    }
    assert list(found.values()) == [0, 0, 25_000, 25_000, 50_000]


def test_a_share_of_nothing_makes_all_use_one_that_is_over() -> None:
    one = subscription("one", sms(0, rate="0.0579", group=""))
    found = bundles([one], {"one": {"sms": used(messages=3)}})
    assert found == {Key("sms", subscription="one"): Bundle(3, 0, 173_700)}


def test_use_that_no_bundle_names_is_in_none() -> None:
    uses = {"one": {"data_world": used(volume=9 * MB)}, "unknown": {"data_national": used(volume=MB)}}
    assert bundles([subscription("one", data(1))], uses) == {GROUP_DATA: Bundle(0, MB, 0)}


@pytest.mark.parametrize(
    ("begin", "end", "active"),
    [
        ("2026-01-01", None, True),
        ("2026-11-30", None, True),
        ("2026-12-01", None, False),
        ("2026-01-01", "2026-11-01", True),
        ("2026-01-01", "2026-10-31", False),
    ],
)
def test_a_share_counts_whole_in_every_month_that_its_subscription_touches(
    begin: str, end: str | None, active: bool
) -> None:
    other = subscription("other", data(500))
    found = bundles([other, subscription("one", data(250), begin=begin, end=end)], {})
    assert found[GROUP_DATA].allowance == (750 if active else 500) * MB


def test_of_terms_that_follow_each_other_in_a_month_the_largest_counts_and_a_module_adds_to_it() -> None:
    """A change in the middle of a month never gives two bundles."""
    one = subscription(
        "one",
        data(500, end="2026-11-15"),
        data(1000, begin="2026-11-15"),
        data(200, module="extra"),
    )
    assert bundles([one], {})[GROUP_DATA].allowance == 1200 * MB
    assert bundles([one], {}, month=202610)[GROUP_DATA].allowance == 700 * MB


def test_use_of_a_type_counts_in_one_bundle_that_of_the_module_first() -> None:
    base = data(500, group="", types=("data_national", "data_eu"))
    one = subscription("one", base, data(250, module="eu", group="", types=("data_eu",)))
    uses = {"one": {"data_national": used(volume=10), "data_eu": used(volume=7)}}
    found = bundles([one], uses)
    assert {key.module: bundle.used for key, bundle in found.items()} == {"": 10, "eu": 7}


def test_what_a_bundle_covers_costs_nothing_by_itself_and_what_is_over_what_the_bundle_says() -> None:
    """The rate plan asked 2.60 for 130 minutes to the EU; the module pays them, and 30 are above it."""
    module = voice(100, module="eu", group="", types=("international_eu",), rate="0.10")
    one = subscription("one", voice(150), module)
    uses = {
        "one": {
            "international_eu": used(seconds=130 * MINUTE, amount=2_600_000),
            "international_world": used(seconds=MINUTE, amount=900_000),
        },
        "other": {"international_eu": used(seconds=MINUTE, amount=20_000)},
    }
    subscriptions = [one, subscription("other", voice(150))]
    found = bundles(subscriptions, uses)
    assert found[Key("voice", subscription="one", module="eu")].covered == 2_600_000
    assert found[GROUP_VOICE].covered == 0
    (line,) = lines_of(NOVEMBER, {NOVEMBER: found}, {}, {})
    assert (line.above, line.covered, line.amount) == (3_000_000, 2_600_000, 400_000)
    assert list(line.parts()) == [("bundle_voice", 3_000_000), ("covered_voice", -2_600_000)]
    terms = terms_of(subscriptions, NOVEMBER)
    covered = [terms.covers(name, "international_eu") for name in ("one", "other", "gone")]
    assert covered == [True, False, False]


WAIVED = [
    ("covered", [voice(9, group="")], 0, {Key("voice", subscription="one"): Bundle(60, 540)}),
    ("not after all", [], 70_000, {Key("voice", subscription="one"): Bundle(covered=-70_000)}),
    (
        "not after all, beside another bundle",
        [voice(9, group="", types=("mobile",))],
        70_000,
        {Key("voice", subscription="one"): Bundle(0, 540, 0, -70_000)},
    ),
]


@pytest.mark.parametrize(
    ("given", "cost", "found"), [one[1:] for one in WAIVED], ids=[one[0] for one in WAIVED]
)
def test_what_a_row_was_booked_without_is_asked_where_no_bundle_covers_it(
    given: list[Share], cost: int, found: dict[Key, Bundle]
) -> None:
    """A row was booked for nothing; then another change of the subscription came."""
    terms = terms_of([subscription("one", *given)], NOVEMBER)
    sums = used(seconds=60, waived=70_000)
    assert accounts_of(terms, {"one": {"national": sums}}) == found
    assert costs(terms, "one", "national", sums) == cost


def test_a_type_that_several_shares_name_is_taken_back_once_also_of_several_kinds() -> None:
    shares = [
        voice(1, types=("incoming",)),
        voice(1, types=("incoming",), module="eu", group=""),
        sms(1, types=("incoming",), group=""),
    ]
    one = subscription("one", *shares)
    found = bundles([one], {"one": {"incoming": used(seconds=5, messages=1, amount=70_000)}})
    taken = {key.module: bundle.covered for key, bundle in found.items() if bundle.covered}
    assert taken == {"eu": 70_000}


def test_a_difference_tells_what_is_above_and_what_is_within_apart() -> None:
    key = Key("voice", subscription="one", module="eu")
    before = {NOVEMBER: {key: Held(above=300_000, covered=500_000)}}
    now = {NOVEMBER: {key: Bundle(used=60, allowance=60, amount=0, covered=700_000)}, DECEMBER: {}}
    (line,) = lines_of(DECEMBER, now, before, {})
    assert (line.above, line.covered, line.amount, line.difference) == (-300_000, 200_000, -500_000, True)
    same = {NOVEMBER: {key: Held(above=0, covered=700_000)}}
    assert lines_of(DECEMBER, now, same, {}) == []
    # The subscription lost its module, also for November: what was taken back is asked again.
    (line,) = lines_of(DECEMBER, {NOVEMBER: {}}, same, {})
    assert (line.above, line.amount) == (0, 700_000)


def test_a_line_of_a_period_that_closed_before_lines_took_back_is_all_above() -> None:
    (line,) = lines_of(NOVEMBER, {NOVEMBER: {GROUP_DATA: Bundle(3, 1, amount=50, covered=7)}}, {}, {})
    (document,) = to_documents([line])
    assert from_document(document) == line
    old = {name: value for name, value in document.items() if name not in ("above", "covered")}
    assert from_document({**old, "amount": 50}) == replace(line, covered=0)


def test_where_shares_of_a_group_disagree_the_lowest_price_holds() -> None:
    """However they are ordered: per byte, and of equal ones that of the smallest unit."""
    shares = [data(1, rate="0.05"), data(1, rate="0.02"), data(1, rate="0.002", unit=MB // 10)]
    subscriptions = [subscription(str(n), one) for n, one in enumerate(shares)]
    for order in (subscriptions, subscriptions[::-1]):
        assert terms_of(order, NOVEMBER).price[GROUP_DATA] == (2 * PENCE // 10, MB // 10)


def test_a_rate_finer_than_a_millionth_is_rounded_once_half_up() -> None:
    assert cost(3, 1, 500_000) == 2  # 1.5 millionths
    assert cost(1, 1, 499_999) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "fax"},
        {"volume": -1},
        {"volume": 2**63},
        {"unit": 0},
        {"rate": "-0.01"},
        {"rate": "NaN"},
        {"rate": "cheap"},
        {"rate": "0.0000000000001"},
        {"rate": "1e30"},
    ],
)
def test_what_can_not_be_a_share_is_refused(wrong: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"kind": "data", "types": (), "volume": 1, "unit": 1, "rate": "0"}
    more = {"valid_from": day("2026-01-01"), "valid_to": None, "group": "", "module": ""}
    with pytest.raises(ValueError):
        share(**(fields | more | wrong))


@pytest.mark.parametrize(
    ("before", "after", "month"),
    [
        (None, subscription("x", data(5), begin="2026-11-10"), NOVEMBER),
        (subscription("x", data(5)), subscription("x", data(5), end="2026-11-20"), DECEMBER),
        (subscription("x", data(5)), subscription("x", data(5, end="2026-11-20")), DECEMBER),
        (subscription("x", data(5)), subscription("x", data(5, begin="2026-02-02")), 202601),
        (subscription("x", data(5)), subscription("x", data(5), data(1, begin="2026-12-05")), DECEMBER),
        (subscription("x", data(5)), subscription("x", data(5)), None),
        (None, subscription("x"), None),
    ],
)
def test_from_which_month_on_a_change_of_a_subscription_counts(
    before: Subscription | None, after: Subscription, month: int | None
) -> None:
    assert changed_from(before, after) == month


shares = st.builds(
    lambda make, volume, months, group, module, rate: make(
        volume,
        begin=f"2026-{months[0]:02d}-05",
        end=f"2026-{months[1]:02d}-05" if months[0] < months[1] else None,
        group=group,
        module=module,
        rate=rate,
    ),
    make=st.sampled_from([data, voice, sms]),
    volume=st.integers(0, 3),
    months=st.tuples(st.integers(9, 11), st.integers(9, 12)),
    group=st.sampled_from(["", "zakelijk_mobiel"]),
    module=st.sampled_from(["", "", "extra"]),
    rate=st.sampled_from(["0", "0.01", "0.025"]),
)
sums = st.builds(
    used,
    seconds=st.integers(0, 300),
    volume=st.integers(0, 5 * MB),
    messages=st.integers(0, 5),
    amount=st.integers(-5, 500_000),
    waived=st.integers(0, 500_000),
)
types = st.sampled_from(["data_national", "national", "mobile", "sms", "data_world", "national_outside_eu"])


@given(
    st.dictionaries(st.sampled_from("abc"), st.lists(shares, max_size=4), max_size=3),
    st.dictionaries(st.sampled_from("abc"), st.dictionaries(types, sums, max_size=4), max_size=3),
    st.randoms(use_true_random=False),
)
@settings(max_examples=100, deadline=None)
def test_no_order_changes_a_bundle_and_use_is_in_one_bundle_at_most(
    shares_of: dict[str, list[Share]], uses: dict[str, Any], dice: Any
) -> None:
    subscriptions = [subscription(name, *own) for name, own in shares_of.items()]
    found = bundles(subscriptions, uses)
    shuffled = [subscription(s.id, *dice.sample(s.shares, len(s.shares))) for s in reversed(subscriptions)]
    assert bundles(shuffled, dict(reversed(uses.items()))) == found
    for kind, column in (("voice", 1), ("data", 2), ("sms", 3)):
        everything = sum(s[column] for types in uses.values() for s in types.values())
        assert sum(b.used for key, b in found.items() if key.kind == kind) <= everything
    terms = terms_of(subscriptions, NOVEMBER)
    covered = [s[4] for one, of in uses.items() for kind, s in of.items() if terms.covers(one, kind)]
    assert sum(bundle.covered for bundle in found.values()) == sum(covered)
    # Rows and lines together are what is not covered, by the plan's prices, and what is over.
    booked = sum(s[4] for of in uses.values() for s in of.values())
    lines = sum(one.amount - one.covered for one in accounts_of(terms, uses).values())
    due = sum(costs(terms, one, kind, s) for one, of in uses.items() for kind, s in of.items())
    assert booked + lines == due + sum(bundle.amount for bundle in found.values())
    assert all(bundle.amount >= 0 for bundle in found.values())
    assert all(bundle.amount == 0 for bundle in found.values() if bundle.used <= bundle.allowance)


@given(
    st.one_of(st.none(), st.lists(shares, max_size=3)),
    st.lists(shares, max_size=3),
    st.sampled_from([202608, 202609, 202610, NOVEMBER, DECEMBER, 202701]),
)
@settings(max_examples=100, deadline=None)
def test_before_the_month_that_a_change_counts_from_nothing_changes(
    old: list[Share] | None, new: list[Share], month: int
) -> None:
    before = None if old is None else subscription("x", *old)
    after = subscription("x", *new)
    first = changed_from(before, after)
    if first is None or month < first:
        assert terms_of([before] if before else [], month) == terms_of([after], month)
