"""Whom customers' rows are with, for who searches by a part of a number: never less than the rows say."""

from __future__ import annotations

from typing import Any, cast

import pytest
from pymongo.errors import AutoReconnect

from services.cdr.domain.posting import Posted
from services.cdr.store.usage import Books, UsageStore
from tests.support.memory_mongo import Database
from tests.support.memory_server import Server

pytestmark = pytest.mark.feature("CDR-06")

SENDER, RECEIVER = "+31850001611", "+31850003000"
KNOWN = [f"bakery|receiver|{RECEIVER}", f"bakery|sender|{SENDER}"]


class Mongod:
    """Counts what is asked of it, and may be killed before a commit: then it has forgotten what no majority
    had, as the driver and its journal may."""

    def __init__(self) -> None:
        self.server = Server(self.step)
        self.db = cast(Any, Database(self.server))
        self.asked: list[str] = []
        self.is_to_be_killed = False

    def step(self, operation: str) -> None:
        self.asked.append(operation)
        if operation == "commit" and self.is_to_be_killed:
            self.is_to_be_killed = False
            self.server.data["parties"].clear()
            problem = AutoReconnect("killed")
            problem._add_error_label("TransientTransactionError")
            raise problem

    def names(self, collection: str) -> list[str]:
        return sorted(row["_id"] for row in self.db[collection].find())


def book(store: UsageStore, record: str, period: int = 202611) -> None:
    row = {"_id": record, "customer": "bakery", "period": period, "sender": SENDER, "receiver": RECEIVER}

    def work(books: Books) -> None:
        books.add(Posted(rows=[row]))

    store.transact(work)


def test_whom_a_row_is_with_is_known_though_mongod_was_killed_before_it_was_booked() -> None:
    mongod = Mongod()
    mongod.is_to_be_killed = True
    book(UsageStore(mongod.db, "desk"), "r")
    assert not mongod.is_to_be_killed
    assert (mongod.names("usage"), mongod.names("parties")) == (["r"], KNOWN)


def test_what_is_known_costs_nothing_until_a_later_period() -> None:
    """So many rows of the same parties take as long as before."""
    mongod = Mongod()
    store = UsageStore(mongod.db, "desk")
    for record in ("p", "q", "s"):
        book(store, record)
    assert [each for each in mongod.asked if each.endswith(" parties")] == ["insert parties"]
    book(store, "later", 202612)
    assert {row["last"] for row in mongod.db["parties"].find()} == {202612}
