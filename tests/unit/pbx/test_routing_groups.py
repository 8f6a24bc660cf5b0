"""A call for a group: PBX-08 and the order of the hunt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.pbx.domain.config import Config, Policy
from services.pbx.domain.routing import Call, State, plan
from services.pbx.domain.routing.directory import everybody
from services.pbx.domain.routing.values import Ring, Wait
from tests.unit.pbx.plans import (
    CALLER,
    MAILED,
    MONDAY_AFTERNOON,
    ends,
    forwards,
    group,
    outside,
    pbx,
    rung,
    told,
    user,
)

NUMBER = "+31850001611"


def three(**values: Any) -> Config:
    """A group of 211, 212 and 213; and 209 for what nobody answers."""
    return pbx(*map(user, ("211", "212", "213", "209")), group("211", "212", "213", number=NUMBER, **values))


# the group; who is absent, in a call, answered last; who rings; how it ends
CASES = {
    "regular: from the top, one round, 480": ({}, {}, [("211", 18), ("212", 18), ("213", 18)], "480"),
    "next after 1 ring": ({"next_rings": 1}, {}, [("211", 6), ("212", 6), ("213", 6)], "480"),
    "without next: the first only": ({"next_on": False}, {}, [("211", 60)], "480"),
    "without next, with a waiting time": (
        {"next_on": False, "wait_on": True, "wait_seconds": 40}, {}, [("211", 40)], "480",
    ),
    "no timer: one round, then the destination": (
        {"overflow_to": "209"}, {}, [("211", 18), ("212", 18), ("213", 18), ("209", 60)], "480",
    ),
    "waiting time cuts the round": (
        {"wait_on": True, "wait_seconds": 40, "overflow_to": "209"},
        {}, [("211", 18), ("212", 18), ("213", 4), ("209", 60)], "480",
    ),
    "waiting time: round again until it is over": (
        {"wait_on": True, "wait_seconds": 60, "overflow_to": "209"},
        {}, [("211", 18), ("212", 18), ("213", 18), ("211", 6), ("209", 60)], "480",
    ),
    "waiting time 0: on at once": (
        {"wait_on": True, "wait_seconds": 0, "overflow_to": "209"}, {}, [("209", 60)], "480",
    ),
    "not registered is skipped": ({}, {"absent": ("211",)}, [("212", 18), ("213", 18)], "480"),
    "in a call is skipped": ({}, {"busy": ("212",)}, [("211", 18), ("213", 18)], "480"),
    "nobody registered": ({"overflow_to": "209"}, {"absent": ("211", "212", "213")}, [], "480"),
    "nobody registered, with a destination": (
        {"offline_on": True, "offline_to": "209"}, {"absent": ("211", "212", "213")}, [("209", 60)], "480",
    ),
    "all busy, busy tone": (
        {"busy_tone": True, "overflow_to": "209"}, {"busy": ("211", "212", "213")}, [], "486",
    ),
    "all busy, busy destination": (
        {"busy_tone": True, "busy_to": "209"}, {"busy": ("211", "212", "213")}, [("209", 60)], "480",
    ),
    "all who are there are busy": (
        {"busy_tone": True}, {"busy": ("211", "212"), "absent": ("213",)}, [], "486",
    ),
    "all busy, no tone: wait, then on": (
        {"wait_on": True, "wait_seconds": 45, "overflow_to": "209"},
        {"busy": ("211", "212", "213")}, [("209", 60)], "480",
    ),
    "circular: after the last to answer": (
        {"policy": Policy.CIRCULAR}, {"last_answered": {"g": "211"}},
        [("212", 18), ("213", 18), ("211", 18)], "480",
    ),
    "circular: after the last one comes the first": (
        {"policy": Policy.CIRCULAR}, {"last_answered": {"g": "213"}},
        [("211", 18), ("212", 18), ("213", 18)], "480",
    ),
    "circular: who answered last is a member no more": (
        {"policy": Policy.CIRCULAR}, {"last_answered": {"g": "209"}},
        [("211", 18), ("212", 18), ("213", 18)], "480",
    ),
    "regular: who answered last does not count": (
        {}, {"last_answered": {"g": "211"}}, [("211", 18), ("212", 18), ("213", 18)], "480",
    ),
    "simultaneous: all who are free": (
        {"policy": Policy.SIMULTANEOUS}, {"busy": ("212",)}, [("211+213", 60)], "480",
    ),
    "simultaneous, with a waiting time": (
        {"policy": Policy.SIMULTANEOUS, "wait_on": True, "wait_seconds": 25},
        {}, [("211+212+213", 25)], "480",
    ),
}  # fmt: skip


@pytest.mark.feature("PBX-08", "PBX-11")
@pytest.mark.parametrize(("values", "known", "rings", "end"), CASES.values(), ids=CASES.keys())
def test_a_group_is_called(
    values: dict[str, Any], known: dict[str, Any], rings: list[tuple[str, int]], end: str
) -> None:
    found = outside(three(**values), NUMBER, **known)
    assert (rung(found), ends(found)) == (rings, end)


def test_the_caller_waits_with_music_while_all_are_busy() -> None:
    found = outside(three(wait_on=True, wait_seconds=45), NUMBER, busy=("211", "212", "213"))
    assert isinstance(found.steps[0], Wait) and found.steps[0].seconds == 45


@pytest.mark.feature("PBX-08")
def test_uniform_begins_with_who_was_idle_longest_by_calls_of_the_group_only() -> None:
    earlier = MONDAY_AFTERNOON.astimezone(UTC)
    at = {"211": earlier - timedelta(minutes=5), "213": earlier - timedelta(minutes=50)}
    other = {"212": earlier}
    found = outside(three(policy=Policy.UNIFORM), NUMBER, last_answered_at={"g": at, "another group": other})
    assert [who for who, _seconds in rung(found)] == ["212", "213", "211"]


@pytest.mark.feature("PBX-08")
def test_a_members_own_forward_and_voicemail_do_not_apply() -> None:
    own = user("211", forwards=forwards(always="+31600000099"), voicemail=MAILED)
    config = pbx(own, user("212"), group("211", "212", number=NUMBER))
    assert rung(outside(config, NUMBER)) == [("211", 18), ("212", 18)]


@pytest.mark.feature("PBX-08")
def test_a_member_in_a_call_rings_where_call_waiting_is_on() -> None:
    config = pbx(user("211", call_waiting=True), group("211", number=NUMBER))
    assert rung(outside(config, NUMBER, busy=("211",))) == [("211", 18)]


@pytest.mark.feature("PBX-08")
def test_the_called_telephone_shows_where_the_call_comes_from() -> None:
    step = outside(three(first_name="Belgroep", last_name="Twee"), NUMBER).steps[0]
    assert isinstance(step, Ring) and step.shows == "Belgroep Twee"


def test_one_ring_is_a_setting() -> None:
    config = pbx(user("211"), group("211", "212", number=NUMBER, next_rings=2), user("212"), ring_seconds=5)
    assert rung(outside(config, NUMBER)) == [("211", 10), ("212", 10)]


def test_the_story_says_who_was_passed_over_and_why() -> None:
    found = outside(three(), NUMBER, absent=("211",), busy=("212",))
    passed = {line.what: line.why for line in found.trace if not line.taken}
    assert passed == {
        "U211 (211) overgeslagen": "Het toestel is niet aangemeld.",
        "U212 (212) overgeslagen": "Al in gesprek.",
    }
    assert "Vaste volgorde" in told(found)


def _first(config: Config, known: State) -> str:
    return rung(plan(config, Call(caller=CALLER, called=NUMBER), MONDAY_AFTERNOON, known))[0][0]


@pytest.mark.feature("PBX-08")
@given(
    size=st.integers(1, 6),
    calls=st.integers(1, 30),
    policy=st.sampled_from([Policy.CIRCULAR, Policy.UNIFORM]),
)
def test_circular_and_uniform_are_fair(size: int, calls: int, policy: Policy) -> None:
    """When whoever rings first answers, nobody has two calls more than another."""
    members = [str(211 + place) for place in range(size)]
    config = pbx(*map(user, members), group(*members, number=NUMBER, policy=policy))
    answered = dict.fromkeys(members, 0)
    last: dict[str, str] = {}
    at: dict[str, datetime] = {}
    for call in range(calls):
        registered = everybody(config).registered
        known = State(
            registered=registered, last_answered={"g": last["g"]} if last else {}, last_answered_at={"g": at}
        )
        first = _first(config, known)
        answered[first] += 1
        last, at = {"g": first}, {**at, first: MONDAY_AFTERNOON + timedelta(minutes=call)}
    assert max(answered.values()) - min(answered.values()) <= 1
