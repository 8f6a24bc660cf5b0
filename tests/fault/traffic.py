"""A carrier's traffic for fault tests: what is sent, and what must come of it, worked out beforehand."""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from services.cdr.domain.posting import Priced
from services.cdr.domain.reference import Reference
from services.cdr.domain.refusal import Reason, Refused
from services.cdr.domain.usage import decode
from services.cdr.usecases.record_usage import price_all
from shared.ids import new_id
from shared.publisher import Message

Json = dict[str, Any]
Key = tuple[str, str, str]
"""(customer, number, call type)."""

CARRIER = "vasco"
MAY = datetime(2024, 5, 1, tzinfo=UTC)
PERIOD = 202405
PLAN = """soort;prefix;bestemming;gesprekstype;tarief;per;starttarief
gesprek;+31;Nederland;;0,0213;min;0,03
gesprek;+3160;Nederland mobiel;mobile;0,0897;min;0,03
gesprek;+32;België;;0,05;min;0
"""
RECEIVERS = ("+31850003000", "+31600123456", "+3220000012")
BRITISH, NOBODY = "+442079460000", "+31850009999"


@dataclass
class Traffic:
    """``events`` good ones (a few per cent of them corrections of others) and ``broken`` others."""

    numbers: Sequence[str]
    events: int
    broken: int
    rng: random.Random = field(default_factory=lambda: random.Random(20))
    good: list[Json] = field(default_factory=list)
    bad: dict[bytes, Reason] = field(default_factory=dict)
    markers: list[Json] = field(default_factory=list)
    """Two more good events, to be sent one after the other when all else has been."""

    def __post_init__(self) -> None:
        corrected = self.events // 50
        self.good = [self._call(f"r{n}") for n in range(self.events - corrected)]
        again = self.rng.sample(self.good, corrected)
        self.good += [self._call(before["record"], revision=2) for before in again]
        kinds = (self._odd, self._nobodys, self._without_price, self._of_another, self._noise)
        self.markers = [self._call(f"marker-{n}") for n in range(2)]
        self.bad = dict(kinds[n % len(kinds)](f"broken-{n}") for n in range(self.broken))

    def _call(self, record: str, **fields: Any) -> Json:
        start = MAY + timedelta(seconds=self.rng.randrange(30 * 86_400))
        number = self.rng.choice(self.numbers)
        call = {"record": record, "kind": "voice", "charged": number, "from": number}
        call |= {"to": self.rng.choice(RECEIVERS), "start": start.isoformat()}
        return call | {"duration": self.rng.randrange(600)} | fields

    def _odd(self, record: str) -> tuple[bytes, Reason]:
        return json.dumps(self._call(record, duration=-1)).encode(), Reason.SCHEMA

    def _nobodys(self, record: str) -> tuple[bytes, Reason]:
        return json.dumps(self._call(record, charged=NOBODY)).encode(), Reason.UNKNOWN_OWNER

    def _without_price(self, record: str) -> tuple[bytes, Reason]:
        return json.dumps(self._call(record, to=BRITISH)).encode(), Reason.NO_RATE

    def _of_another(self, record: str) -> tuple[bytes, Reason]:
        return json.dumps(self._call(record, carrier="mobi")).encode(), Reason.CARRIER

    def _noise(self, record: str) -> tuple[bytes, Reason]:
        return f"{{{record} {new_id()}}}".encode(), Reason.SCHEMA

    def messages(self, copies: int, pack: int, single: int) -> list[Message]:
        """Every event so many times, shuffled: ``single`` of them in messages of their own, the others in
        packs; every other pack with gzip."""
        items = [json.dumps(event).encode() for event in self.good] + list(self.bad)
        sent = items * copies
        self.rng.shuffle(sent)
        bodies = [(body, False) for body in sent[:single]]
        for number, begin in enumerate(range(single, len(sent), pack)):
            body = b'{"events": [' + b",".join(sent[begin : begin + pack]) + b"]}"
            bodies.append((gzip.compress(body, 1), True) if number % 2 else (body, False))
        self.rng.shuffle(bodies)
        return [self.message(body, packed) for body, packed in bodies]

    def message(self, body: bytes, packed: bool = False) -> Message:
        properties = {"content_encoding": "gzip"} if packed else {}
        return Message(f"carrier.{CARRIER}", "usage.v1", body, properties=properties)

    def expected(self, reference: Reference) -> tuple[dict[str, int], dict[Key, tuple[int, int, int]]]:
        """What must stand in the end: each record's amount, and the calls, seconds and amount per owner,
        number and type. Priced here, by the highest revision of each record."""
        events = sorted([*self.good, *self.markers], key=lambda event: event.get("revision", 1))
        newest = {event["record"]: event for event in events}
        body = json.dumps({"events": list(newest.values())}).encode()
        amounts: dict[str, int] = {}
        sums: dict[Key, list[int]] = defaultdict(lambda: [0, 0, 0])
        for priced in self._priced(body, reference):
            fields = priced.fields
            amounts[priced.source.record] = fields["amount"]
            total = sums[fields["customer"], fields["number"], fields["type"]]
            for index, value in enumerate((1, fields["quantity"], fields["amount"])):
                total[index] += value
        return amounts, {key: (calls, seconds, amount) for key, (calls, seconds, amount) in sums.items()}

    def _priced(self, body: bytes, reference: Reference) -> list[Priced]:
        events = json.loads(body)["events"]
        priced: list[Priced] = []
        for begin in range(0, len(events), 1000):
            part = json.dumps({"events": events[begin : begin + 1000]}).encode()
            for item in price_all(CARRIER, decode(part, datetime.now(UTC)), reference):
                assert not isinstance(item, Refused), item
                priced.append(item)
        return priced
