"""MongoDB as services use it: transactions that are repeated, a lease, and what counts as being down."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pymongo
import pytest
from pymongo import errors
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.read_concern import ReadConcern

from shared import mongo
from shared.mongo import Document, Lease, is_down
from tests.contract.tcp_proxy import TcpProxy
from tests.support.processes import free_port, until


def test_transactions_that_collide_are_repeated_until_each_has_had_its_effect(
    database: Database[Document],
) -> None:
    database["n"].insert_one({"_id": 1, "n": 0})
    both_have_read, runs = threading.Barrier(2, timeout=10), []

    def work(session: ClientSession) -> None:
        runs.append(threading.get_ident())
        found = database["n"].find_one({"_id": 1}, session=session)
        assert found is not None
        if runs.count(threading.get_ident()) == 1:
            both_have_read.wait()
        database["n"].update_one({"_id": 1}, {"$set": {"n": found["n"] + 1}}, session=session)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: mongo.transact(database, work), range(2)))
    found = database["n"].find_one({"_id": 1})
    assert found is not None and found["n"] == 2
    assert len(runs) >= 3


def test_who_has_little_patience_does_not_collide_for_long(database: Database[Document]) -> None:
    database["n"].insert_one({"_id": 1, "n": 0})

    def write(session: ClientSession) -> None:
        database["n"].update_one({"_id": 1}, {"$inc": {"n": 1}}, session=session)

    with database.client.start_session() as other:
        other.start_transaction()
        write(other)
        began = time.monotonic()
        with pytest.raises(errors.PyMongoError) as problem:
            mongo.transact(database, write, patience=0.3)
        assert is_down(problem.value)
        assert time.monotonic() - began < mongo.TIMEOUT_MS / 1000
        other.abort_transaction()
    mongo.transact(database, write, patience=0.3)


def test_a_transaction_gives_what_its_work_gave_and_all_or_nothing_of_its_effect(
    database: Database[Document],
) -> None:
    def fail(session: ClientSession) -> None:
        database["a"].insert_one({"_id": 1}, session=session)
        database["b"].insert_one({"_id": 1}, session=session)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        mongo.transact(database, fail)
    assert database["a"].count_documents({}) + database["b"].count_documents({}) == 0

    def succeed(session: ClientSession) -> str:
        return str(database["a"].insert_one({"_id": 1}, session=session).inserted_id)

    assert mongo.transact(database, succeed) == "1"
    assert database["a"].count_documents({}) == 1


@contextmanager
def no_majority(mongo_admin: pymongo.MongoClient[Document]) -> Iterator[None]:
    """Nothing that is written meanwhile reaches the disk, so it is not of the majority."""
    point = partial(mongo_admin.admin.command, "configureFailPoint", "pauseJournalFlusherBeforeFlush")
    point(mode="alwaysOn")
    try:
        yield
    finally:
        point(mode="off")


@pytest.mark.parametrize("refusal", [ZeroDivisionError, errors.DuplicateKeyError], ids=["ours", "theirs"])
def test_what_a_transaction_was_refused_for_is_seen_by_who_reads_behind_it(
    database: Database[Document], mongo_admin: pymongo.MongoClient[Document], refusal: type[Exception]
) -> None:
    """A transaction reads what another committed a moment ago and is not of the majority yet: who tries
    again because of it would read what was before, and be refused again."""

    def insert(session: ClientSession) -> None:
        database["n"].insert_one({"_id": 1}, session=session)

    def refused(session: ClientSession) -> None:
        if refusal is ZeroDivisionError and database["n"].find_one({"_id": 1}, session=session):
            raise refusal
        insert(session)

    def tried() -> Document | None:
        with pytest.raises(refusal):
            mongo.transact(database, refused)
        return database["n"].find_one({"_id": 1})

    database["n"].insert_one({"_id": 0})
    at_once = database.with_options(read_concern=ReadConcern("local"))
    with ThreadPoolExecutor(2) as pool:
        with no_majority(mongo_admin):
            first = pool.submit(mongo.transact, database, insert)
            until(lambda: at_once["n"].find_one({"_id": 1}), what="the first to be committed")
            assert database["n"].find_one({"_id": 1}) is None
            second = pool.submit(tried)
            wait([second], timeout=0.3)
        assert second.result() == {"_id": 1}
        first.result()


def test_a_collision_that_does_not_end_in_time_is_for_later_and_not_for_ever(
    database: Database[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event whose handler meets it must be tried again, not buried."""
    monkeypatch.setattr(mongo, "COLLISION_SECONDS", 0.5)
    database["n"].insert_one({"_id": 1, "n": 0})
    with database.client.start_session() as other, other.start_transaction():
        database["n"].update_one({"_id": 1}, {"$inc": {"n": 1}}, session=other)

        def work(session: ClientSession) -> None:
            database["n"].update_one({"_id": 1}, {"$inc": {"n": 1}}, session=session)

        started = time.monotonic()
        with pytest.raises(errors.PyMongoError) as caught:
            mongo.transact(database, work)
        assert 0.5 <= time.monotonic() - started < 3
        assert is_down(caught.value), caught.value
        other.abort_transaction()


def test_times_come_back_aware_and_writes_wait_for_the_majority(database: Database[Document]) -> None:
    database["t"].insert_one({"_id": 1, "at": datetime(2026, 11, 22, 12, tzinfo=UTC)})
    found = database["t"].find_one({"_id": 1})
    assert found is not None and found["at"] == datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert database.write_concern.document == {"w": "majority"}
    assert database.read_concern.level == "majority"


