"""The week map: who rings when a number is called, hour by hour."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from services.pbx.domain.config import Config
from services.pbx.domain.moments import Regime, regime
from services.pbx.domain.moments import week as cut
from services.pbx.domain.routing.directory import directory, everybody, ref
from services.pbx.domain.routing.engine import plan
from services.pbx.domain.routing.values import Call, Kind, Plan, Prompt, Ref, Ring, Transfer, Voicemail
from services.pbx.domain.stories import in_short
from shared.days import ZONE

CALLER = "+31600000000"
"""A fictional outside caller, for calls that nobody makes."""


class Cell(Struct, frozen=True):
    """From ``start`` up to ``end``: what answers first, and who rings when the caller presses nothing."""

    start: datetime
    end: datetime
    day: int
    first: Ref | None
    rings: tuple[Ref, ...]
    story: str
    closed: bool


def week(config: Config, number: str, first: date) -> tuple[Cell, ...]:
    """A week of calls to a number, from a Monday on. Everybody is there and nobody is in a call."""
    state = everybody(config)
    known: dict[Regime, Plan] = {}
    cells: list[Cell] = []
    for start, end in cut(first, config):
        now = regime(config, start)
        if now not in known:
            known[now] = plan(config, Call(caller=CALLER, called=number), start, state)
        cells.append(_cell(config, known[now], start, end, now[0]))
    return tuple(cells)


def _cell(config: Config, found: Plan, start: datetime, end: datetime, closed: bool) -> Cell:
    return Cell(
        start=start,
        end=end,
        day=start.astimezone(ZONE).weekday(),
        first=first_met(config, found),
        rings=who_rings(config, found),
        story=in_short(config, found),
        closed=closed,
    )


def first_met(config: Config, found: Plan) -> Ref | None:
    """What answers or rings first: a menu, a group, a user, a voicemail or an outside number."""
    book = directory(config)
    for step in found.steps:
        key = ""
        if isinstance(step, Prompt):
            key = f"menu:{step.menu}"
        elif isinstance(step, Ring):
            key = f"group:{step.group}" if step.group else f"user:{step.targets[0].user}"
        elif isinstance(step, Voicemail):
            key = f"user:{step.user}"
        elif isinstance(step, Transfer):
            return found.path[-1]
        element = book.by_id.get(key) or book.by_id.get(key.replace("user:", "line:"))
        if element is not None:
            return ref(element)
    return None


def who_rings(config: Config, found: Plan) -> tuple[Ref, ...]:
    """Everybody whose telephone rings, in order, each once."""
    book = directory(config)
    rung: dict[str, Ref] = {}
    for step in found.steps:
        for target in step.targets if isinstance(step, Ring) else ():
            element = book.by_id.get(f"user:{target.user}") or book.by_id.get(f"line:{target.user}")
            if element is not None:
                rung.setdefault(element.id, ref(element))
        if isinstance(step, Transfer):
            rung.setdefault(step.to, Ref(Kind.OUTSIDE, step.to, found.path[-1].name))
    return tuple(rung.values())
