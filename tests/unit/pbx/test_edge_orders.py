"""A plan as the SIP proxy gets it: stages of telephones, what they show, who pays, and how it ends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from services.pbx.demo.example import COMPANY_NUMBER, SUPPORT_NUMBER, example
from services.pbx.domain.config import Config, Forward, Forwards, Line, SimNumber, SimRing
from services.pbx.domain.edge.orders import Maker, national
from services.pbx.domain.edge.position import Position, position
from services.pbx.domain.edge.stages import MOST_LEGS, Branch, Leg, Order, Stage, fitted
from services.pbx.domain.routing import Call, State, plan
from services.pbx.domain.routing.directory import everybody
from services.pbx.domain.routing.values import Direction

pytestmark = pytest.mark.feature("PBX-11")

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
MOBILE = "+31600123456"
LINE = Line(
    id="line-1",
    number="+31850001619",
    name="Winkel",
    simring=SimRing(
        on=True, numbers=(SimNumber(number=MOBILE), SimNumber(number="0611111111", confirm=True))
    ),
)


def order_of(call: Call, config: Config | None = None, state: State | None = None) -> Order:
    """Everybody has one telephone, whose SIP user is ``sip-`` and their extension or ID."""
    config = config or example()
    found = plan(config, call, NOON, state or everybody(config))
    return Maker(config, "customer", call, lambda who: (f"sip-{who.rpartition('-')[2]}",)).order("c", found)


def rung(order: Order) -> list[list[str]]:
    return [[branch.to for branch in stage.targets] for stage in order.stages]


def outgoing(number: str, user: str = "user-213") -> Call:
    return Call(caller=f"user:{user}", called=number, direction=Direction.OUT)


def changed(user_id: str, **fields: Any) -> Config:
    config = example()
    users = tuple(structs.replace(u, **fields) if u.id == user_id else u for u in config.users)
    return structs.replace(config, users=users)


def test_a_group_rings_member_by_member_and_then_its_destination() -> None:
    order = order_of(Call(caller=MOBILE, called=SUPPORT_NUMBER))
    assert rung(order)[:5] == [["sip-211"], ["sip-213"], ["sip-212"], ["sip-211"], ["sip-209"]]
    assert [stage.ms for stage in order.stages[:5]] == [24000, 24000, 24000, 8000, 30000]
    assert {(s.name, s.number) for s in order.stages[:5]} == {("Belgroep Support", "0600123456")}
    assert (order.code, order.own) == (480, "")


@pytest.mark.feature("PBX-16")
def test_the_media_server_answers_where_somebody_has_to_speak() -> None:
    """The reception's voicemail, after its telephone; it is told at which step of which decision it is."""
    speech = order_of(Call(caller=MOBILE, called=SUPPORT_NUMBER)).stages[5]
    (branch,) = speech.targets
    assert (branch.kind, position(branch.to)) == ("media", Position(0, 5))
    assert (branch.leg.who, speech.ms) == ("voicemail:user-209", 4000)


@pytest.mark.feature("PBX-16")
def test_a_menu_counts_as_silence_when_the_media_server_does_not_answer() -> None:
    """Its reception rings then; where there is none the caller hears that nobody can be reached."""
    assert rung(order_of(Call(caller=MOBILE, called=COMPANY_NUMBER))) == [["0-0-start-0---0-"], ["sip-209"]]
    night = Call(caller=MOBILE, called=COMPANY_NUMBER)
    config = example()
    found = plan(config, night, datetime(2026, 11, 23, 22, tzinfo=UTC), everybody(config))
    order = Maker(config, "customer", night, lambda who: ()).order("c", found)
    assert ([stage.targets[0].kind for stage in order.stages], order.code) == (["media"], 480)


@pytest.mark.feature("PBX-16")
def test_for_who_is_with_the_media_server_only_what_rings_now_is_ordered() -> None:
    """The telephones up to where somebody has to speak again; stages go on counting."""
    call, config = Call(caller=MOBILE, called=COMPANY_NUMBER), example()
    found = plan(config, call, NOON, everybody(config))
    maker = Maker(config, "customer", call, lambda who: (f"sip-{who.rpartition('-')[2]}",))
    order = maker.onward("c.0x1", found, 1, first=2)
    assert (rung(order), order.code) == ([["sip-209"]], 480)
    assert [stage.id for stage in order.stages] == ["s2"]

    config = changed("user-213", forwards=Forwards(always=Forward(on=True, to=MOBILE)))
    call = Call(caller=MOBILE, called="+31850001615")
    found = plan(config, call, NOON, everybody(config))
    out = Maker(config, "customer", call, lambda who: ()).onward("c.0x0", found, 0)
    assert (rung(out), out.code) == ([[MOBILE]], 0)


