"""Who waits for a group with music, with two copies of the listener: offered to who becomes free, by whom it
may be refused, and never kept for longer than was set."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.pbx.domain.config import Config
from services.pbx.domain.edge.playing import OFFER_SECONDS, Playing, Scene
from services.pbx.domain.edge.position import Position, position
from services.pbx.domain.edge.scripts import Act, Heard
from services.pbx.domain.edge.speech import MUSIC_SECONDS
from services.pbx.domain.edge.stages import Order
from services.pbx.domain.routing import Call, State
from services.pbx.domain.routing.replay import Record
from services.pbx.domain.routing.values import Full
from services.pbx.usecases.route_calls import BUSY, GONE
from tests.unit.pbx.plans import CALLER, forwards, group, pbx, user
from tests.unit.pbx.test_media_calls import CUSTOMER, NOON, Copy, Desk, begun, on
from tests.unit.pbx.test_routing_menus import NUMBER

pytestmark = pytest.mark.feature("PBX-16")

MEMBERS = ("201", "203")
AFTER = "sip202"


def waiting(seconds: int, *members: str, **values: Any) -> Config:
    people = (user(each) for each in ("201", "202", "203"))
    more = {"wait_on": True, "wait_seconds": seconds, "overflow_to": "202", **values}
    return pbx(*people, group(*(members or MEMBERS), number=NUMBER, **more))


def talking(desk: Desk, *members: str) -> None:
    """Who is in a call now."""
    row = {"up": True, "customer_id": CUSTOMER, "at": NOON, "talking": [f"user:{each}" for each in members]}
    desk.db["calls"].replace_one({"_id": "other"}, row, upsert=True)


def caller(config: Config) -> tuple[Desk, Order, Act]:
    """Somebody who waits, as all members are in calls."""
    desk = Desk()
    desk.publish(config)
    talking(desk, *MEMBERS)
    order = desk.incoming()
    act = begun(desk, order)
    assert act.play[0] == "nl.wachten"
    return desk, order, act


def offered(desk: Desk, order: Order, act: Act) -> tuple[Act, Order]:
    """After a piece of music: the offer, and what rings."""
    desk.now += timedelta(seconds=MUSIC_SECONDS)
    offer = on(desk, order, act)
    assert offer.then == "transfer"
    return offer, desk.first.router.onward(order.call, position(offer.target))


def rung(order: Order) -> list[tuple[str, int]]:
    return [(branch.to, stage.ms) for stage in order.stages for branch in stage.targets]


def test_an_offer_that_is_asked_for_twice_is_one_offer() -> None:
    """The first answer did not arrive: the same question has the same answer, of any copy."""
    desk, order, act = caller(waiting(60))
    talking(desk)
    desk.now += timedelta(seconds=MUSIC_SECONDS)
    first = on(desk, order, act)
    desk.now += timedelta(seconds=1)
    heard = Heard(call=order.call, script="", at=act.at, event="played")
    assert [on(desk, order, act), desk.first.player.next(heard)] == [first, first]
    assert (first.then, position(first.at).turn, position(first.at).step) == ("transfer", 1, 0)


def test_a_refusal_that_is_told_twice_is_one_refusal() -> None:
    desk, order, act = caller(waiting(60))
    talking(desk)
    offer, onward = offered(desk, order, act)
    desk.now += timedelta(seconds=12)
    first = on(desk, order, offer, "refused", code=480)
    desk.now += timedelta(seconds=1)
    assert on(desk, order, offer, "refused", code=480) == first
    assert first.play == (f"music.{CUSTOMER}..5",)
    assert rung(onward) == [("sip201", 18_000), ("sip203", 12_000)]


def test_an_offer_rings_for_half_a_minute_or_what_is_left_and_ends_within_the_group() -> None:
    """Where the group leads when the time is over is not part of an offer."""
    desk, order, act = caller(waiting(42, "201"))
    talking(desk, "203")
    offer, onward = offered(desk, order, act)
    assert (rung(onward), onward.code) == ([("sip201", 30_000)], 480)
    desk.now += timedelta(seconds=30)
    act = on(desk, order, offer, "refused", code=480)
    assert act.play == (f"music.{CUSTOMER}..5",)
    offer, onward = offered(desk, order, act)
    assert rung(onward) == [("sip201", 2_000)]
    desk.now += timedelta(seconds=2)
    after = on(desk, order, offer, "refused", code=480)
    assert rung(desk.first.router.onward(order.call, position(after.target)))[0][0] == AFTER


def test_who_rings_in_vain_does_not_keep_the_caller_from_somebody_else() -> None:
    """Another caller got the one who became free; then a colleague becomes free too."""
    desk, order, act = caller(waiting(300))
    talking(desk, "203")
    offer, onward = offered(desk, order, act)
    assert rung(onward) == [("sip201", 30_000)]
    desk.now += timedelta(seconds=30)
    talking(desk, "201")
    act = on(desk, order, offer, "refused", code=480)
    _offer, onward = offered(desk, order, act)
    assert rung(onward) == [("sip203", 30_000)]


def elsewhere(desk: Desk, *, talking_now: tuple[str, ...]) -> tuple[str, list[tuple[str, int]]]:
    """A caller waits for the group with music, and after a piece of it these are in calls: what comes, and
    what rings."""
    order = desk.incoming()
    spoken = [stage for stage in order.stages if stage.targets[0].kind == "media"]
    act = begun(desk, replace(order, stages=tuple(spoken)))  # who rang before did not answer
    assert act.play[0] == "nl.wachten"
    talking(desk, *talking_now)
    desk.now += timedelta(seconds=MUSIC_SECONDS)
    act = on(desk, order, act)
    onward = desk.second.router.onward(order.call, position(act.target)) if act.target else None
    return act.then, rung(onward) if onward else []


FIRST = {"id": "first", "name": "Verkoop", "number": NUMBER, "extension": "101"}
BEHIND = {"wait_on": True, "wait_seconds": 300}


@pytest.mark.parametrize("still_busy", [("201",), ()])
@pytest.mark.parametrize("members", [("203",), ("201", "203")])
def test_the_group_behind_a_busy_one_is_offered_a_call_whoever_of_the_first_became_free(
    members: tuple[str, ...], still_busy: tuple[str, ...]
) -> None:
    """203 is free now; the first group is no longer on the caller's way, also where they share somebody."""
    desk = Desk()
    first = group("201", busy_to="102", **FIRST)
    desk.publish(pbx(user("201"), user("203"), first, group(*members, **BEHIND)))
    talking(desk, "201", "203")
    free = [each for each in members if each not in still_busy]
    act, rings = elsewhere(desk, talking_now=still_busy)
    assert act == "transfer"
    assert {who for who, _ms in rings} == {f"sip{each}" for each in free}


