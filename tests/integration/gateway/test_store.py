"""Sessions in a real MongoDB."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo.errors import DuplicateKeyError

from gateway.store import KEPT_SECONDS, MongoSessions
from shared.errors import Unavailable
from shared.mongo import connect

SOON = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def collection(mongo_uri: Callable[[str], str]) -> Any:
    return connect(mongo_uri("gateway"))["sessions"]


def test_a_session_is_kept_changed_and_forgotten(collection: Any) -> None:
    store = MongoSessions(collection)
    assert store.load("k") is None
    store.insert("k", b"one", SOON)
    assert store.load("k") == b"one"
    store.replace("k", b"two", SOON + timedelta(hours=1))
    assert store.load("k") == b"two"
    store.delete("k")
    assert store.load("k") is None


def test_replacing_what_was_deleted_does_not_bring_it_back(collection: Any) -> None:
    store = MongoSessions(collection)
    store.insert("k", b"one", SOON)
    store.delete("k")
    store.replace("k", b"two", SOON)
    assert store.load("k") is None


def test_the_indexes_are_made_at_first_use(collection: Any) -> None:
    MongoSessions(collection).load("k")
    indexes = collection.index_information()
    assert indexes["id_1"]["unique"] is True
    assert indexes["expiration_1"]["expireAfterSeconds"] == KEPT_SECONDS


def test_a_session_is_found_by_its_index(collection: Any) -> None:
    MongoSessions(collection).insert("k", b"one", SOON)
    plan = collection.find({"id": "k"}).explain()["queryPlanner"]["winningPlan"]
    assert "COLLSCAN" not in repr(plan)


def test_two_sessions_never_share_a_key(collection: Any) -> None:
    store = MongoSessions(collection)
    store.insert("k", b"one", SOON)
    with pytest.raises(Unavailable) as caught:
        store.insert("k", b"two", SOON)
    assert isinstance(caught.value.__cause__, DuplicateKeyError)
    assert store.load("k") == b"one"


def test_a_database_that_is_away_is_said_in_time() -> None:
    store = MongoSessions(connect("mongodb://127.0.0.1:1/gateway", timeout_ms=200)["sessions"])
    with pytest.raises(Unavailable):
        store.load("k")
