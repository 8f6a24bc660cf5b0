"""The watch over fraud: what is far above a customer's own habit, and what is only a busy day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.demo.usage import Demo
from services.cdr.demo.make_rate_plan import sample_plan
from services.cdr.domain.amsterdam import epoch
from services.cdr.domain.calendar import calendar
from services.cdr.domain.call_types import CALL_TYPES, classify
from services.cdr.domain.habit import (
    BLOCKABLE,
    CLASS_OF_TYPE,
    FLOOR_MICRO,
    FORWARDED,
    Habit,
    Use,
    class_of_forward,
    first_day_of_habit,
    habit_on,
    is_far_above,
    part_of_day,
)
from services.cdr.domain.numbers import parse_party
from services.cdr.domain.rating import Usage, rate

pytestmark = pytest.mark.feature("CDR-11")

EURO = 1_000_000
MIDNIGHT, THREE_AT_NIGHT, NOON, EVENING, OVER = 0, 180, 720, 20 * 60, 1440
MONDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 15)

Uses = dict[tuple[str, str], dict[date, Use]]


def euros(amount: int, minutes: int = 0) -> Use:
    return Use(amount * EURO, minutes * 60)


KNOWN = Habit(euros(20, 90), days=40)


@pytest.mark.parametrize(
    ("use", "habit", "minute", "suspicious"),
    [
        (euros(19), KNOWN, OVER, False),
        (euros(59), KNOWN, OVER, False),
        (euros(61), KNOWN, OVER, True),
        (euros(41), KNOWN, THREE_AT_NIGHT, True),
        (euros(39), KNOWN, THREE_AT_NIGHT, False),
        (euros(41), KNOWN, EVENING, False),
        (euros(5, 241), KNOWN, THREE_AT_NIGHT, True),
        (euros(5, 241), KNOWN, OVER, False),
        (euros(5, 271), KNOWN, OVER, True),
        (euros(41), Habit(Use(), 40), OVER, True),
        (euros(100), Habit(Use(), 3), OVER, False),
        (euros(121), Habit(Use(), 3), OVER, True),
        (euros(250), Habit(euros(100), 40), OVER, False),
    ],
)
def test_what_is_far_above_the_habit(use: Use, habit: Habit, minute: int, suspicious: bool) -> None:
    assert is_far_above(use, habit, minute) is suspicious


def test_the_habit_is_that_of_days_of_the_same_kind() -> None:
    history = [(SUNDAY, euros(3)), (MONDAY, euros(50)), (date(2026, 12, 25), euros(7))]
    assert habit_on(MONDAY + timedelta(days=7), history, 30).most == euros(50)
    assert habit_on(SUNDAY + timedelta(days=7), history, 30).most == euros(7), "and Christmas is a free day"


def test_the_bar_rises_with_the_day() -> None:
    parts = [part_of_day(minute) for minute in range(1441)]
    assert parts == sorted(parts) and parts[0] == 33 and parts[19 * 60] == parts[-1] == 100


@given(st.integers(0, 10**9), st.integers(0, 10**6), st.integers(0, 10**9), st.integers(0, OVER))
def test_below_the_floor_nothing_is_suspicious(amount: int, seconds: int, most: int, minute: int) -> None:
    use = Use(min(amount, FLOOR_MICRO), min(seconds, 4 * 3600))
    assert not use.above_floor
    assert not is_far_above(use, Habit(Use(most, 0), 40), minute)


def test_emergency_calls_are_never_watched_so_never_blocked() -> None:
    harmless = {"emergency", "service_0800", "service_14", "national", "internal", "incoming"}
    assert not harmless & set(CLASS_OF_TYPE)
    assert set(CLASS_OF_TYPE) < set(CALL_TYPES)
    assert set(CLASS_OF_TYPE.values()) >= BLOCKABLE
    assert not any("112" in name or "emergency" in name for name in BLOCKABLE)


@pytest.fixture(scope="module")
def demo_uses() -> Uses:
    """Thirteen months of the demo's costly calls, by customer and class, per day."""
    return _uses(Demo())


def test_thirteen_months_of_ordinary_calls_raise_no_alert(demo_uses: Uses) -> None:
    days = 0
    for by_day in demo_uses.values():
        for day, use in by_day.items():
            days += 1
            assert not is_far_above(use, _habit(by_day, day), OVER), (day, use)
            assert not is_far_above(use, _habit(by_day, day), NOON), (day, use)
    assert days > 100, "there is something to look at"


@pytest.mark.parametrize("euro_per_minute", [1, 3])
def test_an_attack_at_night_raises_one_whatever_the_habit(demo_uses: Uses, euro_per_minute: int) -> None:
    """Ten lines that call abroad from one o'clock on, on every night of November."""
    slowest = 0
    for (_customer, call_class), by_day in demo_uses.items():
        if call_class != "international":
            continue
        for day in (date(2026, 11, 1) + timedelta(days=n) for n in range(20)):
            habit = _habit(by_day, day)
            minutes = next(
                m for m in range(600) if is_far_above(euros(10 * m * euro_per_minute, 10 * m), habit, 60 + m)
            )
            slowest = max(slowest, minutes)
    assert 0 < slowest <= 15, "within a quarter of an hour of calling"


def _habit(by_day: dict[date, Use], day: date) -> Habit:
    first = first_day_of_habit(day)
    return habit_on(day, ((d, use) for d, use in by_day.items() if first <= d < day), 56)


def _uses(demo: Demo) -> Uses:
    plan, found = sample_plan(), defaultdict(lambda: defaultdict(Use))  # type: ignore[var-annotated]
    owners = {line.number: line.customer.code for line in demo.lines}
    for event in _events(demo):
        sender = parse_party(event.sender or event.charged, event.kind)
        receiver = parse_party(event.receiver, event.kind)
        call_type, _ = classify(event.kind, event.direction, sender, receiver, None)
        forwarded = call_type == FORWARDED
        call_class = class_of_forward(event.kind, receiver) if forwarded else CLASS_OF_TYPE.get(call_type)
        if call_class is None or event.roaming:
            continue
        moment = epoch(datetime.fromisoformat(event.start))
        product = "telephony" if event.charged.startswith("+3185") else "mobile"
        quantity = event.duration or 1
        rated = rate(
            Usage(event.kind, event.direction, receiver, moment, quantity, call_type, None, product), plan
        )
        day, _ = calendar(moment)
        when = date(day // 10_000, day // 100 % 100, day % 100)
        use = Use(rated.amount_micro, event.duration or 0)
        found[owners[event.charged], call_class][when] += use
    return found


def _events(demo: Demo) -> Iterator[object]:
    for month in [(2025, m) for m in range(11, 13)] + [(2026, m) for m in range(1, 12)]:
        for events in demo.month(month, datetime(2026, 11, 22, tzinfo=UTC)).values():
            yield from (event for event in events if event.receiver)
