"""Calls that were, and why a telephone did or did not ring (pbx's answers)."""

from __future__ import annotations

from datetime import datetime

from gateway.models.pbx_plans import Plan
from gateway.models.pbx_settings import Value


class Call(Value, frozen=True, kw_only=True):
    """``caller``, ``called`` and ``answered_by`` are names and numbers as people read them. ``direction``:
    in or out; ``outcome``: answered, busy, cancelled (by the caller), missed, refused, lost or under_way;
    ``duration`` in seconds of talk."""

    id: str
    at: datetime
    caller: str = ""
    called: str = ""
    direction: str = "in"
    answered_by: str | None = None
    duration: int | None = None
    outcome: str = ""


class Calls(Value, frozen=True, kw_only=True):
    """A page, newest first; ``next`` goes into the next page's ``after``."""

    rows: tuple[Call, ...] = ()
    next: str | None = None


class Leg(Value, frozen=True, kw_only=True, rename={"start": "from"}):
    """What was really tried, from when, and what came of it in a sentence; ``result`` is a SIP code, time or
    gone."""

    sentence: str
    start: datetime
    result: str = ""


class Explained(Value, frozen=True, kw_only=True):
    """``story``: the answer in sentences; ``plan`` is None where what was planned is not known."""

    call: Call
    story: tuple[str, ...] = ()
    plan: Plan | None = None
    legs: tuple[Leg, ...] = ()
