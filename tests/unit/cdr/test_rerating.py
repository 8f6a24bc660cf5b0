"""Giving booked usage the price that counts now: shown first, booked once, whatever comes in between."""

from __future__ import annotations

from datetime import date

import pytest

from services.cdr.domain.plan_csv import parse_plan
from services.cdr.domain.posting import Standing, new_row, restate
from services.cdr.domain.reference import PlanVersion
from services.cdr.domain.rerating import Change, Fate, Sums
from tests.unit.cdr.books import ANNA, ANNAS, BERT, BERTS, MOBILE, PLAN, Facts, event, priced
from tests.unit.cdr.desk import Desk
from tests.unit.cdr.rerates import ChangingFacts, Rerating

pytestmark = pytest.mark.feature("CDR-08")

OCTOBER, NOVEMBER = 202610, 202611


@pytest.fixture
def facts() -> ChangingFacts:
    return ChangingFacts()


@pytest.fixture
def desk(facts: ChangingFacts) -> Desk:
    return Desk(facts)


def test_a_preview_says_what_would_change_and_changes_nothing(desk: Desk, facts: ChangingFacts) -> None:
    desk.book(event("r"), event("m", receiver=MOBILE), event("b", charged=BERTS))
    before = dict(desk.store.rows)
    facts.change("0,05")
    rerating = Rerating(desk)
    sums = rerating.preview(NOVEMBER)
    assert sums[ANNA] == Sums(rows=2, changes=1, old=50_000 + 120_000, new=80_000 + 120_000)
    assert sums[BERT] == Sums(rows=1, changes=1, old=50_000, new=80_000)
    (change,) = (c for c in rerating.previews.changes.values() if c.customer == ANNA)
    assert change == Change("vasco|r", "vasco|r|0", ANNA, 50_000, 80_000, "national", "Nederland")
    assert desk.store.rows == before


@pytest.mark.parametrize(
    ("scope", "records"),
    [
        ({}, {"r", "m"}),
        ({"prefix": "+316"}, {"m"}),
        ({"prefix": "+31"}, {"r", "m"}),
        ({"prefix": "+32"}, set()),
        ({"plan": "default"}, {"r", "m"}),
        ({"plan": "default 2020-01-01"}, {"r", "m"}),
        ({"plan": "default 2020-01"}, set()),
        ({"plan": "other"}, set()),
    ],
)
def test_a_preview_keeps_to_prefix_and_plan(
    desk: Desk, facts: ChangingFacts, scope: dict[str, str], records: set[str]
) -> None:
    desk.book(event("r"), event("m", receiver=MOBILE))
    facts.change("0,05", "0,10")
    rerating = Rerating(desk)
    rerating.preview(NOVEMBER, **scope)
    assert {key.partition("|")[2] for key in rerating.previews.changes} == records


def test_usage_without_a_rate_is_counted_and_left_alone(desk: Desk, facts: ChangingFacts) -> None:
    desk.book(event("r"))
    facts.plan = PlanVersion("default", date(2027, 1, 1), facts.plan.plan)
    facts.plans += 1
    rerating = Rerating(desk)
    assert rerating.preview(NOVEMBER)[ANNA] == Sums(rows=1, no_rate=1, old=50_000, new=50_000)
    assert not rerating.previews.changes


def test_what_was_shown_is_what_is_booked(desk: Desk, facts: ChangingFacts) -> None:
    desk.book(event("r"), event("b", charged=BERTS))
    facts.change("0,05")
    rerating = Rerating(desk)
    rerating.preview(NOVEMBER)
    rerating.book()
    assert rerating.told == [(Fate.BOOKED, 30_000), (Fate.BOOKED, 30_000)]
    assert desk.seen == [
        (BERT, NOVEMBER, 1, 80_000, "corrected"),
        (ANNA, NOVEMBER, 1, 80_000, "corrected"),
    ]
    assert {row["plan"] for row in desk.store.visible} == {"default 2020-01-02"}


def test_a_closed_month_stays_and_the_open_one_shows_the_difference(desk: Desk, facts: ChangingFacts) -> None:
    desk.book(event("r", day="2026-10-20"))
    desk.close(ANNA, OCTOBER)
    closed = desk.store.sum(ANNA, OCTOBER)
    facts.change("0,05")
    rerating = Rerating(desk)
    assert rerating.preview(OCTOBER)[ANNA].closed == 1
    rerating.book()
    assert desk.store.sum(ANNA, OCTOBER) == closed
    assert desk.seen == [
        (ANNA, OCTOBER, 1, 50_000, None),
        (ANNA, NOVEMBER, -1, -50_000, "reversal"),
        (ANNA, NOVEMBER, 1, 80_000, "corrected"),
    ]


def test_a_row_that_a_carrier_corrected_meanwhile_is_worked_out_anew(
    desk: Desk, facts: ChangingFacts
) -> None:
    desk.book(event("r"), event("q"))
    facts.change("0,05")
    rerating = Rerating(desk)
    rerating.preview(NOVEMBER)
    stale = desk.reference
    desk.reference = Desk(Facts()).reference  # an ingester that has not heard of the new plan yet
    desk.book(event("r", revision=2, seconds=120))
    desk.reference = stale
    rerating.book()
    assert rerating.told == [(Fate.BOOKED, 30_000), (Fate.RECOMPUTED, 60_000)]
    assert desk.store.sum(ANNA, NOVEMBER) == (2, 80_000 + 130_000)


