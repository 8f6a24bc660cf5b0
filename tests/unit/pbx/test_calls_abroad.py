"""How many calls of a customer may be abroad at once: who gets a place, who is refused and hears why, and
what is never in the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs
from pymongo.errors import AutoReconnect

from services.pbx.domain.abroad import Abroad, is_abroad
from services.pbx.domain.config import Forward, Forwards, Line, SimNumber, SimRing
from services.pbx.domain.routing import Call, Plan, State, plan
from services.pbx.domain.routing.values import Direction, Full
from services.pbx.usecases.abroad import set_cap
from services.pbx.views.calls import calls, explain_call
from shared.acting import Acting
from shared.events.audit import PbxAuditRecorded
from shared.events.notification import PbxNotificationRequested
from shared.ids import new_id
from tests.unit.pbx.edge_scene import BAKERY, BERLIN, KEES, NOON, SATELLITE, SHOP, Scene, abroad, bakery

pytestmark = pytest.mark.feature("CDR-11")

STAFF = Acting(kind="staff", scope="operator")


def choose(scene: Scene, most: int | None) -> None:
    """Staff set the cap."""
    fields: dict[str, Any] = {"customer_id": BAKERY, "most": most, "command_id": new_id(), "reason": "vraag"}
    set_cap(scene.store, lambda: scene.now, STAFF, scene.cap, **fields)


@pytest.mark.parametrize(
    ("number", "counts"),
    [
        (BERLIN, True),
        (SATELLITE, True),
        ("+1684000000", True),
        ("+31612345678", False),
        ("+31900123456", False),
        ("nl:112", False),
        ("nl:116123", False),
        ("nl:14020", False),
        ("user:jan", False),
        ("anon", False),
    ],
)
def test_abroad_is_every_number_of_another_country_and_none_of_ours(number: str, counts: bool) -> None:
    assert is_abroad(number) is counts


def test_five_calls_go_abroad_at_once_and_the_next_when_one_has_ended() -> None:
    scene = Scene()
    orders = [scene.out(number) for number in (BERLIN, SATELLITE) * 3]
    assert [order.code for order in orders] == [0, 0, 0, 0, 0, 480]
    assert (orders[-1].stages, orders[-1].reason) == ((), "Temporarily Unavailable")
    scene.tell(orders[0], "answered", abroad(orders[0]))
    assert scene.out(BERLIN).code == 480
    scene.tell(orders[0], "ended")
    scene.tell(orders[1], "failed")
    assert [scene.out(BERLIN).code for _ in range(3)] == [0, 0, 480]


def test_a_forward_abroad_counts_and_is_passed_over_when_there_is_no_place() -> None:
    """Jan's telephone rings all the same."""
    scene = Scene(cap=1)
    first, second = scene.into(), scene.into()
    assert [len(order.stages) for order in (first, second)] == [2, 1]
    assert abroad(first) is not None and abroad(second) is None
    assert second.stages[0].targets[0].to == "sip-jan"
    home = first.stages[0].targets[0]
    scene.tell(first, "answered", home)
    assert abroad(scene.into()) is not None, "whom Jan answered goes nowhere"


def test_a_busy_telephone_whose_calls_then_go_abroad_needs_a_place_then() -> None:
    forwards = Forwards(busy=Forward(on=True, to=BERLIN))
    scene = Scene(bakery(forwards=forwards), cap=1)
    orders = [scene.into() for _ in range(2)]
    assert scene.under_way() == set()
    left = [scene.router.again(order.call, "s0", "busy") for order in orders]
    assert left[0] is not None and abroad(left[0]) is not None
    assert left[1] is not None and (left[1].stages, left[1].code) == ((), 486)
    scene.tell(orders[0], "failed")
    assert scene.under_way() == set()


def test_what_rings_along_abroad_is_left_out_when_there_is_no_place() -> None:
    along = SimRing(on=True, numbers=(SimNumber(number=BERLIN), SimNumber(number=KEES)))
    config = structs.replace(bakery(), lines=(Line(id="winkel", number="+31850001619", simring=along),))

    def rung(state: State) -> list[str | None]:
        found = plan(config, Call(caller=SHOP, called="+31850001619"), NOON, state)
        return [target.number or target.user for target in found.steps[0].targets]  # type: ignore[union-attr]

    there = State(registered=frozenset({"winkel", "kees"}))
    assert rung(there) == ["winkel", BERLIN, "kees"]
    assert rung(structs.replace(there, full=Full(most=5))) == ["winkel", "kees"]


def test_calls_within_the_country_and_to_112_are_not_counted_and_ask_the_database_for_nothing_more() -> None:
    scene = Scene(cap=0)
    for called in ("085-000 16 15", "06-00 12 34 56", "112", "116123", "213"):
        assert scene.out(called).code in (0, 480)
        assert scene.out(called).stages, called
    order = scene.into(KEES)
    scene.tell(order, "answered", order.stages[0].targets[0])
    scene.tell(order, "ended")
    assert not [name for name in scene.asked if "abroad" in name]


def test_when_the_count_cannot_be_known_nothing_goes_abroad_and_all_else_does() -> None:
    scene = Scene()

    def trouble(name: str) -> None:
        if name == "find calls_abroad":
            raise AutoReconnect("no primary")

    scene.trouble = trouble
    assert scene.out(BERLIN).code == 480
    assert len(scene.into().stages) == 1
    assert scene.out("112").stages and scene.out("06-00 12 34 56").stages
    scene.trouble = lambda name: None
    assert scene.under_way() == set() and scene.out(BERLIN).code == 0
    assert scene.events(PbxNotificationRequested) == [], "nobody used too much"


