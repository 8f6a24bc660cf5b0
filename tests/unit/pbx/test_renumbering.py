"""An element gets another extension or number, and every destination goes on leading to it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec import structs

from services.pbx.demo.example import example
from services.pbx.domain import parts
from services.pbx.domain.config import Config, Element, ElementNight, Follow, Key, Menu, MenuSide, Night
from services.pbx.domain.exits import exits
from services.pbx.domain.parts import Part
from services.pbx.domain.renumbering import followed
from services.pbx.domain.routing.directory import directory
from services.pbx.domain.rules import extension_problem, problems
from services.pbx.domain.settings import Change, Settings, Which, changed
from shared.errors import Conflict, Invalid
from tests.unit.pbx.plans import MONDAY_AFTERNOON, company_voicemail, forwards, group, pbx, user

pytestmark = pytest.mark.feature("PBX-06", "PBX-08")

EXAMPLE = example()
KINDS = {Part.USER: "users", Part.GROUP: "groups", Part.MENU: "menus"}


def renumbered(config: Config, part: Part, element_id: str, **values: Any) -> Config:
    element = structs.replace(parts.element(config, part, element_id), **values)
    return followed(config, parts.replaced(config, part, element_id, element), part, element_id)


def leads_to(config: Config) -> list[tuple[str, str, str]]:
    """Every way out by its place, and the ID of the element that it reaches."""
    book = directory(config)

    def name(element: Element | None) -> str:
        return element.id if element is not None else "outside"

    return [(out.source.id, out.field, name(book.find(out.to)[0])) for out in exits(config)]


def test_forwards_groups_keys_and_the_night_mode_follow_an_extension() -> None:
    desk = user("209", night=ElementNight(mode=Follow.ON, destination="201"))
    menu = Menu(id="m", name="Hoofdmenu", extension="555", closed=MenuSide(keys={"1": Key(to="201")}))
    config = pbx(
        user("201"),
        desk,
        user("202", forwards=forwards(busy="201")),
        group("209", overflow_to="201", busy_to="201", offline_to="201"),
        menu,
        night=Night(destination="201"),
    )
    new = renumbered(config, Part.USER, "201", extension="310")
    assert new.night.destination == "310"
    assert new.users[1].night.destination == "310"
    assert new.users[2].forwards.busy.to == "310"
    assert (new.groups[0].overflow_to, new.groups[0].busy_to, new.groups[0].offline_to) == ("310",) * 3
    assert new.menus[0].closed.keys["1"].to == "310"


def test_what_names_somebody_else_stays_as_it_was_written() -> None:
    config = pbx(user("201"), user("202"), group("202", overflow_to="202", offline_to="06-00 12 34 56"))
    assert renumbered(config, Part.USER, "201", extension="310").groups == config.groups


def test_without_an_extension_the_own_number_takes_its_place() -> None:
    config = pbx(user("201", number="+31850001611"), group("201", overflow_to="201"))
    assert renumbered(config, Part.USER, "201", extension=None).groups[0].overflow_to == "+31850001611"


def test_a_destination_by_number_follows_when_the_number_goes() -> None:
    config = pbx(user("201", number="+31850001611"), group("201", overflow_to="085-000 16 11"))
    assert renumbered(config, Part.USER, "201", number=None).groups[0].overflow_to == "201"


def test_another_number_beside_the_same_extension_leaves_destinations_alone() -> None:
    config = pbx(user("201"), group("201", overflow_to="201"))
    assert renumbered(config, Part.USER, "201", number="+31850001611").groups == config.groups


def test_who_is_in_use_must_stay_callable() -> None:
    config = pbx(user("201"), group("202", overflow_to="201"), user("202"))
    with pytest.raises(Invalid) as refused:
        renumbered(config, Part.USER, "201", extension=None)
    said = refused.value.details["fields"]["extension"][0]
    assert "belgroep Support" in said and "kies een extensie of een nummer" in said


def test_who_is_not_in_use_may_lose_both() -> None:
    config = pbx(user("201"))
    assert renumbered(config, Part.USER, "201", extension=None).users[0].extension is None


@given(
    kind=st.sampled_from(sorted(KINDS)),
    which=st.integers(0, 5),
    extension=st.integers(20, 9899).map(str),
)
@settings(max_examples=80)
def test_after_any_renumbering_everything_leads_where_it_led(kind: Part, which: int, extension: str) -> None:
    elements = getattr(EXAMPLE, KINDS[kind])
    element = elements[which % len(elements)]
    taken = any(other.extension == extension for other in EXAMPLE.elements())
    assume(not taken and extension_problem(extension) is None)
    new = renumbered(EXAMPLE, kind, element.id, extension=extension)
    assert leads_to(new) == leads_to(EXAMPLE)
    assert len(problems(new, ())) == len(problems(EXAMPLE, ()))


def test_who_had_a_rewritten_element_open_is_told() -> None:
    """Else their form would bring the old extension back."""
    config = pbx(user("201"), group("202", overflow_to="201"), user("202"), company_voicemail())
    settings_ = Settings("c", revision=7, enabled=True, published=config)

    def renumber(config: Config) -> Config:
        return renumbered(config, Part.USER, "201", extension="310")

    new = changed(settings_, Change("user:201", renumber, base=7), MONDAY_AFTERNOON)
    assert new.config(Which.DRAFT).groups[0].overflow_to == "310"
    with pytest.raises(Conflict):
        changed(new, Change("group:g", lambda config: config, base=7), MONDAY_AFTERNOON)
    changed(new, Change("user:202", lambda config: config, base=7), MONDAY_AFTERNOON)
