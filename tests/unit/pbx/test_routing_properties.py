"""What holds for every configuration, also one that makes no sense."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.pbx.domain.checks import check
from services.pbx.domain.config import (
    Action,
    AfterGreeting,
    Company,
    Config,
    ElementNight,
    Follow,
    Forward,
    Forwards,
    Group,
    Key,
    Line,
    Menu,
    MenuSide,
    Night,
    NightState,
    OutgoingBlocks,
    PbxUser,
    Policy,
    SimNumber,
    SimRing,
    Voicemail,
)
from services.pbx.domain.graph import graph
from services.pbx.domain.routing import Call, State, plan
from services.pbx.domain.routing.classes import OutClass, out_class
from services.pbx.domain.routing.values import Direction, Plan, Ring, Transfer
from services.pbx.domain.rules import problems

EXTENSIONS = ("201", "202", "203", "101", "102", "555", "999")
OUTSIDE = (
    "06-12345678", "0031900-0000", "+31 (0)909 0000", "0906-0000", "003222000012", "0201234567", "0900-8844",
)  # fmt: skip
NUMBERS = ("+31850001600", "+31850001601", "+31850001602")
EMERGENCY = ("112", "0031112", "nl:112", "113", "116000")

destinations = st.sampled_from((*EXTENSIONS, *NUMBERS, *OUTSIDE, "", "hallo", "777", "112"))
flags = st.booleans()
rings = st.integers(0, 12)
forward = st.builds(Forward, on=flags, to=destinations, rings=rings)
all_forwards = st.builds(Forwards, always=forward, busy=forward, no_answer=forward, offline=forward)
voicemails = st.builds(
    Voicemail,
    on=flags,
    always=flags,
    busy=flags,
    no_answer=flags,
    rings=rings,
    after=st.sampled_from(AfterGreeting),
    transfer_to=destinations,
)
nights = st.builds(ElementNight, mode=st.sampled_from(Follow), destination=st.none() | destinations)
extension = st.none() | st.sampled_from(EXTENSIONS)
number = st.none() | st.sampled_from(NUMBERS)
IDS = ("a", "b", "c")
users = st.builds(
    PbxUser,
    id=st.sampled_from(IDS),
    username=st.just("u"),
    number=number,
    extension=extension,
    call_waiting=flags,
    voicemail=voicemails,
    forwards=all_forwards,
    night=nights,
)
groups = st.builds(
    Group,
    id=st.just("g"),
    name=st.just("g"),
    number=number,
    extension=extension,
    members=st.lists(st.sampled_from((*IDS, "gone")), max_size=4).map(tuple),
    policy=st.sampled_from(Policy),
    next_on=flags,
    next_rings=rings,
    wait_on=flags,
    wait_seconds=st.integers(-5, 200),
    overflow_to=destinations,
    busy_to=destinations,
    offline_on=flags,
    offline_to=destinations,
    busy_tone=flags,
    night=nights,
)
keys = st.dictionaries(
    st.sampled_from("0129*#"), st.builds(Key, action=st.sampled_from(Action), to=destinations), max_size=4
)
sides = st.builds(MenuSide, keys=keys)
menus = st.builds(
    Menu,
    id=st.just("m"),
    name=st.just("m"),
    number=number,
    extension=extension,
    extension_dialling=flags,
    open=sides,
    closed=sides,
    night=nights,
)
simrings = st.builds(
    SimRing,
    on=flags,
    numbers=st.lists(st.builds(SimNumber, number=destinations), max_size=2).map(tuple),
    during_call=flags,
)
lines = st.builds(
    Line,
    id=st.just("l"),
    number=st.sampled_from(NUMBERS),
    voicemail=voicemails,
    forwards=all_forwards,
    simring=simrings,
)


def several(kind: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(kind, max_size=most).map(tuple)


configs = st.builds(
    Config,
    company=st.builds(Company, number=number),
    outgoing=st.builds(OutgoingBlocks, **{name: flags for name in OutgoingBlocks.__struct_fields__}),
    night=st.builds(Night, state=st.sampled_from(NightState), destination=destinations),
    users=several(users, 3),
    groups=several(groups, 2),
    menus=several(menus, 2),
    lines=several(lines, 1),
)
presses = st.lists(st.sampled_from(("", "0", "1", "2", "9", "#", "201", "2019", "0*1")), max_size=6).map(
    tuple
)
calls = st.builds(
    Call,
    caller=st.sampled_from(("+31600000012", "anon", "", "user:a", "line:l", "ext:201", "onzin")),
    called=st.sampled_from((*EXTENSIONS, *NUMBERS, *OUTSIDE, "", "hallo", "1233")),
    direction=st.sampled_from(Direction),
    key_presses=presses,
)
who = st.frozensets(st.sampled_from((*IDS, "l")))
states = st.builds(State, registered=who, busy=who)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)


def dialled(found: Plan) -> list[str]:
    """Every outside number that the plan calls."""
    transfers = [step.to for step in found.steps if isinstance(step, Transfer)]
    along = [target.number for step in found.steps if isinstance(step, Ring) for target in step.targets]
    return [*transfers, *(known for known in along if known is not None)]


@pytest.mark.feature("PBX-11")
@given(configs, calls, moments, states)
def test_every_plan_ends_and_can_be_written_as_json(
    config: Config, call: Call, now: datetime, known: State
) -> None:
    found = plan(config, call, now, known)
    assert len(found.steps) < 1_000
    assert found.steps and found.reason and found.code >= 200
    assert msgspec.json.decode(msgspec.json.encode(found), type=Plan) == found


@pytest.mark.feature("PBX-11")
@given(configs, calls, moments, states)
def test_the_same_question_has_the_same_answer(
    config: Config, call: Call, now: datetime, known: State
) -> None:
    again = msgspec.json.decode(msgspec.json.encode(config), type=Config)
    assert plan(config, call, now, known) == plan(again, call, now, known)


@pytest.mark.feature("TEL-01", "PBX-04", "PBX-11")
@given(configs, calls, moments, states, st.sampled_from(EMERGENCY))
def test_emergency_is_never_refused(
    config: Config, call: Call, now: datetime, known: State, called: str
) -> None:
    found = plan(config, msgspec.structs.replace(call, called=called), now, known)
    assert [type(step) for step in found.steps] == [Transfer] and found.code == 200


@pytest.mark.feature("TEL-01", "PBX-04")
@settings(max_examples=300)
@given(configs, calls, moments, states)
def test_a_blocked_class_is_never_dialled_nor_by_a_forward(
    config: Config, call: Call, now: datetime, known: State
) -> None:
    names = {kind.value: kind for kind in OutClass}
    blocked = {names[name] for name in OutgoingBlocks.__struct_fields__ if getattr(config.outgoing, name)}
    assert not blocked & {out_class(number) for number in dialled(plan(config, call, now, known))}


@given(configs, calls, moments, states)
def test_only_who_is_there_rings(config: Config, call: Call, now: datetime, known: State) -> None:
    found = plan(config, call, now, known)
    rung = {target.user for step in found.steps if isinstance(step, Ring) for target in step.targets}
    assert rung - {None} <= known.registered


@given(configs, moments)
def test_check_rules_and_picture_have_an_answer_for_everything(config: Config, now: datetime) -> None:
    check(config, NUMBERS, now)
    problems(config, NUMBERS)
    nodes = {node.id for node in graph(config, NUMBERS, now).nodes}
    assert all({edge.source, edge.target} <= nodes for edge in graph(config, NUMBERS, now).edges)
