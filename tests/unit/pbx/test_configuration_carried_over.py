"""A configuration exported from one customer and read in for another: nobody is two customers' at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs, to_builtins

from services.pbx.domain.config import Company, Config, Line, PbxUser
from services.pbx.domain.renaming import people_of, renamed
from services.pbx.domain.settings import Settings, stamped
from services.pbx.store import Changes
from services.pbx.usecases.staff import import_config
from shared.acting import Acting
from shared.errors import Conflict
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


def publish(scene: Scene, customer: str, change: Callable[[Config], Config]) -> None:
    """What is published is another from now on."""

    def work(changes: Changes) -> bool:
        old = changes.settings(customer)
        changes.save_settings(old, stamped(replace(old, published=change(old.published)), old))
        return True

    scene.store.in_one(scene.now, work)


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


def test_an_id_that_is_nobodys_any_more_is_not_taken_over(scene: Scene) -> None:
    """Jan has left the bakery: those who hear of users have kept his ID as one of the bakery's."""

    def without_jan(config: Config) -> Config:
        return structs.replace(config, users=config.users[1:], groups=())

    publish(scene, BAKERY, without_jan)
    jan, _kees = read_in(scene, for_the_garage(exported())).users
    assert (jan.first_name, jan.id == "jan", jan.device) == ("Jan", False, None)


def test_a_file_that_is_read_in_again_is_about_the_same_people(scene: Scene) -> None:
    """Their telephones stay theirs, whatever the file says."""
    file = for_the_garage(exported())
    first = read_in(scene, file)

    def with_a_telephone(config: Config) -> Config:
        jan, kees = config.users
        return structs.replace(config, users=(structs.replace(jan, device="e" * 32), kees))

    publish(scene, GARAGE, with_a_telephone)
    again = read_in(scene, file)
    assert people_of(again) == people_of(first)
    assert [user.device for user in again.users] == ["e" * 32, None]


def test_two_customers_who_are_given_one_file_at_the_same_moment_share_nobody(scene: Scene) -> None:
    """The second is read in when the first has been worked out and is not there yet."""
    els = PbxUser(id="e" * 32, username="els", extension="201")
    files = {
        customer: Config(company=Company(number=number), users=(els,))
        for customer, number in ((BAKERY, "+31850001600"), (GARAGE, NUMBER))
    }
    found: dict[str, Config] = {}

    def meanwhile(name: str) -> None:
        if name == "commit":
            scene.trouble = lambda name: None
            found[GARAGE] = read_in(scene, files[GARAGE])

    scene.trouble = meanwhile
    found[BAKERY] = read_in(scene, files[BAKERY], BAKERY)
    assert len({*people_of(found[BAKERY]), *people_of(found[GARAGE]), els.id}) == 3


def test_who_was_in_an_earlier_version_comes_back_as_the_same(scene: Scene) -> None:
    own = structs.replace(exported(), company=Company(name="Bakkerij", number="+31850001600"))
    read_in(scene, own, BAKERY)
    publish(scene, BAKERY, lambda config: structs.replace(config, users=(), groups=(), lines=()))
    back = read_in(scene, own, BAKERY)
    assert people_of(back) == people_of(own)
    assert back.users[0].device is None, "it has been told that he left"


def test_a_line_on_a_number_that_is_not_the_customers_is_not_read_in(scene: Scene) -> None:
    with pytest.raises(Conflict, match="085-000 16 19 is nu geen nummer van u. Kies een van uw eigen"):
        read_in(scene, structs.replace(for_the_garage(exported()), lines=exported().lines))
    scene.assign("+31850001619", GARAGE, scene.now)
    own = scene.store.settings(BAKERY).published
    assert read_in(scene, own, BAKERY).lines == own.lines, "what stands there already is in nobody's way"


def test_nothing_is_renamed_but_who_must_be() -> None:
    config = exported()
    assert renamed(config, {}) == config
    assert people_of(renamed(config, {"jan": "j"})) == {"j", "kees", "winkel"}
