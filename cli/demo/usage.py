"""The usage itself: for each line and day a number of events, as carriers would publish them.

What a line does on a day follows from the seed, the size of the demo, the line and the day alone. So
a month that has begun only grows, and loading the demo again brings nothing but the days in between.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import accumulate
from random import Random
from typing import NamedTuple

import msgspec

from cli.demo import cast, habits
from cli.demo.calendar import QUARTER, Month, days_of, instant, midnight
from cli.demo.cast import Customer
from cli.demo.contacts import Pool, pools
from cli.demo.habits import Habit, Journey

FIXED = "vasco"
MOBILE = "mobi"
CARRIERS = (FIXED, MOBILE)

DEFAULT_EVENTS = 200_000
DEFAULT_SEED = 1

_MARGIN = 1.03  # so that twelve months never fall short of what was asked
_REFERENCE_YEAR = 2026
_HANDSET_WEIGHT = 1.15
_TABLET_WEIGHT = 0.6
_DAY_NOISE = 0.25


class Event(
    msgspec.Struct, frozen=True, gc=False, omit_defaults=True, rename={"sender": "from", "receiver": "to"}
):
    """A usage event of version 1, as docs/carriers.md describes it."""

    record: str
    kind: str
    charged: str
    start: str
    sender: str | None = None
    receiver: str | None = None
    direction: str = "out"
    duration: int | None = None
    volume: int | None = None
    revision: int = 1
    roaming: dict[str, str] | None = None


Usage = dict[str, list[Event]]
"""Per carrier, in order of start."""


@dataclass(frozen=True)
class Mix:
    """Habits and their cumulative chances (up to 1)."""

    habits: tuple[Habit, ...]
    chances: tuple[float, ...]

    @classmethod
    def of(cls, wanted: Sequence[Habit]) -> Mix:
        total = sum(habit.share for habit in wanted)
        return cls(tuple(wanted), tuple(s / total for s in accumulate(habit.share for habit in wanted)))

    def pick(self, chance: float) -> Habit:
        return self.habits[bisect(self.chances, chance, 0, len(self.habits) - 1)]


@dataclass(frozen=True)
class Line:
    """A number that is charged, and how it is used; ``busy`` is events on an ordinary working day."""

    customer: Customer
    number: str
    carrier: str
    busy: float
    home: Mix
    abroad: dict[str, Mix]
    pools: dict[str, Pool]
    quarters: list[float]

    @property
    def tail(self) -> str:
        return self.number[-6:]


@dataclass(frozen=True)
class Demo:
    """All usage of the demo, of a size (events in about a year) and a seed."""

    events: int = DEFAULT_EVENTS
    seed: int = DEFAULT_SEED
    lines: tuple[Line, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lines = (line for customer in cast.CUSTOMERS for line in _lines(customer, self))
        object.__setattr__(self, "lines", tuple(lines))

    @property
    def edition(self) -> str:
        """Begins each record: demos of different seed or size never speak of the same call."""
        return f"d{self.seed}" if self.events == DEFAULT_EVENTS else f"d{self.seed}x{self.events}"

    def month(self, month: Month, until: datetime) -> Usage:
        """A month's usage as far as it has ended by ``until`` (aware)."""
        usage: Usage = {carrier: [] for carrier in CARRIERS}
        limit = int(until.timestamp())
        for line in self.lines:
            events = usage[line.carrier]
            for day in days_of(month):
                if midnight(day) >= limit:
                    break
                events.extend(self.day(line, day, limit))
        for events in usage.values():
            events.sort(key=lambda event: event.start)
        return usage

    def day(self, line: Line, day: date, limit: int) -> Iterator[Event]:
        """What a line did on a day, as far as it had ended at the epoch second ``limit``."""
        rng = Random(f"{self.seed}/{line.number}/{day}")
        expected = line.busy * habits.RHYTHMS[line.customer.code].of_day(day)
        noisy = expected * (1 + _DAY_NOISE * (2 * rng.random() - 1))
        setting = self._setting(line, day)
        for index in range(int(noisy + rng.random())):
            event, end = _event(line, setting, rng, self.record(line, day, index))
            if end <= limit:
                yield event

    def one(self, line: Line, day: date, record: str, rng: Random) -> Event:
        """An event such as the line may have on that day."""
        return _event(line, self._setting(line, day), rng, record)[0]

    def record(self, line: Line, day: date, index: object) -> str:
        return f"{self.edition}-{day:%y%m%d}-{line.tail}-{index}"

    def _setting(self, line: Line, day: date) -> _Setting:
        journey = self._journey(line, day)
        if journey is None:
            return _Setting(midnight(day), line.home, None)
        place = {"country": journey.country, "network": journey.network}
        return _Setting(midnight(day), line.abroad[journey.zone], place)

    def _journey(self, line: Line, day: date) -> Journey | None:
        """Where the line's owner is that week, when abroad."""
        if not line.abroad:
            return None
        year, week, _ = day.isocalendar()
        rng = Random(f"{self.seed}/{line.number}/{year}-{week}")
        chance = habits.SUMMER_JOURNEY_CHANCE if week in habits.SUMMER_WEEKS else habits.JOURNEY_CHANCE
        if rng.random() >= chance:
            return None
        return rng.choices(habits.JOURNEYS, [journey.share for journey in habits.JOURNEYS])[0]


