"""Booking, corrections, re-rating, closing, anonymising and quarantine in any order, with crashes.

Whatever came first: a record counts once, counters are the sum of rows, a closed month keeps its sum, and
what is anonymised is never rated again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.cdr.domain.refusal import Reason, Refused
from services.cdr.domain.usage import UsageEvent
from services.cdr.usecases.replay import replay_all
from tests.unit.cdr.books import (
    ANNA,
    ANNAS,
    BERT,
    BERTS,
    MOBILE,
    NATIONAL,
    NOBODYS,
    Crash,
    MemoryStore,
    event,
    priced,
    sums_of,
)
from tests.unit.cdr.desk import Desk
from tests.unit.cdr.rerates import ChangingFacts, Rerating

NOW = datetime(2026, 12, 31, tzinfo=UTC)
PERIODS = (202609, 202610, 202611, 202612, 202701)
RECORDS = ("p", "q", "s")
BRITISH = "+442079460000"  # no plan has a rate for it, until one does
CRASHES = (None, None, "before commit", "after commit")

contents = st.fixed_dictionaries(
    {
        "day": st.sampled_from(["2026-09-30", "2026-10-01", "2026-11-20"]),
        "charged": st.sampled_from([ANNAS, ANNAS, BERTS, NOBODYS]),
        "kind": st.sampled_from(["voice", "voice", "sms", "data"]),
        "receiver": st.sampled_from([NATIONAL, MOBILE, BRITISH]),
        "direction": st.sampled_from(["out", "out", "in"]),
        "amount": st.integers(0, 200),
    }
)


def usage(record: str, revision: int, content: Mapping[str, Any]) -> UsageEvent:
    fields = {name: content[name] for name in ("day", "charged", "kind", "direction", "receiver")}
    seconds = content["amount"]
    if content["kind"] == "data":
        fields |= {"receiver": None, "direction": "out", "volume": seconds * 10**5}
    if content["kind"] != "voice":
        return event(record, revision, seconds=None, **fields)  # type: ignore[arg-type]
    return event(record, revision, seconds=seconds, **fields)


class Shelf:
    """The quarantine of a store in memory, as a replay reads it."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def page(self, reason: Reason, after: str, limit: int) -> Sequence[dict[str, Any]]:
        found = sorted((i, r) for i, r in self._store.quarantine.items() if r.reason == reason and i > after)
        return [
            {"_id": i, "carrier": one.carrier, "source": one.source, "reason": one.reason}
            for i, one in found[:limit]
        ]

    def reword(self, identity: str, reason: str, refused: Refused) -> None:
        self._store.quarantine[identity] = refused


