"""The week map: for each day, bands of hours in which the same happens to a call; no request, no service.

Bands are drawn by the clock on the wall, from midnight to midnight: an hour that comes twice is drawn once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from gateway.charts.svg import percent
from gateway.formatters import local
from gateway.models.pbx_week import Cell, Week

MINUTES = 24 * 60
COLOURS = ("a", "b", "c", "d")
OTHER, NIGHT, NOBODY = "other", "night", "nobody"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Kind:
    """What can happen to a call: ``colour`` and ``letter`` tell it from others, ``minutes`` is how much of
    the week. ``title``: who rings, or what answers; empty: nobody."""

    letter: str
    colour: str
    title: str
    story: str
    minutes: int

    @property
    def hours(self) -> int:
        return round(self.minutes / 60)


@dataclass(frozen=True)
class Band:
    """From ``start`` up to ``end`` in minutes of the day."""

    start: int
    end: int
    kind: Kind

    @property
    def x(self) -> str:
        return percent(self.start, MINUTES)

    @property
    def width(self) -> str:
        return percent(self.end - self.start, MINUTES)

    @property
    def middle(self) -> str:
        return percent(self.start + self.end, 2 * MINUTES)

    @property
    def wide(self) -> bool:
        """Whether its letter fits."""
        return self.end - self.start >= 90

    @property
    def clock(self) -> str:
        return f"{_clock(self.start)}–{_clock(self.end)}"


@dataclass(frozen=True)
class Day:
    """``now`` is where this moment stands on it, if it does."""

    date: date
    bands: tuple[Band, ...]
    now: str = ""


@dataclass(frozen=True)
class WeekMap:
    """Seven days; ``kinds`` with the one that holds longest first."""

    days: tuple[Day, ...]
    kinds: tuple[Kind, ...]


def week_map(week: Week, now: datetime) -> WeekMap:
    """The map of a week, with a mark at ``now``."""
    kinds = _kinds(week.cells)
    days = [week.first + timedelta(days=n) for n in range(7)]
    by_day: dict[date, list[Band]] = {day: [] for day in days}
    for cell in week.cells:
        day, start, end = _on_the_wall(cell)
        if day in by_day and start < end:
            _join(by_day[day], Band(start, end, kinds[_key(cell)]))
    here = local(now)
    mark = percent(here.hour * 60 + here.minute, MINUTES)
    drawn = (Day(day, tuple(by_day[day]), mark if day == here.date() else "") for day in days)
    return WeekMap(tuple(drawn), tuple(kinds.values()))


def _kinds(cells: Iterable[Cell]) -> dict[tuple[str, bool], Kind]:
    """The kinds by their key, those that hold longest first."""
    minutes: Counter[tuple[str, bool]] = Counter()
    examples: dict[tuple[str, bool], Cell] = {}
    for cell in cells:
        minutes[_key(cell)] += round((cell.end - cell.start).total_seconds() / 60)
        examples.setdefault(_key(cell), cell)
    free = iter(COLOURS)
    found: dict[tuple[str, bool], Kind] = {}
    for index, (key, total) in enumerate(minutes.most_common()):
        cell = examples[key]
        names = [ref.name for ref in cell.rings] or ([cell.first.name] if cell.first else [])
        colour = NOBODY if not names else NIGHT if cell.closed else next(free, OTHER)
        letter = LETTERS[index] if index < len(LETTERS) else ""
        found[key] = Kind(letter, colour, ", ".join(names), cell.story, total)
    return found


def _key(cell: Cell) -> tuple[str, bool]:
    return cell.story, cell.closed


def _on_the_wall(cell: Cell) -> tuple[date, int, int]:
    """(day, start, end) in minutes of the day; the end of a day is its 1440th minute."""
    start, end = local(cell.start), local(cell.end)
    last = MINUTES if end.date() > start.date() else end.hour * 60 + end.minute
    return start.date(), start.hour * 60 + start.minute, last


def _join(bands: list[Band], band: Band) -> None:
    if bands and bands[-1].kind == band.kind and bands[-1].end == band.start:
        bands[-1] = replace(bands[-1], end=band.end)
    else:
        bands.append(band)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
