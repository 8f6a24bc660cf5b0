"""Prints what pymongo does in a process that is patched for eventlet.

The slow query is an awaitable ``hello``: when nothing changes the server holds it for as long as it was
asked to, without scripting and without load. With a deadline of pymongo's on it, it ends as an error.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import eventlet
import pymongo
from eventlet.greenpool import GreenPool

from shared import mongo

QUERIES = 6
QUERY_SECONDS = 0.5


def slow_query(client: pymongo.MongoClient[Any], seconds: float = QUERY_SECONDS) -> None:
    version = client.admin.command("hello")["topologyVersion"]
    client.admin.command("hello", topologyVersion=version, maxAwaitTimeMS=int(seconds * 1000))


def overlap(client: pymongo.MongoClient[Any]) -> dict[str, float]:
    """Slow queries at once, and the longest moment in which nothing else of the process ran."""
    gaps = [0.0]

    def tick() -> None:
        last = time.monotonic()
        while True:
            eventlet.sleep(0.01)
            gaps.append(time.monotonic() - last)
            last = time.monotonic()

    ticking = eventlet.spawn(tick)
    pool = GreenPool(QUERIES)
    started = time.monotonic()
    list(pool.imap(slow_query, [client] * QUERIES))
    ticking.kill()
    seconds = time.monotonic() - started
    return {"seconds": seconds, "one_by_one": QUERIES * QUERY_SECONDS, "longest_gap": max(gaps)}


def cut_off(client: pymongo.MongoClient[Any], database: Any) -> dict[str, Any]:
    """A query that is cut short by eventlet and one by pymongo; the clients work after it."""
    by_eventlet = _timed(lambda: slow_query(client, 2.5), eventlet.Timeout(0.3))
    with pymongo.timeout(0.3):
        by_pymongo = _timed(lambda: slow_query(database.client, 2.5))
    works = [client.admin.command("ping")["ok"], database["n"].count_documents({})]
    return {"by_eventlet": by_eventlet, "by_pymongo": by_pymongo, "works": works}


def _timed(work: Callable[[], None], timeout: Any = None) -> list[Any]:
    started = time.monotonic()
    try:
        work()
        return ["ended by itself", time.monotonic() - started]
    except BaseException as problem:
        return [type(problem).__name__, time.monotonic() - started]
    finally:
        if timeout is not None:
            timeout.cancel()


def contend(database: Any) -> int:
    """Transactions on one document from many green threads; what the counter says afterwards."""
    database["n"].insert_one({"_id": 1, "n": 0})

    def work(session: Any) -> None:
        n = database["n"].find_one({"_id": 1}, session=session)["n"]
        eventlet.sleep(0)
        database["n"].update_one({"_id": 1}, {"$set": {"n": n + 1}}, session=session)

    pool = GreenPool(5)
    list(pool.imap(lambda _: mongo.transact(database, work), range(20)))
    return int(database["n"].find_one({"_id": 1})["n"])


def main(uri: str) -> None:
    database = mongo.connect(uri)
    client: pymongo.MongoClient[Any] = pymongo.MongoClient(uri)
    found = {
        "transactions": contend(database),
        "overlap": overlap(client),
        "cut_off": cut_off(client, database),
    }
    print(json.dumps(found))
