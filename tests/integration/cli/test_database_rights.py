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


@pytest.fixture
def identity(house: House) -> Iterator[Client]:
    with Client(house.mongo_uri("identity"), serverSelectionTimeoutMS=5000) as client:
        yield client


@pytest.mark.feature("ID-10")
def test_identity_adds_to_the_audit_log_and_changes_or_removes_nothing_in_it(
    identity: Client, house: House
) -> None:
    log = identity[f"identity{house.database_suffix}_audit"]
    log.audit.create_index("seq")
    with identity.start_session() as session, session.start_transaction():
        log.audit.insert_one({"_id": 1, "seq": 1}, session=session)
        log.heads.insert_one({"_id": "house", "seq": 1}, session=session)
    log.heads.update_one({"_id": "house"}, {"$set": {"seq": 2}})
    for attempt in (
        lambda: log.audit.update_one({"_id": 1}, {"$set": {"seq": 2}}),
        lambda: log.audit.replace_one({"_id": 1}, {"seq": 2}),
        lambda: log.audit.delete_one({"_id": 1}),
        lambda: log.audit.drop(),
        lambda: log.audit.drop_indexes(),
        lambda: log.heads.delete_one({"_id": "house"}),
        lambda: identity.drop_database(log.name),
    ):
        with pytest.raises(OperationFailure, match="not authorized"):
            attempt()
    assert log.audit.find_one({"_id": 1}) == {"_id": 1, "seq": 1}


@pytest.mark.feature("ID-10")
def test_nobody_else_reads_the_audit_log(cdr: Client, house: House) -> None:
    with pytest.raises(OperationFailure, match="not authorized"):
        cdr[f"identity{house.database_suffix}_audit"].audit.find_one()
