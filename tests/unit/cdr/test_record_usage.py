"""Booking batches: once, whatever is repeated, late, corrected or killed in between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cdr.domain.posting import Posted, Priced, Row
from services.cdr.domain.reference import Reference
from services.cdr.domain.refusal import Reason
from services.cdr.domain.usage import BadEvent, UsageEvent, decode
from services.cdr.usecases.price import price
from services.cdr.usecases.record_usage import price_all, record_usage
from tests.unit.cdr.books import (
    ABROAD,
    ANNA,
    ANNAS,
    ANNAS_OTHER,
    BERT,
    BERTS,
    MOBILE,
    NATIONAL,
    NOBODYS,
    Crash,
    Facts,
    MemoryStore,
    event,
    priced,
    reference,
    sums_of,
)

pytestmark = pytest.mark.feature("CDR-02")


class Desk:
    """Books events as the ingester does, for one set of facts."""

    def __init__(self) -> None:
        self.facts = Facts()
        self.store = MemoryStore(self.facts)
        self.reference: Reference = reference(self.facts)

    def book(self, *events: UsageEvent | BadEvent) -> Posted:
        return record_usage(price_all("vasco", events, self.reference), self.store, self.reference)

    def close(self, customer: str, period: int) -> None:
        """As another process does: this one's reference does not know yet."""
        self.facts.closings[customer].add(period)

    @property
    def seen(self) -> list[tuple[Any, ...]]:
        """What people see: (customer, period, sign, amount, state)."""
        rows = sorted(self.store.visible, key=lambda row: str(row["_id"]))
        return [(r["customer"], r["period"], r["sign"], r["amount"], r.get("state")) for r in rows]


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


# Any mix of records, revisions, owners, months, repeats, batches, crashes and closings.

RECORDS, MONTHS = ("p", "q", "s"), ("2026-09", "2026-10", "2026-11")

contents = st.builds(
    lambda month, day, seconds, charged, receiver, kind: {
        "day": f"{month}-{day}",
        "charged": charged,
        "receiver": receiver,
        **({"seconds": seconds} if kind == "voice" else {"kind": "sms", "seconds": None}),
    },
    month=st.sampled_from(MONTHS),
    day=st.sampled_from(["01", "15", "30"]),
    seconds=st.integers(0, 200),
    charged=st.sampled_from([ANNAS, ANNAS_OTHER, BERTS]),
    receiver=st.sampled_from([NATIONAL, MOBILE]),
    kind=st.sampled_from(["voice", "voice", "sms"]),
)
histories = st.dictionaries(
    st.tuples(st.sampled_from(RECORDS), st.integers(1, 4)), contents, min_size=1, max_size=8
)


@st.composite
def deliveries(draw: Callable[..., Any]) -> tuple[dict[tuple[str, int], Any], list[Any]]:
    """All versions of some records, and the steps in which they arrive: a batch (with a crash or
    without), or the closing of a customer's next month."""
    history = draw(histories)
    keys = draw(st.permutations([*history, *draw(st.lists(st.sampled_from(sorted(history)), max_size=6))]))
    steps: list[Any] = []
    while keys:
        size = draw(st.integers(1, len(keys)))
        steps.append((draw(st.sampled_from([None, None, "before commit", "after commit"])), keys[:size]))
        keys = keys[size:]
        steps += draw(st.lists(st.sampled_from([ANNA, BERT]), max_size=1))
    return history, steps


def run(desk: Desk, history: dict[tuple[str, int], Any], steps: list[Any]) -> dict[tuple[str, int], Any]:
    """Go through the steps; the sums of months at the moment they were closed."""
    at_closing: dict[tuple[str, int], Any] = {}
    for step in steps:
        if isinstance(step, str):
            months = [int(month.replace("-", "")) for month in MONTHS]
            period = next((m for m in months if m not in desk.facts.closings[step]), None)
            if period is not None:
                at_closing[step, period] = desk.store.sum(step, period)
                desk.close(step, period)
            continue
        crash, keys = step
        batch = [event(record, revision, **history[record, revision]) for record, revision in keys]
        desk.store.crash = crash
        try:
            desk.book(*batch)
        except Crash:
            desk.book(*batch)
    return at_closing


