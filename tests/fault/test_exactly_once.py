"""kill -9 in the middle of a carrier's traffic: every event counts once, nothing is lost, nothing loops."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import PyMongoError

from services.cdr import store
from services.cdr.domain.reference import Reference
from services.cdr.store.counters import CounterStore
from services.cdr.store.reference import ReferenceStore
from shared.errors import DependencyDown
from shared.ids import new_id
from shared.publisher import Message, Publisher
from tests.fault.bed import Bed, Json, running
from tests.fault.traffic import CARRIER, MAY, PERIOD, PLAN, Traffic
from tests.support.processes import Process, until

EVENTS, BROKEN, COPIES = 20_000, 200, 2
PACK, SINGLE = 50, 12_000
VICTIMS = ("cdr-ingester", "broker", "cdr-worker", "mongod")
UNCONFIRMED = 10
BACK_SECONDS = 60
NUMBERS = [f"+3185000{n:04d}" for n in range(1600, 1630)]


@pytest.fixture
def bed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bed]:
    monkeypatch.setenv("TIKKER_STATE", str(tmp_path))
    with running(tmp_path) as made:
        yield made


class Carrier(threading.Thread):
    """Hands over its messages part by part, each when it is told to; sends again what is not confirmed."""

    def __init__(self, uri: str, messages: Sequence[Message], parts: int) -> None:
        super().__init__(daemon=True)
        size = -(-len(messages) // parts)
        self._uri = uri
        self._parts = [messages[n * size : (n + 1) * size] for n in range(parts)]
        self._turns = [threading.Event() for _ in range(parts)]
        self.confirmed = [threading.Event() for _ in range(parts)]
        self._pause = threading.Event()
        self.again = 0

    def hand_over(self, part: int) -> None:
        self._turns[part].set()

    def run(self) -> None:
        publisher = Publisher(self._uri)
        for part, turn, confirmed in zip(self._parts, self._turns, self.confirmed, strict=True):
            if not turn.wait(180):
                return
            for begin in range(0, len(part), UNCONFIRMED):
                self._until_confirmed(publisher, part[begin : begin + UNCONFIRMED])
            confirmed.set()
        publisher.close()

    def _until_confirmed(self, publisher: Publisher, messages: Sequence[Message]) -> None:
        while True:
            try:
                publisher.publish(messages)
                return
            except DependencyDown:
                self.again += 1
                self._pause.wait(0.1)


class Books:
    """What stands in cdr's database, also while that is away."""

    def __init__(self, bed: Bed) -> None:
        self.db: Any = bed.database("cdr")
        store.prepare(self.db)

    def fill(self) -> Reference:
        """A rate plan, and two customers with the numbers; what pricing knows from then on."""
        reference = ReferenceStore(self.db)
        reference.save_plan("default", date(2020, 1, 1), 4, PLAN.encode(), "test")
        for customer, numbers in ((new_id(), NUMBERS[::2]), (new_id(), NUMBERS[1::2])):
            owned = [(number, datetime(2020, 1, 1, tzinfo=UTC), None) for number in numbers]
            reference.save_ownership(f"pbx:{customer}", customer, "telephony", 1, owned)
        known = Reference(reference)
        known.refresh()
        return known

    def rows(self) -> int:
        """How many rows there are; -1 while nobody can tell."""
        try:
            return int(self.db["usage"].count_documents({}))
        except PyMongoError:
            return -1

    def more_than(self, rows: int) -> Callable[[], bool]:
        return lambda: self.rows() > rows

    def holds(self, record: str) -> Callable[[], bool]:
        return lambda: self.db["usage"].find_one({"_id": f"{CARRIER}|{record}|0"}) is not None

    def seen(self) -> list[Json]:
        return list(self.db["usage"].find({"hidden": {"$ne": True}}))

    def quarantine(self) -> dict[bytes, str]:
        return {document["source"]: document["reason"] for document in self.db["quarantine"].find()}

    def counted(self, customers: set[str]) -> dict[tuple[str, str, str], tuple[int, int, int]]:
        """Calls, seconds and amount per customer, number and type, from the counters."""
        counters = CounterStore(self.db)
        counts = [(c, each) for c in customers for each in counters.months_of_period(c, PERIOD)]
        sums = {(c, each.number, each.type): each.sums for c, each in counts}
        return {key: (calls, seconds, amount) for key, (calls, seconds, _, _, amount, _) in sums.items()}


def kill(bed: Bed, victim: str, ours: dict[str, Process]) -> None:
    if victim in ours:
        ours[victim].kill()
        ours[victim].start()
    else:
        bed.wait_for_another(victim, than=bed.kill(victim))


@pytest.mark.feature("CDR-01", "CDR-02")
def test_kill_ingester_broker_worker_and_database_in_the_middle(bed: Bed) -> None:
    books = Books(bed)
    reference = books.fill()
    ours = {name: bed.start(name) for name in ("cdr-ingester", "cdr-worker")}
    ingester = ours["cdr-ingester"]
    traffic = Traffic(NUMBERS, EVENTS - BROKEN, BROKEN)
    amounts, sums = traffic.expected(reference)
    carrier = Carrier(bed.house.ingest_uri(CARRIER), traffic.messages(COPIES, PACK, SINGLE), len(VICTIMS) + 1)
    for process in ours.values():
        process.wait_ready()
    carrier.start()

    for part, victim in enumerate(VICTIMS):
        before = books.rows()
        carrier.hand_over(part)
        until(books.more_than(before), what="usage to be booked")
        in_the_middle = books.rows()
        kill(bed, victim, ours)
        until(carrier.confirmed[part].is_set, 60, what="the rest to be handed over")
        until(lambda: ingester.page("/readyz")[0] == 200, BACK_SECONDS, what="readiness")
        until(books.more_than(in_the_middle), BACK_SECONDS, what="the rest to be booked")

    carrier.hand_over(len(VICTIMS))
    carrier.join(60)
    assert carrier.confirmed[-1].is_set()
    assert carrier.again > 0, "the broker went while messages were on their way"
    for marker in traffic.markers:  # the first may be in a batch that overtakes another; the second is last
        Publisher(bed.house.ingest_uri(CARRIER)).publish([traffic.message(json.dumps(marker).encode())])
        until(books.holds(marker["record"]), 60, what="all usage to be booked")
    until(lambda: books.db["ledger"].count_documents({}) == 0, 60, what="the ledger to be folded")
    assert (ingester.page("/livez")[0], ingester.page("/readyz")[0]) == (200, 200)
    assert {name: process.terminate() for name, process in ours.items()} == dict.fromkeys(ours, 0)
    assert (bed.depth("usage"), bed.depth("usage.dead")) == (0, 0)

    seen = books.seen()
    assert {row["_id"].split("|")[1]: row["amount"] for row in seen} == amounts
    assert len(seen) == len(amounts), "every good event once"
    assert {row["period"] for row in seen} == {MAY.year * 100 + MAY.month} == {PERIOD}
    assert books.counted({customer for customer, _, _ in sums}) == sums
    kept = books.quarantine()
    assert sorted(kept.values()) == sorted(str(reason) for reason in traffic.bad.values())
    assert len(kept) == BROKEN
