"""kill -9 of a run of invoices, again and again at random moments: in the end there is what there would have
been anyhow, with no number missing and none given twice.

The short form runs with all tests. The whole promise, 500 customers and 200 kills:
``TIKKER_CUSTOMERS=500 TIKKER_KILLS=200 ./tikker test tests/fault/test_invoice_run.py``.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from services.invoicing.domain.invoice import Invoice
from services.invoicing.store import Store
from shared.ids import new_id
from tests.fault.invoice_scene import Place, fill, invoice_for_ever, runner_of, start
from tests.support.processes import until

CUSTOMERS = int(os.environ.get("TIKKER_CUSTOMERS", "60"))
KILLS = int(os.environ.get("TIKKER_KILLS", "25"))
SEED = int(os.environ.get("TIKKER_SEED", "20261102"))
LONGEST_LIFE = 0.30
DEATHS = (-signal.SIGKILL, -signal.SIGSEGV)
"""By us; or by itself, which an interpreter under much load once did: as dead, and it prints its trace."""
ENDED = ("done", "failed", "cancelled")


@pytest.fixture
def make_place(mongo_uri: Callable[[str], str]) -> Callable[[str], Place]:
    def make(name: str) -> Place:
        place = Place(mongo_uri(name), CUSTOMERS, f"{name}-{new_id()[:8]}")
        store = place.store()
        store.prepare()
        fill(store, CUSTOMERS)
        return place

    return make


class Killer:
    """Starts the process, lets it live for a random while, and kills it."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._chance = random.Random(SEED)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.fault.invoice_scene"])
        self.kills = 0

    def begin(self) -> Any:
        """A process that has begun."""
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=invoice_for_ever, args=(self._place, theirs), daemon=True)
        process.start()
        assert ours.poll(30), "the process has not begun"
        return process

    def one_life(self) -> None:
        process = self.begin()
        time.sleep(self._chance.uniform(0, LONGEST_LIFE))
        process.kill()
        process.join(30)
        assert process.exitcode in DEATHS
        self.kills += 1


def state(store: Store, run_id: str) -> str:
    job = store.jobs.get(run_id)
    assert job is not None
    return job.state.value


def ended(store: Store, run_id: str) -> bool:
    return state(store, run_id) in ENDED


def content(store: Store) -> dict[str, dict[str, Any]]:
    """What each customer's invoice says, whatever its ID."""
    found = {}
    for row in store._db["invoices"].find():
        drawn: dict[str, Any] = msgspec.to_builtins(msgspec.json.decode(row["document"], type=Invoice))
        found[row["customer_id"]] = {**drawn, "id": ""}
    return found


@pytest.mark.feature("INV-02")
def test_a_run_that_is_killed_ends_like_one_that_is_not(make_place: Callable[[str], Place]) -> None:
    undisturbed, disturbed = make_place("calm"), make_place("killed")
    calm, store = undisturbed.store(), disturbed.store()
    start(calm)
    while runner_of(calm, CUSTOMERS).run_once():
        pass

    killer, run_id, runs = Killer(disturbed), start(store), 1
    while killer.kills < KILLS:
        killer.one_life()
        if ended(store, run_id):  # given up after five lives without a step, or done: it is started again
            run_id, runs = start(store), runs + 1
    last = killer.begin()
    try:
        until(lambda: ended(store, run_id), 120, what="the run to end")
        if state(store, run_id) == "failed":
            run_id, runs = start(store), runs + 1
            until(lambda: ended(store, run_id), 120, what="the last run to end")
    finally:
        last.kill()
        last.join()
    assert state(store, run_id) == "done"

    assert content(store) == content(calm)
    check_numbers(store)
    check_what_follows(store)
    check_files(store)
    print(f"{killer.kills} kills, {runs} runs, {len(content(store))} invoices")


def check_numbers(store: Store) -> None:
    rows = list(store._db["invoices"].find())
    assert sorted(row["place"] for row in rows) == list(range(1, len(rows) + 1)), "no gap, no double"
    assert len(rows) == sum(1 for place in range(CUSTOMERS) if place % 17 and _has_something(place))
    assert store._db["counters"].find_one()["place"] == len(rows)  # type: ignore[index]


def _has_something(place: int) -> bool:
    return bool(place % 10) or place % 5 == 0 or place % 7 == 0 or place % 11 == 0


def check_what_follows(store: Store) -> None:
    """Each invoice is told of once and mailed once; each charge is on one invoice."""
    db, invoices = store._db, {row["_id"] for row in store._db["invoices"].find()}
    told = [
        msgspec.json.decode(row["body"])["data"]["invoice_id"]
        for row in db["outbox"].find({"name": "invoicing.invoice.issued.v1"})
    ]
    mailed = [
        msgspec.json.decode(row["body"])["data"]["dedupe_key"].partition(":")[2]
        for row in db["outbox"].find({"name": "invoicing.notification.requested.v1"})
    ]
    assert sorted(told) == sorted(invoices) == sorted(mailed)
    charged = [row["invoice_id"] for row in db["charges"].find({"kind": "one_off"})]
    charged += [row["invoice_id"] for row in db["requested"].find()]
    without = {f"{place:032x}" for place in range(0, CUSTOMERS, 17)}
    loose = db["charges"].count_documents(
        {"kind": "one_off", "invoice_id": None, "customer_id": {"$nin": list(without)}}
    )
    assert loose == 0
    assert {each for each in charged if each} <= invoices


def check_files(store: Store) -> None:
    """Every invoice has its two files, whole, and nothing was left behind by who was killed."""
    kept = set()
    for row in store._db["invoices"].find():
        for file in row["files"].values():
            piece = store.files.piece(file["id"], 0)
            assert piece is not None
            assert hashlib.sha256(piece).hexdigest() == file["sha256"]
            kept.add(file["id"])
    assert set(store._db["documents.chunks"].distinct("files_id")) == kept
    assert set(store._db["documents.files"].distinct("_id")) == kept
