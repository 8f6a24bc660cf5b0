"""Saved test calls, as pbx tries them again each time they are asked for."""

from __future__ import annotations

from datetime import datetime

from gateway.models.pbx_settings import Value


class TestedCall(Value, frozen=True, kw_only=True):
    """``caller`` and ``called`` are parties, or ``user:<id>`` and the like for elements of the PBX."""

    __test__ = False  # pytest takes the name for a test's

    caller: str
    called: str
    direction: str = "in"
    key_presses: tuple[str, ...] = ()


class Outcome(Value, frozen=True, kw_only=True):
    """How the call ends now when nobody answers."""

    reason: str = ""
    code: int = 200


class TestCall(Value, frozen=True, kw_only=True):
    """``expect``: a token of what it should come past (``rings:<id>``, ``voicemail:<id>`` …); ``holds``:
    whether it does."""

    __test__ = False  # pytest takes the name for a test's

    id: str
    name: str
    call: TestedCall
    at: datetime
    expect: str
    busy: tuple[str, ...] = ()
    unregistered: tuple[str, ...] = ()
    outcome: Outcome = Outcome()
    holds: bool = True
