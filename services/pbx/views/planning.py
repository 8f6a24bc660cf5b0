"""What the engine says of a customer's settings: checks, pictures, calls that are tried."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from services.pbx.domain import test_calls as tests
from services.pbx.domain.checklist import checklist as checklist_of
from services.pbx.domain.checks import check
from services.pbx.domain.differences import differences as differ
from services.pbx.domain.graph import Mode, graph, route
from services.pbx.domain.held import with_held
from services.pbx.domain.moments import monday
from services.pbx.domain.routing import Call, plan
from services.pbx.domain.routing.values import Direction
from services.pbx.domain.rules import problems
from services.pbx.domain.settings import Which
from services.pbx.domain.stories import Heard
from services.pbx.domain.week import week as week_of
from services.pbx.schemas import Reply
from services.pbx.schemas.wire import full
from services.pbx.store import Store
from services.pbx.usecases.publishing import effective

Run = Callable[..., Any]
"""``run(function, *arguments)`` answers what the function does, computed where it holds nobody up."""


def checks(store: Store, run: Run, customer_id: str, which: str, now: datetime) -> Reply:
    """What would not work, and what callers will run into."""
    _found, config = effective(store, customer_id, Which(which))
    owned = store.numbers_held(customer_id, now)
    return {
        "problems": full(problems(config, owned)),
        "findings": full(run(check, config, owned, now)),
    }


def checklist(store: Store, customer_id: str, which: str, now: datetime) -> Reply:
    """What is done of all that sets up a PBX (PBX-13)."""
    _found, config = effective(store, customer_id, Which(which))
    return dict(full(checklist_of(config, store.numbers_held(customer_id, now))))


def simulate(
    store: Store,
    customer_id: str,
    now: datetime,
    *,
    caller: str,
    called: str,
    direction: str,
    keys: list[str],
    busy: list[str],
    unregistered: list[str],
    answers: list[str],
    which: str,
    at: datetime | None = None,
) -> Reply:
    """A call that is tried: everything that would happen, step by step, with its reasons; and what the
    caller goes through until one of ``answers`` answers, or to the end."""
    _found, config = effective(store, customer_id, Which(which))
    config = with_held(config, store.numbers_held(customer_id, now))
    call = Call(caller=caller, called=called, direction=Direction(direction), key_presses=tuple(keys))
    state = tests.state_of(config, tuple(busy), tuple(unregistered))
    moment = at or now
    found = plan(config, call, moment, state)
    return {
        "at": moment.isoformat(),
        "plan": full(found),
        "reached": sorted(tests.reached(found)),
        "heard": _heard(Heard(config, found, frozenset(answers))),
        "route": full(route(found)),
    }


def _heard(heard: Heard) -> Reply:
    return {
        "sentence": heard.sentence,
        "at": heard.at,
        "lines": heard.trace,
        "answered": heard.target is not None,
    }


def picture(
    store: Store,
    run: Run,
    customer_id: str,
    now: datetime,
    *,
    mode: str,
    which: str,
    at: datetime | None = None,
) -> Reply:
    """The number plan as nodes and edges; ``at``: as it is then."""
    _found, config = effective(store, customer_id, Which(which))
    owned = store.numbers_held(customer_id, now)
    return dict(full(run(graph, config, owned, at or now, Mode(mode))))


def week(
    store: Store,
    run: Run,
    customer_id: str,
    now: datetime,
    *,
    number: str,
    which: str,
    first: date | None = None,
) -> Reply:
    """Who rings when this number is called, hour by hour of a week."""
    _found, config = effective(store, customer_id, Which(which))
    config = with_held(config, store.numbers_held(customer_id, now))
    start = first or monday(now)
    return {"number": number, "first": start.isoformat(), "cells": full(run(week_of, config, number, start))}


def differences(store: Store, run: Run, customer_id: str, now: datetime) -> Reply:
    """What changes for callers when the draft is published; nothing without a draft."""
    found = store.settings(customer_id)
    if found.draft is None:
        return {"rows": []}
    owned = store.numbers_held(customer_id, now)
    return {"rows": full(run(differ, found.published, found.draft, owned, now))}


def test_calls(store: Store, customer_id: str, which: str, now: datetime) -> Reply:
    """The saved test calls and whether each reaches what it should, with the numbers of now."""
    found, config = effective(store, customer_id, Which(which))
    config = with_held(config, store.numbers_held(customer_id, now))
    return {"rows": [_tried(config, test) for test in found.test_calls]}


def _tried(config: Any, test: tests.TestCall) -> Reply:
    found = tests.outcome(config, test)
    reached = tests.reached(found)
    return {
        **full(test),
        "outcome": {"end": found.end.value, "code": found.code, "reason": found.reason},
        "reached": sorted(reached),
        "holds": test.expect in reached,
    }
