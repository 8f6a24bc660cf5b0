"""A configuration exported from one customer and read in for another: nobody is two customers' at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs, to_builtins

from services.pbx.domain.config import Company, Config, Line, PbxUser
from services.pbx.domain.renaming import people_of, renamed
from services.pbx.domain.settings import Settings, without_pbx
from services.pbx.store import Changes
from services.pbx.usecases.staff import import_config
from shared.acting import Acting
from shared.events.pbx import PbxUserChanged
from shared.ids import new_id
from tests.unit.pbx.edge_scene import BAKERY, NOON, Scene, bakery
from tests.unit.pbx.plans import forwards, group

pytestmark = pytest.mark.feature("ID-12")

STAFF = Acting(kind="staff", scope="operator")
GARAGE = "c" * 32
NUMBER = "+31850001700"


def exported() -> Config:
    """With every place where a user or a line is named by its ID."""
    config = bakery(forwards=forwards(always="line:winkel", busy="user:kees"), device="d" * 32)
    shop = Line(id="winkel", number="+31850001619", forwards=forwards(busy="user:kees", no_answer="213"))
    return structs.replace(config, lines=(shop,), groups=(group("kees", "jan", number=None),))


def for_the_garage(config: Config) -> Config:
    """As staff edit an export: other numbers, the same people."""
    users = tuple(structs.replace(user, number=None) for user in config.users)
    lines = tuple(structs.replace(line, number=NUMBER) for line in config.lines)
    return structs.replace(config, company=Company(name="Garage", number=NUMBER), users=users, lines=lines)


def open_garage(scene: Scene) -> None:
    def work(changes: Changes) -> bool:
        new = replace(Settings(GARAGE), enabled=True, published=Config(), revision=1)
        changes.save_settings(Settings(GARAGE), new)
        return True

    scene.store.in_one(scene.now, work)
    scene.assign(NUMBER, GARAGE, NOON)


def read_in(scene: Scene, config: Config, customer: str = GARAGE) -> Config:
    fields: dict[str, Any] = {"customer_id": customer, "config": to_builtins(config)}
    import_config(scene.store, lambda: scene.now, STAFF, command_id=new_id(), **fields)
    return scene.store.settings(customer).published


@pytest.fixture
def scene() -> Scene:
    made = Scene(exported())
    open_garage(made)
    return made


def test_users_and_lines_of_another_customer_get_ids_of_their_own(scene: Scene) -> None:
    found = read_in(scene, for_the_garage(exported()))
    assert people_of(found).isdisjoint(people_of(exported()))
    jan, kees = found.users
    (shop,) = found.lines
    assert (jan.first_name, kees.first_name) == ("Jan", "Kees")
    assert found.groups[0].members == (kees.id, jan.id)
    assert (jan.forwards.always.to, jan.forwards.busy.to) == (f"line:{shop.id}", f"user:{kees.id}")
    assert (shop.forwards.busy.to, shop.forwards.no_answer.to) == (f"user:{kees.id}", "213")
    assert jan.device is None, "the telephone is the other one's"
    told = {event.data.user_id for event in scene.events(PbxUserChanged) if event.customer_id == GARAGE}
    assert told == {jan.id, kees.id}


def test_the_same_file_again_is_about_the_same_customers_own(scene: Scene) -> None:
    own = read_in(scene, exported(), BAKERY)
    assert people_of(own) == people_of(exported()) and own.users[0].device == "d" * 32
    first = read_in(scene, for_the_garage(exported()))
    assert people_of(read_in(scene, first)) == people_of(first)


def test_ids_that_are_nobodys_stay(scene: Scene) -> None:
    els = PbxUser(id="e" * 32, username="els", extension="201")
    config = Config(company=Company(number=NUMBER), users=(els,))
    assert people_of(read_in(scene, config)) == {"e" * 32}


@pytest.mark.parametrize("where", ["draft", "put_away"])
def test_a_draft_and_a_pbx_that_was_taken_away_count(scene: Scene, where: str) -> None:
    def work(changes: Changes) -> bool:
        old = changes.settings(BAKERY)
        if where == "draft":
            new = replace(old, published=Config(), draft=old.published, revision=old.revision + 1)
        else:
            new = without_pbx(old)
        changes.save_settings(old, new)
        return True

    scene.store.in_one(scene.now, work)
    assert people_of(read_in(scene, for_the_garage(exported()))).isdisjoint(people_of(exported()))


def test_nothing_is_renamed_but_who_must_be() -> None:
    config = exported()
    assert renamed(config, {}) == config
    assert people_of(renamed(config, {"jan": "j"})) == {"j", "kees", "winkel"}
