"""The stores of cdr where several processes meet: at the start, and in the quarantine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from services.cdr import store
from shared import mongo
from shared.mongo import Document

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
    assert len(made) == 3
    assert {"gates", "ledger", "periods", "leases", "outbox"} <= set(db.list_collection_names())
