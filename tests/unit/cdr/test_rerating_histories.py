"""Any mix of events, corrections, new rates, re-ratings, crashes and closings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.cdr.books import ANNA, ANNAS, BERT, BERTS, MOBILE, NATIONAL, event, priced, sums_of
from tests.unit.cdr.desk import Desk
from tests.unit.cdr.rerates import ChangingFacts, Rerating

pytestmark = [pytest.mark.feature("CDR-08"), pytest.mark.feature("CDR-02")]

OCTOBER, NOVEMBER = 202610, 202611
RECORDS = ("p", "q", "s")

steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("event"),
            st.sampled_from(RECORDS),
            st.integers(1, 4),
            st.sampled_from(["2026-10-20", "2026-11-20"]),
        ),
        st.tuples(st.just("plan"), st.sampled_from(["0,01", "0,02", "0,05"])),
        st.tuples(st.just("preview")),
        st.tuples(st.just("book"), st.sampled_from([None, "before commit", "after commit"])),
        st.tuples(st.just("close"), st.sampled_from([ANNA, BERT])),
    ),
    min_size=1,
    max_size=14,
)


def content(record: str, revision: int, day: str) -> Any:
    """Each revision says something else; whose it is may change too."""
    charged = BERTS if (revision + RECORDS.index(record)) % 3 == 0 else ANNAS
    receiver = MOBILE if revision % 2 else NATIONAL
    return event(record, revision, day, 30 * revision, charged=charged, receiver=receiver)


@given(steps)
@settings(max_examples=300, deadline=None)
def test_whatever_is_mixed_each_record_counts_once_by_newest_revision_and_newest_rating(
    script: list[Any],
) -> None:
    facts = ChangingFacts()
    desk = Desk(facts)
    newest: dict[str, Any] = {}
    reratings: list[Rerating] = []
    at_closing: dict[tuple[str, int], Any] = {}
    for n, step in enumerate(script):
        match step:
            case ("event", record, revision, day):
                if record in newest and newest[record].revision == revision:
                    continue  # a contradiction is another test's
                desk.book(content(record, revision, day))
                if record not in newest or newest[record].revision < revision:
                    newest[record] = content(record, revision, day)
            case ("plan", rate):
                facts.change(rate)
                desk.reference.refresh()
            case ("preview",):
                reratings.append(Rerating(desk, f"job-{n}"))
                reratings[-1].preview(OCTOBER, NOVEMBER)
            case ("book", crash) if reratings:
                reratings[-1].book(crash)
            case ("close", customer) if OCTOBER not in facts.closings[customer]:
                at_closing[customer, OCTOBER] = desk.store.sum(customer, OCTOBER)
                desk.close(customer, OCTOBER)
    last = Rerating(desk, "last")
    last.preview(OCTOBER, NOVEMBER, 202612)
    last.book("after commit")
    rows = list(desk.store.rows.values())
    expected = {f"vasco|{name}": priced(e, desk.reference).fields["amount"] for name, e in newest.items()}
    sums: dict[str, list[int]] = {}
    for row in rows:
        record = sums.setdefault(row["_id"].rpartition("|")[0], [0, 0])
        record[0] += row["sign"]
        record[1] += row["amount"]
    assert sums == {key: [1, amount] for key, amount in expected.items()}
    assert desk.store.counters == sums_of(rows)
    assert {key: desk.store.sum(*key) for key in at_closing} == at_closing
