"""From a carrier's messages to what a subscriber sees: ingesters, closings, folds, relay, another service.

Messages come once, twice and in any order, with corrections and nonsense among them; months are closed
meanwhile. In the end each record counts by its highest revision, every sum is the sum of rows, and a month
that was closed holds what it held.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from services.cdr.domain.amsterdam import epoch
from services.cdr.domain.reference import FOREVER, Owned, Ownership, Reference, Versions
from services.cdr.ingester.booking import Booker
from services.cdr.ingester.consumer import QUEUE, Ingester
from services.cdr.store.counters import CounterStore
from services.cdr.store.periods import PeriodStore
from services.cdr.store.usage import CLOSINGS, UsageStore
from services.cdr.usecases.close_period import close_period
from services.mobile.store import Store
from services.mobile.usecases.usage import usage_rated
from shared.acting import Acting
from shared.events import UsageRated
from shared.mongo import Lease
from shared.publisher import Message
from tests.support.memory_mongo import Database
from tests.unit.cdr.books import ANNA, ANNAS, ANNAS_OTHER, MOBILE, NATIONAL, NOBODYS, Facts, sums_of
from tests.unit.simulation.broker import Broker, Channel
from tests.unit.simulation.processes import (
    consuming,
    declare,
    insisting,
    real,
    relaying,
    turning,
    until_there,
)
from tests.unit.simulation.world import Process, World

pytestmark = pytest.mark.feature("CDR-02")

Row = dict[str, Any]
WAITING: list[tuple[str, dict[str, Any]]] = [("outbox", {"waiting": True}), ("ledger", {})]
RECORDS, MONTHS = ("p", "q", "s"), (202609, 202610, 202611)
STAFF = Acting(kind="staff", scope="operator", username="sanne")


class Known(Facts):
    """What is closed stands in the database; Anna's other number is a mobile subscription's."""

    def __init__(self, db: Database) -> None:
        super().__init__()
        self._db = db

    def versions(self) -> Versions:
        gate = self._db["gates"].find_one({"_id": CLOSINGS}) or {}
        return Versions(len(self.owners), 1, gate.get("closings", 0))

    def ownerships(self, after: int) -> Sequence[Ownership]:
        begin = epoch(datetime(2020, 1, 1, tzinfo=UTC))
        mobile = Owned("mobile:sub", ANNAS_OTHER, begin, FOREVER, ANNA, "mobile")
        fixed = [each for each in super().ownerships(after) if each.owned[0].number != ANNAS_OTHER]
        return [*fixed, Ownership("mobile:sub", 99, (mobile,))]

    def closed_periods(self) -> Mapping[str, frozenset[int]]:
        found: defaultdict[str, set[int]] = defaultdict(set)
        for row in self._db["periods"].find({}):
            found[row["customer"]].add(row["period"])
        return {customer: frozenset(periods) for customer, periods in found.items()}


class Usage:
    """``sent`` has every version of every record; ``bad`` counts what can not be booked."""

    def __init__(self, world: World) -> None:
        self.world, self.broker = world, Broker(world)
        self.cdr, self.mobile = world.database(), world.database()
        self.broker.declare(QUEUE, ("carrier.vasco", ""))
        self.sent: dict[tuple[str, int], dict[str, Any]] = {}
        self._send()
        handlers = {"usage_rated": (UsageRated, self.rated)}
        declare(self.broker, "mobile", handlers, "cdr")
        world.line = lambda process: Channel(self.broker, process)
        for n in range(2):
            world.process(f"ingester {n}", self.ingest)
            world.process(f"worker {n}", self.fold)
            world.process(f"relay {n}", relaying(self.cdr, self.broker))
        world.process("mobile", consuming("mobile", self.broker, handlers))
        self.closed: dict[str, list[Any]] = {}
        insisting(world, {"closer": self.close}, self.closed)

    def _send(self) -> None:
        dice = self.world.dice
        for _ in range(dice.randint(2, 6)):
            key = dice.choice(RECORDS), dice.randint(1, 3)
            self.sent.setdefault(key, self._event(*key))
        events = [*self.sent.values(), *(dice.choice(list(self.sent.values())) for _ in range(2))]
        strangers, poison = dice.randint(0, 2), [b"{", b""][: dice.randint(0, 2)]
        self.bad = strangers + len(poison)
        for n in range(strangers):
            events.append({**self._event(f"stranger {n}".replace(" ", "-"), 1), "charged": NOBODYS})
        dice.shuffle(events)
        while events:
            size = dice.randint(1, 4)
            self._hand_over(json.dumps({"events": events[:size]}).encode())
            events = events[size:]
        for body in poison:
            self._hand_over(body)

    def _hand_over(self, body: bytes) -> None:
        """Within some seconds, and perhaps again a little later."""
        message = Message("carrier.vasco", "", body)
        for _ in range(self.world.dice.randint(1, 2)):
            self.world.later(self.world.dice.uniform(0, 5), partial(self.broker.route, message))

    def _event(self, record: str, revision: int) -> dict[str, Any]:
        dice = self.world.dice
        charged = dice.choice([ANNAS, ANNAS_OTHER])
        start = f"2026-{dice.choice(['09', '10', '11'])}-{dice.choice(['01', '20'])}T12:00:00Z"
        return {
            **{"record": record, "revision": revision, "kind": "voice", "charged": charged, "start": start},
            **{"from": charged, "to": dice.choice([NATIONAL, MOBILE]), "duration": dice.randint(0, 200)},
        }

    def ingest(self, process: Process) -> None:
        desks = [UsageStore(real(self.cdr), f"{process.name}:{desk}") for desk in range(2)]
        until_there(process.world, lambda: [desk.register() for desk in desks])
        reference = Reference(Known(self.cdr))
        Ingester("", Booker(desks, reference), reference).run()

    def fold(self, process: Process) -> None:
        lease, counters = Lease(real(self.cdr), "cdr-worker"), CounterStore(real(self.cdr))
        turning(process, lambda: lease.hold() and counters.fold())

    def rated(self, envelope: Any) -> None:
        usage_rated(Store(real(self.mobile)), self.world.moment, envelope)

    def close(self) -> int:
        for period in MONTHS[:2]:
            self.world.sleep(self.world.dice.uniform(0, 4))
            close_period(ANNA, period, PeriodStore(real(self.cdr)), self.world.moment(), STAFF)
        return len(MONTHS[:2])

    def settled(self) -> bool:
        waits = self.cdr["outbox"].count_documents({"waiting": True}) or self.cdr["ledger"].count_documents(
            {}
        )
        return bool(self.closed.get("closer")) and self.broker.is_idle and not waits

    def check(self) -> None:
        rows = list(self.cdr["usage"].find())
        assert set(map(str, self.closed["closer"])) == {"2"}
        assert self.cdr["quarantine"].count_documents({}) == self.bad
        check_records(self.sent, rows)
        check_counters(self.cdr, rows)
        check_closed(self.cdr, rows)
        check_mobile(self.mobile, rows)
        assert not self.broker.dead("mobile.usage_rated")


def check_records(
    sent: Mapping[tuple[str, int], Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Each counts once, as its highest revision says."""
    count, seconds = Counter(), Counter()
    for row in rows:
        record = row["_id"].split("|")[1]
        count[record] += row["sign"]
        seconds[record, row["number"]] += row["sign"] * row["quantity"]
    newest = {record: max(r for each, r in sent if each == record) for record, _ in sent}
    assert count == dict.fromkeys(newest, 1)
    final = {
        (record, sent[record, r]["charged"]): sent[record, r]["duration"] for record, r in newest.items()
    }
    assert +seconds == +Counter(final)


