"""Booking batches: once, whatever is repeated, late, corrected or killed in between."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from services.cdr.domain.refusal import Reason
from services.cdr.domain.usage import BadEvent, decode
from services.cdr.usecases.price import price
from services.cdr.usecases.record_usage import record_usage
from tests.unit.cdr.books import (
    ABROAD,
    ANNA,
    ANNAS,
    BERT,
    NOBODYS,
    Crash,
    event,
    reference,
    sums_of,
)
from tests.unit.cdr.desk import Desk

pytestmark = pytest.mark.feature("CDR-02")


def test_an_event_that_comes_again_counts_once_within_a_batch_and_after_it() -> None:
    desk = Desk()
    assert desk.book(event("r"), event("r")).duplicates == 1
    assert desk.book(event("r")).duplicates == 1
    assert desk.seen == [(ANNA, 202611, 1, 50_000, None)]
    assert len(desk.store.ledger) == 1, "a batch that adds nothing leaves no mark"


def test_the_same_record_of_another_carrier_is_another_event() -> None:
    desk = Desk()
    desk.book(event("r"))
    record_usage([price("mobi", event("r"), desk.reference)], desk.store, desk.reference)
    assert sorted(desk.store.rows) == ["mobi|r|0", "vasco|r|0"]


@pytest.mark.parametrize("apart", [True, False])
def test_revision_2_before_1(apart: bool) -> None:
    desk = Desk()
    events = event("r", 2, seconds=120), event("r", 1)
    for batch in [[events[0]], [events[1]]] if apart else [events]:
        desk.book(*batch)
    assert desk.seen == [(ANNA, 202611, 1, 70_000, None)]


@pytest.mark.parametrize("apart", [True, False])
def test_the_same_revision_with_other_content_waits_for_a_person(apart: bool) -> None:
    desk = Desk()
    events = event("r"), event("r", seconds=61)
    for batch in [[events[0]], [events[1]]] if apart else [events]:
        desk.book(*batch)
    assert desk.seen == [(ANNA, 202611, 1, 50_000, None)]
    (refused,) = desk.store.quarantine.values()
    assert (refused.reason, refused.record, refused.number) == (Reason.CONTRADICTION, "r", ANNAS)


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1)])
@pytest.mark.parametrize("apart", [True, False])
def test_a_contradiction_of_the_first_word_is_seen_even_when_a_newer_one_stands(
    order: Sequence[int], apart: bool
) -> None:
    desk = Desk()
    events = event("r", 1), event("r", 2, seconds=120), event("r", 1, seconds=61)
    arriving = [events[n] for n in order]
    for batch in [arriving[:1], arriving[1:2], arriving[2:]] if apart else [arriving[:1], arriving[1:]]:
        desk.book(*batch)
    assert [row["revision"] for row in desk.store.visible] == [2]
    assert [refused.reason for refused in desk.store.quarantine.values()] == [Reason.CONTRADICTION]


def test_one_that_cannot_be_booked_harms_none_of_the_others() -> None:
    desk = Desk()
    posted = desk.book(
        event("good"),
        BadEvent(b"{", "$: malformed", None),
        event("unknown", charged=NOBODYS),
        event("dear", receiver=ABROAD),
        event("other", carrier="mobi"),
        event("odd", receiver="06"),
    )
    assert [row["_id"] for row in posted.rows] == ["vasco|good|0"]
    assert [(refused.record, refused.reason) for refused in posted.refused] == [
        (None, Reason.SCHEMA),
        ("unknown", Reason.UNKNOWN_OWNER),
        ("dear", Reason.NO_RATE),
        ("other", Reason.CARRIER),
        ("odd", Reason.SCHEMA),
    ]


def test_a_month_that_closes_while_a_batch_is_under_way_is_learnt_before_it_is_booked() -> None:
    desk = Desk()
    desk.book(event("early", day="2026-10-20"))
    desk.close(ANNA, 202610)
    desk.book(event("late", day="2026-10-20"))
    assert desk.seen == [(ANNA, 202610, 1, 50_000, None), (ANNA, 202611, 1, 50_000, None)]
    assert desk.store.rows["vasco|late|0"]["late"] is True
    assert desk.store.transactions == 3, "the second batch began twice"


def test_a_correction_after_closing_is_a_difference_in_the_open_month() -> None:
    desk = Desk()
    desk.book(event("r", day="2026-10-20"))
    closed = desk.store.sum(ANNA, 202610)
    desk.close(ANNA, 202610)
    desk.book(event("r", 2, day="2026-10-20", seconds=120))
    assert desk.store.sum(ANNA, 202610) == closed == (1, 50_000)
    assert desk.store.sum(ANNA, 202611) == (0, 20_000)
    assert [row[4] for row in desk.seen] == [None, "reversal", "corrected"]


@pytest.mark.parametrize("crash", ["before commit", "after commit"])
def test_a_batch_that_is_given_again_after_a_crash_is_booked_once(crash: str) -> None:
    desk = Desk()
    desk.store.crash = crash
    with pytest.raises(Crash):
        desk.book(event("r"), event("r", 2, seconds=120))
    desk.book(event("r"), event("r", 2, seconds=120))
    assert desk.store.sum(ANNA, 202611) == (1, 70_000)
    assert desk.store.counters == sums_of(list(desk.store.rows.values()))


def test_a_refused_event_keeps_what_is_needed_to_try_again() -> None:
    desk = Desk()
    usage = event("r", charged=NOBODYS)
    desk.book(usage)
    (refused,) = desk.store.quarantine.values()
    desk.facts.owners[NOBODYS] = BERT
    desk.reference = reference(desk.facts)
    desk.book(*decode(refused.source, usage.start))
    assert desk.seen == [(BERT, 202611, 1, 50_000, None)]
