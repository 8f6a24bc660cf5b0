"""Usage rows by the million, made once and kept: what the reading benchmarks look at.

Thirteen months of 200 numbers and 15 call types, written as the ingester writes them (rows, and sums
by the ledger). Three customers of growing size and forty others that together have as many rows as
the largest. The same every time for the same number of rows.
"""

from __future__ import annotations

import itertools
import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pymongo.database import Database
from pymongo.write_concern import WriteConcern

from services.cdr import store as stores
from services.cdr.domain.amsterdam import epoch
from services.cdr.domain.calendar import calendar
from services.cdr.domain.periods import period_of
from services.cdr.domain.posting import Deltas, Row
from services.cdr.store.counters import CounterStore
from services.cdr.store.parties import Parties
from services.cdr.store.usage import ledger_document
from shared import mongo

DAYS = 396
NUMBERS = 200
RECEIVERS = 20_000
OTHERS = 40
BATCH = 5_000
SMALL = 100_000
MIDDLE = 1_000_000

# (call type, kind, product, how many in a million, millionths of a euro per unit)
TYPES: tuple[tuple[str, str, str, int, int], ...] = (
    ("national", "voice", "telephony", 380_000, 300),
    ("mobile", "voice", "telephony", 280_000, 1_500),
    ("internal", "voice", "telephony", 120_000, 0),
    ("forwarded", "voice", "telephony", 60_000, 300),
    ("international_eu", "voice", "telephony", 40_000, 900),
    ("international_world", "voice", "telephony", 9_000, 9_000),
    ("service_0800", "voice", "telephony", 10_000, 0),
    ("service_0900", "voice", "telephony", 4_000, 13_000),
    ("service_0906", "voice", "telephony", 100, 15_000),
    ("service_14", "voice", "telephony", 6_000, 700),
    ("service_18", "voice", "telephony", 890, 15_000),
    ("data_national", "data", "mobile", 60_000, 0),
    ("data_eu", "data", "mobile", 10_000, 0),
    ("sms", "sms", "mobile", 20_000, 40_000),
    ("sms_premium", "sms", "mobile", 10, 1_500_000),
)
_WEIGHTS = [weight for *_, weight, _rate in TYPES]


@dataclass(frozen=True)
class Customer:
    """Whose rows: a name of 32 characters, and how many."""

    id: str
    rows: int