@pytest.mark.parametrize(
    ("shows", "name", "number"),
    [({}, "Bakkerij Voorbeeld B.V.", COMPANY_NUMBER), ({"hide_number": True}, "anonymous", COMPANY_NUMBER)],
)
def test_a_call_outside_shows_what_is_set_and_the_trunk_knows_who_it_is(
    shows: dict[str, Any], name: str, number: str
) -> None:
    order = order_of(outgoing("06-00123456"), changed("user-213", **shows))
    (stage,) = order.stages
    assert (stage.targets[0].kind, stage.targets[0].to) == ("trunk", MOBILE)
    assert (stage.name, stage.number, order.code) == (name, number, 0)
    bill = stage.targets[0].leg.bill
    assert bill is not None
    assert (bill.charged, bill.receiver, bill.direction) == ("+31850001615", MOBILE, "out")


def test_a_forward_is_paid_by_who_forwards_and_says_who_called() -> None:
    config = changed("user-213", forwards=Forwards(always=Forward(on=True, to=MOBILE)))
    (stage,) = order_of(Call(caller="+31201234567", called="+31850001615"), config).stages
    bill = stage.targets[0].leg.bill
    assert bill is not None
    assert (bill.charged, bill.sender, bill.direction) == ("+31850001615", "+31201234567", "forward")


def test_a_telephone_that_rings_along_is_left_out_when_it_would_have_to_confirm() -> None:
    """Nothing can ask whoever answers to press a key; a mobile's own voicemail would swallow the calls."""
    config = structs.replace(example(), lines=(LINE,))
    state = State(registered=frozenset({"line-1"}))
    (stage,) = order_of(Call(caller="anonymous", called=LINE.number), config, state).stages
    assert [(branch.kind, branch.to) for branch in stage.targets] == [("phone", "sip-1"), ("trunk", MOBILE)]
    bill = stage.targets[1].leg.bill
    assert bill is not None
    assert (bill.charged, bill.sender) == (LINE.number, "anon")
    assert stage.name == "anonymous"


def test_112_has_no_letters_before_it() -> None:
    (stage,) = order_of(outgoing("112")).stages
    assert stage.targets[0].to == "112"


@pytest.mark.parametrize(("called", "code"), [("3333", 404), ("0031900123456", 403)])
def test_what_may_not_or_cannot_be_called_is_refused(called: str, code: int) -> None:
    config = structs.replace(example(), outgoing=structs.replace(example().outgoing, service_0900=True))
    order = order_of(outgoing(called), config)
    assert (order.stages, order.code) == ((), code)


@pytest.mark.parametrize(
    ("number", "dialled"),
    [("+31612345678", "0612345678"), ("+4930123456", "004930123456"), ("nl:112", "nl:112"), ("", "")],
)
def test_our_telephones_show_numbers_as_they_are_dialled(number: str, dialled: str) -> None:
    assert national(number) == dialled


def stage_of(names: list[str], ms: int, kind: str = "phone") -> Stage:
    legs = tuple(Branch(kind=kind, to=n, leg=Leg(customer="c", who=f"user:{n}", stage="")) for n in names)
    return Stage(id="", ms=ms, targets=legs)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=4, unique=True), max_size=60),
    st.booleans(),
)
def test_a_plan_fits_the_proxy_without_losing_anybody_or_time(
    rounds: list[list[str]], goes_out: bool
) -> None:
    stages = [stage_of(names, 1000) for names in rounds]
    stages += [stage_of(["+31612345678"], 5000, "trunk")] if goes_out else []
    found = fitted(stages, MOST_LEGS)
    assert sum(len(stage.targets) for stage in found) <= MOST_LEGS
    assert {b.to for s in found for b in s.targets} == {b.to for s in stages for b in s.targets}
    assert sum(stage.ms for stage in found) == sum(stage.ms for stage in stages)
    assert not goes_out or found[-1] == stages[-1]
