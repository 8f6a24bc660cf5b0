"""An earlier version comes back beside lines and users that stay: all leads to whom it led."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from services.pbx.demo.example import example
from services.pbx.domain import parts
from services.pbx.domain.config import Config, Line, Night, NightState, PbxUser, Voicemail
from services.pbx.domain.exits import exits
from services.pbx.domain.parts import Part
from services.pbx.domain.renumbering import followed, put_together
from services.pbx.domain.routing.directory import directory
from services.pbx.domain.settings import Settings, rolled_back
from services.pbx.usecases import editing, publishing
from services.pbx.usecases.staff import change_line
from shared.acting import Acting
from shared.errors import Conflict
from shared.ids import new_id
from tests.unit.pbx.edge_scene import BAKERY, NOON, Scene
from tests.unit.pbx.plans import forwards, group, line, pbx

pytestmark = pytest.mark.feature("PBX-14")

ACTING = Acting(kind="user", scope="customer", customer_id=BAKERY, user_id="u" * 32, roles=("settings",))
STAFF = Acting(kind="staff", scope="operator")
MANUAL = example()


def named(name: str, extension: str | None, **values: Any) -> PbxUser:
    return PbxUser(id=name, username=name, first_name=name, extension=extension, **values)


def leads_to(config: Config) -> dict[tuple[str, str], str]:
    """The ID of whom every way out reaches, by its place."""
    book = directory(config)
    found = {(way.source.id, way.field): book.find(way.to)[0] for way in exits(config)}
    return {place: element.id if element is not None else "outside" for place, element in found.items()}


def back(version: Config, now: Config) -> Config:
    """As rolling back mixes the two."""
    mixed = rolled_back(Settings(BAKERY, enabled=True, published=now), version)
    return put_together(publishing._with_todays_users(mixed, now), version, now)


def test_a_line_goes_on_leading_to_the_same_person() -> None:
    """Jan was 201 and Piet 202; since then they changed places, and the line followed Jan to 202."""
    version = pbx(named("jan", "201"), named("piet", "202"), line(forwards=forwards(always="201")))
    now = pbx(named("jan", "202"), named("piet", "201"), line(forwards=forwards(always="202")))
    assert leads_to(back(version, now)) == {("line", "forwards.always.to"): "jan"}


def test_so_does_somebody_who_came_later() -> None:
    version = pbx(named("jan", "201"), named("piet", "202"))
    kees = named("kees", "203", forwards=forwards(busy="202"))
    now = pbx(named("jan", "202"), named("piet", "201"), kees)
    assert leads_to(back(version, now)) == {("kees", "forwards.busy.to"): "jan"}


def test_the_version_follows_lines_that_have_another_extension_now() -> None:
    version = pbx(line(extension="203"), group(overflow_to="203"))
    other = Line(id="other", number="+31850001621", extension="203")
    now = pbx(line(extension="204"), other, group(overflow_to="204"))
    assert set(leads_to(back(version, now)).values()) == {"line"}


def test_the_night_mode_goes_on_leading_to_whom_it_was_set_to_by_hand() -> None:
    """Kees was Piet's 215 in the version, and has 216 again when that comes back."""
    version = pbx(
        named("piet", "215"), named("kees", "216"), night=Night(state=NightState.AUTO, destination="999")
    )
    by_hand = Night(state=NightState.ON, destination="215", until=NOON, then=NightState.AUTO)
    now = pbx(named("piet", "214"), named("kees", "215"), night=by_hand)
    found = back(version, now)
    assert found.night == structs.replace(by_hand, destination="216")
    assert leads_to(found) == {("night", "destination"): "kees"}


def test_where_the_night_mode_leads_now_must_be_in_the_version() -> None:
    night = Night(state=NightState.ON, destination="300")
    now = pbx(named("jan", "201"), group(extension="300"), night=night)
    with pytest.raises(Conflict, match="nachtschakeling .*belgroep Support.*kies een andere versie"):
        back(pbx(named("jan", "201"), night=Night(state=NightState.ON, destination="201")), now)


