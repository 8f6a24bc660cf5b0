"""A week cut where something may change, and what tells two moments apart.

A plan depends on the clock through the schedules only. Moments at which all schedules, the menus' sides and
the night mode are the same have the same plans, so that a week costs a few plans for each number.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

from services.pbx.domain.config import Config
from services.pbx.domain.schedules import company_is_closed, holds, is_holiday, is_open
from shared.days import ZONE

Regime: TypeAlias = tuple[bool, tuple[bool, ...], tuple[bool, ...], tuple[bool, ...]]


def monday(now: datetime) -> date:
    """The Monday of a moment's week in Amsterdam."""
    day = now.astimezone(ZONE).date()
    return day - timedelta(days=day.weekday())


def week(first: date, *configs: Config) -> Iterator[tuple[datetime, datetime]]:
    """``[start, end)`` in UTC: every hour of seven days, cut where a schedule of one of these begins or ends
    and where a night mode that was set by hand ends."""
    clocks = sorted({time(hour) for hour in range(24)} | {c for config in configs for c in _clocks(config)})
    untils = {config.night.until.astimezone(UTC) for config in configs if config.night.until is not None}
    days = [first + timedelta(days=day) for day in range(7)]
    starts = {datetime.combine(day, clock, ZONE).astimezone(UTC) for day in days for clock in clocks}
    begin = datetime.combine(first, time(), ZONE).astimezone(UTC)
    end = datetime.combine(first + timedelta(days=7), time(), ZONE).astimezone(UTC)
    cuts = sorted({cut for cut in starts | untils if begin <= cut < end})
    yield from zip(cuts, [*cuts[1:], end], strict=True)


def _clocks(config: Config) -> Iterator[time]:
    for schedule in config.schedules:
        for slot in schedule.slots:
            for text in (slot.start, slot.end):
                if text is not None and text != "24:00":
                    yield time.fromisoformat(text)


def regime(config: Config, moment: datetime) -> Regime:
    """All that the clock can change in a plan."""
    day = moment.astimezone(ZONE).date()
    return (
        company_is_closed(config, moment),
        tuple(is_open(config, menu.hours, menu.holidays, moment) for menu in config.menus),
        tuple(holds(config, schedule.id, moment) for schedule in config.schedules),
        tuple(is_holiday(schedule, day) for schedule in config.schedules),
    )
