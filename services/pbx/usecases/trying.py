"""Saved test calls: what should happen, kept, so that every change can be held against it (PBX-14)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from services.pbx.domain.routing.values import Call, Direction
from services.pbx.domain.settings import Settings, stamped
from services.pbx.domain.test_calls import MOST, TestCall
from services.pbx.schemas import Reply
from services.pbx.schemas.wire import full
from services.pbx.store import Changes, Store
from services.pbx.usecases.common import Clock, customer_of
from shared.acting import Acting
from shared.errors import Conflict, NotFound
from shared.events.audit import Subject
from shared.ids import new_id
from shared.words import gettext as _


def save_test_call(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    name: str,
    caller: str,
    called: str,
    direction: str,
    keys: list[str],
    at: datetime,
    expect: str,
    command_id: str,
    busy: list[str],
    unregistered: list[str],
    id: str | None = None,
) -> Reply:
    """A new test call, or another in place of the one with this ID. Conflict (too many), NotFound."""
    customer = customer_of(acting)
    call = Call(caller=caller, called=called, direction=Direction(direction), key_presses=tuple(keys))
    new = TestCall(
        id=id or new_id(),
        name=name,
        call=call,
        at=at,
        expect=expect,
        busy=tuple(busy),
        unregistered=tuple(unregistered),
    )

    def work(changes: Changes) -> Reply:
        old = _settings(changes, customer)
        known = {test.id: test for test in old.test_calls}
        if id is not None and id not in known:
            raise NotFound()
        if id is None and len(known) >= MOST:
            raise Conflict(_("Meer dan %(most)s testoproepen bewaren kan niet.", most=MOST))
        before = full(known[id]) if id is not None else None
        _store(changes, acting, old, {**known, new.id: new}, "saved", (new, before, full(new)))
        return {"id": new.id}

    request = ("save_test_call", customer, id, name, repr(call), at, expect, repr((busy, unregistered)))
    return store.once(command_id, request, clock(), work)


def remove_test_call(store: Store, clock: Clock, acting: Acting, *, id: str, command_id: str) -> Reply:
    """NotFound when there is no such test call."""
    customer = customer_of(acting)

    def work(changes: Changes) -> Reply:
        old = _settings(changes, customer)
        kept = {test.id: test for test in old.test_calls}
        gone = kept.pop(id, None)
        if gone is None:
            raise NotFound()
        _store(changes, acting, old, kept, "removed", (gone, full(gone), None))
        return {"id": id}

    return store.once(command_id, ("remove_test_call", customer, id), clock(), work)


def _store(
    changes: Changes,
    acting: Acting,
    old: Settings,
    tests: dict[str, TestCall],
    verb: str,
    change: tuple[TestCall, dict[str, Any] | None, dict[str, Any] | None],
) -> None:
    test, before, after = change
    what = Subject(kind="test_call", id=test.id, name=test.name)
    changes.record(acting, old.customer_id, f"test_call.{verb}", what, before, after)
    changes.save_settings(old, stamped(replace(old, test_calls=tuple(tests.values())), old))


def _settings(changes: Changes, customer_id: str) -> Settings:
    found = changes.settings(customer_id)
    if not found.enabled:
        raise NotFound()
    return found