def net(rows: Sequence[Row]) -> dict[tuple[Any, ...], tuple[int, ...]]:
    """What rows add up to per record, customer, number and type: count, quantity, amount; no zeros."""
    sums: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        key = (row["_id"].rpartition("|")[0], row["customer"], row["number"], row["type"])
        for index, value in enumerate((row["sign"], row["sign"] * row["quantity"], row["amount"])):
            sums[key][index] += value
    return {key: tuple(values) for key, values in sums.items() if any(values)}


@given(deliveries())
@settings(max_examples=200, deadline=None)
def test_whatever_happens_each_record_counts_by_its_highest_revision(delivery: Any) -> None:
    history, steps = delivery
    desk = Desk()
    run(desk, history, steps)
    newest = {record: max(r for name, r in history if name == record) for record, _ in history}
    final: list[Priced] = [
        priced(event(record, revision, **history[record, revision]), desk.reference)
        for record, revision in newest.items()
    ]
    expected = {
        (p.key, p.fields["customer"], p.fields["number"], p.fields["type"]): (
            1,
            p.fields["quantity"],
            p.fields["amount"],
        )
        for p in final
    }
    assert net(list(desk.store.rows.values())) == expected
    assert net(desk.store.visible) == expected
    assert not desk.store.quarantine


@given(deliveries())
@settings(max_examples=200, deadline=None)
def test_whatever_happens_counters_are_the_sums_of_rows_and_closed_months_stay(delivery: Any) -> None:
    desk = Desk()
    at_closing = run(desk, *delivery)
    assert desk.store.counters == sums_of(list(desk.store.rows.values()))
    assert {key: desk.store.sum(*key) for key in at_closing} == at_closing


@given(deliveries())
@settings(max_examples=200, deadline=None)
def test_whatever_happens_what_people_do_not_see_cancels_month_by_month(delivery: Any) -> None:
    desk = Desk()
    run(desk, *delivery)
    pairs: dict[tuple[Any, ...], list[tuple[int, int]]] = defaultdict(list)
    shown = ("revision", "customer", "period", "number", "type", "sender", "receiver", "start", "quantity")
    for row in desk.store.rows.values():
        if row.get("hidden"):
            key = (row["_id"].rpartition("|")[0], *(row[name] for name in shown))
            pairs[key].append((row["sign"], row["amount"]))
    for back, before in map(sorted, pairs.values()):
        assert before[0] == 1 and back == (-1, -before[1])


@given(deliveries())
@settings(max_examples=100, deadline=None)
def test_while_no_month_closes_the_order_of_arrival_leaves_no_trace(delivery: Any) -> None:
    history, steps = delivery
    arrivals = [step for step in steps if not isinstance(step, str)]
    one, other = Desk(), Desk()
    run(one, history, arrivals)
    run(other, history, [(None, sorted(history))])
    volatile = ("_id", "state")

    def shown(desk: Desk) -> list[list[tuple[str, str]]]:
        stripped = [{k: v for k, v in row.items() if k not in volatile} for row in desk.store.visible]
        return sorted(sorted((name, str(value)) for name, value in row.items()) for row in stripped)

    assert shown(one) == shown(other)


def test_a_refused_event_keeps_what_is_needed_to_try_again() -> None:
    desk = Desk()
    usage = event("r", charged=NOBODYS)
    desk.book(usage)
    (refused,) = desk.store.quarantine.values()
    desk.facts.owners[NOBODYS] = BERT
    desk.reference = reference(desk.facts)
    desk.book(*decode(refused.source, usage.start))
    assert desk.seen == [(BERT, 202611, 1, 50_000, None)]