def customers(rows: int) -> list[Customer]:
    """The largest first, then smaller ones for how figures grow, then the others."""
    return measured(rows) + [Customer(f"{index:032x}", rows // OTHERS) for index in range(1, OTHERS + 1)]


def measured(rows: int) -> list[Customer]:
    """Those that questions are asked about: the largest, then smaller ones."""
    sizes = [rows, *(size for size in (MIDDLE, SMALL) if size < rows)]
    return [Customer(f"{size:032d}", size) for size in sizes]


def first_day() -> date:
    """Thirteen whole months back from today's month."""
    today = datetime.now(UTC).date()
    return date(today.year - 1, today.month, 1)


def own_numbers(customer: Customer) -> list[str]:
    """160 fixed and 40 mobile ones."""
    fixed = [f"+3185{int(customer.id, 16) % 97:02d}{index:05d}" for index in range(NUMBERS * 4 // 5)]
    return fixed + [f"+3160{int(customer.id, 16) % 97:02d}{index:05d}" for index in range(NUMBERS // 5)]


def receivers(customer: Customer) -> list[str]:
    """Whom they call: at most RECEIVERS, the first ones by far the most."""
    dice = random.Random(customer.id)
    count = max(100, min(RECEIVERS, customer.rows // 50))
    heads = ("+31612", "+31625", "+3120", "+3185000", "+3170", "+322", "+4930", "+1212", "+31900")
    return [dice.choice(heads).ljust(9, "0") + f"{dice.randrange(10**4):04d}" for _ in range(count)]


def build(uri: str, rows: int, say: Callable[[str], None]) -> None:
    """Fill the database named in ``uri``, unless it holds these rows already."""
    db = mongo.connect(uri, timeout_ms=3_600_000)
    wanted = {"rows": rows, "first_day": str(first_day()), "form": 1}
    if db["bench"].find_one(wanted):
        stores.prepare(db)  # what an earlier release made is brought up to date
        return
    began = time.monotonic()
    db.client.drop_database(db.name)
    db.create_collection("usage", storageEngine={"wiredTiger": {"configString": "block_compressor=snappy"}})
    processes = 2
    jobs = [(uri, rows, part, processes) for part in range(processes)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for done in pool.imap_unordered(_fill, jobs):
            say(f"{done:,} rows written after {time.monotonic() - began:,.0f} s")
    learn_parties(db, rows)
    stores.prepare(db)
    say(f"indexes after {time.monotonic() - began:,.0f} s")
    counters = CounterStore(db)
    while counters.fold():
        pass
    db["bench"].insert_one(wanted)
    say(f"counters after {time.monotonic() - began:,.0f} s")


def learn_parties(db: Database[dict[str, Any]], rows: int) -> None:
    """Who calls whom, which booking would have noted."""
    parties = Parties(db)
    for customer in customers(rows):
        senders, others = own_numbers(customer), [*receivers(customer), "data"]
        pairs = itertools.zip_longest(senders, others, fillvalue=senders[0])
        facts = {"customer": customer.id, "period": period_of(datetime.now(UTC))}
        parties.learn({**facts, "sender": s, "receiver": r} for s, r in pairs)


def _fill(job: tuple[str, int, int, int]) -> int:
    uri, rows, part, parts = job
    db = mongo.connect(uri, timeout_ms=3_600_000)
    usage = db["usage"].with_options(write_concern=WriteConcern(w=1))
    written = 0
    for index, customer in enumerate(customers(rows)):
        for offset in range(part, DAYS, parts):
            deltas, batch = Deltas(), []
            for row, day in _day(customer, index, offset):
                deltas.add(row, day)
                batch.append(row)
                if len(batch) == BATCH:
                    usage.insert_many(batch, ordered=False)
                    written, batch = written + len(batch), []
            if batch:
                usage.insert_many(batch, ordered=False)
                written += len(batch)
            db["ledger"].insert_one(ledger_document("bench", deltas))
    return written


def _day(customer: Customer, index: int, offset: int) -> Iterator[tuple[Row, int]]:
    """The rows that start on one day, and the day as 20261122."""
    dice = random.Random(f"{customer.id}-{offset}")
    numbers, others = own_numbers(customer), receivers(customer)
    fixed, mobile = numbers[: NUMBERS * 4 // 5], numbers[NUMBERS * 4 // 5 :]
    morning = datetime.combine(first_day(), datetime.min.time(), UTC) + timedelta(days=offset, hours=6)
    count = customer.rows // DAYS + (offset < customer.rows % DAYS)
    for serial, line in enumerate(dice.choices(TYPES, _WEIGHTS, k=count)):
        call_type, kind, product, _, rate = line
        start = morning + timedelta(seconds=dice.randrange(14 * 3600), milliseconds=serial % 1000)
        day, month = calendar(epoch(start))
        number = dice.choice(fixed if product == "telephony" else mobile)
        quantity = _quantity(kind, dice)
        yield (
            {
                "_id": f"bench|{index}-{offset}-{serial}|0",
                "revision": 1,
                "fingerprint": serial,
                "customer": customer.id,
                "product": product,
                "number": number,
                "type": call_type,
                "sender": number,
                "receiver": "data" if kind == "data" else others[int(len(others) * dice.random() ** 3)],
                "destination": "Nederland",
                "kind": kind,
                "direction": "out",
                "start": start,
                "quantity": quantity,
                "amount": quantity * rate,
                "plan": "bench 2020-01-01",
                "prefix": "+31",
                "sign": 1,
                "period": month,
            },
            day,
        )


def _quantity(kind: str, dice: random.Random) -> int:
    if kind == "voice":
        return min(86_400, int(dice.expovariate(1 / 150)) + 1)
    return 1 if kind == "sms" else dice.randrange(10_000, 50_000_000)
