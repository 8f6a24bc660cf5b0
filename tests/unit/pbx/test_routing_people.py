"""A call for a user or a line: TEL-03, TEL-04, TEL-05, TEL-07, PBX-07, PBX-10."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from services.pbx.domain.config import (
    AfterGreeting,
    BlockRule,
    Callers,
    IncomingBlocks,
    OutgoingBlocks,
    Schedule,
    SimNumber,
    SimRing,
    Slot,
    Voicemail,
)
from services.pbx.domain.routing.values import Mailbox, Ring
from services.pbx.domain.routing.values import Voicemail as VoicemailStep
from shared.days import ZONE
from tests.unit.pbx.plans import (
    MAILED,
    company_voicemail,
    ends,
    forwards,
    inside,
    line,
    outside,
    pbx,
    rung,
    told,
    user,
)

MOBILE = "+31600000099"
NUMBER = "+31850001601"
LINE = "+31850001620"


def voicemail(**values: Any) -> Voicemail:
    return Voicemail(on=True, email="post@voorbeeld.example", **values)


# what is set on the user or line; is it there / in a call; who rings for how long; how it ends
CASES = {
    "nothing set: ten rings, no answer": ({}, "", [("201", 60)], "480"),
    "nothing set, in a call": ({}, "busy", [], "486"),
    "nothing set, not registered": ({}, "absent", [], "480"),
    "voicemail: no answer, 5 rings": ({"voicemail": MAILED}, "", [("201", 30)], "voicemail 201"),
    "voicemail after 2 rings": ({"voicemail": voicemail(rings=2)}, "", [("201", 12)], "voicemail 201"),
    "voicemail for all calls": ({"voicemail": voicemail(always=True)}, "", [], "voicemail 201"),
    "voicemail when busy": ({"voicemail": voicemail(busy=True)}, "busy", [], "voicemail 201"),
    "no voicemail when busy": ({"voicemail": voicemail()}, "busy", [], "486"),
    "only when busy": ({"voicemail": voicemail(busy=True, no_answer=False)}, "", [("201", 60)], "480"),
    "voicemail that is off": ({"voicemail": Voicemail(always=True, busy=True)}, "", [("201", 60)], "480"),
    "forward direct": ({"forwards": forwards(always=MOBILE)}, "", [], f"to {MOBILE}"),
    "forward when busy": ({"forwards": forwards(busy=MOBILE)}, "busy", [], f"to {MOBILE}"),
    "forward at no answer": (
        {"forwards": forwards(no_answer=(MOBILE, 3))}, "", [("201", 18)], f"to {MOBILE}",
    ),
    "forward without internet": ({"forwards": forwards(offline=MOBILE)}, "absent", [], f"to {MOBILE}"),
    "not registered: no-answer voicemail": ({"voicemail": MAILED}, "absent", [], "voicemail 201"),
    "not registered: the no-answer forward is not for that": (
        {"forwards": forwards(no_answer=(MOBILE, 3))}, "absent", [], "480",
    ),
    "direct forward before voicemail of all calls": (
        {"forwards": forwards(always=MOBILE), "voicemail": voicemail(always=True)}, "", [], f"to {MOBILE}",
    ),
    "busy forward before busy voicemail": (
        {"forwards": forwards(busy=MOBILE), "voicemail": voicemail(busy=True)}, "busy", [], f"to {MOBILE}",
    ),
    "offline forward before no-answer voicemail": (
        {"forwards": forwards(offline=MOBILE), "voicemail": MAILED}, "absent", [], f"to {MOBILE}",
    ),
    "fewer rings win: forward": (
        {"forwards": forwards(no_answer=(MOBILE, 3)), "voicemail": MAILED}, "", [("201", 18)], f"to {MOBILE}",
    ),
    "fewer rings win: voicemail": (
        {"forwards": forwards(no_answer=(MOBILE, 6)), "voicemail": MAILED},
        "", [("201", 30)], "voicemail 201",
    ),
    "as many rings: forward": (
        {"forwards": forwards(no_answer=(MOBILE, 5)), "voicemail": MAILED}, "", [("201", 30)], f"to {MOBILE}",
    ),
    "forward inside": (
        {"forwards": forwards(no_answer=("202", 2))}, "", [("201", 12), ("202", 60)], "480",
    ),
    "call waiting rings in a call": ({"call_waiting": True}, "busy", [("201", 60)], "480"),
}  # fmt: skip


@pytest.mark.feature("TEL-03", "TEL-04", "PBX-07", "PBX-11")
@pytest.mark.parametrize(("values", "known", "rings", "end"), CASES.values(), ids=CASES.keys())
def test_a_user_is_called(values: dict[str, Any], known: str, rings: list[tuple[str, int]], end: str) -> None:
    config = pbx(user("201", number=NUMBER, **values), user("202"))
    found = outside(config, NUMBER, **({known: ("201",)} if known else {}))
    assert rung(found) == rings
    assert ends(found) == end


@pytest.mark.feature("TEL-03", "TEL-04")
@pytest.mark.parametrize("name", [name for name in CASES if "call waiting" not in name])
def test_a_line_without_a_pbx_is_called_alike(name: str) -> None:
    values, known, rings, end = CASES[name]
    config = pbx(line(**values), user("202"))
    found = outside(config, LINE, **({known: ("line",)} if known else {}))
    assert rung(found) == [(who.replace("201", "line"), seconds) for who, seconds in rings]
    assert ends(found) == end.replace("voicemail 201", "voicemail line")


@pytest.mark.feature("PBX-06")
def test_the_telephone_of_somebody_in_a_call_hears_that_another_waits() -> None:
    config = pbx(user("201", number=NUMBER, call_waiting=True))
    step = outside(config, NUMBER, busy=("201",)).steps[0]
    assert isinstance(step, Ring) and step.targets[0].waiting


@pytest.mark.feature("PBX-07")
def test_each_cause_has_its_greeting_and_a_voicemail_may_take_no_message() -> None:
    box = voicemail(busy=True, greeting_busy="b", greeting_no_answer="n", after=AfterGreeting.HANG_UP)
    config = pbx(user("201", number=NUMBER, voicemail=box))
    busy, unanswered = (outside(config, NUMBER, busy=who).steps[-1] for who in (("201",), ()))
    assert isinstance(busy, VoicemailStep) and isinstance(unanswered, VoicemailStep)
    assert (busy.greeting, unanswered.greeting, busy.record) == ("b", "n", False)


@pytest.mark.feature("PBX-07")
def test_a_voicemail_may_transfer_after_its_greeting() -> None:
    box = voicemail(after=AfterGreeting.TRANSFER, transfer_to="202")
    config = pbx(user("201", number=NUMBER, voicemail=box), user("202"))
    assert rung(outside(config, NUMBER)) == [("201", 30), ("202", 60)]


@pytest.mark.feature("PBX-10")
def test_the_company_voicemail_answers_at_once_and_may_only_play_its_text() -> None:
    config = pbx(user("201"), company_voicemail(after=AfterGreeting.HANG_UP))
    found = inside(config, "ext:201", "999")
    assert rung(found) == [] and ends(found) == "voicemail 999"
    assert "Na de begroeting wordt de verbinding verbroken" in told(found)


@pytest.mark.feature("TEL-03")
def test_1233_plays_the_voicemail_of_the_line_that_calls_it() -> None:
    found = inside(pbx(line(voicemail=MAILED)), LINE, "1233")
    assert isinstance(found.steps[-1], Mailbox) and found.steps[-1].line == "line"
    assert ends(inside(pbx(line()), LINE, "1233")) == "404"


@pytest.mark.feature("PBX-07")
def test_a_users_voicemail_is_not_playable_by_telephone() -> None:
    assert ends(inside(pbx(user("201", voicemail=MAILED)), "ext:201", "1233")) == "404"


@pytest.mark.feature("PBX-04", "PBX-11")
def test_a_forward_to_a_blocked_class_is_not_taken_and_the_next_cause_is() -> None:
    own = user("201", number=NUMBER, forwards=forwards(always="0031909 0000"), voicemail=MAILED)
    config = pbx(own, outgoing=OutgoingBlocks(service_0909=True))
    found = outside(config, NUMBER)
    assert rung(found) == [("201", 30)] and ends(found) == "voicemail 201"
    assert "entertainment nummers (0909)" in told(found)


NIGHTS = Schedule(id="nights", name="Nachten", slots=(Slot(days=(0,), start="22:00", end="06:00"),))
BLOCKED = {
    "all": (IncomingBlocks(all=True), {"anon": 603, "+31600000012": 603, "": 603}),
    "anonymous": (IncomingBlocks(anonymous=True), {"anon": 603, "+31600000012": 480, "": 480}),
    "unavailable": (
        IncomingBlocks(rules=(BlockRule(id="r", callers=Callers.UNAVAILABLE),)),
        {"anon": 480, "+31600000012": 480, "": 603},
    ),
    "listed, in any notation": (
        IncomingBlocks(rules=(BlockRule(id="r", callers=Callers.NUMBERS, numbers=("06-00 00 00 12",)),)),
        {"anon": 480, "+31600000012": 603, "+31600000013": 480},
    ),
    "a rule about anonymous callers": (
        IncomingBlocks(rules=(BlockRule(id="r", callers=Callers.ANONYMOUS),)),
        {"anon": 603, "+31600000012": 480, "": 480},
    ),
    "a schedule that does not hold now": (
        IncomingBlocks(rules=(BlockRule(id="r", callers=Callers.ANONYMOUS, schedule="nights"),)),
        {"anon": 480},
    ),
    "a schedule that is gone": (
        IncomingBlocks(rules=(BlockRule(id="r", callers=Callers.ANONYMOUS, schedule="gone"),)),
        {"anon": 480},
    ),
}


@pytest.mark.feature("TEL-05", "TEL-06")
@pytest.mark.parametrize(("blocks", "callers"), BLOCKED.values(), ids=BLOCKED.keys())
def test_callers_are_blocked_with_603(blocks: IncomingBlocks, callers: dict[str, int]) -> None:
    config = pbx(line(blocks=blocks), schedules=(NIGHTS,))
    assert {caller: outside(config, LINE, caller=caller).code for caller in callers} == callers


@pytest.mark.feature("TEL-06")
@pytest.mark.parametrize(("hour", "code"), [(21, 480), (22, 603), (23, 603)])
def test_a_block_holds_during_its_schedule(hour: int, code: int) -> None:
    blocks = IncomingBlocks(rules=(BlockRule(id="r", callers=Callers.ANONYMOUS, schedule="nights"),))
    config = pbx(line(blocks=blocks), schedules=(NIGHTS,))
    assert outside(config, LINE, caller="anon", now=datetime(2026, 11, 23, hour, tzinfo=ZONE)).code == code


@pytest.mark.feature("TEL-05")
def test_a_line_that_blocks_all_callers_can_call_itself() -> None:
    config = pbx(line(blocks=IncomingBlocks(all=True)))
    assert ends(inside(config, LINE, "0201234567")) == "to +31201234567"


def simring(*numbers: str, during_call: bool = False) -> SimRing:
    along = tuple(SimNumber(number=number, confirm=number.startswith("06")) for number in numbers)
    return SimRing(on=True, numbers=along, during_call=during_call)


@pytest.mark.feature("TEL-07")
def test_other_telephones_ring_along_and_confirm_where_asked() -> None:
    step = outside(pbx(line(simring=simring("0600000099", "0201234567"))), LINE).steps[0]
    assert isinstance(step, Ring)
    assert [(target.user or target.number, target.confirm) for target in step.targets] == [
        ("line", False), (MOBILE, True), ("+31201234567", False),
    ]  # fmt: skip


@pytest.mark.feature("TEL-07")
@pytest.mark.parametrize(
    ("during_call", "known", "rings", "end"),
    [
        (False, {"busy": ("line",)}, [], "486"),
        (True, {"busy": ("line",)}, [(MOBILE, 60)], "486"),
        (False, {"absent": ("line",)}, [(MOBILE, 60)], "480"),
    ],
)
def test_ringing_along_in_an_own_call_and_without_the_line(
    during_call: bool, known: dict[str, Any], rings: list[tuple[str, int]], end: str
) -> None:
    found = outside(pbx(line(simring=simring("0600000099", during_call=during_call))), LINE, **known)
    assert (rung(found), ends(found)) == (rings, end)


@pytest.mark.feature("TEL-01", "TEL-07")
def test_a_blocked_class_does_not_ring_along() -> None:
    config = pbx(line(simring=simring("0600000099")), outgoing=OutgoingBlocks(mobile=True))
    assert rung(outside(config, LINE)) == [("line", 60)]
