"""A dump of a house's databases: one moment for all of them, whole or refused, and back as it was."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from cli import drill, dump
from cli.commands.restore import resend
from cli.house import House
from cli.problems import Problem
from cli.testbed import Testbed

Client = MongoClient[dict[str, Any]]
SECRETS = {"TIKKER_SEALING_KEYS_PBX": '{"k": "v"}'}


@pytest.fixture
def client(testbed: Testbed) -> Iterator[Client]:
    with Client(testbed.mongo_uri, tz_aware=True) as opened:
        yield opened


@pytest.fixture
def names(house: House, client: Client) -> Iterator[dict[str, str]]:
    """Databases of our own, emptied before and after."""
    made = dump.databases(f"_backup{house.database_suffix}")
    for phase in ("before", "after"):
        for name in made.values():
            client.drop_database(name)
        if phase == "before":
            yield made


def fill(client: Client, names: dict[str, str]) -> None:
    usage = client[names["cdr"]]["usage"]
    usage.insert_many({"_id": f"vasco|{i}|0", "amount": i, "start": datetime.now(UTC)} for i in range(2_500))
    usage.create_index(
        [("amount", 1), ("start", -1)], name="by_amount", partialFilterExpression={"amount": {"$gt": 5}}
    )
    client[names["identity"]]["outbox"].create_index("sent_at", expireAfterSeconds=3600)
    client[names["identity"]]["outbox"].insert_one({"_id": 1, "sent_at": datetime.now(UTC)})
    client[names["identity_audit"]]["audit"].insert_one({"seq": 1, "hash": "00"})
    client[names["pbx"]]["sounds.chunks"].insert_one({"n": 0, "data": b"\x00" * 300_000})
    client[names["pbx"]]["leases"].insert_one({"_id": "relay"})


def empty(client: Client, names: dict[str, str]) -> None:
    for name in names.values():
        client.drop_database(name)


def test_what_is_restored_is_the_same_to_the_byte_with_its_indexes(
    client: Client, names: dict[str, str], tmp_path: Path
) -> None:
    fill(client, names)
    first = dump.write(client, tmp_path / "first", names, SECRETS)
    assert first.collections["cdr"]["usage"].documents == 2_500
    empty(client, names)
    dump.check(tmp_path / "first", first)
    dump.restore(client, tmp_path / "first", dump.read_manifest(tmp_path / "first"), names)
    second = dump.write(client, tmp_path / "second", names, SECRETS)
    assert drill.differences(first, second) == []
    indexes = client[names["cdr"]]["usage"].index_information()
    assert indexes["by_amount"]["partialFilterExpression"] == {"amount": {"$gt": 5}}
    assert client[names["identity"]]["outbox"].index_information()["sent_at_1"]["expireAfterSeconds"] == 3600
    assert resend(client, _named(first, names), timedelta(minutes=5)) == 1
    assert client[names["identity"]]["outbox"].find_one() == {"_id": 1, "waiting": True}


def _named(manifest: dump.Manifest, names: dict[str, str]) -> dump.Manifest:
    """As if the databases had no suffix."""
    return dump.Manifest(
        taken_at=manifest.taken_at, collections={names[k]: v for k, v in manifest.collections.items()}
    )


def test_two_databases_that_change_together_are_dumped_at_one_moment(
    client: Client, names: dict[str, str], tmp_path: Path
) -> None:
    """What identity sends and cdr books in one transaction is in both files or in neither."""
    rooms = [client[names[service]]["pairs"] for service in ("identity", "cdr")]
    for room in rooms:
        room.insert_one({"_id": -1})
    stop = threading.Event()

    def write_pairs() -> None:
        number = 0
        while not stop.is_set():
            with client.start_session() as session, session.start_transaction():
                for room in rooms:
                    room.insert_one({"_id": number}, session=session)
            number += 1

    writer = threading.Thread(target=write_pairs)
    writer.start()
    try:
        while rooms[1].estimated_document_count() < 20:
            pass
        manifest = dump.write(client, tmp_path / "dump", names)
    finally:
        stop.set()
        writer.join()
    one, other = (manifest.collections[service]["pairs"] for service in ("identity", "cdr"))
    assert one == other
    assert one.documents < rooms[0].estimated_document_count() + 1


def test_a_database_that_holds_something_is_left_alone(
    client: Client, names: dict[str, str], tmp_path: Path
) -> None:
    fill(client, names)
    manifest = dump.write(client, tmp_path / "dump", names)
    empty(client, names)
    client[names["cdr"]]["leases"].insert_one({"_id": "folding"})  # what a fresh system has may go
    client[names["mobile"]]["subscriptions"].insert_one({"_id": "mine"})
    with pytest.raises(Problem, match=r"not empty.*subscriptions"):
        dump.restore(client, tmp_path / "dump", manifest, names)
    assert client[names["cdr"]].list_collection_names() == ["leases"]


@pytest.mark.parametrize("harm", ["cut off", "another byte", "gone"])
def test_a_backup_that_was_harmed_is_refused_before_anything_is_written(
    client: Client, names: dict[str, str], tmp_path: Path, harm: str
) -> None:
    client[names["cdr"]]["usage"].insert_many({"_id": i, "amount": i} for i in range(50))
    manifest = dump.write(client, tmp_path / "dump", names)
    file = tmp_path / "dump" / "cdr" / "usage.bson.gz"
    content = gzip.decompress(file.read_bytes())
    if harm == "gone":
        file.unlink()
    else:
        harmed = content[:-7] if harm == "cut off" else content[:40] + b"\xff" + content[41:]
        file.write_bytes(gzip.compress(harmed))
    with pytest.raises(Problem, match=r"usage\.bson\.gz"):
        dump.check(tmp_path / "dump", manifest)
