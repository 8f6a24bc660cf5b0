"""The number plan as a picture (PBX-12), the week map and what changes for callers (PBX-14)."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from msgspec import structs

from services.pbx.demo.example import COMPANY_NUMBER, KEES_NUMBER, NUMBERS, SUPPORT_NUMBER, example
from services.pbx.domain.config import Config, ElementNight, Follow, Night, NightState, OutgoingBlocks
from services.pbx.domain.differences import differences
from services.pbx.domain.graph import Mode, graph, route
from services.pbx.domain.stories import Heard, in_short
from services.pbx.domain.week import week
from shared.days import ZONE
from tests.unit.pbx.plans import MONDAY_AFTERNOON, outside, pbx, user

EVENING = datetime(2026, 11, 23, 19, 0, tzinfo=ZONE)


def arrows(
    config: Config, mode: Mode = Mode.MOMENT, now: datetime = MONDAY_AFTERNOON
) -> set[tuple[str, str, str]]:
    """The arrows a call can come along now."""
    edges = graph(config, NUMBERS, now, mode).edges
    return {(edge.source, edge.target, edge.cause) for edge in edges if edge.active}


@pytest.mark.feature("PBX-12")
def test_the_example_as_a_picture_within_working_hours() -> None:
    assert {
        (f"number:{COMPANY_NUMBER}", "menu:menu", "Hoort bij"),
        (f"number:{SUPPORT_NUMBER}", "group:support", "Hoort bij"),
        (f"number:{KEES_NUMBER}", "user:user-213", "Hoort bij"),
        ("menu:menu", "group:sales", "Toets 1"),
        ("menu:menu", "group:support", "Toets 2"),
        ("menu:menu", "user:user-209", "Toets 9"),
        ("group:sales", "user:user-201", "Lid"),
        ("group:sales", "user:user-999", "na 60 s"),
        ("group:support", "user:user-209", "na 80 s"),
        ("user:user-213", "outside:+31600000013", "Doorschakelen indien geen internet"),
    } <= arrows(example())


@pytest.mark.feature("PBX-03", "PBX-12")
@pytest.mark.parametrize(("mode", "now"), [(Mode.NIGHT, MONDAY_AFTERNOON), (Mode.MOMENT, EVENING)])
def test_at_night_every_number_leads_to_the_company_voicemail(mode: Mode, now: datetime) -> None:
    at_night = arrows(example(), mode, now)
    assert {cause for _source, _target, cause in at_night} == {"Hoort bij", "Nachtschakeling"}
    assert {target for _s, target, cause in at_night if cause == "Nachtschakeling"} == {"user:user-999"}


@pytest.mark.feature("PBX-12")
def test_the_picture_within_working_hours_can_be_seen_at_night() -> None:
    assert arrows(example(), Mode.OPEN, EVENING) == arrows(example())


@pytest.mark.feature("PBX-12")
def test_boxes_stand_in_their_columns_and_say_whether_they_can_be_reached() -> None:
    config = example()
    alone = structs.replace(config, users=(*config.users, user("300")))
    nodes = {node.id: node for node in graph(alone, NUMBERS, MONDAY_AFTERNOON).nodes}
    assert nodes["user:user-999"].column == "overflow" and nodes["user:user-209"].column == "users"
    assert nodes["menu:menu"].column == "menus" and nodes["group:sales"].column == "groups"
    assert {key for key, node in nodes.items() if not node.reachable} == {"user:300"}
    assert [row.text for row in nodes["menu:menu"].keys] == ["", "Verkoop", "Support", "Receptie"]


def test_what_is_exempt_from_the_night_mode_keeps_its_arrows() -> None:
    config = example()
    awake = structs.replace(config.groups[1], night=ElementNight(mode=Follow.OFF))
    config = structs.replace(config, groups=(config.groups[0], awake))
    assert ("group:support", "user:user-209", "na 80 s") in arrows(config, Mode.NIGHT)


@pytest.mark.feature("PBX-12")
@pytest.mark.parametrize(
    ("night", "words"),
    [
        (Night(), "De nachtschakeling staat uit."),
        (Night(state=NightState.ON, destination="06-00000012"),
         "De nachtschakeling staat aan: alles gaat naar 06-00 00 00 12."),
    ],
)  # fmt: skip
def test_the_night_in_words(night: Night, words: str) -> None:
    assert graph(pbx(night=night), (), MONDAY_AFTERNOON).night == words


@pytest.mark.feature("PBX-11", "PBX-12")
def test_the_story_of_a_call_has_its_numbers_in_the_picture() -> None:
    found = outside(example(), COMPANY_NUMBER, "2", absent=("user-213",))
    stops = route(found)
    nodes = {node.id for node in graph(example(), NUMBERS, MONDAY_AFTERNOON).nodes}
    assert {stop.node for stop in stops} <= nodes
    assert [(stop.number, stop.node) for stop in stops[:3]] == [
        (1, f"number:{COMPANY_NUMBER}"), (2, "menu:menu"), (3, "menu:menu"),
    ]  # fmt: skip
    assert [stop.node for stop in stops if not stop.taken] == ["user:user-213"]


@pytest.mark.feature("PBX-11")
def test_who_answers_and_when() -> None:
    found = outside(example(), COMPANY_NUMBER, "2")
    heard = Heard(example(), found, frozenset({"user-209"}))
    assert heard.sentence == "Receptie (209) neemt op na 91 seconden."
    assert found.trace[heard.trace - 1].what == "Receptie (209) gaat over"
    nobody = Heard(example(), found, frozenset())
    assert nobody.sentence == "Voicemail van Receptie (209) na 121 seconden."
    assert nobody.trace == len(found.trace)


@pytest.mark.feature("PBX-14")
def test_a_week_says_who_rings_when() -> None:
    cells = week(example(), SUPPORT_NUMBER, date(2026, 11, 23))
    by_start = {cell.start.astimezone(ZONE).strftime("%a %H:%M"): cell for cell in cells}
    open_cell, closed_cell = by_start["Mon 08:30"], by_start["Mon 17:30"]
    assert [who.name for who in open_cell.rings][:2] == ["Jan Jansen (211)", "Kees van de Heuvel (213)"]
    assert open_cell.first is not None and open_cell.first.id == "support"
    assert closed_cell.rings == () and closed_cell.closed
    assert not by_start["Sat 12:00"].rings


@pytest.mark.parametrize(
    ("monday", "hours"), [(date(2026, 3, 23), 167), (date(2026, 10, 19), 169), (date(2026, 11, 23), 168)]
)
def test_a_week_is_whole_also_when_the_clock_changes(monday: date, hours: int) -> None:
    cells = week(example(), SUPPORT_NUMBER, monday)
    assert all(one.end == other.start for one, other in zip(cells, cells[1:], strict=False))
    assert (cells[-1].end - cells[0].start).total_seconds() == hours * 3600


def closes_at(end: str) -> Config:
    config = example()
    hours = config.schedules[0]
    slots = (structs.replace(hours.slots[0], end=end),)
    return structs.replace(config, schedules=(structs.replace(hours, slots=slots), config.schedules[1]))


@pytest.mark.feature("PBX-14")
def test_nothing_changes_between_equal_configurations() -> None:
    again = structs.replace(example(), revision=7)
    assert differences(example(), again, NUMBERS, MONDAY_AFTERNOON) == []


@pytest.mark.feature("PBX-14")
def test_closing_earlier_changes_half_an_hour_on_five_days_for_each_number() -> None:
    found = differences(example(), closes_at("17:00"), NUMBERS, MONDAY_AFTERNOON)
    assert {(change.number, change.when, change.hours) for change in found} == {
        (number, "ma–vr 17:00–17:30", 2.5) for number in NUMBERS
    }
    [company] = [change for change in found if change.number == COMPANY_NUMBER]
    assert company.sentence == (
        "085-000 16 00, ma–vr 17:00–17:30: eerst keuzemenu Hoofdmenu, daarna Receptie (209) 30 s, daarna"
        " voicemail van Receptie (209); nu meldtekst van Voicemail Bedrijf (999)."
    )


@pytest.mark.feature("PBX-14")
def test_a_member_less_changes_the_key_of_the_menu_and_no_other() -> None:
    config = example()
    fewer = structs.replace(config.groups[0], members=("user-202",))
    found = differences(
        config, structs.replace(config, groups=(fewer, config.groups[1])), NUMBERS, MONDAY_AFTERNOON
    )
    assert [(change.number, change.after[:8]) for change in found] == [(COMPANY_NUMBER, "toets 1:")]


@pytest.mark.feature("PBX-14")
def test_a_night_mode_that_is_switched_off_changes_every_hour_outside_the_working_hours() -> None:
    config = example()
    off = structs.replace(config, night=structs.replace(config.night, state=NightState.OFF))
    found = differences(config, off, (SUPPORT_NUMBER,), MONDAY_AFTERNOON)
    [support] = [change for change in found if change.number == SUPPORT_NUMBER]
    assert support.when == "ma–vr 00:00–08:30, ma–vr 17:30–24:00, za–zo de hele dag"


@pytest.mark.feature("PBX-04", "PBX-14")
def test_what_people_may_call_is_told_as_well() -> None:
    new = structs.replace(example(), outgoing=OutgoingBlocks(international=True))
    [change] = differences(example(), new, NUMBERS, MONDAY_AFTERNOON)
    assert change.sentence == "Niemand kan meer internationale nummers bellen."


@pytest.mark.feature("PBX-14")
def test_a_number_that_gets_another_owner() -> None:
    old = pbx(user("201", number=COMPANY_NUMBER), user("202"))
    new = pbx(user("201"), user("202", number=COMPANY_NUMBER))
    [change] = differences(old, new, (COMPANY_NUMBER,), MONDAY_AFTERNOON)
    assert change.sentence == (
        "085-000 16 00, de hele week: eerst U201 (201) 60 s, daarna niemand;"
        " nu U202 (202) 60 s, daarna niemand."
    )
    assert in_short(new, outside(new, COMPANY_NUMBER)) == change.after
