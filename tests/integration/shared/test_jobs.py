"""Long work: claimed by one, taken over when that one dies, cancelled, kept for thirty days."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.client_session import ClientSession
from pymongo.database import Database

from shared import jobs, mongo, tenancy
from shared.acting import Acting
from shared.errors import Conflict, DependencyDown
from shared.job_runner import Runner, Running
from shared.jobs import Cancelled, Job, JobState, JobStore, Lost, Outcome
from shared.mongo import Document
from tests.integration.shared.counting_jobs import KIND, counting
from tests.support.keys import Keyring
from tests.support.processes import Process, python, until

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database: Database[Document], clock: Clock) -> JobStore:
    mongo.make_collections(database, ("jobs", "steps"))
    jobs.ensure_indexes(database)
    return JobStore(database, clock)


def found(store: JobStore, job: Job) -> Job:
    again = store.get(job.id)
    assert again is not None
    return again


PERSON = Acting(kind="user", scope="customer", customer_id="c" * 32, user_id="a" * 32)


def test_a_person_sees_and_stops_the_jobs_of_the_own_customer_and_no_others(store: JobStore) -> None:
    own = store.add(KIND, {}, customer_id=PERSON.customer_id)
    others = [store.add(KIND, {}, customer_id="d" * 32), store.add(KIND, {})]
    with tenancy.only_for(PERSON):
        assert found(store, own).id == own.id
        stopped = store.cancel(own.id)
        assert stopped is not None and stopped.state is JobState.CANCELLED
        assert (
            [store.get(job.id) for job in others] == [store.cancel(job.id) for job in others] == [None, None]
        )
        tenancy.check()
    assert {found(store, job).state for job in others} == {JobState.QUEUED}


def answering(outcome: Outcome) -> Callable[[Running], Outcome]:
    return lambda _running: outcome


def raising(problem: Exception) -> Callable[[Running], Outcome]:
    def work(_running: Running) -> Outcome:
        raise problem

    return work


def test_a_job_is_queued_done_and_answers_its_result(store: JobStore, clock: Clock) -> None:
    job = store.add("export", {"period": "2026-11"}, customer_id="c1", user_id="u1", total=40)
    assert (job.state, job.percentage, job.started_at) == (JobState.QUEUED, 0, None)
    clock.passes(minutes=1)
    assert Runner(store, {"export": answering(Outcome({"rows": 40}))}).run_once()
    done = found(store, job)
    assert (done.state, done.result, done.percentage) == (JobState.DONE, {"rows": 40}, 100)
    assert done.to_wire() | {"id": ""} == {
        "id": "",
        "kind": "export",
        "customer_id": "c1",
        "user_id": "u1",
        "state": "done",
        "done": 0,
        "total": 40,
        "percentage": 100,
        "created_at": "2026-11-22T12:00:00Z",
        "started_at": "2026-11-22T12:01:00Z",
        "ended_at": "2026-11-22T12:01:00Z",
        "parameters": {"period": "2026-11"},
        "result": {"rows": 40},
        "error": "",
    }


def test_runners_take_the_oldest_of_their_own_kinds_and_each_another_one(
    store: JobStore, clock: Clock
) -> None:
    added = []
    for kind in ("export", "rerate", "export"):
        added.append(store.add(kind, {}))
        clock.passes(seconds=1)
    first, second, third = (store.claim({"export"}) for _ in range(3))
    assert first is not None and first.job.id == added[0].id
    assert second is not None and second.job.id == added[2].id
    assert third is None


def test_a_customer_finds_own_jobs_only(store: JobStore) -> None:
    job = store.add("export", {}, customer_id="c1")
    assert store.get(job.id, customer_id="c1", kind="export") == job
    assert store.get(job.id, customer_id="c2") is None
    assert store.get(job.id, customer_id="c1", kind="rerate") is None
    assert [one["id"] for one in jobs.listing(store, "queued")] == [job.id]
    assert jobs.listing(store, "done") == []


def test_the_last_checkpoint_goes_to_who_takes_over_and_the_first_is_shut_out(
    store: JobStore, clock: Clock
) -> None:
    job = store.add("export", {})
    lost = store.claim({"export"})
    assert lost is not None
    store.advance(lost, 10, 100, {"key": "row-10"})
    assert store.claim({"export"}) is None, "its claim holds"
    clock.passes(seconds=store.lease.total_seconds() + 1)
    heir = store.claim({"export"})
    assert heir is not None and heir.job.checkpoint == {"key": "row-10"} and heir.job.done == 10
    assert not store.beat(lost)
    with pytest.raises(Lost):
        store.advance(lost, 11)
    with pytest.raises(Lost):
        store.finish(lost, Outcome())
    store.finish(heir, Outcome())
    assert found(store, job).state is JobState.DONE


def test_what_is_written_with_the_end_is_written_only_by_who_ends_it(
    store: JobStore, database: Database[Document], clock: Clock
) -> None:
    def also(session: ClientSession) -> None:
        database["steps"].insert_one({"mail": 1}, session=session)

    store.add("export", {})
    lost = store.claim({"export"})
    clock.passes(minutes=5)
    heir = store.claim({"export"})
    assert lost is not None and heir is not None
    store.finish(heir, Outcome(also=also))
    with pytest.raises(Lost):
        store.finish(lost, Outcome(also=also))
    assert database["steps"].count_documents({}) == 1


def test_a_waiting_job_is_cancelled_at_once(store: JobStore) -> None:
    job = store.add("export", {})
    cancelled = store.cancel(job.id)
    assert cancelled is not None and cancelled.state is JobState.CANCELLED
    assert store.claim({"export"}) is None
    assert store.cancel("nobody's") is None


def test_a_running_job_hears_at_its_next_step_that_it_is_cancelled(store: JobStore) -> None:
    cleaned = []

    def work(running: Running) -> Outcome:
        store.cancel(running.job.id)
        try:
            running.progress(1, 2)
        except Cancelled:
            cleaned.append(running.job.id)
            raise
        return Outcome()

    job = store.add("export", {})
    Runner(store, {"export": work}).run_once()
    assert found(store, job).state is JobState.CANCELLED
    assert cleaned == [job.id]


def test_a_job_that_has_ended_stays_as_it_is(store: JobStore) -> None:
    job = store.add("export", {})
    Runner(store, {"export": answering(Outcome())}).run_once()
    store.cancel(job.id)
    assert found(store, job).state is JobState.DONE


def test_a_refusal_is_told_in_its_own_words_and_a_fault_is_not(store: JobStore) -> None:
    refused, broken = store.add("export", {}), store.add("rerate", {})
    works = {"export": raising(Conflict("Deze maand is al afgesloten.")), "rerate": raising(KeyError("x"))}
    runner = Runner(store, works)
    assert runner.run_once() and runner.run_once() and not runner.run_once()
    assert found(store, refused).error == "Deze maand is al afgesloten."
    assert found(store, broken).error == str(jobs.GAVE_UP)
    assert found(store, broken).state is JobState.FAILED


def test_what_a_job_stands_on_may_be_down_for_a_while(store: JobStore, clock: Clock) -> None:
    job = store.add("export", {})
    for _ in range(jobs.MAX_TRIES + 3):
        assert Runner(store, {"export": raising(DependencyDown("away"))}).run_once()
        assert store.claim({"export"}) is None, "it waits a few seconds"
        clock.passes(seconds=10)
    Runner(store, {"export": answering(Outcome())}).run_once()
    assert found(store, job).state is JobState.DONE


def test_a_job_that_kills_every_process_is_given_up(store: JobStore, clock: Clock) -> None:
    job = store.add("export", {})
    for _ in range(jobs.MAX_TRIES):
        assert store.claim({"export"}) is not None
        clock.passes(minutes=1)
    Runner(store, {"export": answering(Outcome())}).run_once()
    assert found(store, job).state is JobState.FAILED


def test_a_process_that_stops_leaves_its_job_to_the_next_at_once(
    store: JobStore, database: Database[Document]
) -> None:
    stopping = threading.Event()

    def work(running: Running) -> Outcome:
        stopping.set()
        running.progress(5, 10, {"next": 5})
        raise AssertionError("went on")

    job = store.add(KIND, {"steps": 10})
    Runner(store, {KIND: work}).run_once(stopping)
    assert (found(store, job).state, found(store, job).done) == (JobState.QUEUED, 5)
    Runner(store, {KIND: counting(database)}).run_once()
    assert sorted(row["step"] for row in database["steps"].find()) == [5, 6, 7, 8, 9]


def test_a_killed_process_leaves_its_job_to_another_and_no_step_is_done_twice(
    database: Database[Document], mongo_uri: Any, keyring: Keyring, tmp_path: Path
) -> None:
    """Two real runners: the first is killed in the middle, the second goes on where it was."""
    mongo.make_collections(database, ("jobs", "steps"))
    jobs.ensure_indexes(database)
    lease = timedelta(seconds=1)
    store = JobStore(database, lease=lease)
    job = store.add(KIND, {"steps": 60})
    uri = _address_of(database)
    module = "tests.integration.shared.counting_jobs"
    slow = Process(python("-m", module, "1", "0.05"), {"MONGO_URI": uri}, tmp_path / "one.log")
    try:
        until(lambda: found(store, job).done >= 5, what="the first steps")
        slow.kill()
        so_far = found(store, job).done
        assert so_far < 60, slow.tail()
        runner = Runner(store, {KIND: counting(database)})
        until(runner.run_once, what="the claim to lapse")
    finally:
        slow.kill()
    assert found(store, job).state is JobState.DONE
    assert sorted(row["step"] for row in database["steps"].find()) == list(range(60))


def test_two_runners_that_live_share_the_work(database: Database[Document], store: JobStore) -> None:
    added = [store.add(KIND, {"steps": 3}) for _ in range(6)]
    stopping = threading.Event()
    threads = [Runner(store, {KIND: counting(database)}).start(stopping) for _ in range(2)]
    until(lambda: all(found(store, job).state is JobState.DONE for job in added), what="all jobs")
    stopping.set()
    for thread in threads:
        thread.join(10)
    assert database["steps"].count_documents({}) == 18


def test_jobs_are_kept_for_thirty_days_after_their_end(
    store: JobStore, database: Database[Document], clock: Clock
) -> None:
    job = store.add("export", {})
    Runner(store, {"export": answering(Outcome())}).run_once()
    row = database["jobs"].find_one({"_id": job.id})
    assert row is not None and row["expires_at"] == clock.now + timedelta(days=30)
    [lapses] = [i for i in database["jobs"].index_information().values() if "expireAfterSeconds" in i]
    assert lapses["expireAfterSeconds"] == 0 and lapses["key"] == [("expires_at", 1)]


def _address_of(database: Database[Document]) -> str:
    head, _, options = os.environ["TEST_MONGO_URI"].partition("?")
    source = "" if "@" not in head or "authSource" in options else "&authSource=admin"
    return f"{head.rpartition('/')[0]}/{database.name}?{options}{source}"
