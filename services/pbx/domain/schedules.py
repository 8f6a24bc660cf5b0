"""Hours, holidays and the night mode, on the Dutch clock.

Hours are half-open: closed at 17:30 means that a call at 17:30:00 is too late. Hours that run past midnight
belong to the day on which they began, and a holiday goes before hours: nothing is open on a holiday, nor in
hours that began on one. The clock is the one on the wall: an hour that comes twice counts twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

from services.pbx.domain.config import (
    ALWAYS,
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
from shared.days import ZONE
from shared.words import gettext as _
from shared.words import lazy_gettext as _l

_DAY = timedelta(days=1)


def find(config: Config, schedule_id: str | None) -> Schedule | None:
    """A schedule by its ID; None for the built-in one, for none, and for one that is gone."""
    return next((known for known in config.schedules if known.id == schedule_id), None)


def is_holiday(holiday: Schedule | None, day: date) -> bool:
    """Whether a day is on a holiday schedule."""
    return holiday is not None and any(found.first <= day <= found.last for found in holiday.dates)


def is_within(schedule: Schedule | None, now: datetime, holiday: Schedule | None = None) -> bool:
    """Whether a moment falls in the schedule's hours and not on the holidays; no schedule is *always*."""
    local = now.astimezone(ZONE)
    today = local.date()
    if is_holiday(holiday, today):
        return False
    if schedule is None:
        return True
    if schedule.kind is ScheduleKind.HOLIDAY:
        return is_holiday(schedule, today)
    if any(_begun_today(slot, today, local.time()) for slot in schedule.slots):
        return True
    yesterday = today - _DAY
    return not is_holiday(holiday, yesterday) and any(
        _begun_yesterday(slot, yesterday, local.time()) for slot in schedule.slots
    )


def _begun_today(slot: Slot, today: date, at: time) -> bool:
    if today.weekday() not in slot.days:
        return False
    start, end = _hours(slot)
    return start <= at and (end <= start or at < end)


def _begun_yesterday(slot: Slot, yesterday: date, at: time) -> bool:
    """Whether the slot runs over midnight and is still on. One that ends at 00:00 is not."""
    if yesterday.weekday() not in slot.days or slot.start is None:
        return False
    start, end = _hours(slot)
    return end <= start and at < end


def _hours(slot: Slot) -> tuple[time, time]:
    return _clock(slot.start), _clock(slot.end)


@lru_cache(maxsize=2_000)
def _clock(text: str | None) -> time:
    """``"17:30"``; nothing and ``"24:00"`` are midnight, at which a day begins and ends."""
    return time() if text is None or text == "24:00" else time.fromisoformat(text)


def company_night(night: Night, now: datetime) -> NightState:
    """The state that holds now: one that was set by hand ends by itself at its ``until``."""
    return night.state if night.until is None or now < night.until else night.then


def states(night: Night) -> frozenset[NightState]:
    """The states that it has in turn: the one that was set, and the one after its end."""
    return frozenset((night.state,) if night.until is None else (night.state, night.then))


def can_be_on(night: Night) -> bool:
    """Whether the company's night mode is on now or then."""
    return states(night) != {NightState.OFF}


def night_is_on(config: Config, element: ElementNight, now: datetime) -> bool:
    """Whether the night mode holds for an element: its own word, or else the company's."""
    if element.mode is not Follow.COMPANY:
        return element.mode is Follow.ON
    return company_is_closed(config, now)


def company_is_closed(config: Config, now: datetime) -> bool:
    """Whether the company's night mode is on; *automatic* is on outside the hours and on holidays."""
    state = company_night(config.night, now)
    if state is not NightState.AUTO:
        return state is NightState.ON
    return not is_within(find(config, config.night.hours), now, find(config, config.night.holidays))


def is_open(config: Config, hours: str, holidays_id: str | None, now: datetime) -> bool:
    """Whether a menu's working hours hold."""
    return is_within(find(config, hours), now, find(config, holidays_id))


def holds(config: Config, schedule_id: str, now: datetime) -> bool:
    """Whether a block's schedule holds now; one that is gone never does."""
    known = find(config, schedule_id)
    return schedule_id == ALWAYS or (known is not None and is_within(known, now))


def public_holidays(years: Iterable[int]) -> tuple[DateRange, ...]:
    """The Dutch public holidays to fill a holiday schedule with.

    Without Good Friday, on which offices and shops are open (Algemene termijnenwet, art. 3 paragraph 2); with
    Liberation Day in lustrum years only, as the library has it.
    """
    listed = holidays.country_holidays("NL", years=tuple(years), language="nl")
    return tuple(
        DateRange(first=day, last=day, name=name)
        for day, name in sorted(listed.items())
        if name != "Goede vrijdag"
    )


DAYS = (_l("ma"), _l("di"), _l("wo"), _l("do"), _l("vr"), _l("za"), _l("zo"))
"""Monday is the first."""


def in_words(schedule: Schedule | None) -> str:
    """A schedule as people say it: ``ma–vr 08:30–17:30``."""
    if schedule is None:
        return _("elke dag, de hele dag")
    if schedule.kind is ScheduleKind.HOLIDAY:
        return schedule.name
    return ", ".join(_slot_in_words(slot) for slot in schedule.slots) or _("nooit")


def _slot_in_words(slot: Slot) -> str:
    hours = _("de hele dag") if slot.start is None else f"{slot.start}–{slot.end or '24:00'}"
    return f"{days_in_words(slot.days)} {hours}"


def days_in_words(days: Iterable[int]) -> str:
    """Days of the week, those in a row with a dash: ``ma–do, za``."""
    runs: list[list[int]] = []
    for day in sorted(set(days)):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(
        str(DAYS[run[0]]) if len(run) == 1 else f"{DAYS[run[0]]}–{DAYS[run[-1]]}" for run in runs
    )
