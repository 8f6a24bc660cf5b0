"""Calls through the proxy, with telephones that ring and answer: they go where the engine says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.sip.conftest import COMPANY, SUPPORT, Edge
from tests.support.processes import until
from tests.support.sipp import (
    ANSWER,
    ANSWER_LATER,
    BUSY,
    BUSY_LATER,
    BUSY_TWICE,
    DECLINE,
    DO_NOT_DISTURB,
    RING,
    Phones,
    call,
    lasted,
)

pytestmark = [pytest.mark.xdist_group("sip"), pytest.mark.feature("PBX-11")]

JAN, KEES, SANDRA = "user-211", "user-212", "user-213"
MOBILE = "+31600123456"
BERLIN = "+4930000000"


def rung(edge: Edge, called: str, **more: Any) -> list[set[str]]:
    """Whose telephones the simulator says ring, one set for each stage."""
    asked = {"caller": MOBILE, "called": called, "direction": "in", "which": "published", **more}
    steps = edge.ask("simulate", **asked)["plan"]["steps"]
    return [{t["user"] or t["number"] for t in step["targets"]} for step in steps if step["step"] == "ring"]


def from_outside(phones: Phones, edge: Edge, called: str, **more: Any) -> Any:
    """The trunk brings a call."""
    return phones.run(call(MOBILE, called, password=False, **more), edge.house.ports.trunk)


def test_one_after_the_other(edge: Edge, phones: Phones, ports: list[int]) -> None:
    """The first member is in a call, the second does not answer, the third does; and all of it is known."""
    edge.publish()
    for user, port in zip((JAN, KEES, SANDRA), ports, strict=False):
        edge.register(phones, user, port)
    busy, rings, answers = (phones.answering(s, p) for s, p in zip((BUSY, RING, ANSWER), ports, strict=False))
    from_outside(phones, edge, SUPPORT).wait()
    for phone in (busy, rings, answers):
        phone.wait()
    assert rung(edge, SUPPORT) == [{JAN}, {KEES}, {SANDRA}]
    assert answers.header("From").startswith('"Support" <sip:0600123456@tikker>')

    row = edge.calls(1)[0]
    assert (row["outcome"], row["direction"]) == ("answered", "in")
    assert lasted(row["duration"], 1.0)
    assert row["answered_by"] == "Sandra (213)"
    found = edge.ask("explain_call", call_id=row["id"], user_id=KEES)
    assert [(leg["who"], leg["result"]) for leg in found["legs"]] == [
        (["Jan (211)"], "486"),
        (["Kees (212)"], "time"),
    ]
    assert found["story"] == ["Het toestel van Kees (212) ging over na 0 seconden."]
    whole = edge.ask("explain_call", call_id=row["id"])
    assert "Jan (211) overgeslagen. Al in gesprek." in whole["story"]


def test_all_at_once_and_the_first_to_answer_wins(edge: Edge, phones: Phones, ports: list[int]) -> None:
    edge.publish(support={"policy": "simultaneous"})
    for user, port in zip((JAN, KEES, SANDRA), ports, strict=False):
        edge.register(phones, user, port)
    first, second, third = (phones.answering(s, p) for s, p in zip((RING, ANSWER, RING), ports, strict=False))
    from_outside(phones, edge, SUPPORT, seconds=0.1).wait()
    for phone in (first, second, third):
        phone.wait()
    assert rung(edge, SUPPORT) == [{JAN, KEES, SANDRA}]
    assert edge.calls(1)[0]["answered_by"] == "Kees (212)"


def test_one_who_declines_silences_nobody_else(edge: Edge, phones: Phones, ports: list[int]) -> None:
    edge.publish(support={"policy": "simultaneous"})
    for user, port in zip((JAN, KEES, SANDRA), ports, strict=False):
        edge.register(phones, user, port)
    scenarios = (DECLINE, RING, ANSWER_LATER)
    ringing = [phones.answering(s, p) for s, p in zip(scenarios, ports, strict=False)]
    from_outside(phones, edge, SUPPORT, seconds=0.1).wait()
    for phone in ringing:
        phone.wait()
    assert edge.calls(1)[0]["answered_by"] == "Sandra (213)"


def test_when_one_declines_and_another_rings_in_vain_nobody_answered(
    edge: Edge, phones: Phones, ports: list[int]
) -> None:
    """The caller goes where who waited in vain goes, and does not hear that everybody is busy."""
    hunt = {"policy": "simultaneous", "members": [JAN, KEES], "wait_on": True, "wait_seconds": 2}
    edge.publish(support={**hunt, "busy_tone": True, "overflow_to": "213"})
    for user, port in zip((JAN, KEES, SANDRA), ports, strict=False):
        edge.register(phones, user, port)
    scenarios = (DECLINE, RING, ANSWER)
    ringing = [phones.answering(s, p) for s, p in zip(scenarios, ports, strict=False)]
    from_outside(phones, edge, SUPPORT, seconds=0.1).wait()
    for phone in ringing:
        phone.wait()
    row = edge.calls(1)[0]
    assert row["answered_by"] == "Sandra (213)"
    (leg,) = edge.ask("explain_call", call_id=row["id"])["legs"]
    assert (leg["who"], leg["result"]) == (["Jan (211)", "Kees (212)"], "time")


def test_when_all_refuse_everybody_was_busy(edge: Edge, phones: Phones, ports: list[int]) -> None:
    """And so is Sandra after them: the caller hears that."""
    edge.publish(support={"policy": "simultaneous", "members": [JAN, KEES], "busy_to": "213"})
    for user, port in zip((JAN, KEES, SANDRA), ports, strict=False):
        edge.register(phones, user, port)
    busy = [phones.answering(s, p) for s, p in zip((DECLINE, BUSY, DECLINE), ports, strict=False)]
    from_outside(phones, edge, SUPPORT, end="486").wait()
    for phone in busy:
        phone.wait()
    found = edge.ask("explain_call", call_id=edge.calls(1)[0]["id"])
    assert [leg["who"] for leg in found["legs"]] == [["Jan (211)", "Kees (212)"], ["Sandra (213)"]]


@pytest.mark.parametrize("refusal", [DECLINE, BUSY], ids=["declines", "in-a-call"])
def test_one_of_two_who_refuse_at_once_was_busy(
    edge: Edge, phones: Phones, ports: list[int], refusal: str
) -> None:
    """The other does not want to be disturbed (480). Nobody rang in vain: the caller goes the way of busy."""
    edge.publish(support={"policy": "simultaneous", "members": [JAN, KEES], "busy_to": "213"})
    for user, port in zip((JAN, KEES, SANDRA), ports, strict=False):
        edge.register(phones, user, port)
    scenarios = (refusal, DO_NOT_DISTURB, ANSWER)
    ringing = [phones.answering(s, p) for s, p in zip(scenarios, ports, strict=False)]
    from_outside(phones, edge, SUPPORT, seconds=0.1).wait()
    for phone in ringing:
        phone.wait()


def test_an_answer_that_arrives_twice_says_nothing_of_who_rings_next(
    edge: Edge, phones: Phones, ports: list[int]
) -> None:
    edge.publish(support={"members": [JAN, KEES], "busy_to": "213"})
    for user, port in zip((JAN, KEES, SANDRA), ports, strict=False):
        edge.register(phones, user, port)
    scenarios = (BUSY_TWICE, BUSY_LATER, ANSWER)
    ringing = [phones.answering(s, p) for s, p in zip(scenarios, ports, strict=False)]
    from_outside(phones, edge, SUPPORT, seconds=0.1).wait()
    for phone in ringing:
        phone.wait()


def test_a_telephone_that_went_without_a_word_takes_the_way_of_no_internet(
    edge: Edge, phones: Phones, ports: list[int]
) -> None:
    """pbx still thinks that Jan is registered; the proxy knows better and asks again."""
    edge.publish(jan={"forwards": {"offline": {"on": True, "to": MOBILE}}})
    edge.register(phones, JAN, ports[0])
    edge.forget(JAN)
    edge.register(phones, SANDRA, ports[1])
    trunk = phones.answering(ANSWER, edge.house.ports.trunk)
    phones.run(call(edge.accounts[SANDRA][0], "211"), ports[1], edge.accounts[SANDRA]).wait()
    trunk.wait()
    row = edge.calls(1)[0]
    assert (row["answered_by"], row["direction"]) == ("06-00 12 34 56", "internal")


def test_nobody_there_is_told_at_once(edge: Edge, phones: Phones) -> None:
    edge.publish()
    from_outside(phones, edge, SUPPORT, end="480").wait()
    from_outside(phones, edge, "+31850001699", end="404").wait()
    assert edge.calls(1)[0]["outcome"] == "missed"


def test_busy_takes_the_way_of_busy(edge: Edge, phones: Phones, ports: list[int]) -> None:
    """Sandra sees where the call comes from, and the number of who calls."""
    edge.publish(jan={"forwards": {"busy": {"on": True, "to": "213"}}})
    edge.register(phones, JAN, ports[0])
    edge.register(phones, SANDRA, ports[1])
    edge.register(phones, KEES, ports[2])
    busy, answers = phones.answering(BUSY, ports[0]), phones.answering(ANSWER, ports[1])
    phones.run(call(edge.accounts[KEES][0], "211", seconds=0.1), ports[2], edge.accounts[KEES]).wait()
    busy.wait()
    answers.wait()
    assert answers.header("From").startswith('"Jan" <sip:212@tikker>')


def test_a_call_that_nobody_answers_goes_on_over_the_trunk(
    edge: Edge, phones: Phones, ports: list[int]
) -> None:
    """After its rings; the trunk sees who calls, and the customer's number pays."""
    edge.publish(
        jan={"number": COMPANY, "forwards": {"no_answer": {"on": True, "to": "+31600999888", "rings": 1}}}
    )
    edge.register(phones, JAN, ports[0])
    edge.register(phones, KEES, ports[1])
    rings = phones.answering(RING, ports[0])
    trunk = phones.answering(ANSWER, edge.house.ports.trunk)
    phones.run(call(edge.accounts[KEES][0], "211", seconds=0.1), ports[1], edge.accounts[KEES]).wait()
    rings.wait()
    trunk.wait()
    assert trunk.messages.count("INVITE sip:+31600999888@127.0.0.1") == 1
    usage = edge.usage("+31600999888")
    assert (usage["charged"], usage["direction"]) == (COMPANY, "out")