def check_counters(cdr: Database, rows: Sequence[Row]) -> None:
    counters = CounterStore(real(cdr))
    found: Counter[tuple[Any, ...]] = Counter()
    for period in (*MONTHS, 202612):
        for one in counters.months_of_period(ANNA, period):
            found[one.period, one.number, one.type] += one.sums[4]
            found[one.period, one.number, one.type, "rows"] += one.sums[0]
    wanted: Counter[tuple[Any, ...]] = Counter()
    for (_, _, period, number, _, kind), sums in sums_of(rows).items():
        wanted[period, number, kind] += sums[4]
        wanted[period, number, kind, "rows"] += sums[0]
    assert {k: v for k, v in found.items() if v} == {k: v for k, v in wanted.items() if v}


def check_closed(cdr: Database, rows: Sequence[Row]) -> None:
    """What a month was closed with is what is booked in it, for ever."""
    for period in MONTHS[:2]:
        booked = [row for row in rows if row["period"] == period]
        kept = cdr["periods"].find_one({"_id": f"{ANNA}|{period}"})
        assert kept is not None
        assert kept["rows"] == sum(row["sign"] for row in booked)
        assert kept["amount"] == sum(row["amount"] for row in booked)


def check_mobile(mobile: Database, rows: Sequence[Row]) -> None:
    """The other service has heard the last word of every sum."""
    wanted: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if "subscription" in row:
            wanted[f"{row['start']:%Y-%m}", row["type"]] += row["sign"] * row["quantity"]
    found = {
        (month["month"], kind): sums[2]
        for month in mobile["subscription_months"].find()
        for kind, *sums in month["types"]
    }
    assert +Counter(found) == +wanted


def test_every_sum_is_the_sum_of_rows_and_every_record_counts_once(worlds: Callable[..., None]) -> None:
    worlds(Usage, 100)
