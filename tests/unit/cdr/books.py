"""Books in memory, and what pricing needs to know beside them: for tests of what a batch does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from services.cdr.domain.amsterdam import epoch
from services.cdr.domain.calendar import calendar
from services.cdr.domain.plan_csv import parse_plan
from services.cdr.domain.posting import DeltaKey, Deltas, Head, Posted, Priced, Row, Standing, row_id
from services.cdr.domain.reference import FOREVER, Owned, Ownership, PlanVersion, Reference, Versions
from services.cdr.domain.refusal import Refused
from services.cdr.domain.terms import Terms
from services.cdr.domain.usage import UsageEvent
from services.cdr.usecases.price import price

ANNA, BERT = "a" * 32, "b" * 32
ANNAS, ANNAS_OTHER, BERTS = "+31850001611", "+31850001612", "+31850002001"
NOBODYS = "+31850009999"
NATIONAL, MOBILE, ABROAD = "+31850003000", "+31600123456", "+442079460000"

PLAN = """soort;prefix;bestemming;gesprekstype;tarief;per;starttarief
gesprek;+31;Nederland;;0,02;min;0,03
gesprek;+3160;Nederland mobiel;mobile;0,09;min;0,03
gesprek;in:;Inkomend;;0;min;0
sms;+31;Sms;;0,06;stuk;0
data;data:national;Data;;0,01;MB;0
"""
_PARSED = parse_plan(PLAN.encode(), 4, "default 2020-01-01").plan


class Facts:
    """The source of reference data, and the closings of all customers."""

    def __init__(self) -> None:
        self.closings: dict[str, set[int]] = defaultdict(set)
        self.owners = {ANNAS: ANNA, ANNAS_OTHER: ANNA, BERTS: BERT}

    def versions(self) -> Versions:
        return Versions(len(self.owners), 1, sum(map(len, self.closings.values())))

    def ownerships(self, after: int) -> Sequence[Ownership]:
        begin = epoch(datetime(2020, 1, 1, tzinfo=UTC))
        return [
            Ownership(f"pbx:{n}", n, (Owned(f"pbx:{n}", number, begin, FOREVER, customer, "telephony"),))
            for n, (number, customer) in enumerate(self.owners.items(), 1)
            if n > after
        ]

    def plan_versions(self) -> Sequence[PlanVersion]:
        assert _PARSED is not None
        return [PlanVersion("default", date(2020, 1, 1), _PARSED)]

    def assignments(self) -> Mapping[str, str]:
        return {}

    def terms(self) -> Mapping[str, Terms]:
        return {}

    def closed_periods(self) -> Mapping[str, frozenset[int]]:
        return {customer: frozenset(periods) for customer, periods in self.closings.items()}


class Crash(Exception):
    """The process was killed, or the connection to the database was lost."""


@dataclass
class MemoryStore:
    """A store whose transactions are whole or not at all; ``crash`` makes the next one fail."""

    facts: Facts
    rows: dict[str, Row] = field(default_factory=dict)
    ledger: list[dict[DeltaKey, list[int]]] = field(default_factory=list)
    quarantine: dict[str, Refused] = field(default_factory=dict)
    crash: str | None = None
    transactions: int = 0

    def transact(self, work: Callable[[MemoryBooks], Any]) -> Any:
        self.transactions += 1
        rows = {identity: dict(row) for identity, row in self.rows.items()}
        books = MemoryBooks(rows, list(self.ledger), dict(self.quarantine), self.facts)
        result = work(books)
        crash, self.crash = self.crash, None
        if crash == "before commit":
            raise Crash
        self.rows, self.ledger, self.quarantine = books.rows, books.ledger, books.quarantine
        if crash == "after commit":
            raise Crash
        return result

    @property
    def counters(self) -> dict[DeltaKey, list[int]]:
        """The ledger folded; what adds up to nothing is left out."""
        counters: dict[DeltaKey, list[int]] = {}
        for deltas in self.ledger:
            for key, sums in deltas.items():
                counters[key] = [a + b for a, b in zip(counters.get(key, [0] * 6), sums, strict=True)]
        return {key: sums for key, sums in counters.items() if any(sums)}

    @property
    def visible(self) -> list[Row]:
        return [row for row in self.rows.values() if not row.get("hidden")]

    def sum(self, customer: str, period: int) -> tuple[int, int]:
        """(rows, amount) booked in a period."""
        booked = [r for r in self.rows.values() if (r["customer"], r["period"]) == (customer, period)]
        return sum(row["sign"] for row in booked), sum(row["amount"] for row in booked)


@dataclass
class MemoryBooks:
    rows: dict[str, Row]
    ledger: list[dict[DeltaKey, list[int]]]
    quarantine: dict[str, Refused]
    facts: Facts

    def enter(self) -> int:
        return self.facts.versions().closings

    def heads(self, keys: Sequence[str]) -> dict[str, Head]:
        first = {key: self.rows.get(row_id(key, 0)) for key in keys}
        return {key: (row["revision"], row["fingerprint"]) for key, row in first.items() if row}

    def standing(self, keys: Sequence[str]) -> dict[str, Standing]:
        standing = {}
        for key in keys:
            ordinals = [int(i.rpartition("|")[2]) for i in self.rows if i.rpartition("|")[0] == key]
            if ordinals:
                row = self.rows[row_id(key, max(ordinals))]
                standing[key] = Standing(row, calendar(epoch(row["start"]))[0], max(ordinals) + 1)
        return standing

    def add(self, posted: Posted) -> None:
        for row in posted.rows:
            assert row["_id"] not in self.rows, "rows are only ever added, under IDs of their own"
            self.rows[row["_id"]] = row
        if posted.rows:
            self.ledger.append(posted.deltas.sums)
        for identity in posted.unseen:
            self.rows[identity]["hidden"] = True
        for resolved in posted.resolved:
            del self.quarantine[resolved]
        for refused in posted.refused:
            self.quarantine.setdefault(f"{refused.carrier}|{refused.source.decode()}", refused)


def reference(facts: Facts) -> Reference:
    made = Reference(facts)
    made.refresh()
    return made


def event(
    record: str, revision: int = 1, day: str = "2026-11-20", seconds: int = 60, **more: Any
) -> UsageEvent:
    """A call of Anna's to a fixed number at noon (UTC), unless ``more`` says otherwise."""
    parties = {"charged": ANNAS, "sender": more.get("charged", ANNAS), "receiver": NATIONAL}
    fields = {"kind": "voice", "duration": seconds, **parties, **more}
    start = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    return UsageEvent(record=record, revision=revision, start=start, **fields)


def priced(usage: UsageEvent, known: Reference, carrier: str = "vasco") -> Priced:
    result = price(carrier, usage, known)
    assert isinstance(result, Priced), result
    return result


def sums_of(rows: Sequence[Row]) -> dict[DeltaKey, list[int]]:
    """What counters must be: the sums of rows; keys that add up to nothing are left out."""
    deltas = Deltas()
    for row in rows:
        deltas.add(row, calendar(epoch(row["start"]))[0])
    return {key: sums for key, sums in deltas.sums.items() if any(sums)}
