"""Hours on the Dutch clock: PBX-02, PBX-03, TEL-06."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pbx.domain.config import (
    Config,
    DateRange,
    ElementNight,
    Follow,
    Night,
    NightState,
    Schedule,
    ScheduleKind,
    Slot,
)
from services.pbx.domain.schedules import in_words, is_within, night_is_on, public_holidays
from shared.days import ZONE

WORKING = Schedule(id="w", name="Werktijden", slots=(Slot(days=(0, 1, 2, 3, 4), start="08:30", end="17:30"),))
NIGHTS = Schedule(id="n", name="Nachten", slots=(Slot(days=(4,), start="22:00", end="06:00"),))
WEEKEND = Schedule(id="e", name="Weekend", slots=(Slot(days=(5, 6)),))
CHRISTMAS = Schedule(
    id="h",
    name="Kerst",
    kind=ScheduleKind.HOLIDAY,
    dates=(DateRange(first=date(2026, 12, 25), last=date(2026, 12, 26)),),
)


def at(day: int, clock: str, month: int = 11) -> datetime:
    return datetime.fromisoformat(f"2026-{month:02}-{day:02}T{clock}").replace(tzinfo=ZONE)


# 20 November 2026 is a Friday
@pytest.mark.feature("PBX-02", "TEL-06")
@pytest.mark.parametrize(
    ("schedule", "moment", "within"),
    [
        (WORKING, at(20, "08:29:59"), False),
        (WORKING, at(20, "08:30:00"), True),
        (WORKING, at(20, "17:29:59"), True),
        (WORKING, at(20, "17:30:00"), False),
        (WORKING, at(21, "12:00:00"), False),
        (NIGHTS, at(20, "21:59:59"), False),
        (NIGHTS, at(20, "22:00:00"), True),
        (NIGHTS, at(21, "05:59:59"), True),  # Saturday morning belongs to Friday
        (NIGHTS, at(21, "06:00:00"), False),
        (NIGHTS, at(20, "05:00:00"), False),  # Friday morning belongs to Thursday
        (NIGHTS, at(21, "22:00:00"), False),
        (WEEKEND, at(21, "00:00:00"), True),
        (WEEKEND, at(22, "23:59:59"), True),
        (WEEKEND, at(23, "00:00:00"), False),
        (None, at(21, "03:00:00"), True),
    ],
)
def test_hours_are_half_open_and_belong_to_the_day_they_begin(
    schedule: Schedule | None, moment: datetime, within: bool
) -> None:
    assert is_within(schedule, moment) is within


@pytest.mark.feature("PBX-02", "PBX-03")
@pytest.mark.parametrize(
    ("moment", "within"),
    [
        (at(24, "12:00", 12), True),
        (at(25, "12:00", 12), False),
        (at(26, "02:00", 12), False),
        (at(27, "02:00", 12), False),  # a night that began on a holiday
        (at(28, "12:00", 12), True),
    ],
)
def test_a_holiday_goes_before_hours(moment: datetime, within: bool) -> None:
    around = Schedule(
        id="a", name="Altijd", slots=(*WORKING.slots, Slot(days=(4, 5), start="22:00", end="06:00"))
    )
    assert is_within(around, moment, CHRISTMAS) is within


@pytest.mark.parametrize(
    ("moment", "within"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), False),  # 01:59
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), True),  # 03:00, for 02:00 does not come
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), True),  # 02:30, summer time
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), True),  # 02:30 once more
        (datetime(2026, 10, 25, 2, 30, tzinfo=UTC), True),  # 03:30
        (datetime(2026, 10, 25, 3, 0, tzinfo=UTC), False),  # 04:00
    ],
)
def test_hours_follow_the_clock_on_the_wall_when_it_changes(moment: datetime, within: bool) -> None:
    early = Schedule(id="s", name="Zondagnacht", slots=(Slot(days=(6,), start="02:00", end="04:00"),))
    assert is_within(early, moment) is within


UNTIL_NOON = Night(state=NightState.ON, until=at(23, "12:00"), then=NightState.OFF)
UNTIL_SIX = Night(state=NightState.OFF, until=at(23, "18:00"), hours="w")
AUTO = Night(state=NightState.AUTO, hours="w", holidays="h")


@pytest.mark.feature("PBX-03")
@pytest.mark.parametrize(
    ("night", "mode", "moment", "on"),
    [
        (AUTO, Follow.COMPANY, at(23, "12:00"), False),
        (AUTO, Follow.COMPANY, at(23, "19:00"), True),
        (AUTO, Follow.COMPANY, at(25, "12:00", 12), True),
        (AUTO, Follow.ON, at(23, "12:00"), True),
        (AUTO, Follow.OFF, at(23, "19:00"), False),
        (Night(state=NightState.ON), Follow.COMPANY, at(23, "12:00"), True),
        (Night(state=NightState.OFF), Follow.COMPANY, at(23, "19:00"), False),
        (Night(state=NightState.AUTO), Follow.COMPANY, at(23, "19:00"), False),
        (UNTIL_NOON, Follow.COMPANY, at(23, "11:59"), True),
        (UNTIL_NOON, Follow.COMPANY, at(23, "12:00"), False),
        (UNTIL_SIX, Follow.COMPANY, at(23, "19:00"), True),
    ],
)  # fmt: skip
def test_the_night_mode_is_on(night: Night, mode: Follow, moment: datetime, on: bool) -> None:
    config = Config(night=night, schedules=(WORKING, CHRISTMAS))
    assert night_is_on(config, ElementNight(mode=mode), moment) is on


@pytest.mark.feature("PBX-02")
def test_the_dutch_public_holidays_are_filled_in() -> None:
    named = {known.first.isoformat(): known.name for known in public_holidays([2026])}
    assert named["2026-04-27"] == "Koningsdag" and named["2026-12-26"] == "Tweede kerstdag"
    assert "Goede vrijdag" not in named.values()
    assert "2026-05-05" not in named, "Liberation Day is a day off in lustrum years"
    assert "2030-05-05" in {known.first.isoformat() for known in public_holidays([2030])}


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (WORKING, "ma–vr 08:30–17:30"),
        (WEEKEND, "za–zo de hele dag"),
        (None, "elke dag, de hele dag"),
        (Schedule(id="x", name="X"), "nooit"),
        (Schedule(id="x", name="X", slots=(Slot(days=(0, 2, 3), start="09:00"),)), "ma, wo–do 09:00–24:00"),
    ],
)
def test_a_schedule_in_words(schedule: Schedule | None, words: str) -> None:
    assert in_words(schedule) == words


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), st.integers(0, 23), st.integers(0, 23))
def test_the_other_hours_are_the_opposite(moment: datetime, start: int, end: int) -> None:
    """Every moment is in one of a slot and its complement, also over midnight and when clocks change."""
    if start == end:
        return
    every = tuple(range(7))
    one = Schedule(id="1", name="1", slots=(Slot(days=every, start=f"{start:02}:00", end=f"{end:02}:00"),))
    other = Schedule(id="2", name="2", slots=(Slot(days=every, start=f"{end:02}:00", end=f"{start:02}:00"),))
    now = moment.replace(tzinfo=UTC)
    assert is_within(one, now) is not is_within(other, now)
