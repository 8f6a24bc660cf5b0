"""Whatever happens to calls, and whatever of it is told, late, twice or never: there are never more abroad
than may be, a call that ended holds no place, and none is refused while there is room."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle as Many
from hypothesis.stateful import (
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from services.pbx.domain.abroad import ANSWERED, LATE, UNHEARD
from services.pbx.domain.edge.stages import Order
from tests.unit.pbx.edge_scene import BERLIN, Scene, abroad

CAP = 3
TICK = timedelta(milliseconds=10)


class Calls(RuleBasedStateMachine):
    """``real``: calls that are abroad or may get there, with when they end at the latest; ``places``: what
    pbx should think of them. News of an answer is never late: the proxy tells it until it is heard."""

    ringing, talking, untold = Many("ringing"), Many("talking"), Many("untold")

    @initialize()
    def open(self) -> None:
        self.scene = Scene(cap=CAP)
        self.real: dict[str, datetime] = {}
        self.places: dict[str, tuple[datetime, datetime]] = {}

    def counted(self) -> set[str]:
        return {call for call, (_, until) in self.places.items() if until > self.scene.now}

    def over(self, order: Order) -> None:
        self.real.pop(order.call, None)

    @rule(target=ringing, comes_in=st.booleans())
    def ask(self, comes_in: bool) -> object:
        """A call to Berlin, or one that goes there if Jan does not answer."""
        self.scene.now += TICK
        full = len(self.counted()) >= CAP
        order = self.scene.into() if comes_in else self.scene.out(BERLIN)
        assert (abroad(order) is None) == full
        if full:
            return multiple()
        now, seconds = self.scene.now, sum(stage.ms for stage in order.stages) / 1000
        self.real[order.call] = now + timedelta(seconds=seconds)
        self.places[order.call] = (now, now + timedelta(seconds=seconds) + LATE)
        return order

    @rule(target=talking, order=consumes(ringing), twice=st.booleans())
    def answer_abroad(self, order: Order, twice: bool) -> object:
        self.scene.now += TICK
        if self.real.get(order.call, self.scene.now) <= self.scene.now:
            return multiple()
        for _ in range(1 + twice):
            self.scene.tell(order, "answered", abroad(order))
        self.real[order.call] = self.scene.now + ANSWERED
        self.places[order.call] = (self.scene.now, self.scene.now + ANSWERED)
        return order

    @rule(order=consumes(ringing))
    def answer_at_home(self, order: Order) -> None:
        self.scene.now += TICK
        home = order.stages[0].targets[0]
        if home.kind == "phone":
            self.scene.tell(order, "answered", home)
            self.places.pop(order.call, None)
        self.over(order)

    @rule(target=untold, order=consumes(ringing))
    def fail(self, order: Order) -> Order:
        self.over(order)
        return order

    @rule(target=untold, order=consumes(talking))
    def hang_up(self, order: Order) -> Order:
        self.over(order)
        return order

    @rule(order=consumes(untold), event=st.sampled_from(("ended", "failed")), after=st.booleans())
    def tell_the_end(self, order: Order, event: str, after: bool) -> None:
        """Perhaps twice, or before the answer."""
        self.scene.tell(order, event)
        self.scene.tell(order, "answered" if after else event, abroad(order))
        self.places.pop(order.call, None)

    @rule(minutes=st.sampled_from((1, 61, 13 * 60)))
    def wait(self, minutes: int) -> None:
        """Who rings or talks for too long is ended by the proxy."""
        self.scene.now += timedelta(minutes=minutes)
        self.real = {call: until for call, until in self.real.items() if until > self.scene.now}

    @rule()
    def begin_anew(self) -> None:
        """The proxy forgets its calls; they go on by themselves for an hour at most."""
        self.scene.now += TICK
        self.scene.begin_anew()
        end = self.scene.now + UNHEARD
        self.real = {call: min(until, end) for call, until in self.real.items()}
        self.places = {call: (since, min(until, end)) for call, (since, until) in self.places.items()}

    @invariant()
    def no_more_than_may_be(self) -> None:
        assert len(self.real) <= CAP

    @invariant()
    def no_place_is_lost_or_forgotten(self) -> None:
        assert self.scene.under_way() == self.counted() >= set(self.real)


Calls.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestCalls = pytest.mark.feature("CDR-11")(Calls.TestCase)
