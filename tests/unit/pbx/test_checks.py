"""The check of a number plan: PBX-12."""

from __future__ import annotations

from typing import Any

import pytest

from services.pbx.demo.example import NUMBERS, example
from services.pbx.domain.blocked import blocked_ways
from services.pbx.domain.checks import Code, Finding, Severity, check
from services.pbx.domain.config import (
    Action,
    Company,
    Config,
    DateRange,
    ElementNight,
    Key,
    Menu,
    MenuSide,
    Night,
    NightState,
    OutgoingBlocks,
    PbxUser,
    Policy,
    Schedule,
    ScheduleKind,
)
from tests.unit.pbx.plans import (
    COMPANY,
    MAILED,
    MONDAY_AFTERNOON,
    company_voicemail,
    forwards,
    group,
    line,
    pbx,
    user,
)

OWNED = (COMPANY, "+31850001601")
NUMBER = "+31850001601"


def reception(**values: Any) -> PbxUser:
    return user("209", number=COMPANY, forwards=forwards(offline="06-00000001"), voicemail=MAILED, **values)


def found(config: Config, owned: tuple[str, ...] = (COMPANY,), **known: Any) -> list[tuple[Code, str]]:
    return [(finding.code, finding.element.id) for finding in check(config, owned, MONDAY_AFTERNOON, **known)]


def of(config: Config, code: Code, owned: tuple[str, ...] = (COMPANY,)) -> list[Finding]:
    return [finding for finding in check(config, owned, MONDAY_AFTERNOON) if finding.code is code]


def menu(extension_dialling: bool = False, **keys: Key) -> Menu:
    side = MenuSide(keys={name.removeprefix("k"): key for name, key in keys.items()})
    return Menu(id="m", name="Hoofdmenu", extension="55", open=side, extension_dialling=extension_dialling)


OPERATOR = Key(action=Action.OPERATOR, to="209")
DATES = (DateRange(first=MONDAY_AFTERNOON.date(), last=MONDAY_AFTERNOON.date()),)


def holidays(dates: tuple[DateRange, ...]) -> dict[str, Any]:
    schedule = Schedule(id="h", name="Vakantie", kind=ScheduleKind.HOLIDAY, dates=dates)
    return {"schedules": (schedule,), "night": Night(state=NightState.AUTO, destination="209", holidays="h")}


FINE = {
    "reachable": pbx(reception()),
    "group with everything": pbx(reception(), group("209", overflow_to="209")),
    "menu with an operator": pbx(reception(), menu(k9=OPERATOR)),
    "holidays of today": pbx(reception(), **holidays(DATES)),
    "keys and extensions, not dialled at once": pbx(reception(), menu(k2=OPERATOR)),
}


@pytest.mark.feature("PBX-12")
@pytest.mark.parametrize("config", FINE.values(), ids=FINE.keys())
def test_nothing_is_found_where_nothing_is_wrong(config: Config) -> None:
    assert found(config) == []


FINDINGS = {
    Code.LOOP: pbx(
        reception(),
        group("209", overflow_to="103"),
        group("209", id="h", name="Verkoop", extension="103", overflow_to="102"),
    ),
    Code.UNKNOWN_DESTINATION: pbx(reception(), group("209", overflow_to="333")),
    Code.NO_OVERFLOW: pbx(reception(), group("209")),
    Code.NO_MEMBERS: pbx(reception(), group(overflow_to="209")),
    Code.NO_NUMBER: pbx(reception(), group("209", extension=None, overflow_to="209")),
    Code.NO_OPERATOR: pbx(reception(), menu(k1=Key(action=Action.TRANSFER, to="209"))),
    Code.NO_COMPANY_NUMBER: pbx(reception(), company=Company()),
    Code.KEY_OVERLAPS_EXTENSION: pbx(reception(), menu(extension_dialling=True, k2=OPERATOR)),
    Code.DUPLICATE_NUMBER: pbx(reception(), user("209")),
    Code.NIGHT_ENDS: pbx(reception(), **holidays(())),
    Code.FORWARD_BLOCKED: pbx(reception(), outgoing=OutgoingBlocks(mobile=True)),
    Code.UNREACHABLE_MEMBER: pbx(
        reception(), user("202"), group("209", "202", wait_on=True, wait_seconds=18, overflow_to="209")
    ),
}  # fmt: skip


@pytest.mark.feature("PBX-12")
@pytest.mark.parametrize(("code", "config"), FINDINGS.items(), ids=[code.value for code in FINDINGS])
def test_what_is_wrong_is_found_and_nothing_else(code: Code, config: Config) -> None:
    assert [kind for kind, _element in found(config)] == [code]


@pytest.mark.feature("PBX-12")
def test_a_loop_is_told_once_with_all_that_are_in_it() -> None:
    [loop] = of(FINDINGS[Code.LOOP], Code.LOOP)
    assert loop.sentence == (
        "Een gesprek kan rond blijven gaan: belgroep Support → belgroep Verkoop → belgroep Support."
    )
    assert loop.severity is Severity.ERROR