@pytest.mark.feature("CDR-11")
def test_one_call_abroad_too_many_is_refused_for_as_long_as_the_others_last(
    edge: Edge, phones: Phones, ports: list[int]
) -> None:
    """Jan talks with Berlin; Kees may not meanwhile, and reads why."""
    edge.publish()
    edge.staff("set_calls_abroad", customer_id=edge.customer_id, most=1)
    for user, port in zip((JAN, KEES), ports, strict=False):
        edge.register(phones, user, port)
    jan, kees = edge.accounts[JAN], edge.accounts[KEES]
    trunk = phones.answering(ANSWER, edge.house.ports.trunk)
    first = phones.run(call(jan[0], BERLIN, seconds=1.5), ports[0], jan)
    talking = {"up": True, "called": BERLIN}
    until(lambda: edge.database["calls"].find_one(talking), what="the call to Berlin")
    phones.run(call(kees[0], BERLIN, end="480"), ports[1], kees).wait()
    refused = next(row for row in edge.ask("calls", limit=2)["rows"] if row["caller"] == "Kees (212)")
    why = edge.ask("explain_call", call_id=refused["id"])["story"][-1]
    assert "Er is al 1 internationaal gesprek" in why
    first.wait()
    trunk.wait()
    until(lambda: edge.database["calls_abroad"].find_one({"places": []}), what="the place given back")
    edge.staff("set_calls_abroad", customer_id=edge.customer_id, most=None)