def test_a_lease_has_one_holder_who_may_extend_it(database: Database[Document]) -> None:
    first, second = Lease(database, "fold"), Lease(database, "fold")
    assert first.hold() and first.hold()
    assert not second.hold()
    assert first.hold()


def test_leases_of_different_jobs_do_not_meet(database: Database[Document]) -> None:
    assert Lease(database, "fold").hold()
    assert Lease(database, "outbox-relay").hold()


def test_a_lease_that_was_let_go_is_free_at_once(database: Database[Document]) -> None:
    first, second = Lease(database, "fold"), Lease(database, "fold")
    assert first.hold()
    second.release()  # not its own
    assert not second.hold()
    first.release()
    assert second.hold()
    assert not first.hold()


def test_a_lease_lapses_and_its_old_holder_notices(database: Database[Document]) -> None:
    first, second = Lease(database, "fold", seconds=0.3), Lease(database, "fold", seconds=10)
    asked = datetime.now(UTC)
    assert first.hold()
    row = database["leases"].find_one({"_id": "fold"})
    assert row is not None
    assert timedelta(seconds=0.29) < row["until"] - asked < timedelta(seconds=5)
    assert not second.hold()
    until(second.hold, what="the lease to lapse")
    assert not first.hold()


def test_a_holder_writes_when_a_third_of_its_lease_is_over(database: Database[Document]) -> None:
    lease = Lease(database, "fold", seconds=0.3)

    def ends() -> datetime:
        assert lease.hold()
        row = database["leases"].find_one({"_id": "fold"})
        assert row is not None
        return row["until"]

    first = ends()
    until(lambda: ends() > first, what="the lease to be extended")
    held_all_day = Lease(database, "tidy", seconds=100)
    assert held_all_day.hold()
    database["leases"].delete_one({"_id": "tidy"})
    assert held_all_day.hold() and database["leases"].find_one({"_id": "tidy"}) is None


def test_of_many_who_want_a_lease_at_once_one_gets_it(database: Database[Document]) -> None:
    leases = [Lease(database, "fold") for _ in range(12)]
    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(lambda lease: lease.hold(), leases)) == 1


def away(options: str = "") -> Database[Document]:
    """A database on a port where nobody listens."""
    return mongo.connect(f"mongodb://127.0.0.1:{free_port()}/nobody{options}", timeout_ms=300)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda db: db["n"].find_one({}),
        lambda db: db["n"].insert_one({}),
        lambda db: mongo.transact(db, lambda session: db["n"].insert_one({}, session=session)),
        lambda db: Lease(db, "x").hold(),
        mongo.ping,
    ],
    ids=["a read", "a write", "a transaction", "a lease", "a ping"],
)
@pytest.mark.parametrize("options", ["", "?replicaSet=dev"])
def test_a_server_that_is_not_there_is_down_and_says_so_in_time(
    attempt: Callable[[Database[Document]], Any], options: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mongo, "TIMEOUT_MS", 300)
    database = away(options)
    started = time.monotonic()
    with pytest.raises(errors.PyMongoError) as caught:
        attempt(database)
    assert is_down(caught.value), caught.value
    assert time.monotonic() - started < 5
    database.client.close()


@pytest.mark.parametrize("trouble", ["stall", "refuse"])
def test_a_server_that_hangs_or_goes_away_in_the_middle_is_down_and_used_again_afterwards(
    mongo_uri: Callable[[str], str], trouble: str
) -> None:
    uri = mongo_uri("line")
    line = TcpProxy(uri, 27017)
    with_options = line.uri.replace("?", "?directConnection=true&")
    database = mongo.connect(re.sub("&replicaSet=[^&]*", "", with_options), timeout_ms=800)
    mongo.connect(uri)["n"].insert_one({"_id": 1})
    assert database["n"].find_one({}) == {"_id": 1}
    getattr(line, trouble)()
    started = time.monotonic()
    with pytest.raises(errors.PyMongoError) as caught:
        database["n"].insert_one({"_id": 2})
    assert is_down(caught.value), caught.value
    assert time.monotonic() - started < 3
    line.resume() if trouble == "stall" else line.accept()
    database["n"].replace_one({"_id": 2}, {"_id": 2}, upsert=True)
    assert database["n"].count_documents({}) == 2
    mongo.ping(database)
    database.client.close()
    line.refuse()


@pytest.mark.parametrize(
    "attempt",
    [
        lambda db: db["n"].insert_many([{"_id": 1}, {"_id": 1}]),
        lambda db: [db["n"].insert_one({"_id": 1}) for _ in range(2)],
        lambda db: list(db["n"].find({"$nonsense": 1})),
        lambda db: db["n"].insert_one({"n": 2**63}),
        lambda db: db.command("nonsense"),
    ],
    ids=["doubles at once", "doubles", "a bad query", "a number too large", "an unknown command"],
)
def test_what_the_server_refuses_is_not_down(
    database: Database[Document], attempt: Callable[[Database[Document]], Any]
) -> None:
    with pytest.raises((errors.PyMongoError, OverflowError)) as caught:
        attempt(database)
    assert not is_down(caught.value), caught.value


@pytest.mark.parametrize("code", [91, 189, 10107, 11600, 11602, 13435, 13436])
def test_a_primary_that_steps_down_or_shuts_down_is_down(code: int) -> None:
    assert is_down(errors.OperationFailure("not now", code))


@pytest.mark.parametrize(
    "error", [ValueError("x"), errors.OperationFailure("no", 13), errors.InvalidName("x")]
)
def test_other_errors_are_not(error: Exception) -> None:
    assert not is_down(error)


def test_a_ping_of_a_server_that_is_there_says_nothing(database: Database[Document]) -> None:
    mongo.ping(database)
