"""``bench ingest``: usage events booked per second, against a bare loop in the same run.

Messages wait in a queue; a process is started on it and watched from outside until every event is
in the database. The ingester runs as in production: rating, exactly once, ledger, with the worker
that folds beside it. Afterwards rows, counters and sums are compared with what was sent.
"""

from __future__ import annotations

import base64
import json
import random
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from bench.report import Promise, Report
from services.cdr import store as stores
from services.cdr.domain.posting import Priced
from services.cdr.domain.reference import Reference
from services.cdr.domain.usage import decode
from services.cdr.store.counters import CounterStore
from services.cdr.store.reference import ReferenceStore
from services.cdr.store.search import INDEXES
from services.cdr.usecases.record_usage import price_all
from shared import mongo
from shared.publisher import Message, Publisher, open_connection

ROOT = Path(__file__).resolve().parents[1]
EVENTS_PER_MESSAGE = 200
NUMBERS = 200
RATES_PER_PLAN_KEY = (
    "+31;Nederland;0,02",
    "+316;Nederland mobiel;0,09",
    "+32;Belgie;0,05",
    "+49;Duitsland;0,06",
)
CUSTOMER = "b" * 32
LIMIT_SECONDS = 300
PACKED_RATIO, SINGLE_RATIO, PACKED_PER_SECOND = 0.5, 0.6, 10_000


