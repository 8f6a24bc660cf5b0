"""What a configuration must be, and what cannot be removed: PBX-02, PBX-06, PBX-08, PBX-09, TEL-06."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from services.pbx.demo.example import NUMBERS, SUPPORT_NUMBER, example
from services.pbx.domain.config import (
    Action,
    BlockRule,
    Callers,
    Config,
    Forward,
    Forwards,
    IncomingBlocks,
    Key,
    Menu,
    MenuSide,
    Night,
    NightState,
    PbxUser,
    Schedule,
    ScheduleKind,
    Voicemail,
)
from services.pbx.domain.rules import free_extensions, problems
from services.pbx.domain.uses import refusal, used_where
from tests.unit.pbx.plans import COMPANY, forwards, group, line, pbx, user

OWNED = (COMPANY, "+31850001601", "+31850001602")


def found(config: Config) -> list[tuple[str, str]]:
    return [(problem.where.id, problem.field) for problem in problems(config, OWNED)]


def test_the_manuals_example_has_no_problem() -> None:
    assert problems(example(), NUMBERS) == []


@pytest.mark.feature("PBX-06")
@pytest.mark.parametrize("extension", ["10", "201", "9999", "144", "199", "1234"])
def test_extensions_have_two_to_four_digits(extension: str) -> None:
    assert found(pbx(user(extension))) == []


@pytest.mark.feature("PBX-06")
@pytest.mark.parametrize(
    "extension",
    ["1", "20100", "012", "0201", "2a", "٢٠١", "112", "113", "1400", "1499", "1800", "1850", "1233"],
)
def test_other_extensions_are_refused_with_free_ones(extension: str) -> None:
    [problem] = problems(pbx(user(extension)), OWNED)
    assert problem.field == "extension" and problem.blocking
    assert len(problem.choices) == 3
    assert found(pbx(*(user(choice) for choice in problem.choices))) == []


@pytest.mark.feature("PBX-06", "PBX-08", "PBX-09")
@pytest.mark.parametrize(
    "other",
    [user("102"), line("+31850001602", extension="102"), Menu(id="m", name="Menu", extension="102")],
    ids=["user", "line", "menu"],
)
def test_an_extension_belongs_to_one(other: Any) -> None:
    config = pbx(other, group(), user("103"))
    [problem] = problems(config, OWNED)
    assert "102 is al van " in problem.sentence
    assert problem.sentence.endswith("Vrij zijn 104, 105 en 106.")
    assert problem.choices == ("104", "105", "106")


def test_when_the_highest_are_taken_the_lowest_are_offered() -> None:
    assert free_extensions(pbx(user("99"), user("10")), "99") == ("11", "12", "13")
    assert free_extensions(pbx(), "112") == ("114", "115", "116")


@pytest.mark.feature("PBX-06")
def test_a_number_is_owned_and_used_once() -> None:
    mine = user("201", number="+31850001601")
    assert found(pbx(mine)) == []
    [twice] = problems(pbx(mine, user("202", number="+31850001601")), OWNED)
    assert twice.where.id == "202" and twice.choices == (COMPANY, "+31850001602")
    assert twice.sentence.startswith("085-000 16 01 is al van U201 (201). Vrij zijn 085-000 16 00 en")
    assert found(pbx(user("201", number="+31850009999"))) == [("201", "number")]


@pytest.mark.feature("PBX-01")
def test_the_company_number_may_be_somebodys_and_must_be_owned() -> None:
    assert found(pbx(user("201", number=COMPANY))) == []
    elsewhere = structs.replace(pbx().company, number="+31850009999")
    assert found(pbx(company=elsewhere)) == [("company", "number")]


@pytest.mark.feature("PBX-08", "PBX-09")
def test_a_group_and_a_menu_need_a_number_or_an_extension() -> None:
    config = pbx(group(extension=None), Menu(id="m", name="Menu"))
    assert found(config) == [("g", "extension"), ("m", "extension")]
    assert not any(problem.blocking for problem in problems(config, OWNED))
    assert found(pbx(group(extension=None, number="+31850001601"))) == []


DESTINATIONS = {
    "an extension that is not there": "333",
    "nothing": "",
    "no number at all": "receptie",
    "an emergency number": "112",
}


@pytest.mark.parametrize("to", DESTINATIONS.values(), ids=DESTINATIONS.keys())
def test_destinations_exist(to: str) -> None:
    config = pbx(
        user("201", forwards=forwards(busy=to)),
        group(overflow_to="201", offline_on=True, offline_to=to),
        Menu(
            id="m", name="Menu", extension="55", open=MenuSide(keys={"1": Key(action=Action.TRANSFER, to=to)})
        ),
        night=Night(state=NightState.ON, destination=to),
    )
    fields = {
        ("201", "forwards.busy.to"),
        ("g", "offline_to"),
        ("m", "open.keys.1.to"),
        ("night", "destination"),
    }
    assert set(found(config)) == fields


def test_what_is_off_needs_no_destination() -> None:
    off = Forwards(busy=Forward(on=False, to="333"))
    assert found(pbx(user("201", forwards=off), night=Night(state=NightState.OFF))) == []


def test_members_and_schedules_exist_and_fit() -> None:
    holiday = Schedule(id="h", name="Vakantie", kind=ScheduleKind.HOLIDAY)
    rule = BlockRule(id="r", callers=Callers.ANONYMOUS, schedule="gone")
    config = pbx(
        user("201", blocks=IncomingBlocks(rules=(rule,))),
        group("201", "gone"),
        Menu(id="m", name="Menu", extension="55", hours="h"),
        schedules=(holiday,),
    )
    assert found(config) == [("g", "members"), ("m", "hours"), ("201", "blocks.rules")]


@pytest.mark.feature("PBX-08")
def test_a_member_has_a_number_or_an_extension() -> None:
    nameless = PbxUser(id="n", username="n", first_name="Fax")
    [problem] = problems(pbx(nameless, group("n")), OWNED)
    assert problem.sentence.startswith("Fax heeft geen telefoonnummer en geen extensie")


# what is removed from the example; where it is used
USES = {
    "the hours": ("schedule", "hours", {("night", "hours"), ("menu", "hours")}),
    "the holidays": ("schedule", "holidays", {("night", "holidays"), ("menu", "holidays")}),
    "the reception": (
        "user", "user-209",
        {
            ("sales", "offline_to"), ("support", "overflow_to"), ("support", "offline_to"),
            ("menu", "open.keys.9.to"),
        },
    ),
    "the company's voicemail": (
        "user", "user-999",
        {("night", "destination"), ("sales", "overflow_to"), ("menu", "closed.keys.9.to")},
    ),
    "a member": ("user", "user-201", {("sales", "members")}),
    "a group": ("group", "support", {("menu", "open.keys.2.to")}),
    "the menu": ("menu", "menu", set()),
    "nothing": ("file", "nowhere", set()),
}  # fmt: skip


@pytest.mark.feature("PBX-02", "TEL-06", "PBX-15")
@pytest.mark.parametrize(("kind", "element", "places"), USES.values(), ids=USES.keys())
def test_where_something_is_used(kind: str, element: str, places: set[tuple[str, str]]) -> None:
    assert {(use.where.id, use.field) for use in used_where(example(), kind, element)} == places


@pytest.mark.feature("PBX-02")
def test_the_refusal_names_the_places() -> None:
    uses = used_where(example(), "schedule", "hours")
    assert refusal("Werktijden", uses) == (
        "Werktijden is in gebruik bij de nachtschakeling en keuzemenu Hoofdmenu. Kies daar eerst iets anders."
    )


@pytest.mark.feature("PBX-05", "PBX-07")
def test_a_sound_is_in_use_as_music_greeting_or_message() -> None:
    box = Voicemail(greeting_busy="s")
    side = MenuSide(greeting="s", keys={"1": Key(action=Action.PLAY, file="s")})
    config = pbx(user("201", voicemail=box), Menu(id="m", name="Menu", closed=side), music="s")
    fields = [use.field for use in used_where(config, "file", "s")]
    assert fields == ["music", "voicemail.greeting_busy", "closed.greeting", "closed.keys.1.file"]


def test_a_destination_by_number_is_a_use_too() -> None:
    config = pbx(user("201", forwards=forwards(busy=SUPPORT_NUMBER)), group(number=SUPPORT_NUMBER))
    assert [use.where.id for use in used_where(config, "group", "g")] == ["201"]
