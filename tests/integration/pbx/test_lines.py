"""Lines without a PBX (*Telefoon*): staff give them out, customers set them, at once."""

from __future__ import annotations

import json

import pytest

from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.ids import new_id
from tests.integration.pbx.conftest import Pbx
from tests.integration.pbx.scene import COMPANY, SUPPORT, Office

OTHERS = ("+31850001620", "+31850001621")


@pytest.fixture
def shop(pbx: Pbx) -> Office:
    """A customer with a line and no PBX."""
    pbx.command("add_range", first="+31850001600", last="+31850001699")
    office = Office(pbx)
    pbx.assign(office.customer_id, COMPANY, SUPPORT)
    return office


def line(shop: Office, **values: object) -> str:
    return str(shop.staff("add_line", values={"name": "Winkel", "number": COMPANY, **values})["id"])


@pytest.mark.feature("TEL-02")
def test_a_customer_changes_the_number_display_of_a_line_and_nothing_else_of_its_account(
    shop: Office,
) -> None:
    winkel = line(shop, extension="201", main_number=COMPANY)
    shop.save("line", winkel, hide_number=True)
    found = shop.config()
    (kept,) = found["config"]["lines"]
    assert (kept["hide_number"], kept["name"], kept["extension"]) == (True, "Winkel", "201")
    assert (found["enabled"], found["draft"]) == (False, None)
    for field in ("name", "number", "main_number", "extension"):
        with pytest.raises(Invalid) as refused:
            shop.save("line", winkel, **{field: "205"})
        assert list(refused.value.fields) == [field]
    assert shop.told("pbx.number.changed.v1")[-1]["subject"] == "line"


@pytest.mark.feature("TEL-01")
def test_outgoing_blocks_of_a_customer_without_a_pbx_hold_at_once(shop: Office) -> None:
    line(shop)
    shop.save("outgoing", None, service_0906=True)
    assert shop.config("published")["config"]["outgoing"]["service_0906"] is True
    with pytest.raises(NotFound):
        shop.save("company", None, name="X")


@pytest.mark.feature("TEL-03")
@pytest.mark.feature("TEL-04")
def test_voicemail_and_forwards_of_a_line(shop: Office) -> None:
    winkel = line(shop)
    preset = shop.config()["config"]["lines"][0]["voicemail"]
    assert (preset["on"], preset["no_answer"], preset["rings"], preset["busy"]) == (False, True, 5, False)
    shop.save("line", winkel, voicemail={"on": True, "copy_email": "winkel@example.nl"})
    shop.save("line", winkel, forwards={"busy": {"on": True, "to": "06-00 00 00 12"}})
    kept = shop.config()["config"]["lines"][0]
    assert kept["forwards"]["busy"]["to"] == "+31600000012"
    assert kept["voicemail"]["copy_email"] == "winkel@example.nl"
    with pytest.raises(Invalid) as wrong:
        shop.save(
            "line", winkel, forwards={"busy": {"on": True, "to": "112"}}, voicemail={"email": "geen adres"}
        )
    assert set(wrong.value.fields) == {"forwards.busy.to", "voicemail.email"}
    shop.change("save", part="outgoing", id=None, values={"international": True}, at_once=True)
    with pytest.raises(Invalid) as blocked:
        shop.save("line", winkel, forwards={"always": {"on": True, "to": "+32 2 000 00 12"}})
    assert "is geblokkeerd" in blocked.value.fields["forwards.always.to"][0]
    with pytest.raises(Invalid) as empty:
        shop.save("line", winkel, forwards={"offline": {"on": True}})
    assert list(empty.value.fields) == ["forwards.offline.to"]


@pytest.mark.feature("TEL-05")
@pytest.mark.feature("TEL-06")
def test_specific_blocks_use_schedules_that_then_cannot_be_deleted(shop: Office) -> None:
    winkel = line(shop)
    slots = [{"days": [5, 6]}]
    weekend = shop.change("add", part="schedule", values={"name": "Weekend", "slots": slots})["id"]
    rule = {"callers": "numbers", "schedule": weekend, "numbers": ["06-00 00 00 12"]}
    shop.save("line", winkel, blocks={"anonymous": True, "rules": [rule]})
    blocks = shop.config()["config"]["lines"][0]["blocks"]
    assert blocks["rules"][0]["numbers"] == ["+31600000012"]
    assert len(blocks["rules"][0]["id"]) == 32
    with pytest.raises(Conflict, match="Weekend is in gebruik bij"):
        shop.change("remove", part="schedule", id=weekend)
    with pytest.raises(Invalid) as nobody:
        shop.save("line", winkel, blocks={"rules": [{"callers": "numbers", "numbers": []}]})
    assert list(nobody.value.fields) == ["blocks.rules.0.numbers"]
    shop.save("line", winkel, blocks={"rules": []})
    shop.change("remove", part="schedule", id=weekend)