def test_people_hear_once_a_day_that_a_call_was_refused() -> None:
    scene = Scene(cap=1)
    for _ in range(20):
        scene.out(BERLIN)
    (mail,) = scene.events(PbxNotificationRequested)
    assert (mail.customer_id, mail.data.template) == (BAKERY, "calls_abroad_full")
    assert (mail.data.registration, mail.data.roles) == ("voip_high_usage", ("user_management",))
    assert mail.data.parameters == {"most": 1, "at": "2026-11-23T11:00:00Z"}
    assert [e.data.action for e in scene.events(PbxAuditRecorded)] == ["calls_abroad.full"]
    for hours, mails in ((23, 1), (1, 2)):
        scene.now += timedelta(hours=hours)
        scene.out(BERLIN)
        scene.out(BERLIN)
        assert len(scene.events(PbxNotificationRequested)) == mails
    choose(scene, 2)
    for _ in range(4):
        scene.out(BERLIN)
    assert scene.events(PbxNotificationRequested)[-1].data.parameters["most"] == 2


def test_staff_choose_another_cap_or_none_at_all_which_is_audited() -> None:
    scene = Scene(cap=1)
    choose(scene, 2)
    assert [scene.out(BERLIN).code for _ in range(3)] == [0, 0, 480]
    choose(scene, 0)
    assert scene.out(BERLIN).code == 403
    assert len(scene.under_way()) == 2, "calls that are under way go on"
    choose(scene, None)
    assert scene.store.calls_abroad(BAKERY).most is None
    told = [entry.data for entry in scene.events(PbxAuditRecorded)]
    changed = [entry for entry in told if entry.action == "calls_abroad.changed"]
    assert [(e.before["calls_abroad"], e.after["calls_abroad"]) for e in changed] == [(1, 2), (2, 0), (0, 1)]
    assert {e.reason for e in changed} == {"vraag"}
    assert len(scene.events(PbxNotificationRequested)) == 1, "where none may go, a refusal is no news"


def outgoing(full: Full) -> Plan:
    call = Call(caller="user:jan", called=BERLIN, direction=Direction.OUT)
    return plan(bakery(), call, NOON, State(full=full))


@pytest.mark.parametrize(
    ("full", "code", "why"),
    [
        (Full(most=5), 480, "Er zijn al 5 internationale gesprekken, en meer dan dat mag niet tegelijk."),
        (Full(most=1), 480, "Er is al 1 internationaal gesprek, en meer dan dat mag niet tegelijk."),
        (Full(most=0), 403, "Internationaal bellen staat voor uw bedrijf uit."),
        (Full(), 480, "Hoeveel internationale gesprekken er zijn, was niet te tellen."),
    ],
)
def test_who_is_refused_hears_another_code_and_reads_another_reason(full: Full, code: int, why: str) -> None:
    found = outgoing(full)
    assert found.code == code
    assert found.trace[-1].why.startswith(why)


def test_the_page_of_calls_says_why_also_later() -> None:
    scene = Scene(cap=1)
    scene.out(BERLIN)
    refused = scene.out(BERLIN)
    scene.tell(refused, "failed")
    scene.db["calls"].update_one({"_id": refused.call}, {"$set": {"outcome": "missed", "code": 480}})
    scene.now += timedelta(days=2)
    shown = calls(scene.store, BAKERY, user_id=None, number=BERLIN, after=None, limit=10)["rows"]
    assert "refused" in [row["outcome"] for row in shown if row["id"] == refused.call]
    told = explain_call(scene.store, BAKERY, call_id=refused.call, user_id=None)["story"]
    assert told[-1].startswith("+49 30 000000 mag niet gebeld worden. Er is al 1 internationaal gesprek")


def test_an_answer_that_is_told_after_the_end_holds_no_place() -> None:
    scene = Scene()
    order = scene.out(BERLIN)
    scene.tell(order, "ended", abroad(order))
    scene.tell(order, "answered", abroad(order))
    assert scene.under_way() == set()


def test_an_answer_counts_whatever_was_decided() -> None:
    """By a process of the release before, or one that heard of it too late."""
    scene = Scene(cap=1)
    order = scene.out(BERLIN)
    scene.now += timedelta(minutes=10)
    assert scene.under_way() == set(), "it rang for three minutes at most"
    other = scene.out(BERLIN)
    scene.tell(order, "answered", abroad(order))
    assert scene.under_way() == {order.call, other.call}
    assert scene.out(BERLIN).code == 480


def test_calls_that_the_proxy_forgot_count_for_an_hour_more() -> None:
    """They go on without it, and nobody will tell of their end."""
    scene = Scene()
    old = scene.out(BERLIN)
    scene.tell(old, "answered", abroad(old))
    scene.now += timedelta(minutes=1)
    scene.begin_anew()
    new = scene.out(BERLIN)
    scene.tell(new, "answered", abroad(new))
    scene.now += timedelta(minutes=59)
    assert scene.under_way() == {old.call, new.call}
    scene.now += timedelta(minutes=1)
    assert scene.under_way() == {new.call}


def test_one_document_tells_what_there_is() -> None:
    scene = Scene()
    assert scene.store.calls_abroad(BAKERY) == Abroad(BAKERY)
    order = scene.out(BERLIN)
    (place,) = scene.store.calls_abroad(BAKERY).places
    assert (place.call, place.since, place.until) == (order.call, NOON, NOON + timedelta(minutes=5))
