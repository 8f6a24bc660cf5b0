"""The cap on calls abroad, where the caller is with the media server: GW-04, row 29 of docs/hardening.md."""

from __future__ import annotations

from msgspec import structs

from services.pbx.domain.config import Action, Forward, Forwards, Key
from services.pbx.domain.edge.position import position
from services.pbx.domain.edge.stages import Order
from services.pbx.usecases.abroad import set_cap
from shared.acting import Acting
from tests.unit.pbx.test_media_calls import CUSTOMER, NOON, Desk, begun, on
from tests.unit.pbx.test_routing_menus import KEYS, with_menu

BERLIN = "+4930000000"
STAFF = Acting(kind="operator", username="beheer")
ABROAD = {**KEYS, "3": Key(action=Action.TRANSFER, to=BERLIN)}


def desk_with(cap: int) -> Desk:
    """Key 3 goes to Berlin, and so do Jan's calls when he does not answer."""
    desk = Desk()
    forwards = Forwards(no_answer=Forward(on=True, to=BERLIN, rings=5), busy=Forward(on=True, to=BERLIN))
    config = with_menu(ABROAD)
    users = tuple(structs.replace(u, forwards=forwards) if u.id == "211" else u for u in config.users)
    desk.publish(structs.replace(config, users=users))
    fields = {"customer_id": CUSTOMER, "most": cap, "command_id": "c", "reason": "test"}
    set_cap(desk.store, lambda: NOON, STAFF, 5, **fields)  # type: ignore[arg-type]
    return desk


def pressed(desk: Desk, key: str) -> tuple[Order, Order, str]:
    """A caller who presses a key: the call, the order of who rings on it, and where the caller is."""
    order = desk.incoming()
    act = on(desk, order, begun(desk, order), "key", keys=key)
    assert act.then == "transfer"
    onward = desk.first.router.onward(order.call, position(act.target))
    assert onward is not None
    return order, onward, act.at


def rung(order: Order) -> list[str]:
    return [branch.to for stage in order.stages for branch in stage.targets]


def under_way(desk: Desk) -> set[str]:
    return {each.call for each in desk.store.calls_abroad(CUSTOMER).under_way(NOON)}


def test_a_key_that_goes_abroad_takes_a_place_until_that_part_of_the_call_ends() -> None:
    desk = desk_with(cap=1)
    order, onward, _at = pressed(desk, "3")
    assert rung(onward) == [BERLIN]
    assert under_way(desk) == {onward.call}
    (menu,), (berlin,) = order.stages[0].targets, onward.stages[0].targets
    desk.tell(order.call, "answered", menu.leg)
    desk.tell(onward.call, "answered", berlin.leg, at=10)
    assert under_way(desk) == {onward.call}
    assert rung(pressed(desk, "3")[1]) == []
    desk.tell(onward.call, "ended", berlin.leg, at=60)
    assert under_way(desk) == set()
    assert rung(pressed(desk, "3")[1]) == [BERLIN]


def test_who_presses_for_abroad_when_there_is_no_place_hears_what_the_plan_says_without_it() -> None:
    desk = desk_with(cap=0)
    order, onward, at = pressed(desk, "3")
    assert (onward.stages, onward.code) == ((), 480)
    act = on(desk, order, begun(desk, order), "key", keys="3")
    refused = on(desk, order, structs.replace(act, at=at), "refused", code=480)
    assert refused.then in ("hangup", "keys") and refused.play
    kept = desk.store.decided(order.call)
    assert kept is not None and b'"full":{"most":0}' in kept["record"]


def test_the_telephone_rings_all_the_same_where_only_its_forward_goes_abroad() -> None:
    desk = desk_with(cap=0)
    assert rung(pressed(desk, "1")[1]) == ["sip211"]
    assert under_way(desk) == set()


def test_a_busy_telephone_behind_a_menu_needs_its_place_then() -> None:
    desk = desk_with(cap=1)
    (_one, first, _at), (_two, second, _there) = pressed(desk, "1"), pressed(desk, "1")
    assert (rung(first), rung(second)) == (["sip211", BERLIN], ["sip211"])
    left = desk.first.router.again(first.call, first.stages[0].id, "busy")
    assert left is not None and rung(left) == [BERLIN]
    assert under_way(desk) == {first.call}
    desk.tell(first.call, "failed")
    assert under_way(desk) == set()
