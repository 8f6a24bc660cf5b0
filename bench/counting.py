"""What one page of the portal asks of the house: calls of services, and queries of every database.

Calls are counted by the services' own metrics, queries by the database's profiler. Both also see what goes on
in the background: queries of a shape that is seen while nobody asks for anything are not counted, and of the
few times that a page is asked for the least is what it needs.
"""

from __future__ import annotations

import time
import urllib.request
from collections import Counter as Tally
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo import MongoClient

from cli import processes
from cli.house import House

TIMES = 3
LISTEN_SECONDS, QUIET_SECONDS, PATIENCE_SECONDS = 12.0, 2.0, 60.0
CALLS = "tikker_rpc_seconds_count"
REQUESTS = frozenset({"query", "command", "insert", "update", "remove", "getmore"})
Shape = tuple[str, ...]
"""Collection, command and the fields that are asked by: the same for each run of a query."""
DATABASES = ("identity", "cdr", "invoicing", "pbx", "mobile", "provisioning", "gateway")


@dataclass(frozen=True)
class Needs:
    """Of one page: calls of services, and queries by collection."""

    calls: int
    asked: Mapping[str, int]

    @property
    def queries(self) -> int:
        return sum(self.asked.values())

    def grown(self, later: Needs) -> dict[str, str]:
        """What is more ``later``, as from → to."""
        names = sorted({*self.asked, *later.asked})
        pairs = {name: (self.asked.get(name, 0), later.asked.get(name, 0)) for name in names}
        pairs["calls"] = (self.calls, later.calls)
        return {name: f"{one} → {other}" for name, (one, other) in pairs.items() if other > one}


class Counter:
    """Counts while the block is open; the databases are slower meanwhile."""

    def __init__(self, house: House, mongo_uri: str, services: Collection[str]) -> None:
        self._health = [f"http://127.0.0.1:{processes.health_port(name, house)}/metrics" for name in services]
        self._client: MongoClient[dict[str, Any]] = MongoClient(mongo_uri, tz_aware=True)
        self._databases = [self._client[f"{name}{house.database_suffix}"] for name in DATABASES]
        self._background: set[Shape] = set()

    def __enter__(self) -> Counter:
        for database in self._databases:
            database.command("profile", 2)
        self._background = set(self._seen_in(LISTEN_SECONDS))
        return self

    def __exit__(self, *_: object) -> None:
        for database in self._databases:
            database.command("profile", 0)
        self._client.close()

    def of(self, ask: Callable[[], object]) -> Needs:
        """The least of a few times, each counted apart."""
        ask()  # what processes remember between requests is known from now on
        found = [self._once(ask) for _ in range(TIMES)]
        least = min(found, key=lambda needs: needs.queries)
        return Needs(min(n.calls for n in found), least.asked)

    def wait_for_quiet(self) -> None:
        """Until there is nothing but the usual: events about what was changed have been taken in."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and self._foreground(self._seen_in(QUIET_SECONDS)):
            pass

    def _seen_in(self, seconds: float) -> list[Shape]:
        began = datetime.now(UTC)
        time.sleep(seconds)
        return self._seen(began, datetime.now(UTC))

    def _foreground(self, seen: list[Shape]) -> Mapping[str, int]:
        return Tally(shape[0] for shape in seen if shape not in self._background)

    def _seen(self, began: datetime, ended: datetime) -> list[Shape]:
        wanted = {
            "ts": {"$gte": began, "$lte": ended},
            "op": {"$in": sorted(REQUESTS)},
            "ns": {"$not": {"$regex": r"\.(system\.profile|\$cmd)"}},
        }
        return [_shape(row) for each in self._databases for row in each["system.profile"].find(wanted)]

    def _once(self, ask: Callable[[], object]) -> Needs:
        before, began = self._calls(), datetime.now(UTC)
        ask()
        ended = datetime.now(UTC)
        time.sleep(0.005)  # the services count a call when they have answered it
        asked = self._foreground(self._seen(began, ended))
        return Needs(self._calls() - before, asked)

    def _calls(self) -> int:
        return sum(_count(address) for address in self._health)


def _shape(row: dict[str, Any]) -> Shape:
    command = row.get("command", {})
    asked = command.get("filter") or command.get("query") or command.get("q") or {}
    stages = [str(sorted(stage)) for stage in command.get("pipeline", ())]
    return (row["ns"], row["op"], *sorted(asked), *stages)


def _count(address: str) -> int:
    with urllib.request.urlopen(address, timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return int(sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(CALLS)))