class _Setting(NamedTuple):
    """A line's day: the epoch second at which it begins, what it is used for, and where when abroad."""

    begin: int
    mix: Mix
    place: dict[str, str] | None


def _event(line: Line, setting: _Setting, rng: Random, record: str) -> tuple[Event, int]:
    """An event of that day, and the epoch second at which it ends."""
    chance = rng.random
    habit = setting.mix.pick(chance())
    quarter = bisect(line.quarters, chance(), 0, len(line.quarters) - 1)
    start = setting.begin + quarter * QUARTER + int(chance() * QUARTER)
    amount = _amount(habit, rng)
    if not habit.pool:
        session = Event(record, "data", line.number, instant(start), volume=amount, roaming=setting.place)
        return session, start
    sender, receiver = _parties(line, habit, rng)
    event = Event(
        record=record,
        kind=habit.kind,
        charged=line.number,
        start=instant(start),
        sender=sender,
        receiver=receiver,
        direction=habit.direction,
        duration=amount,
        roaming=setting.place,
    )
    return event, start + (amount or 0)


def _amount(habit: Habit, rng: Random) -> int | None:
    """Seconds or bytes; None for an SMS."""
    if habit.size is None:
        return None
    size = habit.size
    return max(1, min(size.longest, int(size.median * rng.lognormvariate(0.0, size.spread))))


def _parties(line: Line, habit: Habit, rng: Random) -> tuple[str, str]:
    other = line.pools[habit.pool].pick(rng.random())
    if habit.pool == "internal":
        return other, _colleague(line.pools["internal"], other, rng)
    if habit.direction == "in":
        return other, line.number
    if habit.direction == "forward":
        return other, line.pools["own"].pick(rng.random())
    return line.number, other


def _colleague(extensions: Pool, caller: str, rng: Random) -> str:
    called = extensions.pick(rng.random())
    return called if called != caller else extensions.parties[caller == extensions.parties[0]]


def _lines(customer: Customer, demo: Demo) -> Iterator[Line]:
    rhythm = habits.RHYTHMS[customer.code]
    year = sum(rhythm.of_day(day) for month in range(1, 13) for day in days_of((_REFERENCE_YEAR, month)))
    weights = _weights(customer)
    per_weight = demo.events * _MARGIN * customer.size / year / sum(weights.values())
    contacts, quarters = pools(customer, demo.seed), rhythm.quarters()
    tablets = {s.number for s in customer.subscriptions if s.is_tablet}
    fixed = Mix.of(habits.ON_DESKS[customer.code])
    for number, weight in weights.items():
        carrier, home, abroad = FIXED, fixed, {}
        if number not in customer.numbers:
            carrier = MOBILE
            home = Mix.of(habits.TABLET if number in tablets else habits.HANDSET)
            zones = habits.TABLET_ABROAD if number in tablets else habits.HANDSET_ABROAD
            abroad = {zone: Mix.of(wanted) for zone, wanted in zones.items()}
        yield Line(customer, number, carrier, per_weight * weight, home, abroad, contacts, quarters)


def _weights(customer: Customer) -> dict[str, float]:
    """How busy each number is beside the others: the first is the main number."""
    desks = {number: 1 / (1 + rank) ** 0.5 for rank, number in enumerate(customer.numbers)}
    mobiles = {s.number: _TABLET_WEIGHT if s.is_tablet else _HANDSET_WEIGHT for s in customer.subscriptions}
    return {**desks, **mobiles}