@pytest.mark.feature("TEL-07")
def test_simring_needs_numbers(shop: Office) -> None:
    winkel = line(shop)
    with pytest.raises(Invalid):
        shop.save("line", winkel, simring={"on": True})
    along = [{"number": "06-00 00 00 12", "confirm": True}]
    shop.save("line", winkel, simring={"on": True, "numbers": along, "during_call": True})
    kept = shop.config()["config"]["lines"][0]["simring"]
    assert kept["numbers"] == [{"number": "+31600000012", "confirm": True}]


@pytest.mark.feature("ID-12")
def test_staff_change_and_remove_lines_and_only_their_own_customers(shop: Office) -> None:
    winkel = line(shop)
    with pytest.raises(Invalid) as taken:
        line(shop, name="Fax")
    assert "is al van" in taken.value.fields["number"][0]
    shop.staff("change_line", id=winkel, values={"name": "Toonbank"})
    assert shop.config()["config"]["lines"][0]["name"] == "Toonbank"
    with pytest.raises(Forbidden):
        shop.change("add_line", customer_id=shop.customer_id, values={"number": SUPPORT})
    with pytest.raises(NotFound):
        shop.pbx.command("remove_line", customer_id=new_id(), id=winkel)
    shop.staff("remove_line", id=winkel)
    assert shop.config()["config"]["lines"] == []
    assert shop.told("pbx.number.changed.v1")[-1]["subject"] == "none"
    assert [a for a in shop.audited() if a.startswith("pbx_line")] == [
        "pbx_line.added",
        "pbx_line.changed",
        "pbx_line.removed",
    ]


def test_beside_a_pbx_lines_and_what_telefoon_sets_act_at_once_and_the_draft_stays(pbx: Pbx) -> None:
    office = Office.opened(pbx)
    winkel = str(office.staff("add_line", values={"name": "Winkel", "number": COMPANY})["id"])
    office.save("company", None, name="Fictief B.V.")
    office.save("line", winkel, hide_number=True)
    office.change("save", part="outgoing", id=None, values={"mobile": True}, at_once=True)
    published = office.config("published")["config"]
    assert (published["lines"][0]["hide_number"], published["outgoing"]["mobile"]) == (True, True)
    assert published["company"]["name"] == ""
    drafted = office.config()
    assert (drafted["draft"]["changes"], drafted["config"]["outgoing"]["mobile"]) == (1, True)
    office.save("outgoing", None, international=True)
    assert office.config("published")["config"]["outgoing"]["international"] is False


@pytest.mark.feature("ID-12")
def test_staff_carry_a_whole_configuration_over(pbx: Pbx) -> None:
    office = Office.opened(pbx)
    office.user("receptie", first_name="Receptie", extension="209", number=SUPPORT)
    office.save("company", None, number=COMPANY)
    office.change("publish")
    config = pbx.staff("config_of", customer_id=office.customer_id, which="published")["config"]
    config["company"]["name"] = "Fictief B.V."
    office.staff("import_config", config=config)
    assert office.config("published")["config"]["company"]["name"] == "Fictief B.V."
    with pytest.raises(Invalid) as unread:
        office.staff("import_config", config={**config, "users": [{"id": 1}]})
    assert list(unread.value.fields) == ["config"]
    other = Office.opened(pbx, ())
    with pytest.raises(Conflict, match="nu geen nummer"):
        other.staff("import_config", config=config)

    pbx.assign(other.customer_id, *OTHERS)
    text = json.dumps(config).replace(COMPANY, OTHERS[0]).replace(SUPPORT, OTHERS[1])
    other.staff("import_config", config=json.loads(text))
    ours, theirs = (each.config("published")["config"]["users"] for each in (office, other))
    assert [user["username"] for user in ours] == [user["username"] for user in theirs]
    assert {user["id"] for user in ours}.isdisjoint(user["id"] for user in theirs)
