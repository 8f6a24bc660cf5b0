"""A customer's own habit with costly calls, and when a day is far above it (CDR-11).

The habit of a class is the dearest day, and the day with most minutes, of the eight weeks before, among
days of the same kind: working days, or weekends and public holidays. A day is far above it when it comes
over three times that habit; early in the day over less, as little as the dearest day itself, since an
attack mostly comes at night. Below a floor nothing is suspicious, and while a customer is new the floor
is higher. All rules look at sums per day alone, so the order of arrival changes nothing.

A forwarded call counts in the class of where it went: forwarding a number to a dear destination is how a
stolen login mostly becomes money.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.cdr.domain.amsterdam import public_holidays
from services.cdr.domain.call_types import classify

WEEKS = 8
TIMES_THE_HABIT = 3
FLOOR_MICRO = 40_000_000
FLOOR_SECONDS = 4 * 3600
NEW_FOR_DAYS = 14
"""With usage on fewer days than this we do not know the customer yet."""
NEW_TIMES_THE_FLOOR = 3
LEAST_PART = 100 // TIMES_THE_HABIT
"""Per cents of the bar that count at any hour."""

CLASS_OF_TYPE: Mapping[str, str] = {
    "international_world": "international",
    "service_0900": "0900",
    "service_0906": "0906",
    "service_0909": "0909",
    "sms_premium": "sms_premium",
}
"""Costly call types, and the class in which we watch them. Emergency numbers are in none."""

FORWARDED = "forwarded"
"""The call type that does not tell how costly it is: see :func:`class_of_forward`."""

HARMLESS = "+311", "+319"
"""Receivers from the one up to the other are ordinary Dutch numbers, of no class that we watch: most forwards
go there."""

BLOCKABLE = frozenset({"international", "0900", "0906", "0909"})
"""Classes that a telephone system can refuse (PBX-04); of the others we only warn."""


@dataclass(frozen=True, slots=True)
class Use:
    """Of one class on one day: millionths of a euro, seconds."""

    amount: int = 0
    seconds: int = 0

    def __add__(self, other: Use) -> Use:
        return Use(self.amount + other.amount, self.seconds + other.seconds)

    def __sub__(self, other: Use) -> Use:
        return Use(self.amount - other.amount, self.seconds - other.seconds)

    @property
    def above_floor(self) -> bool:
        """Whether the habit has to be looked at, at all."""
        return self.amount > FLOOR_MICRO or self.seconds > FLOOR_SECONDS


@dataclass(frozen=True, slots=True)
class Forward:
    """The use of forwarded calls of a day and class."""

    day: date
    call_class: str
    use: Use


def class_of_forward(kind: str, receiver: str) -> str | None:
    """The class in which we would watch a call of one's own to where a forward went, if any."""
    call_type, _ = classify(kind, "out", None, receiver, None)
    return CLASS_OF_TYPE.get(call_type)


@dataclass(frozen=True, slots=True)
class Habit:
    """The most of a comparable day in the weeks before; ``days`` had usage of any kind."""

    most: Use
    days: int


def first_day_of_habit(day: date) -> date:
    return day - timedelta(weeks=WEEKS)


def is_free(day: date) -> bool:
    """Whether people mostly have this day off."""
    return day.weekday() >= 5 or day in public_holidays(day.year)


def habit_on(day: date, history: Iterable[tuple[date, Use]], days: int) -> Habit:
    """The habit that counts on ``day``; ``history`` are the uses of a class on days of the weeks before."""
    comparable = [use for when, use in history if is_free(when) == is_free(day)]
    most = Use(
        max((use.amount for use in comparable), default=0),
        max((use.seconds for use in comparable), default=0),
    )
    return Habit(most, days)


def part_of_day(minute: int) -> int:
    """Per cents of the bar that count by this minute of the day: little at night, all from seven in the
    evening on."""
    so_far = 100 * (minute - 7 * 60) // (12 * 60)
    return min(100, max(LEAST_PART, so_far))


def is_far_above(use: Use, habit: Habit, minute: int) -> bool:
    """Whether the use of a day until ``minute`` (1440 for a day that is over) is suspicious."""
    floors = NEW_TIMES_THE_FLOOR if habit.days < NEW_FOR_DAYS else 1
    part = TIMES_THE_HABIT * part_of_day(minute)
    return use.amount > max(floors * FLOOR_MICRO, habit.most.amount * part // 100) or use.seconds > max(
        floors * FLOOR_SECONDS, habit.most.seconds * part // 100
    )