def test_a_row_that_has_the_new_price_already_is_left_alone(desk: Desk, facts: ChangingFacts) -> None:
    desk.book(event("r"))
    facts.change("0,05")
    first, second = Rerating(desk, "first"), Rerating(desk, "second")
    first.preview(NOVEMBER)
    second.preview(NOVEMBER)
    first.book()
    second.book()
    assert second.told == [(Fate.SAME, 0)]
    assert desk.store.sum(ANNA, NOVEMBER) == (1, 80_000)


def test_a_later_correction_of_the_carrier_corrects_what_stands(desk: Desk, facts: ChangingFacts) -> None:
    desk.book(event("r"))
    facts.change("0,05")
    rerating = Rerating(desk)
    rerating.preview(NOVEMBER)
    rerating.book()
    desk.book(event("r"))  # redelivered
    desk.book(event("r", revision=2, seconds=120))
    assert desk.seen == [(ANNA, NOVEMBER, 1, 130_000, "corrected")]
    assert sorted(desk.store.rows) == [f"vasco|r|{n}" for n in range(5)]


@pytest.mark.feature("CDR-12")
@pytest.mark.parametrize("kind", ["voice", "data", "incoming"])
def test_a_row_that_was_anonymised_after_the_preview_keeps_its_price(
    desk: Desk, facts: ChangingFacts, kind: str
) -> None:
    """Who was called, from where and when is gone: any rate that still fits would be a wrong one."""
    data = {"kind": "data", "seconds": None, "volume": 10**6, "receiver": None}
    fields = {"voice": {"receiver": MOBILE}, "data": data, "incoming": {"direction": "in"}}[kind]
    desk.book(event("r", **fields))
    facts.change("0,05", "0,20", also="gesprek;in:+31;Inkomend;;0,05;min;0\ndata;data:NL;Data;;0,05;MB;0\n")
    rerating = Rerating(desk)
    rerating.preview(NOVEMBER)
    assert len(rerating.previews.changes) == 1
    before = desk.store.sum(ANNA, NOVEMBER)
    desk.close(ANNA, NOVEMBER)
    desk.anonymise(ANNA, NOVEMBER)
    rerating.book()
    assert rerating.told == [(Fate.SAME, 0)]
    assert (desk.store.sum(ANNA, NOVEMBER), len(desk.store.rows)) == (before, 1)
    again = Rerating(desk, "again")
    assert again.preview(NOVEMBER)[ANNA].rows == 0


@pytest.mark.feature("CDR-12")
def test_a_correction_takes_back_what_was_anonymised(desk: Desk) -> None:
    desk.book(event("r"))
    desk.close(ANNA, NOVEMBER)
    desk.anonymise(ANNA, NOVEMBER)
    desk.book(event("r"))
    assert desk.seen == [], "a repetition is still known"
    desk.book(event("r", revision=2, seconds=120))
    assert desk.seen == [(ANNA, 202612, -1, -50_000, "reversal"), (ANNA, 202612, 1, 70_000, "corrected")]
    back = desk.store.rows["vasco|r|1"]
    assert (back["sender"], back["receiver"], back["destination"]) == ("anon", "anon", "")


def test_a_type_that_changes_moves_the_counters_too(desk: Desk, facts: ChangingFacts) -> None:
    desk.book(event("r"))
    text = PLAN.replace("Nederland;;0,02", "Nederland;service_14;0,02")
    parsed = parse_plan(text.encode(), 4, "default 2020-01-02").plan
    assert parsed is not None
    facts.plan, facts.plans = PlanVersion("default", date(2020, 1, 1), parsed), 2
    rerating = Rerating(desk)
    rerating.preview(NOVEMBER)
    rerating.book()
    assert desk.store.counters == {
        (ANNA, 20261120, NOVEMBER, ANNAS, "telephony", "service_14"): [1, 60, 0, 0, 50_000, 0]
    }


def test_terms_of_a_customer_count_for_them_alone(desk: Desk, facts: ChangingFacts) -> None:
    desk.book(event("r"), event("b", charged=BERTS))
    facts.agree(ANNA, {"of": "all", "margin": "-10"})
    rerating = Rerating(desk)
    rerating.preview(NOVEMBER)
    rerating.book()
    assert {(r["customer"], r["amount"], r.get("terms")) for r in desk.store.visible} == {
        (ANNA, 45_000, "terms-2"),
        (BERT, 50_000, None),
    }
    facts.of.clear()
    facts.plans += 1
    again = Rerating(desk, "again")
    again.preview(NOVEMBER)
    again.book()
    assert not any("terms" in row for row in desk.store.visible)


def test_a_rerated_row_keeps_revision_and_facts_of_the_event() -> None:
    facts = ChangingFacts()
    item = priced(event("r", revision=3), Desk(facts).reference)
    stands = Standing(new_row(item, 0, NOVEMBER), item.day, 1)
    rated = {**{name: stands.row[name] for name in ("type", "destination", "plan", "prefix")}, "amount": 1}
    (back, row), unseen = restate(stands, rated, (), "job-1")
    assert (back["_id"], row["_id"], unseen) == ("vasco|r|1", "vasco|r|2", ["vasco|r|0"])
    changed = {name for name in row if row[name] != stands.row.get(name)}
    assert changed == {"_id", "amount", "state", "job"}