@pytest.mark.feature("PBX-12")
def test_a_loop_through_the_night_mode_is_found() -> None:
    own = group("209", overflow_to="06-00000001", night=ElementNight(destination="209"))
    looping = pbx(
        user("209", number=COMPANY, forwards=forwards(no_answer=("102", 3), offline="102")),
        own,
        night=Night(state=NightState.ON, destination="209"),
    )
    assert [finding.element.id for finding in of(looping, Code.LOOP)] == ["g"]


@pytest.mark.feature("PBX-12")
def test_a_member_whose_turn_never_comes_is_named() -> None:
    [finding] = of(FINDINGS[Code.UNREACHABLE_MEMBER], Code.UNREACHABLE_MEMBER)
    assert "U202 (202) komt in belgroep Support nooit aan de beurt" in finding.sentence
    circular = group("209", "202", wait_on=True, wait_seconds=18, overflow_to="209", policy=Policy.CIRCULAR)
    assert found(pbx(reception(), user("202"), circular)) == []


@pytest.mark.feature("PBX-04", "PBX-12")
def test_a_forward_to_a_blocked_class_is_found_however_it_is_written() -> None:
    config = pbx(
        reception(),
        user("201", forwards=forwards(busy="0031900 0000")),
        outgoing=OutgoingBlocks(service_0900=True),
    )
    [finding] = of(config, Code.FORWARD_BLOCKED)
    assert (finding.element.id, finding.field) == ("201", "forwards.busy.to")
    assert "zakelijke service nummers (0900) zijn geblokkeerd" in finding.sentence


@pytest.mark.feature("PBX-12")
def test_a_number_that_leads_to_one_telephone_only_is_a_dead_end_without_it() -> None:
    kees = PbxUser(id="kees", username="kees", first_name="Kees", extension="213", number=NUMBER)
    config = pbx(reception(), kees)
    sentences = [finding.sentence for finding in of(config, Code.DEAD_END, OWNED)]
    assert sentences == [
        "Kees is onbereikbaar op 085-000 16 01 zolang het toestel niet is aangemeld.",
        "Neemt Kees niet op, dan eindigt een gesprek naar 085-000 16 01.",
    ]
    absent = check(config, OWNED, MONDAY_AFTERNOON, registered={"209"})
    assert (absent[0].severity, absent[0].field) == (Severity.ERROR, "forwards.offline")


@pytest.mark.feature("PBX-10", "PBX-12")
def test_the_company_voicemail_that_is_off_is_a_dead_end() -> None:
    config = pbx(reception(), user("999"))
    assert found(config) == [(Code.DEAD_END, "999")]
    assert found(pbx(reception(), company_voicemail())) == []


@pytest.mark.feature("PBX-12")
def test_numbers_that_reach_nobody_are_named() -> None:
    assert found(pbx(reception()), OWNED) == [(Code.UNUSED_NUMBER, NUMBER)]
    assert found(pbx(), OWNED) == [(Code.DEAD_END, "company"), (Code.UNUSED_NUMBER, NUMBER)]
    leads = pbx(reception(), group("209", overflow_to=NUMBER))
    assert (Code.UNKNOWN_DESTINATION, "g") in found(leads, OWNED)


@pytest.mark.feature("TEL-04")
def test_a_line_without_voicemail_is_only_mentioned() -> None:
    findings = check(pbx(line(NUMBER), company=Company()), (NUMBER,), MONDAY_AFTERNOON)
    assert {finding.severity for finding in findings} == {Severity.INFO}


def test_errors_come_first_and_all_findings_say_where_to_go() -> None:
    config = pbx(reception(), user("201", number=NUMBER), group("209"), user("209"), company=Company())
    findings = check(config, OWNED, MONDAY_AFTERNOON)
    order = list(Severity)
    places = [order.index(finding.severity) for finding in findings]
    assert places == sorted(places) and all(finding.mend for finding in findings)


def test_the_manuals_example_has_no_error() -> None:
    assert {finding.severity for finding in check(example(), NUMBERS, MONDAY_AFTERNOON)} == {Severity.WARNING}


@pytest.mark.feature("PBX-04", "TEL-01")
def test_a_way_to_a_blocked_class_is_said_beside_its_field() -> None:
    config = pbx(
        user("201", forwards=forwards(busy="06-00 00 00 12", no_answer="085-000 16 11")),
        outgoing=OutgoingBlocks(mobile=True),
    )
    (problem,) = blocked_ways(config)
    assert (problem.where.id, problem.field) == ("201", "forwards.busy.to")
    assert "bellen naar mobiele nummers is geblokkeerd" in problem.sentence
    assert list(blocked_ways(pbx(user("201", forwards=forwards(busy="112"))))) == []