@dataclass(frozen=True)
class Bench:
    """Addresses of a broker with management API and of a database, both with an administrator's account."""

    amqp_uri: str
    api_uri: str
    mongo_uri: str

    @property
    def ingest_uri(self) -> str:
        return self._vhost_uri("bench-ingest")

    def _vhost_uri(self, vhost: str) -> str:
        parts = urlsplit(self.amqp_uri)
        return urlunsplit((parts.scheme, parts.netloc, "/" + quote(vhost, safe=""), "", ""))

    def database_uri(self, name: str) -> str:
        parts = urlsplit(self.mongo_uri)
        query = (
            parts.query
            if "authSource" in parts.query or "@" not in parts.netloc
            else f"{parts.query}&authSource=admin"
        )
        return urlunsplit((parts.scheme, parts.netloc, f"/{name}", query, ""))

    def api(self, method: str, path: str, body: Any = None) -> None:
        parts = urlsplit(self.api_uri)
        token = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
        request = urllib.request.Request(
            f"{parts.scheme}://{parts.hostname}:{parts.port}{parts.path}{path}",
            method=method,
            data=json.dumps(body or {}).encode(),
            headers={"Authorization": f"Basic {token}", "Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()


def run(bench: Bench, events: int, rounds: int, say: Callable[[str], None]) -> Report:
    """Measure packed and single messages, ``rounds`` times each, and check what was booked."""
    sent = make_events(events)
    figures: dict[str, list[float]] = {}
    report = Report("ingest", {"ingest.events": events})
    for form, per_message in (("packed", EVENTS_PER_MESSAGE), ("single", 1)):
        for _ in range(rounds):
            bodies = pack(sent, per_message)
            for who, measure in (("bare", _bare), ("ours", _ours)):
                with _queue(bench) as queue:
                    publish(bench, bodies)
                    per_second, peak = measure(bench, queue, events)
                say(f"{form} {who}: {per_second:,.0f} events/s, peak {peak:,.0f} MB")
                figures.setdefault(f"{form}_{who}", []).append(per_second)
                figures.setdefault(f"{form}_{who}_peak", []).append(peak)
            say(f"{form}: {check(bench, sent)} rows, counters and sums equal what was sent")
        ratios = [o / b for o, b in zip(figures[f"{form}_ours"], figures[f"{form}_bare"], strict=True)]
        report.figures |= {
            f"ingest.{form}_events_per_s": round(median(figures[f"{form}_ours"])),
            f"ingest.{form}_bare_events_per_s": round(median(figures[f"{form}_bare"])),
            f"ingest.{form}_ratio": round(median(ratios), 3),
            f"ingest.{form}_peak_mb": round(max(figures[f"{form}_ours_peak"])),
            f"ingest.{form}_bare_peak_mb": round(max(figures[f"{form}_bare_peak"])),
        }
    found = report.figures
    report.promises += [
        Promise("ingest.packed_ratio", found["ingest.packed_ratio"], PACKED_RATIO),
        Promise("ingest.single_ratio", found["ingest.single_ratio"], SINGLE_RATIO),
        Promise("ingest.packed_events_per_s", found["ingest.packed_events_per_s"], PACKED_PER_SECOND),
    ]
    return report


def numbers() -> list[str]:
    return [f"+3185000{index:04d}" for index in range(NUMBERS)]


def make_events(count: int) -> list[dict[str, Any]]:
    """Calls of one customer over twenty days, the same for the same count."""
    dice = random.Random(count)
    begin = (datetime.now(UTC) - timedelta(days=25)).replace(hour=0, minute=0, second=0, microsecond=0)
    own = numbers()
    others = [
        dice.choice(("+31600", "+3185000", "+32200", "+4930000")) + f"{dice.randrange(10**4):04d}"
        for _ in range(5000)
    ]
    others = [other.ljust(12, "0") for other in others]
    return [
        {
            "record": f"r-{index}",
            "kind": "voice",
            "charged": (number := dice.choice(own)),
            "from": number,
            "to": dice.choice(others),
            "start": (begin + timedelta(seconds=dice.randrange(20 * 86_400))).isoformat(),
            "duration": dice.randrange(1, 900),
        }
        for index in range(count)
    ]


def pack(events: Sequence[dict[str, Any]], per_message: int) -> list[bytes]:
    if per_message == 1:
        return [json.dumps(event).encode() for event in events]
    return [
        json.dumps({"events": events[start : start + per_message]}, separators=(",", ":")).encode()
        for start in range(0, len(events), per_message)
    ]


@contextmanager
def _queue(bench: Bench) -> Iterator[str]:
    """A fresh vhost with the ingester's queue in it."""
    vhost = "/vhosts/bench-ingest"
    bench.api("PUT", vhost)
    user = urlsplit(bench.amqp_uri).username
    bench.api("PUT", f"/permissions/bench-ingest/{user}", {"configure": ".*", "write": ".*", "read": ".*"})
    connection = open_connection(bench.ingest_uri)
    try:
        channel = connection.channel()
        channel.exchange_declare("carrier.bench", "topic", durable=True, auto_delete=False)
        channel.queue_declare("usage", durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
        channel.queue_bind("usage", "carrier.bench", "#")
        yield "usage"
    finally:
        connection.collect()
        bench.api("DELETE", vhost)


def publish(bench: Bench, bodies: Sequence[bytes]) -> None:
    publisher = Publisher(bench.ingest_uri, seconds=30)
    for start in range(0, len(bodies), 1000):
        publisher.publish(
            [Message("carrier.bench", "usage.v1", body) for body in bodies[start : start + 1000]]
        )
    publisher.close()


def _bare(bench: Bench, queue: str, events: int) -> tuple[float, float]:
    db = mongo.connect(bench.database_uri("bench_bare"), timeout_ms=20_000)
    db.client.drop_database("bench_bare")
    for keys in INDEXES:
        db["usage"].create_index(keys)
    with _process(bench, "bench_bare", "bench.bare_loop", queue) as process:
        return _watch(db, events, process)


def _ours(bench: Bench, _queue: str, events: int) -> tuple[float, float]:
    db = mongo.connect(bench.database_uri("bench_cdr"), timeout_ms=20_000)
    db.client.drop_database("bench_cdr")
    stores.prepare(db)
    reference = ReferenceStore(db)
    since = datetime(2020, 1, 1, tzinfo=UTC)
    reference.save_ownership("bench:1", CUSTOMER, "telephony", 1, [(n, since, None) for n in numbers()])
    lines = "\n".join(f"gesprek;{line};min;0,03" for line in RATES_PER_PLAN_KEY)
    csv = f"soort;prefix;bestemming;tarief;per;starttarief\n{lines}\n"
    reference.save_plan("default", since.date(), 4, csv.encode(), "bench")
    with (
        _process(bench, "bench_cdr", "services.cdr.worker"),
        _process(bench, "bench_cdr", "services.cdr.ingester") as ingester,
    ):
        return _watch(db, events, ingester)


@contextmanager
def _process(bench: Bench, database: str, module: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        "PYTHONPATH": str(ROOT),
        "PATH": "/usr/bin:/bin",
        "LOG_LEVEL": "WARNING",
        "MONGO_URI": bench.database_uri(database),
        "INGEST_AMQP_URI": bench.ingest_uri,
    }
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], env=environment, cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _watch(db: Any, events: int, process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """(events/s from the first row seen to the last, peak memory in MB)."""
    began, first = 0.0, 0
    deadline = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        rows = db["usage"].estimated_document_count()
        now = time.monotonic()
        if rows and not began:
            began, first = now, rows
        if rows >= events:
            return (rows - first) / (now - began), _peak_mb(process.pid)
        time.sleep(0.02)
    raise RuntimeError(f"only {rows} of {events} events after {LIMIT_SECONDS} s")


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def check(bench: Bench, sent: Sequence[dict[str, Any]]) -> int:
    """Compare rows, counters and sums with what was sent; the number of rows, or AssertionError."""
    db = mongo.connect(bench.database_uri("bench_cdr"), timeout_ms=60_000)
    reference = Reference(ReferenceStore(db))
    reference.refresh()
    wanted: dict[str, tuple[int, int]] = {}
    for body in pack(sent, EVENTS_PER_MESSAGE):
        for priced in price_all("bench", decode(body, datetime.now(UTC)), reference):
            assert isinstance(priced, Priced), priced
            wanted[f"{priced.key}|0"] = (priced.fields["quantity"], priced.fields["amount"])
    rows = {
        row["_id"]: (row["quantity"], row["amount"])
        for row in db["usage"].find({}, {"quantity": 1, "amount": 1})
    }
    assert rows == wanted, "rows differ from what was sent"
    counters = CounterStore(db)
    while counters.fold():
        pass
    days = (begin := datetime.now(UTC) - timedelta(days=40)), begin + timedelta(days=80)
    first, last = (int(f"{day:%Y%m%d}") for day in days)
    counts = counters.days_and_months(CUSTOMER, [(first, last)], [])
    assert sum(count.sums[0] for count in counts) == len(wanted), "counters differ from rows"
    assert sum(count.sums[1] for count in counts) == sum(q for q, _ in wanted.values()), "seconds differ"
    assert sum(count.sums[4] for count in counts) == sum(a for _, a in wanted.values()), "amounts differ"
    return len(rows)
