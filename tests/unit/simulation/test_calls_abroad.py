"""Processes decide calls abroad at once, die over it, hang, or lose the database: there are never more such
calls than may be, and no place is lost for longer than it would have rung."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from services.pbx.domain.abroad import LATE
from services.pbx.domain.edge.records import Called
from services.pbx.domain.edge.stages import Branch, Leg, Stage
from services.pbx.domain.routing.values import Full
from services.pbx.store import Store
from services.pbx.usecases.abroad import take
from services.pbx.usecases.sip_records import record
from shared.ids import new_id
from tests.unit.simulation.processes import real, until_there
from tests.unit.simulation.world import Process, World

pytestmark = pytest.mark.feature("CDR-11")

LISTENERS, CALLS, CAP, RING = 6, 4, 2, 60
LEG = Leg(customer="bakery", who="+4930000000", stage="s0")
STAGES = (Stage(id="s0", ms=RING * 1000, targets=(Branch(kind="trunk", to=LEG.who, leg=LEG),)),)


class Abroad:
    """Listeners that each decide a few calls, one after the other, and tell of their end. A call whose
    listener dies rings no longer, and nobody ever tells."""

    def __init__(self, world: World) -> None:
        self.world, self.db = world, world.database()
        self.store = Store(real(self.db))
        self.open: set[str] = set()
        self.most = 0
        self.answers: dict[str, list[Full | None]] = {}
        for name in map(str, range(LISTENERS)):
            world.process(name, partial(self.listen, name))

    def listen(self, name: str, process: Process) -> None:
        answers = self.answers.setdefault(name, [])
        while len(answers) < CALLS:
            self.world.sleep(self.world.dice.uniform(0, 0.2))
            self.call(process, answers)

    def call(self, process: Process, answers: list[Full | None]) -> None:
        call = new_id()
        full = take(self.store, CAP, "bakery", call, STAGES, self.world.moment())
        answers.append(full)
        if full is not None:
            return
        self.open.add(call)
        process.at_death.append(partial(self.open.discard, call))
        self.most = max(self.most, len(self.open))
        self.world.sleep(self.world.dice.uniform(0, 5))
        self.open.discard(call)
        until_there(self.world, partial(self.tell, call))

    def tell(self, call: str) -> None:
        at = f"{self.world.now:.3f}"
        fields = {"id": "1", "at": at, "event": "failed", "call": call, "call_id": "x@192.0.2.1"}
        told = Called(**fields, source="user", sender="jan", dialled=LEG.who, began=at)
        record(self.store, self.world.moment, [told])

    def settled(self) -> bool:
        return len(self.answers) == LISTENERS and all(len(a) >= CALLS for a in self.answers.values())

    def check(self) -> None:
        assert 0 < self.most <= CAP
        full = [found for given in self.answers.values() for found in given if found is not None]
        assert all(found.most in (CAP, None) for found in full)
        later = self.world.moment() + timedelta(seconds=RING) + LATE
        assert self.store.calls_abroad("bakery").under_way(later) == ()


def test_never_more_calls_are_abroad_than_may_be(worlds: Callable[..., None]) -> None:
    worlds(Abroad, 100)