class EverythingAtOnce(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.facts = ChangingFacts()
        self.facts.change("0,02")
        self.desk = Desk(self.facts)
        self.sent: dict[tuple[str, int], UsageEvent] = {}
        self.reratings: list[Rerating] = []
        self.at_closing: dict[tuple[str, int], tuple[int, int]] = {}
        self.silent: dict[str, Any] = {}

    @rule(
        record=st.sampled_from(RECORDS),
        revision=st.integers(1, 4),
        content=contents,
        crash=st.sampled_from(CRASHES),
    )
    def send(self, record: str, revision: int, content: Mapping[str, Any], crash: str | None) -> None:
        """An event, or the same once more; a revision always says the same."""
        sent = self.sent.setdefault((record, revision), usage(record, revision, content))
        self.desk.store.crash = crash
        try:
            self.desk.book(sent)
        except Crash:
            self.desk.book(sent)
        self.desk.store.crash = None

    @rule(rate=st.sampled_from(["0,01", "0,02", "0,05"]), britain=st.booleans())
    def change_the_plan(self, rate: str, britain: bool) -> None:
        lines = f"data;data:NL;Data;;{rate};MB;0\ngesprek;in:anon;Inkomend;;{rate};min;0\n"
        if britain:
            lines += "gesprek;+44;Londen;;0,1;min;0\nsms;+44;Londen;;0,1;stuk;0\n"
        self.facts.change(rate, also=lines)
        self.desk.reference.refresh()

    @rule(customer=st.sampled_from([ANNA, BERT]), margin=st.sampled_from(["-10", "25", "-100"]))
    def agree(self, customer: str, margin: str) -> None:
        self.facts.agree(
            customer, {"of": "all", "margin": margin}, {"of": "type", "key": "sms", "rate": "0,01"}
        )
        self.desk.reference.refresh()

    @rule()
    def preview(self) -> None:
        self.reratings.append(Rerating(self.desk, f"job-{len(self.reratings)}"))
        self.reratings[-1].preview(*PERIODS)

    @precondition(lambda self: self.reratings)
    @rule(data=st.data(), crash=st.sampled_from(CRASHES))
    def book_a_preview(self, data: st.DataObject, crash: str | None) -> None:
        data.draw(st.sampled_from(self.reratings)).book(crash)

    @rule(customer=st.sampled_from([ANNA, BERT]))
    def close_a_month(self, customer: str) -> None:
        closed = self.facts.closings[customer]
        period = next(period for period in PERIODS if period not in closed)
        if period != PERIODS[-1]:
            self.at_closing[customer, period] = self.desk.store.sum(customer, period)
            self.desk.close(customer, period)

    @precondition(lambda self: self.at_closing)
    @rule(data=st.data())
    def anonymise_a_month(self, data: st.DataObject) -> None:
        self.forget(*data.draw(st.sampled_from(sorted(self.at_closing))))

    @rule(
        customer=st.sampled_from([ANNA, BERT]),
        rate=st.sampled_from(["0,03", "0,04"]),
        record=st.sampled_from(RECORDS),
        content=contents,
    )
    def anonymise_what_a_preview_is_about(
        self, customer: str, rate: str, record: str, content: Mapping[str, Any]
    ) -> None:
        self.send(record, 1, content, None)  # type: ignore[operator]
        self.change_the_plan(rate, britain=False)  # type: ignore[operator]
        self.preview()  # type: ignore[operator]
        for period in PERIODS[:3]:
            if period not in self.facts.closings[customer]:
                self.close_a_month(customer)  # type: ignore[operator]
            self.forget(customer, period)
        self.reratings[-1].book()

    def forget(self, customer: str, period: int) -> None:
        self.desk.anonymise(customer, period)
        rows = self.desk.store.rows
        self.silent |= {i: row["amount"] for i, row in rows.items() if row.get("anonymised")}

    @rule(gains=st.booleans())
    def replay(self, gains: bool) -> None:
        if gains:
            self.facts.owners.setdefault(NOBODYS, BERT)
        self.desk.reference.refresh()
        store = self.desk.store
        for reason in (Reason.UNKNOWN_OWNER, Reason.NO_RATE):
            replay_all(reason, Shelf(store), store, self.desk.reference, NOW)  # type: ignore[arg-type]

    @invariant()
    def counters_are_the_sum_of_rows(self) -> None:
        """But for how many had another sender, which nobody can tell of anonymised rows."""
        assert _summed(self.desk.store.counters) == _summed(sums_of(list(self.desk.store.rows.values())))

    @invariant()
    def a_record_counts_once(self) -> None:
        counts: dict[str, int] = {}
        for row in self.desk.store.rows.values():
            record = row["_id"].rpartition("|")[0]
            counts[record] = counts.get(record, 0) + row["sign"]
        assert set(counts.values()) <= {1}

    @invariant()
    def a_closed_month_keeps_its_sum(self) -> None:
        assert {key: self.desk.store.sum(*key) for key in self.at_closing} == self.at_closing

    @invariant()
    def nothing_is_rated_without_its_parties(self) -> None:
        rows = self.desk.store.rows
        assert {identity: rows[identity]["amount"] for identity in self.silent} == self.silent
        assert not [
            i
            for i, row in rows.items()
            if row["receiver"] == "anon" and row["sign"] == 1 and i not in self.silent
        ]
        assert all(rows[identity]["hidden"] for identity in self.silent if rows[identity]["sign"] == 1)

    def teardown(self) -> None:
        """What still tells who called whom costs, after one more re-rating, what it would cost today."""
        for _ in range(2):
            self.reratings.append(Rerating(self.desk, f"job-{len(self.reratings)}"))
            self.reratings[-1].preview(*PERIODS)
            self.reratings[-1].book()
        self.counters_are_the_sum_of_rows()  # type: ignore[operator]
        standing = self.desk.store.rows.values()
        newest: dict[str, Any] = {}
        for row in standing:
            key, _, ordinal = row["_id"].rpartition("|")
            newest.setdefault(key, []).append((int(ordinal), row))
        for key, rows in newest.items():
            row = max(rows, key=lambda one: one[0])[1]
            assert row["sign"] == 1 and sum(one["amount"] for _, one in rows) == row["amount"]
            if row.get("anonymised"):
                continue
            sent = self.sent[key.partition("|")[2], row["revision"]]
            if sent.receiver == BRITISH and sent.direction == "out" and "+44" not in _prefixes(self.facts):
                continue  # it keeps the price it had
            assert row["amount"] == priced(sent, self.desk.reference).fields["amount"]


def _summed(counters: Mapping[Any, Sequence[int]]) -> dict[Any, Sequence[int]]:
    return {key: sums[:5] for key, sums in counters.items() if any(sums[:5])}


def _prefixes(facts: ChangingFacts) -> set[str]:
    return {entry.prefix for entry in facts.plan.plan.entries}


TestEverythingAtOnce = EverythingAtOnce.TestCase
TestEverythingAtOnce.settings = settings(max_examples=80, stateful_step_count=20, deadline=None)
TestEverythingAtOnce.pytestmark = [pytest.mark.feature(name) for name in ("CDR-02", "CDR-08", "CDR-12")]