def test_so_is_the_group_behind_the_forward_of_somebody_who_became_free() -> None:
    desk = Desk()
    jan = user("201", number=NUMBER, forwards=forwards(busy="102"))
    desk.publish(pbx(jan, user("203"), group("203", **BEHIND)))
    talking(desk, "201", "203")
    assert elsewhere(desk, talking_now=()) == ("transfer", [("sip203", 30_000)])


def test_so_is_the_group_behind_one_that_rang_in_vain_and_is_in_a_call_now() -> None:
    desk = Desk()
    first = group("201", next_rings=3, overflow_to="102", **FIRST)
    desk.publish(pbx(user("201"), user("203"), first, group("203", **BEHIND)))
    talking(desk, "203")
    assert rung(desk.incoming())[0][0] == "sip201"
    assert elsewhere(desk, talking_now=("201",)) == ("transfer", [("sip203", 30_000)])


def test_so_is_the_group_behind_a_forward_abroad_that_was_refused() -> None:
    """There was no place for one more call abroad when the caller came; by now there may be."""
    abroad = forwards(always="+4930000000", busy="102")
    config = pbx(user("201", number=NUMBER, forwards=abroad), user("203"), group("203", **BEHIND))
    there = frozenset(("201", "203"))
    known = State(registered=there, busy=there, full=Full(most=1))
    scene = Scene(
        CUSTOMER, config, Record(call=Call(caller=CALLER, called=NUMBER), at=NOON, state=known, revision=1)
    )
    waits = Playing(scene, Position(0, 0)).hear(Heard(call="c", script="s"), NOON).position
    heard = Heard(call="c", script="", at=waits.text, event="played")
    found = Playing(scene, waits).hear(heard, NOON, State(registered=there))
    assert found.act.then == "transfer"
    assert found.record is not None and found.record.state.full == Full(most=1)


