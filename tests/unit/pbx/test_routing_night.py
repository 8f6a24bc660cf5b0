"""The night mode (PBX-03), loops, and the manual's example (6.1 and 6.2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.pbx.demo.example import COMPANY_NUMBER, SUPPORT_NUMBER, example
from services.pbx.domain.config import (
    BlockRule,
    Callers,
    ElementNight,
    Follow,
    IncomingBlocks,
    Night,
    NightState,
)
from services.pbx.domain.routing.directory import everybody
from services.pbx.domain.routing.engine import plan
from services.pbx.domain.routing.replay import Record, replay, why
from services.pbx.domain.routing.values import Call, Reject, Transfer
from services.pbx.domain.routing.values import Voicemail as VoicemailStep
from shared.days import ZONE
from tests.unit.pbx.plans import (
    CALLER,
    MONDAY_AFTERNOON,
    company_voicemail,
    ends,
    forwards,
    group,
    inside,
    outside,
    pbx,
    rung,
    state,
    told,
    user,
)

NUMBER = "+31850001601"
EVENING = datetime(2026, 11, 23, 19, 0, tzinfo=ZONE)
ON = Night(state=NightState.ON)


def night(mode: Follow, to: str | None = None) -> ElementNight:
    return ElementNight(mode=mode, destination=to)


# the company's night mode; the user's own; where a call from outside ends
CASES = {
    "off": (Night(), night(Follow.COMPANY), "480"),
    "on: 999 is the preset": (ON, night(Follow.COMPANY), "voicemail 999"),
    "on, to an outside number": (
        Night(state=NightState.ON, destination="06-00000099"), night(Follow.COMPANY), "to +31600000099",
    ),
    "on, but not for this user": (ON, night(Follow.OFF), "480"),
    "off, but on for this user": (Night(), night(Follow.ON), "voicemail 999"),
    "a destination of its own": (ON, night(Follow.COMPANY, "0201234567"), "to +31201234567"),
    "a destination that does not exist": (
        Night(state=NightState.ON, destination="777"), night(Follow.COMPANY), "480",
    ),
}  # fmt: skip


@pytest.mark.feature("PBX-03", "PBX-11")
@pytest.mark.parametrize(("company", "own", "end"), CASES.values(), ids=CASES.keys())
def test_the_night_mode(company: Night, own: ElementNight, end: str) -> None:
    config = pbx(user("201", number=NUMBER, night=own), company_voicemail(), night=company)
    assert ends(outside(config, NUMBER)) == end


@pytest.mark.feature("PBX-03")
def test_the_night_mode_is_for_calls_from_outside_only() -> None:
    config = pbx(user("201"), user("202"), company_voicemail(), night=ON)
    assert rung(inside(config, "ext:202", "201")) == [("201", 60)]


@pytest.mark.feature("PBX-03")
def test_the_destination_is_exempt_from_the_night_mode() -> None:
    config = pbx(
        user("201", number=NUMBER),
        user("202"),
        group("202"),
        night=Night(state=NightState.ON, destination="102"),
    )
    assert rung(outside(config, NUMBER)) == [("202", 18)]


@pytest.mark.feature("PBX-03")
def test_so_is_all_that_comes_after_the_destination() -> None:
    config = pbx(
        user("201", number=NUMBER),
        user("202"),
        user("203"),
        group("202", overflow_to="203"),
        night=Night(state=NightState.ON, destination="102"),
    )
    assert rung(outside(config, NUMBER)) == [("202", 18), ("203", 60)]


@pytest.mark.feature("PBX-03")
def test_a_call_for_the_destination_itself_rings_there() -> None:
    config = pbx(user("201", number=NUMBER), night=Night(state=NightState.ON, destination="201"))
    assert rung(outside(config, NUMBER)) == [("201", 60)]


@pytest.mark.feature("PBX-03")
@pytest.mark.parametrize(("minutes", "end"), [(-1, "voicemail 999"), (0, "480"), (1, "480")])
def test_a_night_mode_set_by_hand_ends_by_itself(minutes: int, end: str) -> None:
    config = pbx(
        user("201", number=NUMBER),
        company_voicemail(),
        night=Night(state=NightState.ON, until=MONDAY_AFTERNOON, then=NightState.OFF),
    )
    assert ends(outside(config, NUMBER, now=MONDAY_AFTERNOON + timedelta(minutes=minutes))) == end


@pytest.mark.feature("TEL-05", "PBX-03")
def test_a_block_goes_before_the_night_mode() -> None:
    rule = BlockRule(id="r", callers=Callers.NUMBERS, numbers=(CALLER,))
    blocked = user("201", number=NUMBER, blocks=IncomingBlocks(rules=(rule,)))
    assert outside(pbx(blocked, company_voicemail(), night=ON), NUMBER).code == 603


@pytest.mark.feature("PBX-03", "PBX-09")
def test_the_night_mode_goes_before_the_after_hours_menu() -> None:
    found = outside(example(), COMPANY_NUMBER, now=EVENING)
    assert [type(step).__name__ for step in found.steps] == ["Voicemail"]
    assert "valt buiten Werktijden (ma–vr 08:30–17:30)" in told(found)


@pytest.mark.feature("PBX-03", "PBX-11")
@pytest.mark.parametrize(
    ("company", "own", "why"),
    [
        (Night(), Follow.COMPANY, "De nachtschakeling staat uit."),
        (ON, Follow.OFF, "Dit doet niet mee met de nachtschakeling."),
        (
            Night(state=NightState.AUTO, hours="hours"),
            Follow.COMPANY,
            "staat uit: ma 14:05 valt in Werktijden.",
        ),
    ],
)
def test_the_story_says_why_the_night_mode_does_not_move_the_call(
    company: Night, own: Follow, why: str
) -> None:
    config = pbx(user("201", number=NUMBER, night=night(own)), night=company, schedules=example().schedules)
    assert outside(config, NUMBER).trace[0].why.endswith(why)


LOOPS = {
    "to itself": [user("201", number=NUMBER, forwards=forwards(always="201"))],
    "two users": [
        user("201", number=NUMBER, forwards=forwards(always="202")),
        user("202", forwards=forwards(always=NUMBER)),
    ],
    "a group and a user": [
        user("201", number=NUMBER, forwards=forwards(no_answer=("102", 1))),
        group("201", overflow_to="201"),
    ],
}


@pytest.mark.feature("PBX-11", "PBX-12")
@pytest.mark.parametrize("elements", LOOPS.values(), ids=LOOPS.keys())
def test_a_loop_ends_at_the_company_voicemail_or_else_with_482(elements: list[Any]) -> None:
    assert outside(pbx(*elements), NUMBER).code == 482
    found = outside(pbx(*elements, company_voicemail()), NUMBER)
    assert ends(found) == "voicemail 999" and "Lus bij" in told(found)


@pytest.mark.feature("PBX-11")
class TestTheManualsExample:
    """6.1 within working hours, 6.2 after them."""

    def test_a_caller_chooses_support(self) -> None:
        found = outside(example(), COMPANY_NUMBER, "2", absent=("user-213",))
        assert rung(found) == [
            ("user-211", 24), ("user-212", 24), ("user-211", 24), ("user-212", 8), ("user-209", 30),
        ]  # fmt: skip
        assert ends(found) == "voicemail user-209"
        assert [line.at for line in found.trace if line.what.startswith("Toets 2")] == [8]

    def test_a_caller_chooses_sales_which_has_no_number_of_its_own(self) -> None:
        found = outside(example(), COMPANY_NUMBER, "1")
        assert rung(found)[:2] == [("user-201", 24), ("user-202", 24)]
        assert ends(found) == "voicemail user-999"

    def test_a_caller_chooses_nothing_and_gets_the_reception(self) -> None:
        assert rung(outside(example(), COMPANY_NUMBER)) == [("user-209", 30)]

    def test_support_has_a_number_of_its_own(self) -> None:
        assert rung(outside(example(), SUPPORT_NUMBER))[0] == ("user-211", 24)

    @pytest.mark.parametrize("number", [COMPANY_NUMBER, SUPPORT_NUMBER])
    def test_after_hours_everybody_hears_the_text_of_the_company_voicemail(self, number: str) -> None:
        step = outside(example(), number, now=EVENING).steps[-1]
        assert isinstance(step, VoicemailStep) and (step.user, step.record) == ("user-999", False)

    def test_on_a_holiday_as_well(self) -> None:
        christmas = datetime(2026, 12, 25, 14, 5, tzinfo=ZONE)
        found = outside(example(), SUPPORT_NUMBER, now=christmas)
        assert ends(found) == "voicemail user-999" and "Vakantiedagen NL" in told(found)


@pytest.mark.feature("PBX-14")
def test_why_did_my_telephone_not_ring() -> None:
    config = example()
    record = Record(
        call=Call(caller=CALLER, called=SUPPORT_NUMBER),
        at=MONDAY_AFTERNOON,
        state=state(config, absent=("user-213",)),
        revision=config.revision,
    )
    found = replay(config, record)
    assert why(config, found, "user-211") == "Het toestel van Jan Jansen (211) ging over na 0 seconden."
    assert "Het toestel is niet aangemeld." in why(config, found, "user-213")
    assert "Het gesprek kwam niet bij Tom de Mooi (201)" in why(config, found, "user-201")


def test_every_line_of_the_story_is_at_its_second() -> None:
    found = outside(example(), COMPANY_NUMBER, "2")
    assert [line.at for line in found.trace] == sorted(line.at for line in found.trace)
    told_steps = {line.step: line.at for line in found.trace if line.step is not None}
    assert all(found.steps[index].at == at for index, at in told_steps.items())


def test_an_empty_configuration_has_an_answer() -> None:
    config = pbx()
    found = plan(config, Call(caller="", called=""), MONDAY_AFTERNOON, everybody(config))
    assert isinstance(found.steps[-1], Reject | Transfer) and found.code == 404
