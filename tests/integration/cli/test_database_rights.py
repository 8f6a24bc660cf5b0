"""Set-up on a real MongoDB: a service has its own database and no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from cli.house import House

Client = MongoClient[dict[str, Any]]


@pytest.fixture
def cdr(house: House) -> Iterator[Client]:
    with Client(house.mongo_uri("cdr"), serverSelectionTimeoutMS=5000) as client:
        yield client


def test_a_service_writes_indexes_and_transacts_in_its_own_database(cdr: Client, house: House) -> None:
    own = cdr.get_default_database()
    assert own.name == f"cdr{house.database_suffix}"
    own.rows.create_index("start")
    with cdr.start_session() as session, session.start_transaction():
        own.rows.insert_one({"start": 1}, session=session)
    assert own.rows.count_documents({}) == 1


@pytest.mark.parametrize("foreign", ["identity", "admin", "local", "config"])
def test_a_service_reads_and_writes_no_other_database(cdr: Client, house: House, foreign: str) -> None:
    name = foreign + house.database_suffix if foreign == "identity" else foreign
    for attempt in (lambda: cdr[name].rows.find_one(), lambda: cdr[name].rows.insert_one({})):
        with pytest.raises(OperationFailure, match="not authorized|Unauthorized"):
            attempt()


def test_a_service_makes_no_users(cdr: Client) -> None:
    with pytest.raises(OperationFailure, match="not authorized"):
        cdr.get_default_database().command("createUser", "mallory", pwd="x", roles=["dbOwner"])
