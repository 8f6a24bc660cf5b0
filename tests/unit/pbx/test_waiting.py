"""Who waits for a group with music, with two copies of the listener: offered to who becomes free, by whom it
may be refused, and never kept for longer than was set."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.pbx.domain.config import Config
from services.pbx.domain.edge.playing import OFFER_SECONDS
from services.pbx.domain.edge.position import position
from services.pbx.domain.edge.scripts import Act, Heard
from services.pbx.domain.edge.speech import MUSIC_SECONDS
from services.pbx.domain.edge.stages import Order
from services.pbx.usecases.route_calls import BUSY, GONE
from tests.unit.pbx.plans import group, pbx, user
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
