"""What takes longer to count than anybody waits goes on as a job, and is the same as what waiting gives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from services.cdr import usage_views
from services.cdr.domain.selection import Comparison, Condition, Place, Selection
from services.cdr.store import Stores
from services.cdr.store.details import Search
from services.cdr.usecases import counting
from shared.job_runner import Runner
from tests.integration.cdr.shelf import CUSTOMER, NUMBER, book, row

pytestmark = pytest.mark.feature("CDR-05", "CDR-06")

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OTHER = "+31850001622"
LONG = Condition(Comparison.GREATER, 30)
SELECTIONS = (
    Selection(period=202611, receiver="0600"),
    Selection(period=202611, duration=LONG, types=frozenset({"mobile"})),
    Selection(first=date(2026, 10, 20), last=date(2026, 11, 20), duration=LONG),
)
RECEIVER = SELECTIONS[0]


class Rows:
    """A month and a half of calls, late ones and a hidden pair among them."""

    def __init__(self, db: Any) -> None:
        self.stores = Stores.on(db)
        rows = [
            row(
                n,
                start=NOW - timedelta(days=n, hours=n),
                quantity=20 + n,
                period=202611 if n < 30 else 202610,
            )
            for n in range(45)
        ]
        rows += [
            row(100, number=OTHER, sender=NUMBER, type="national", start=NOW - timedelta(days=3)),
            row(101, start=NOW - timedelta(days=28), late=True, quantity=500),
            row(102, start=NOW - timedelta(days=2), hidden=True),
            row(103, start=NOW - timedelta(days=2), hidden=True, sign=-1, amount=-378_000),
        ]
        book(self.stores, db, *rows)

    def totals(self, selection: Selection, user: str | None = "u1", later: timedelta = timedelta()) -> Any:
        now = datetime.now(UTC) + later
        return usage_views.totals(self.stores, CUSTOMER, selection, "number_type", now, user)

    def run_jobs(self) -> bool:
        work = {counting.KIND: counting.counting_work(self.stores, lambda: NOW)}
        return Runner(self.stores.jobs, work).run_once()


@pytest.fixture
def rows(db: Any) -> Rows:
    return Rows(db)


def make_impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if whatever is not a job took too long."""
    sums = Search.sums

    def at_once(self: Search, patience: int | None, starts: Any = None) -> Any:
        return sums(self, None, starts) if patience is None else None

    monkeypatch.setattr(Search, "sums", at_once)


def test_a_job_finds_what_waiting_would_have(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    waited = [rows.totals(selection) for selection in SELECTIONS]
    assert all(found["complete"] and found["counting"] is None and found["rows"] for found in waited)
    make_impatient(monkeypatch)
    for selection, at_once in zip(SELECTIONS, waited, strict=True):
        begun = rows.totals(selection)
        assert (begun["complete"], begun["rows"], begun["counting"]["state"]) == (False, [], "queued")
        assert rows.run_jobs()
        found = rows.totals(selection)
        assert (found["complete"], found["rows"], found["total"]) == (True, at_once["rows"], at_once["total"])
        listed = usage_views.details(
            rows.stores, CUSTOMER, selection, Place(), 50, "start", datetime.now(UTC), "u1"
        )
        assert listed["summary"]["calls"] == at_once["total"]["calls"], "the sums above Details are the same"


def test_one_job_for_all_who_ask_the_same_and_no_more_than_three_of_a_user(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_impatient(monkeypatch)
    assert rows.totals(RECEIVER, user=None)["counting"] is None, "who only looks along begins nothing"
    first = rows.totals(RECEIVER, "u1")["counting"]
    assert first == {"state": "queued", "done": 0, "total": 31, "started_at": None, "error": ""}
    assert rows.totals(RECEIVER, "u2")["counting"] == first
    assert len(rows.stores.jobs.page(kind=counting.KIND)) == 1
    others = [Selection(period=202611, receiver=part) for part in ("1", "2", "3")]
    assert [bool(rows.totals(other, "u1")["counting"]) for other in others] == [True, True, False]
    assert rows.totals(others[2], "u2")["counting"], "another user may"
    assert counting.progress(rows.stores, CUSTOMER, RECEIVER) == first
    assert counting.progress(rows.stores, "0" * 32, RECEIVER) is None


def test_what_was_found_is_shown_for_a_quarter_of_an_hour(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_impatient(monkeypatch)
    rows.totals(RECEIVER)
    rows.run_jobs()
    began = counting.progress(rows.stores, CUSTOMER, RECEIVER)
    assert began is not None and began["state"] == "done"
    found = rows.totals(RECEIVER, later=timedelta(minutes=14))
    assert found["complete"] and found["updated_at"] == began["started_at"]
    later = rows.totals(RECEIVER, later=timedelta(minutes=16))
    assert not later["complete"] and later["counting"]["state"] == "queued"


def test_a_job_goes_on_where_a_process_that_was_killed_has_left_it(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rows.totals(RECEIVER)
    make_impatient(monkeypatch)
    monkeypatch.setattr(counting, "CHECKPOINT_SECONDS", -1.0)
    rows.totals(RECEIVER)
    asked: list[Any] = []
    sums = Search.sums

    def until_killed(self: Search, patience: int | None, starts: Any = None) -> Any:
        asked.append(starts)
        if len(asked) == 10:
            raise AutoReconnect("away")
        return sums(self, patience, starts)

    monkeypatch.setattr(Search, "sums", until_killed)
    rows.run_jobs()
    assert counting.progress(rows.stores, CUSTOMER, RECEIVER)["done"] == 9  # type: ignore[index]
    rows.stores.jobs._jobs.update_many({}, {"$unset": {"not_before": ""}})
    rows.run_jobs()
    assert len(asked) == 10 + 31 - 9, "days that were counted are not counted again"
    assert rows.totals(RECEIVER)["rows"] == whole["rows"]
