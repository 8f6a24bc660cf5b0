"""Settings of a PBX over RPC: changed in a draft, published, taken back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.pbx.domain.secrets import about
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.ids import new_id
from shared.sealing import Sealer
from tests.integration.pbx.conftest import Pbx
from tests.integration.pbx.scene import COMPANY, SPARE, SUPPORT, Office
from tests.support.keys import Keyring


@pytest.fixture
def office(pbx: Pbx) -> Office:
    return Office.opened(pbx)


def group(office: Office, **values: Any) -> str:
    return str(office.change("add", part="group", values={"name": "Verkoop", **values})["id"])


@pytest.mark.feature("PBX-10")
def test_a_new_pbx_has_a_company_voicemail_on_999_that_only_speaks(office: Office) -> None:
    (voicemail,) = office.config()["config"]["users"]
    assert (voicemail["extension"], voicemail["voicemail"]["after"]) == ("999", "hangup")
    assert office.staff("enable_pbx") == {"revision": office.config()["revision"]}
    assert len(office.config()["config"]["users"]) == 1


@pytest.mark.feature("PBX-14")
def test_a_change_waits_in_the_draft_until_it_is_published(office: Office) -> None:
    assert office.config()["draft"] is None
    office.save("company", None, name="Fictief B.V.", number=COMPANY)
    found = office.config()
    assert found["draft"]["changes"] == 1
    assert found["config"]["company"]["name"] == "Fictief B.V."
    assert office.config("published")["config"]["company"]["name"] == ""

    done = office.change("publish", note="Bedrijfsnummer")
    assert done["broken"] == []
    after = office.config("published")
    assert (after["draft"], after["config"]["company"]["number"]) == (None, COMPANY)
    assert after["published"]["note"] == "Bedrijfsnummer"
    assert after["published"]["by"] == "iris"
    newest = office.call("history")["rows"][0]
    assert (newest["kind"], newest["revision"]) == ("publish", after["published"]["revision"])
    with pytest.raises(Conflict, match="geen wijzigingen"):
        office.change("publish")


@pytest.mark.feature("PBX-14")
def test_a_draft_that_says_what_is_published_is_none_and_one_can_be_thrown_away(office: Office) -> None:
    office.save("outgoing", None, mobile=True)
    office.save("outgoing", None, mobile=False)
    assert office.config()["draft"] is None
    office.save("outgoing", None, mobile=True)
    office.change("discard")
    assert office.config()["config"]["outgoing"]["mobile"] is False
    with pytest.raises(Conflict):
        office.change("discard")


@pytest.mark.feature("PBX-14")
def test_an_earlier_version_comes_back_with_the_places_that_are_paid_now(office: Office) -> None:
    office.save("company", None, number=COMPANY)
    first = office.change("publish")["revision"]
    desk = office.user("receptie", extension="209")
    office.save("company", None, name="Anders B.V.")
    with pytest.raises(Conflict, match="Publiceer of verwerp"):
        office.change("roll_back", revision=first)
    office.change("publish")

    office.change("roll_back", revision=first)
    config = office.config("published")["config"]
    assert config["company"]["name"] == ""
    assert desk in [user["id"] for user in config["users"]]
    assert office.call("history")["rows"][0]["kind"] == "roll_back"
    with pytest.raises(NotFound):
        office.change("roll_back", revision=9_999)


@pytest.mark.feature("PBX-06")
def test_an_extension_that_is_taken_is_refused_beside_its_field_with_free_ones(office: Office) -> None:
    office.user("receptie", first_name="Receptie", extension="209")
    other = office.user("verkoop1")
    with pytest.raises(Invalid) as wrong:
        office.save("user", other, extension="209")
    (sentence,) = wrong.value.fields["extension"]
    assert sentence.startswith("209 is al van ")
    assert "Receptie" in sentence
    assert "Vrij zijn 210, 211 en 212." in sentence
    with pytest.raises(Invalid, match="") as early:  # the one that comes first in the plan is told as well
        office.save("group", group(office, extension="101"), extension="209")
    assert "Receptie" in early.value.fields["extension"][0]
    for extension in ("0123", "1", "12345", "ab"):
        with pytest.raises(Invalid) as odd:
            office.save("user", other, extension=extension)
        assert "2, 3 of 4 cijfers" in odd.value.fields["extension"][0]
    for extension in ("112", "1233", "1850", "1420"):
        with pytest.raises(Invalid) as reserved:
            office.save("user", other, extension=extension)
        assert reserved.value.fields["extension"] == [
            f"{extension} heeft op het telefoonnet al een betekenis."
        ]


@pytest.mark.feature("PBX-06")
def test_a_number_is_one_elements_and_the_customers_own(office: Office) -> None:
    desk, other = office.user("receptie", first_name="Receptie"), office.user("verkoop1")
    office.save("user", desk, number="085-000 16 11")
    numbers = {row["number"]: row["used_by"] for row in office.config()["numbers"]}
    assert numbers[SUPPORT]["id"] == desk
    assert numbers[SPARE] is None
    with pytest.raises(Invalid) as taken:
        office.save("user", other, number=SUPPORT)
    assert "is al van" in taken.value.fields["number"][0]
    with pytest.raises(Invalid) as foreign:
        office.save("user", other, number="+31850001655")
    assert foreign.value.fields["number"] == [
        "085-000 16 55 is nu geen nummer van u. Kies een van uw eigen nummers."
    ]
    office.save("user", desk, number="")
    office.save("user", other, number=SUPPORT)


@pytest.mark.feature("PBX-08")
def test_groups_are_made_filled_ordered_and_removed(office: Office) -> None:
    one, two = office.user("verkoop1", extension="201"), office.user("verkoop2", extension="202")
    sales = group(office, extension="101", policy="circular")
    office.save("group", sales, members=[one, two])
    office.change("move_member", group_id=sales, user_id=two, direction="up")
    assert office.element("groups", sales)["members"] == [two, one]
    office.change("move_member", group_id=sales, user_id=two, direction="up")
    assert office.element("groups", sales)["members"] == [two, one]
    with pytest.raises(Invalid) as nobody:
        office.save("group", sales, wait_on=True)
    assert list(nobody.value.fields) == ["overflow_to"]
    office.save("group", sales, wait_on=True, overflow_to="06-00 00 00 12")
    assert office.element("groups", sales)["overflow_to"] == "+31600000012"
    with pytest.raises(Conflict, match="in gebruik bij"):
        office.staff("remove_user", id=one)
    office.change("remove", part="group", id=sales)
    assert office.config()["draft"] is None


@pytest.mark.feature("PBX-09")
def test_a_menu_is_changed_key_by_key(office: Office) -> None:
    sales = group(office, extension="101")
    menu = office.change("add", part="menu", values={"name": "Hoofdmenu", "number": COMPANY})["id"]
    office.save(
        "menu_side", f"{menu}:open", keys={"1": {"action": "transfer", "to": "101", "description": "sales"}}
    )
    office.save("menu_side", f"{menu}:open", keys={"2": {"action": "repeat"}})
    keys = office.element("menus", menu)["open"]["keys"]
    assert {key: value["action"] for key, value in keys.items()} == {"1": "transfer", "2": "repeat"}
    with pytest.raises(Invalid) as unknown:
        office.save("menu_side", f"{menu}:open", keys={"3": {"action": "transfer", "to": "555"}})
    assert "555 bestaat niet" in unknown.value.fields["keys.3.to"][0]
    with pytest.raises(Invalid) as silent:
        office.save("menu_side", f"{menu}:closed", keys={"1": {"action": "play"}})
    assert list(silent.value.fields) == ["keys.1.file"]
    with pytest.raises(Conflict, match="Hoofdmenu"):
        office.change("remove", part="group", id=sales)


@pytest.mark.feature("PBX-07")
def test_a_users_voicemail_asks_for_an_address_unless_nothing_is_recorded(office: Office) -> None:
    desk = office.user("receptie", extension="209")
    with pytest.raises(Invalid) as missing:
        office.save("user", desk, voicemail={"on": True})
    assert list(missing.value.fields) == ["voicemail.email"]
    office.save("user", desk, voicemail={"on": True, "after": "hangup"})
    office.save("user", desk, voicemail={"after": "record", "email": "receptie@example.nl"})
    box = office.element("users", desk)["voicemail"]
    assert (box["on"], box["rings"], box["no_answer"]) == (True, 5, True)
    with pytest.raises(Invalid) as many:
        office.save("user", desk, forwards={"no_answer": {"on": True, "to": "999", "rings": 40}})
    assert many.value.fields == {"forwards.no_answer.rings": ["Kies 1 tot en met 20."]}


@pytest.mark.feature("PBX-02")
def test_a_schedule_that_is_in_use_stays_and_the_built_in_one_always_does(office: Office) -> None:
    hours = {"name": "Werktijden", "slots": [{"days": [0, 1, 2, 3, 4], "start": "08:30", "end": "17:30"}]}
    made = office.change("add", part="schedule", values=hours)["id"]
    office.save("night", None, state="auto", hours=made, destination="999")
    with pytest.raises(Conflict, match="Werktijden is in gebruik bij de nachtschakeling"):
        office.change("remove", part="schedule", id=made)
    with pytest.raises(Conflict, match="ingebouwd"):
        office.change("remove", part="schedule", id="always")
    with pytest.raises(Invalid) as wrong:
        office.change(
            "add", part="schedule", values={"name": "Raar", "slots": [{"days": [7], "start": "25:00"}]}
        )
    assert set(wrong.value.fields) == {"slots.0.days.0", "slots.0.start"}
    office.save("night", None, state="off", hours=None)
    office.change("remove", part="schedule", id=made)


@pytest.mark.feature("PBX-03")
def test_the_night_mode_by_hand_acts_at_once_and_beside_a_draft(office: Office) -> None:
    office.save("company", None, name="Fictief B.V.", number=COMPANY)
    office.change("set_night", state="on", destination="999", until="2099-01-01T08:00:00+01:00")
    published = office.config("published")
    night = published["config"]["night"]
    assert (night["state"], night["then"]) == ("on", "off")
    assert night["until"].startswith("2099-01-01T0")
    assert published["config"]["company"]["name"] == ""
    assert office.config()["draft"]["changes"] == 1
    with pytest.raises(Invalid) as past:
        office.change("set_night", state="on", until="2020-01-01T08:00:00+01:00")
    assert list(past.value.fields) == ["until"]
    office.change("publish")
    assert office.config("published")["config"]["night"]["state"] == "on"


def test_what_cannot_work_is_not_published(office: Office) -> None:
    office.save("company", None, name="Fictief B.V.")
    with pytest.raises(Conflict, match="kan zo niet worden gepubliceerd") as refused:
        office.change("publish")
    assert refused.value.details["sentences"]
    assert [found["code"] for found in refused.value.details["findings"]] == ["NO_COMPANY_NUMBER"]
    assert office.call("checks")["findings"] != []


@pytest.mark.feature("PBX-14")
def test_an_element_that_changed_meanwhile_is_not_overwritten_but_others_may_be(office: Office) -> None:
    one, two = office.user("verkoop1", extension="201"), office.user("verkoop2", extension="202")
    seen = office.config()["revision"]
    office.save("user", one, first_name="Jan")
    office.change("save", part="user", id=two, values={"first_name": "Piet"}, base_revision=seen)
    with pytest.raises(Conflict, match="Iemand anders"):
        office.change("save", part="user", id=one, values={"first_name": "Klaas"}, base_revision=seen)
    assert office.element("users", one)["first_name"] == "Jan"


def test_publishing_tells_of_changed_users_and_of_what_numbers_reach(office: Office) -> None:
    desk = office.user("receptie", first_name="Receptie")
    office.save("company", None, number=COMPANY)
    office.save("user", desk, number=SUPPORT, extension="209")
    before = len(office.told("pbx.user.changed.v1"))
    assert office.told("pbx.number.changed.v1")[-1]["subject"] == "none"
    revision = office.change("publish")["revision"]
    told = office.told("pbx.user.changed.v1")[before:]
    assert {event["user_id"] for event in told} >= {desk}
    event = next(event for event in told if event["user_id"] == desk)
    assert event["revision"] == revision
    assert (event["extension"], event["number"], event["shown_number"]) == ("209", SUPPORT, COMPANY)
    reached = {e["number"]: (e["subject"], e["revision"]) for e in office.told("pbx.number.changed.v1")}
    assert reached[SUPPORT] == ("user", 2)
    office.save("user", desk, number="")
    office.change("publish")
    reached = {e["number"]: e["subject"] for e in office.told("pbx.number.changed.v1")}
    assert reached[SUPPORT] == "none"
    office.staff("remove_user", id=desk)
    assert office.told("pbx.user.changed.v1")[-1] | {"revision": 0} == office.told("pbx.user.changed.v1")[
        -1
    ] | {
        "revision": 0,
        "user_id": desk,
        "deleted": True,
    }


def test_a_number_that_is_taken_away_stays_in_its_place_and_is_said(office: Office) -> None:
    desk = office.user("receptie", number=SUPPORT)
    office.save("company", None, number=COMPANY)
    office.change("publish")
    rows = office.pbx.staff("assignments", customer_id=office.customer_id)["rows"]
    assignment = next(row["id"] for row in rows if row["number"] == SUPPORT)
    office.pbx.end(assignment, "2026-02-01")
    assert office.element("users", desk)["number"] == SUPPORT
    problems = office.call("checks")["problems"]
    assert [p["field"] for p in problems if p["where"]["id"] == desk] == ["number"]
    office.save("user", desk, voicemail={"on": True, "email": "a@example.nl"})  # other fields can be changed
    with pytest.raises(Conflict):
        office.change("publish")


@pytest.mark.feature("PBX-06")
def test_passwords_and_pin_codes_are_sealed_and_never_shown(office: Office, keyring: Keyring) -> None:
    desk = office.user("receptie", extension="209")
    for kind, wrong in (
        ("password", "kort1"),
        ("password", "alleenletters"),
        ("pincode", "123"),
        ("pincode", "1111"),
    ):
        with pytest.raises(Invalid) as refused:
            office.change("set_secret", user_id=desk, kind=kind, value=wrong)
        assert list(refused.value.fields) == ["value"]
    office.change("set_secret", user_id=desk, kind="password", value="vlierbes88jam")
    office.change("set_secret", user_id=desk, kind="pincode", value="48151623")
    found = office.config()
    assert found["secrets"] == {desk: {"password": True, "pincode": True}}
    everything = repr(found) + repr(list(office.pbx.database["user_secrets"].find()))
    everything += repr(list(office.pbx.database["outbox"].find())) + repr(
        list(office.pbx.database["commands"].find())
    )
    assert "vlierbes" not in everything
    kept = office.pbx.database["user_secrets"].find_one({"_id": desk})
    opened = Sealer.of(json.loads(keyring.sealing)).open(kept["password"], about(desk, "password"))
    assert opened == "vlierbes88jam"
    assert "48151623" not in everything
    with pytest.raises(NotFound):
        office.change("set_secret", user_id=new_id(), kind="pincode", value="4815")


@pytest.mark.feature("PBX-11")
def test_a_test_call_follows_the_draft(office: Office) -> None:
    desk = office.user("receptie", number=SUPPORT, extension="209")
    asked = {"caller": "06-00 00 00 12", "called": SUPPORT, "at": "2026-11-24T10:00:00+01:00"}
    assert f"rings:{desk}" in office.call("simulate", **asked)["reached"]
    office.save("user", desk, forwards={"always": {"on": True, "to": "999"}})
    assert f"rings:{desk}" in office.call("simulate", which="published", **asked)["reached"]
    drafted = office.call("simulate", **asked)
    assert drafted["plan"]["end"] == "hangup" or drafted["plan"]["end"] == "voicemail"
    assert drafted["heard"]["answered"] is False
    answered = office.call("simulate", which="published", answers=[desk], **asked)["heard"]
    assert (answered["answered"], answered["sentence"]) == (
        True,
        f"receptie (209) neemt op na {answered['at']} seconden.",
    )
    assert office.call("differences")["rows"] != []
    assert office.call("picture")["nodes"]
    assert office.call("week", number=SUPPORT)["cells"]


@pytest.mark.feature("PBX-14")
def test_publishing_names_the_saved_test_calls_that_now_go_elsewhere(office: Office) -> None:
    desk = office.user("receptie", number=SUPPORT, extension="209")
    office.save("company", None, number=COMPANY)
    saved = office.change(
        "save_test_call",
        name="Support overdag",
        caller="06-00 00 00 12",
        called=SUPPORT,
        at="2026-11-24T10:00:00+01:00",
        expect=f"rings:{desk}",
    )["id"]
    assert office.change("publish")["broken"] == []
    office.save("user", desk, forwards={"always": {"on": True, "to": "999"}})
    (tried,) = office.call("test_calls")["rows"]
    assert (tried["holds"], tried["id"]) == (False, saved)
    assert office.call("test_calls", which="published")["rows"][0]["holds"] is True
    assert office.change("publish")["broken"] == [{"id": saved, "name": "Support overdag"}]
    office.change("remove_test_call", id=saved)
    with pytest.raises(NotFound):
        office.change("remove_test_call", id=saved)


def test_a_command_that_comes_twice_has_one_effect(office: Office) -> None:
    fields = {"part": "group", "values": {"name": "Verkoop", "extension": "101"}, "command_id": new_id()}
    assert office.call("add", **fields) == office.call("add", **fields)
    assert len(office.config()["config"]["groups"]) == 1
    with pytest.raises(Conflict):
        office.call("add", **{**fields, "values": {"name": "Support"}})


def test_every_change_is_told_to_the_audit_log(office: Office) -> None:
    desk = office.user("receptie", extension="209")
    sales = group(office, extension="101")
    office.save("group", sales, members=[desk])
    office.change("set_secret", user_id=desk, kind="pincode", value="4815")
    office.save("company", None, number=COMPANY)
    office.change("publish", note="Eerste")
    assert office.audited()[1:] == [
        "pbx.enabled",
        "pbx_user.added",
        "pbx_group.added",
        "pbx_group.changed",
        "pbx_user.pincode_set",
        "pbx_company.changed",
        "pbx.published",
    ]
    changed = office.told("pbx.audit.recorded.v1")[4]
    assert (changed["before"], changed["after"]) == ({"members": []}, {"members": [desk]})


def test_foreign_and_missing_look_the_same_and_the_role_is_asked(office: Office) -> None:
    desk = office.user("receptie", extension="209")
    stranger = Office.opened(office.pbx, ())
    for element_id in (desk, new_id()):
        with pytest.raises(NotFound):
            stranger.save("user", element_id, first_name="Indringer")
        with pytest.raises(NotFound):
            stranger.change("set_secret", user_id=element_id, kind="pincode", value="4815")
    without = Office(office.pbx, office.customer_id, ("invoices",))
    for method in ("config", "history", "files", "test_calls", "checks"):
        with pytest.raises(Forbidden):
            without.call(method)
    with pytest.raises(Forbidden):
        without.save("company", None, name="X")
    with pytest.raises(NotFound):
        Office(office.pbx).save("company", None, name="X")  # has no PBX
