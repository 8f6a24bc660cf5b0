"""What a carrier hands over, made from a seed, and what must come of it, worked out here.

Nothing of the services is used for that: the prices are those of :data:`PLAN` by our own arithmetic, so that
a fault in the rating is a finding as well.
"""

from __future__ import annotations

import gzip
import heapq
import json
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

PLAN = """soort;prefix;bestemming;gesprekstype;tarief;per;starttarief
gesprek;+31;Nederland;;0,0213;min;0,03
gesprek;+3160;Nederland mobiel;mobile;0,0897;min;0,03
gesprek;+32;België;;0,05;min;0
"""
TARIFFS = {"+31850003000": (21_300, 30_000), "+31600123456": (89_700, 30_000), "+3220000012": (50_000, 0)}
"""Receiver → price per minute and connect fee, in millionths of a euro."""
GRAIN = 100
"""Prices are rounded half up to four decimals."""
BRITISH, NOBODY, OTHER_CARRIER = "+442079460000", "+31850009999", "mobi"

NEW_PER_TICK = 20
LONGEST_DELAY = 60
"""Ticks until the last copy of an event goes out: events overtake each other."""
BOMB_BYTES = 20_000_000
BOMB_EVERY, EMPTY_EVERY = 100, 60
CORRECTED, CONTRADICTED, BAD = 0.02, 0.01, 0.01

Json = dict[str, Any]
Body = tuple[bytes, bool]
"""A message's body, and whether it is packed with gzip."""


@dataclass
class Told:
    """One record: who pays, what each revision costs, and, where two copies of the same revision say other
    things, what the other one costs. ``window``: the fault during which it was first handed over."""

    customer: int
    window: int
    amounts: dict[int, int]
    other: int | None = None

    @property
    def stands(self) -> tuple[int, ...]:
        """What it may cost in the end: of two that contradict each other the first to come counts."""
        newest = self.amounts[max(self.amounts)]
        return (newest,) if self.other is None else (newest, self.other)


def price(receiver: str, seconds: int) -> int:
    """In millionths of a euro."""
    if not seconds:
        return 0
    per_minute, fee = TARIFFS[receiver]
    sixtieths = per_minute * seconds + fee * 60
    return (2 * sixtieths + GRAIN * 60) // (2 * GRAIN * 60) * GRAIN


@dataclass
class Traffic:
    """Usage of some customers (``numbers``: those of each) in the month that begins on ``month``."""

    seed: int
    numbers: Sequence[Sequence[str]]
    month: date
    window: int = 0
    good: dict[str, Told] = field(default_factory=dict)
    bad: dict[str, tuple[str, int]] = field(default_factory=dict)
    """What can not be booked: its mark → why, and the fault during which it was handed over."""
    bombs: int = 0
    empty: int = 0

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self._waiting: list[tuple[int, int, bytes, bool]] = []
        self._ticks = self._made = self._order = 0

    def mark_in(self, source: bytes) -> str:
        """The mark of one of ours in an event as it was received, or ""."""
        found = re.search(rb"c%d-[0-9]+\b" % self.seed, source)
        return found[0].decode() if found else ""

    def tick(self) -> list[Body]:
        """The next messages: new events, and copies of earlier ones."""
        self._ticks += 1
        for _ in range(NEW_PER_TICK):
            self._make()
        bodies = self._packed(self._due(self._ticks))
        if self._ticks % EMPTY_EVERY == 1:
            self.empty += 1
            bodies.append((b"", False))
        if self._ticks % BOMB_EVERY == 2:
            self.bombs += 1
            text = f"c{self.seed} bomb {self._ticks} ".encode()
            bodies.append((gzip.compress(text + b" " * BOMB_BYTES, 1), True))
        return bodies

    def rest(self) -> list[Body]:
        """All copies that have not gone out yet."""
        return self._packed(self._due(self._ticks + LONGEST_DELAY + 1))

    @property
    def reasons(self) -> Counter[str]:
        return Counter(reason for reason, _window in self.bad.values())

    def _make(self) -> None:
        self._made += 1
        mark = f"c{self.seed}-{self._made}"
        if self._dice.random() < BAD:
            self._make_bad(mark)
            return
        customer = self._dice.randrange(len(self.numbers))
        event = self._event(mark, customer)
        told = Told(customer, self.window, {1: price(event["to"], event["duration"])})
        self.good[mark] = told
        self._send(event)
        chance = self._dice.random()
        if chance < CORRECTED:
            changed = {**event, "revision": 2, "duration": self._dice.randrange(600)}
            told.amounts[2] = price(changed["to"], changed["duration"])
            self._send(changed)
        elif chance < CORRECTED + CONTRADICTED:
            changed = {**event, "duration": event["duration"] + 60}
            told.other = price(changed["to"], changed["duration"])
            self._send(changed)

    def _make_bad(self, mark: str) -> None:
        event = self._event(mark, 0)
        wrong: dict[str, Json] = {
            "schema": {"duration": -1},
            "unknown_owner": {"charged": NOBODY},
            "no_rate": {"to": BRITISH},
            "carrier": {"carrier": OTHER_CARRIER},
        }
        reason = self._dice.choice([*wrong, "noise"])
        self.bad[mark] = ("schema" if reason == "noise" else reason, self.window)
        if reason == "noise":
            self._put(f"{{{mark} is no event}}".encode(), alone=True)
        else:
            self._send(event | wrong[reason])

    def _event(self, mark: str, customer: int) -> Json:
        first = datetime(self.month.year, self.month.month, 2, tzinfo=UTC)
        start = first + timedelta(seconds=self._dice.randrange(25 * 86_400))
        number = self._dice.choice(self.numbers[customer])
        event = {"record": mark, "kind": "voice", "charged": number, "from": number}
        event |= {"to": self._dice.choice(list(TARIFFS)), "start": start.isoformat()}
        return event | {"duration": self._dice.choice((0, self._dice.randrange(600)))}

    def _send(self, event: Json) -> None:
        self._put(json.dumps(event).encode())

    def _put(self, body: bytes, alone: bool = False) -> None:
        """One to three copies, now or later."""
        for copy in range(self._dice.randint(1, 3)):
            delay = self._dice.randrange(3) if copy == 0 else self._dice.randrange(LONGEST_DELAY)
            self._order += 1
            heapq.heappush(self._waiting, (self._ticks + delay, self._order, body, alone))

    def _due(self, tick: int) -> list[tuple[bytes, bool]]:
        due = []
        while self._waiting and self._waiting[0][0] <= tick:
            _tick, _order, body, alone = heapq.heappop(self._waiting)
            due.append((body, alone))
        self._dice.shuffle(due)
        return due

    def _packed(self, due: Sequence[tuple[bytes, bool]]) -> list[Body]:
        """A third goes alone, the others in packs of at most fifty, every other one with gzip."""
        bodies: list[Body] = [(body, False) for body, alone in due if alone]
        others = [body for body, alone in due if not alone]
        single = len(others) // 3
        bodies += [(body, False) for body in others[:single]]
        for number, begin in enumerate(range(single, len(others), 50)):
            pack = b'{"events": [' + b",".join(others[begin : begin + 50]) + b"]}"
            bodies.append((gzip.compress(pack, 1), True) if number % 2 else (pack, False))
        self._dice.shuffle(bodies)
        return bodies
