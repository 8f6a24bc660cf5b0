"""Any mix of records, revisions, owners, months, repeats, batches, crashes and closings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cdr.domain.posting import Priced, Row
from tests.unit.cdr.books import (
    ANNA,
    ANNAS,
    ANNAS_OTHER,
    BERT,
    BERTS,
    MOBILE,
    NATIONAL,
    Crash,
    event,
    priced,
    sums_of,
)
from tests.unit.cdr.desk import Desk

pytestmark = pytest.mark.feature("CDR-02")

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
