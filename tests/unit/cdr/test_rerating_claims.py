"""A preview whose process stands still until another one has taken it over: what that one found stays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from services.cdr.domain.posting import Row
from services.cdr.domain.rerating import Scope
from services.cdr.store.rerating import RerateStore
from services.cdr.usecases.rerate_jobs import PREVIEW, preview_work, scope_to_wire
from shared.job_runner import Running
from shared.jobs import LEASE, JobState, JobStore, Lost
from tests.support.memory_mongo import Database
from tests.support.memory_server import Server
from tests.unit.cdr.books import ANNA, event
from tests.unit.cdr.desk import Desk
from tests.unit.cdr.rerates import ChangingFacts

pytestmark = pytest.mark.feature("CDR-08")

RECORDS = ("p", "q", "s")
SCOPE = Scope(202611, customer=ANNA)


class Previews(RerateStore):
    """Of three rows, a page each; ``then`` has something happen at the next moment of that name."""

    def __init__(self, db: Any, desk: Desk, clock: Callable[[], datetime]) -> None:
        super().__init__(db)
        self.jobs = JobStore(db, clock)
        self._rows = [desk.store.rows[f"vasco|{record}|0"] for record in RECORDS]
        self.then: dict[str, Callable[[], object]] = {}

    def customers(self, scope: Scope) -> list[str]:
        self._come_to("the first row")
        return [ANNA]

    def size(self, customers: Sequence[str], scope: Scope) -> int:
        return len(self._rows)

    def standing_rows(self, customer: str, scope: Scope) -> Iterator[Sequence[Row]]:
        for row in self._rows:
            yield [row]
            self._come_to("the next row")
        self._come_to("the end")

    def total(self, job: str) -> dict[str, Any]:
        (sums,) = self.db["rerate_sums"].find({"job": job})
        return {name: sums[name] for name in ("changes", "old", "new")}

    def _come_to(self, moment: str) -> None:
        self.then.pop(moment, lambda: None)()


@pytest.mark.parametrize("moment", ["the first row", "the next row", "the end"])
def test_a_process_that_was_given_up_changes_nothing_that_its_successor_found(moment: str) -> None:
    now = [datetime(2026, 11, 23, 12, tzinfo=UTC)]
    facts = ChangingFacts()
    desk = Desk(facts)
    desk.book(*(event(record) for record in RECORDS))
    store = Previews(cast(Any, Database(Server())), desk, lambda: now[0])
    job = store.jobs.add(PREVIEW, {"scope": scope_to_wire(SCOPE), "by": "pim"})

    def begin(rate: str) -> None:
        """Another process, that knows another price."""
        facts.change(rate)
        known = Desk(facts).reference
        claim = store.jobs.claim([PREVIEW])
        assert claim is not None
        running = Running(store.jobs, claim, threading.Event())
        store.jobs.finish(claim, preview_work(store, lambda: known)(running))

    def succeed() -> None:
        now[0] += LEASE + timedelta(seconds=1)
        begin("0,10")

    store.then[moment] = succeed
    with pytest.raises(Lost):
        begin("0,05")
    found = {row["key"]: row["new"] for row in store.db["rerate_changes"].find()}
    assert found == {f"vasco|{record}": 130_000 for record in RECORDS}
    done = store.jobs.get(job.id)
    assert done is not None and done.result is not None
    assert (done.state, done.result["new"]) == (JobState.DONE, "0.390000")
    assert store.total(job.id)["new"] == 390_000
