"""A PBX that is taken away and given back, renumbering, the checklist, and numbers as staff see them."""

from __future__ import annotations

import pytest

from shared.acting import Acting
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.ids import new_id
from tests.integration.pbx.conftest import Pbx
from tests.integration.pbx.scene import COMPANY, LINE, SPARE, SUPPORT, Office


@pytest.mark.feature("PBX-15")
def test_a_pbx_goes_when_no_number_leads_to_it_and_comes_back_as_it_was(pbx: Pbx) -> None:
    office = Office.opened(pbx)
    desk = office.user("receptie", extension="209", number=SUPPORT)
    office.staff("add_line", values={"name": "Winkel", "number": LINE})
    office.save("company", None, name="Fictief B.V.", number=COMPANY)
    office.change("publish")
    with pytest.raises(Conflict, match="085-000 16 11 .receptie."):
        office.staff("disable_pbx")

    office.save("user", desk, number=None)
    office.change("publish")
    office.staff("disable_pbx", reason="Opgezegd")
    gone = office.config()
    assert (gone["enabled"], gone["config"]["users"], gone["checklist"]) == (False, [], None)
    assert [line["name"] for line in gone["config"]["lines"]] == ["Winkel"]
    told = office.told("pbx.user.changed.v1")
    assert {event["user_id"] for event in told if event["deleted"]} >= {desk}
    with pytest.raises(NotFound):
        office.staff("disable_pbx")

    office.staff("enable_pbx")
    back = office.config()["config"]
    assert desk in [user["id"] for user in back["users"]]
    assert (back["company"]["number"], len(back["lines"])) == (COMPANY, 1)


@pytest.mark.feature("PBX-06", "PBX-13")
def test_destinations_follow_an_extension_and_the_checklist_fills_itself_in(pbx: Pbx) -> None:
    office = Office.opened(pbx)
    desk = office.user("receptie", first_name="Receptie", extension="209")
    values = {"name": "Verkoop", "extension": "101", "members": [desk]}
    values |= {"wait_on": True, "overflow_to": "209"}
    sales = office.change("add", part="group", values=values)["id"]
    assert office.call("checklist")["done"] == office.config()["checklist"]["done"] == 5
    office.save("user", desk, extension="210")
    assert office.element("groups", sales)["overflow_to"] == "210"
    office.save("company", None, number=COMPANY)
    office.change("publish")
    with pytest.raises(Invalid) as refused:
        office.save("user", desk, extension=None)
    assert "belgroep Verkoop" in refused.value.details["fields"]["extension"][0]
    assert office.call("checklist")["done"] == 6


@pytest.mark.feature("PBX-12")
def test_a_tried_call_has_its_route_and_the_picture_its_moment(pbx: Pbx) -> None:
    office = Office.opened(pbx)
    desk = office.user("receptie", extension="209", number=SUPPORT)
    tried = office.call("simulate", caller="0600000012", called=SUPPORT)
    assert [stop["node"] for stop in tried["route"]][:2] == [f"number:{SUPPORT}", f"user:{desk}"]
    office.change("set_night", state="on", until="2099-01-01T00:00:00Z")
    assert office.call("picture")["closed"]
    assert not office.call("picture", at="2099-06-01T00:00:00Z")["closed"]


def test_staff_see_the_numbers_of_a_range_with_whose_they_are(pbx: Pbx) -> None:
    office = Office.opened(pbx, (COMPANY,))
    pbx.assign(office.customer_id, SUPPORT, valid_from="2099-01-01")
    known = pbx.staff("range_with", number=SPARE)
    found = pbx.staff("numbers_of_range", range_id=known["id"], limit=3, after="+31850001609")
    assert [len(row["assignments"]) for row in found["rows"]] == [1, 1, 0]
    assert found["next"] == found["rows"][-1]["number"] == SPARE
    free = pbx.staff("numbers_of_range", range_id=known["id"], free=True, limit=2, after=COMPANY)
    assert [row["number"] for row in free["rows"]] == [SPARE, LINE]
    with pytest.raises(NotFound, match="geen van onze nummerreeksen"):
        pbx.staff("range_with", number="+31850009999")
    with pytest.raises(NotFound):
        pbx.staff("numbers_of_range", range_id=new_id())


def test_a_partner_sees_the_assignments_of_its_own_customer_only(pbx: Pbx) -> None:
    office = Office.opened(pbx)
    partner = Acting(kind="staff", scope="customer", customer_id=office.customer_id, user_id=new_id())

    def asked(customer_id: str | None) -> list[dict[str, object]]:
        rows = pbx.gateway.call("pbx", "assignments", partner, customer_id=customer_id)["rows"]
        return list(rows)

    assert len(asked(office.customer_id)) == 4
    for foreign in (new_id(), None):
        with pytest.raises(Forbidden):
            asked(foreign)
