"""Saved test calls: a call at a moment and what it should reach, tried again on every change (PBX-14)."""

from __future__ import annotations

from datetime import datetime

from services.pbx.domain.config import Base, Config
from services.pbx.domain.routing import plan
from services.pbx.domain.routing.directory import everybody
from services.pbx.domain.routing.values import Call, End, Plan, Ring, State, Transfer, Voicemail
from shared.words import gettext as _

MOST = 100
"""Test calls of one customer; each is planned twice when a draft is looked at."""


class TestCall(Base, frozen=True, kw_only=True):
    """``expect``: one of what :func:`reached` can answer, such as ``group:<id>`` or ``voicemail:<id>``."""

    __test__ = False  # pytest takes the name for a test's

    id: str
    name: str
    call: Call
    at: datetime
    expect: str
    busy: tuple[str, ...] = ()
    unregistered: tuple[str, ...] = ()


def state_of(config: Config, busy: tuple[str, ...], unregistered: tuple[str, ...]) -> State:
    """Everybody has a telephone that is registered and free, but these."""
    there = everybody(config).registered - frozenset(unregistered)
    return State(registered=there, busy=frozenset(busy))


def outcome(config: Config, test: TestCall) -> Plan:
    """Where the call goes under this configuration; at a moment that no clock reckons with, nowhere."""
    try:
        return plan(config, test.call, test.at, state_of(config, test.busy, test.unregistered))
    except OverflowError:
        reason = _("Kies een moment van 2000 tot en met 2099.")
        return Plan(steps=(), end=End.REJECT, code=480, reason=reason, trace=())


def reached(found: Plan) -> frozenset[str]:
    """All that a call comes past when nobody answers: ``rings:<ID of a user or line>``, ``voicemail:<ID>``,
    ``outside:<number>``, what it goes through (``group:<ID>``, ``menu:<ID>``, ``user:<ID>`` …) and how it
    ends (``end:busy``)."""
    tokens = {f"end:{found.end.value}"} | {f"{ref.kind.value}:{ref.id}" for ref in found.path}
    for step in found.steps:
        if isinstance(step, Ring):
            tokens |= {f"rings:{t.user}" if t.user else f"outside:{t.number}" for t in step.targets}
        elif isinstance(step, Voicemail):
            tokens.add(f"voicemail:{step.user}")
        elif isinstance(step, Transfer):
            tokens.add(f"outside:{step.to}")
    return frozenset(tokens)


def holds(config: Config, test: TestCall) -> bool:
    return test.expect in reached(outcome(config, test))
