"""What staff change of a customer's lines and numbers stops neither the customer nor its PBX's return."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from services.pbx.domain.config import Config, ElementNight, Follow, Line, PbxUser
from services.pbx.domain.parts import Part
from services.pbx.domain.rules import problems
from services.pbx.domain.settings import stamped
from services.pbx.store import Changes
from services.pbx.usecases import editing, publishing
from services.pbx.usecases.enabling import disable_pbx, enable_pbx
from services.pbx.usecases.staff import add_line, change_line, remove
from services.pbx.usecases.trying import save_test_call
from shared.acting import Acting
from shared.errors import Conflict, Invalid
from shared.ids import new_id
from tests.unit.pbx.edge_scene import BAKERY, COMPANY, KEES, Scene, bakery
from tests.unit.pbx.plans import forwards

ACTING = Acting(kind="user", scope="customer", customer_id=BAKERY, user_id="u" * 32, roles=("settings",))
STAFF = Acting(kind="staff", scope="operator")
WINKEL, SPARE, NOBODYS = "+31850001619", "+31850001620", "+31850001999"
GARAGE = "c" * 32
OWN = (editing.save, publishing.publish, publishing.roll_back, save_test_call)
"""Commands of the customer's people; others are staff's."""
SHOP = Line(id="winkel", number=WINKEL, name="Winkel", extension="203")


def beside_a_line(**of_jan: Any) -> Scene:
    """The bakery has a line beside its PBX, and a number to spare."""
    scene = Scene(structs.replace(bakery(**of_jan), lines=(SHOP,)))
    scene.assign(SPARE, BAKERY, scene.now)
    return scene


def do(scene: Scene, command: Any, **fields: Any) -> Any:
    acting = ACTING if command in OWN else STAFF
    whose = {} if acting is ACTING else {"customer_id": BAKERY, "reason": ""}
    return command(scene.store, lambda: scene.now, acting, command_id=new_id(), **whose, **fields)


def rename(scene: Scene, name: str) -> int:
    """The customer changes something else, and publishes."""
    do(scene, editing.save, part="company", values={"name": name})
    return int(do(scene, publishing.publish, note="")["revision"])


@pytest.mark.feature("PBX-14", "TEL-02")
def test_a_line_that_lost_its_number_stops_nobody_from_publishing_or_rolling_back() -> None:
    scene = beside_a_line()
    first = rename(scene, "Een")
    scene.assign(WINKEL, GARAGE, scene.now)
    rename(scene, "Twee")
    do(scene, publishing.roll_back, revision=first)
    config = scene.store.settings(BAKERY).published
    assert config.company.name == "Een"
    (problem,) = problems(config, scene.store.numbers_held(BAKERY, scene.now))
    assert (problem.where.id, problem.field, problem.blocking) == ("winkel", "number", False)
    assert "Vraag uw leverancier" in problem.sentence


@pytest.mark.feature("PBX-14")
def test_who_publishes_hears_of_a_test_call_that_a_lost_number_broke() -> None:
    scene = beside_a_line()
    asked: dict[str, Any] = {"name": "Winkel belt uit", "caller": "line:winkel", "called": "+31600123456"}
    asked |= {"keys": [], "busy": [], "unregistered": [], "direction": "out", "at": scene.now}
    do(scene, save_test_call, **asked, expect="outside:+31600123456")
    do(scene, editing.save, part="company", values={"name": "Een"})
    assert do(scene, publishing.publish, note="")["broken"] == []
    scene.assign(WINKEL, GARAGE, scene.now)
    do(scene, editing.save, part="company", values={"name": "Twee"})
    (told,) = do(scene, publishing.publish, note="")["broken"]
    assert told["name"] == "Winkel belt uit"


@pytest.mark.feature("PBX-14")
def test_a_number_of_a_user_that_was_lost_is_the_customers_to_mend() -> None:
    scene = beside_a_line()
    scene.assign(KEES, GARAGE, scene.now)
    with pytest.raises(Conflict, match="Kies een van uw eigen nummers"):
        rename(scene, "Een")


@pytest.mark.feature("TEL-02")
def test_staff_give_no_line_a_number_that_is_not_the_customers() -> None:
    scene = beside_a_line()
    scene.assign(WINKEL, GARAGE, scene.now)
    of_winkel: dict[str, Any] = {"command": change_line, "id": "winkel"}
    for asked in (
        {"command": add_line, "values": {"number": NOBODYS}},
        *({**of_winkel, "values": {"number": number}} for number in (NOBODYS, WINKEL)),
    ):
        with pytest.raises(Invalid) as refused:
            do(scene, **asked)
        assert "Kies een van uw eigen nummers" in refused.value.fields["number"][0]
    assert do(scene, change_line, id="winkel", values={"number": SPARE})["value"]["number"] == SPARE


def without_numbers(scene: Scene, keep: tuple[str, ...] = ()) -> None:
    """No number leads to the PBX, so that it may be taken away."""

    def work(changes: Changes) -> bool:
        old = changes.settings(BAKERY)
        users = tuple(
            user if user.id in keep else structs.replace(user, number=None) for user in old.published.users
        )
        new = replace(old, published=structs.replace(old.published, users=users))
        changes.save_settings(old, stamped(new, old))
        return True

    scene.store.in_one(scene.now, work)


def jan(scene: Scene) -> PbxUser:
    return next(user for user in scene.store.settings(BAKERY).published.users if user.id == "jan")


def rung(scene: Scene) -> list[str]:
    """The telephones that ring when Kees calls Jan."""
    return [branch.to for stage in scene.out("211", "kees").stages for branch in stage.targets]


@pytest.mark.feature("PBX-15", "PBX-06")
@pytest.mark.parametrize("written", ["203", WINKEL, "line:winkel"])
def test_a_pbx_that_comes_back_leads_to_the_lines_that_it_led_to(written: str) -> None:
    """The line has got another extension and number meanwhile, and a new line those that it had."""
    night = ElementNight(mode=Follow.OFF, destination=written)
    scene = beside_a_line(forwards=forwards(always=written), night=night)
    without_numbers(scene)
    do(scene, disable_pbx)
    do(scene, change_line, id="winkel", values={"number": SPARE, "extension": "204"})
    do(scene, add_line, values={"number": WINKEL, "name": "Magazijn", "extension": "203"})
    do(scene, enable_pbx)
    assert rung(scene) == ["sip-winkel"]
    to = "line:winkel" if written == "line:winkel" else "204"
    assert (jan(scene).forwards.always.to, jan(scene).night.destination) == (to, to)


@pytest.mark.feature("PBX-15")
def test_a_pbx_comes_back_when_a_line_that_it_led_to_has_gone() -> None:
    """Who has that extension now is not rung instead; the customer chooses another."""
    scene = beside_a_line(forwards=forwards(always="203"))
    without_numbers(scene)
    do(scene, disable_pbx)
    do(scene, remove, part=Part.LINE, id="winkel")
    do(scene, add_line, values={"number": WINKEL, "name": "Magazijn", "extension": "203"})
    do(scene, enable_pbx)
    assert jan(scene).forwards.always.to == ""
    assert rung(scene) == ["sip-jan"]
    with pytest.raises(Conflict, match="heeft geen bestemming"):
        rename(scene, "Een")
    do(scene, editing.save, part="user", id="jan", values={"forwards": {"always": {"to": "203"}}})
    rename(scene, "Een")


@pytest.mark.feature("PBX-15")
def test_numbers_that_are_not_theirs_any_more_are_left_out_of_it() -> None:
    scene = beside_a_line(forwards=forwards(busy=KEES))
    without_numbers(scene, keep=("kees",))
    for number in (KEES, COMPANY, WINKEL):
        scene.assign(number, GARAGE, scene.now)
    do(scene, disable_pbx)
    do(scene, enable_pbx)
    config: Config = scene.store.settings(BAKERY).published
    assert (config.company.number, [user.number for user in config.users[:2]]) == (None, [None, None])
    assert (jan(scene).forwards.busy.to, config.lines[0].number) == ("213", WINKEL)


@pytest.mark.feature("PBX-15")
def test_a_line_that_has_an_extension_of_it_now_must_get_another_first() -> None:
    scene = beside_a_line()
    without_numbers(scene)
    do(scene, disable_pbx)
    do(scene, change_line, id="winkel", values={"extension": "211"})
    with pytest.raises(Conflict, match="211 is al van Jan"):
        do(scene, enable_pbx)
    do(scene, change_line, id="winkel", values={"extension": "205"})
    do(scene, enable_pbx)
    assert jan(scene).extension == "211"
