"""Who rings when a number is called, hour by hour of a week (pbx's answer)."""

from __future__ import annotations

from datetime import date, datetime

from gateway.models.pbx_plans import Ref
from gateway.models.pbx_settings import Value


class Cell(Value, frozen=True, kw_only=True):
    """From ``start`` up to ``end``: what answers ``first``, who ``rings`` when the caller presses nothing,
    and all of it in one line. ``closed``: the night mode is on."""

    start: datetime
    end: datetime
    first: Ref | None = None
    rings: tuple[Ref, ...] = ()
    story: str = ""
    closed: bool = False


class Week(Value, frozen=True, kw_only=True):
    """A week from the Monday ``first`` on."""

    number: str
    first: date
    cells: tuple[Cell, ...] = ()