@pytest.mark.parametrize("state", [NightState.AUTO, NightState.OFF])
def test_a_night_mode_that_is_not_on_leads_where_the_version_did_when_that_has_gone(
    state: NightState,
) -> None:
    """As after a file that was read in: its group is nobody's in the version. The line has another extension
    today."""
    now = pbx(line(extension="204"), group(extension="300"), night=Night(state=state, destination="300"))
    found = back(pbx(line(extension="203"), night=Night(state=NightState.ON, destination="203")), now)
    assert (found.night.state, found.night.destination) == (state, "204")


def test_an_extension_that_was_given_away_since_is_no_substitute() -> None:
    """Jan has left; his extension is Piet's today, who came later."""
    version = pbx(named("jan", "201"), group(overflow_to="201"))
    with pytest.raises(Conflict, match="belgroep Support .*jan \\(201\\)"):
        back(version, pbx(named("piet", "201"), group()))


def test_where_a_line_leads_must_be_in_the_version() -> None:
    version = pbx(named("jan", "201"))
    now = pbx(named("jan", "201"), group(extension="300"), line(forwards=forwards(no_answer="300")))
    with pytest.raises(Conflict, match="kies een andere versie"):
        back(version, now)
    off = structs.replace(now, lines=(line(voicemail=Voicemail(transfer_to="300")),))
    assert back(version, off).lines == off.lines, "what is off is in nobody's way"


def test_outside_numbers_and_what_needs_no_other_address_stay_as_they_were_written() -> None:
    version = pbx(named("jan", "201", number="+31850001611"), group(overflow_to="0850001611"))
    now = pbx(*version.users, group(), line(forwards=forwards(always="06-00 12 34 56", busy="201")))
    found = back(version, now)
    assert (found.lines, found.groups) == (now.lines, version.groups)


def test_whose_telephone_it_is_stays_as_it_is_today() -> None:
    """Jan's came after the version, Piet's has gone since, Kees has another one."""
    version = pbx(named("jan", "201"), named("piet", "202", device="old"), named("kees", "203", device="old"))
    now = pbx(named("jan", "201", device="new"), named("piet", "202"), named("kees", "203", device="new"))
    assert [(one.id, one.device) for one in back(version, now).users] == [
        ("jan", "new"),
        ("piet", None),
        ("kees", "new"),
    ]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_after_any_renumbering_since_a_roll_back_leads_where_version_and_today_led(
    data: st.DataObject,
) -> None:
    """``now`` is the manual's example after some renumbering, of elements and of a line."""
    shop = line(extension="899", forwards=forwards(always=data.draw(st.sampled_from(["209", "211", "555"]))))
    version = structs.replace(MANUAL, lines=(shop,))
    now, free = version, iter(["881", "882", "883", "884"])
    elements = [(Part.USER, one.id) for one in version.users] + [(Part.LINE, shop.id)]
    for part, own in data.draw(st.lists(st.sampled_from(elements), max_size=3, unique=True)):
        before = parts.element(now, part, own)
        extension = data.draw(st.sampled_from([one.extension for one in version.users if one.extension]))
        taken = any(one.extension == extension for one in now.elements())
        new = structs.replace(before, extension=next(free) if taken else extension)
        now = followed(now, parts.replaced(now, part, own, new), part, own)
    assert leads_to(back(version, now)) == leads_to(version)


def test_the_customer_rolls_back_and_the_line_rings_whom_it_rang() -> None:
    scene = Scene(
        pbx(named("jan", "201"), named("piet", "202"), line("+31850001620", forwards=forwards(always="201")))
    )

    def do(command: Callable[..., Any], acting: Acting = ACTING, **fields: Any) -> int:
        made = command(scene.store, lambda: scene.now, acting, command_id=new_id(), **fields)
        return int(made["revision"])

    def renumber(user_id: str, extension: str) -> None:
        fields = {"part": Part.USER, "id": user_id, "base_revision": None}
        do(editing.save, values={"extension": extension}, **fields)

    first = do(change_line, STAFF, customer_id=BAKERY, id="line", values={"name": "Winkel"}, reason="")
    renumber("piet", "203")
    renumber("jan", "202")
    renumber("piet", "201")
    do(publishing.publish, note="")
    assert scene.store.settings(BAKERY).published.lines[0].forwards.always.to == "202"
    do(publishing.roll_back, revision=first)
    found = scene.store.settings(BAKERY).published
    assert [(one.id, one.extension) for one in found.users] == [("jan", "201"), ("piet", "202")]
    assert found.lines[0].forwards.always.to == "201"