def test_who_is_busy_within_an_offer_may_have_rung_before_it() -> None:
    """201 of both groups is busy when it is offered: the next member of the waiting group follows."""
    desk = Desk()
    first = group("201", busy_to="102", **FIRST)
    desk.publish(pbx(user("201"), user("203"), first, group("201", "203", next_rings=2, **BEHIND)))
    talking(desk, "201", "203")
    order = desk.incoming()
    act = begun(desk, order)
    talking(desk)
    _offer, onward = offered(desk, order, act)
    left = desk.second.router.again(onward.call, onward.stages[0].id, BUSY)
    assert left is not None and {who for who, _ms in rung(left)} == {"sip203"}


def test_busy_within_an_offer_leads_to_the_next_member_for_what_is_left_of_it() -> None:
    desk, order, act = caller(waiting(300, next_on=False))
    talking(desk)
    _offer, onward = offered(desk, order, act)
    desk.now += timedelta(seconds=20)
    for copy in (desk.first, desk.second):
        left = copy.router.again(onward.call, onward.stages[0].id, BUSY)
        assert left is not None and rung(left) == [("sip203", 10_000)]
    assert left is not None
    last = desk.first.router.again(onward.call, left.stages[0].id, BUSY)
    assert last is not None and (last.stages, last.code) == ((), 480)


def one_of(desk: Desk, data: st.DataObject) -> Copy:
    return desk.first if data.draw(st.booleans()) else desk.second


def ring(desk: Desk, onward: Order, data: st.DataObject) -> None:
    """Everybody who rings refuses, at once or later, or lets it ring, as the proxy does it with an order."""
    while onward.stages:
        first, *rest = onward.stages
        result = data.draw(st.sampled_from((BUSY, GONE, "time")))
        most = 0 if result == GONE else first.ms
        spent = first.ms if result == "time" else data.draw(st.integers(0, most))
        desk.now += timedelta(milliseconds=spent)
        again = None
        if result != "time":
            again = one_of(desk, data).router.again(onward.call, first.id, result)
        onward = Order(call=onward.call, stages=tuple(rest)) if again is None else again


@settings(max_examples=100, deadline=None)
@given(
    st.data(),
    st.integers(1, 90),
    st.booleans(),
    st.sampled_from(("regular", "simultaneous", "circular")),
)
def test_whatever_members_do_the_wait_ends_when_it_was_set_to(
    data: st.DataObject, seconds: int, in_turn: bool, policy: str
) -> None:
    """Not sooner, and no later than a last offer takes."""
    desk, order, act = caller(waiting(seconds, policy=policy, next_on=in_turn, next_rings=2))
    for _ in range(200):
        if act.then == "transfer":
            onward = one_of(desk, data).router.onward(order.call, position(act.target))
            if rung(onward)[:1] and rung(onward)[0][0] == AFTER:
                break
            ring(desk, onward, data)
            heard = Heard(call=order.call, script="", at=act.at, event="refused", code=480)
        else:
            desk.now += timedelta(seconds=MUSIC_SECONDS)
            talking(desk, *data.draw(st.sets(st.sampled_from(MEMBERS))))
            heard = Heard(call=order.call, script="", at=act.at, event="played")
        act = one_of(desk, data).player.next(heard)
    waited = (desk.now - NOON).total_seconds()
    assert seconds <= waited <= seconds + OFFER_SECONDS
