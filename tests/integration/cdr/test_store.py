"""The stores of cdr where several processes meet: at the start, and in the quarantine."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from services.cdr import store
from services.cdr.store.search import INDEXES
from services.cdr.store.usage import UsageStore
from shared import mongo
from shared.abandoned import abort_abandoned
from shared.ids import new_id
from shared.mongo import Document
from tests.support.processes import ROOT, python, until

pytestmark = pytest.mark.feature("CDR-02")


def at_once(count: int, work: Callable[[], Any]) -> list[Exception]:
    """What went wrong when so many threads did the same at the same moment."""
    begin, problems = threading.Barrier(count), list[Exception]()

    def one() -> None:
        begin.wait(10)
        try:
            work()
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return problems


def test_processes_that_start_at_once_on_an_empty_database_do_not_trip_over_each_other(
    mongo_uri: Callable[[str], str],
) -> None:
    db: Any = mongo.connect(mongo_uri("cdr"))
    assert at_once(8, lambda: store.prepare(db)) == []
    made: list[Document] = list(db["usage"].list_indexes())
    assert len(made) == len(INDEXES) + 1
    assert {"gates", "ledger", "periods", "leases", "outbox"} <= set(db.list_collection_names())


HOLD = """
from services.cdr.store.usage import UsageStore
from shared import mongo
import sys, time

def hold(books):
    books.enter()
    print("holding", flush=True)
    time.sleep(60)

store = UsageStore(mongo.connect(), "desk")
store.register()
store.transact(hold)
"""


def test_a_process_that_is_killed_within_a_transaction_is_not_waited_for(
    mongo_uri: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """MongoDB itself would keep the gate for a minute."""
    uri, name = mongo_uri("cdr"), f"cdr-{new_id()[:8]}"
    monkeypatch.setenv("TIKKER_ISSUER", name)
    db: Any = mongo.connect(uri, timeout_ms=20_000)
    store.prepare(db)
    environment = {**os.environ, "MONGO_URI": uri, "PYTHONPATH": str(ROOT)}
    holder = subprocess.Popen(python("-c", HOLD), env=environment, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == b"holding\n"
    finally:
        holder.kill()
        holder.wait(10)
    assert abort_abandoned(db) == 0, "it may yet live"
    until(lambda: abort_abandoned(db) == 1, 10, what="its end to be noticed")
    started = time.monotonic()
    UsageStore(db, "desk").transact(lambda books: books.enter())
    assert time.monotonic() - started < 5
    db.client.close()
