"""*Toestel* of a line without a PBX: as that of a PBX user, on the line's own page."""

from __future__ import annotations

import pytest

from tests.gateway import handsets
from tests.gateway.browser import Browser
from tests.gateway.element_forms import sent
from tests.gateway.fakes import FakeRpc
from tests.gateway.handsets import DEVICE, FREE_DEVICE, LINE_DEVICE
from tests.gateway.telephony import LINE, SECOND_LINE

OF_LINE = f"/telefoon/{LINE}"
PAGE = f"/telefoon/toestellen/{LINE_DEVICE}"
NEW = f"/telefoon/{SECOND_LINE}/toestel/nieuw?model=yealink-t54w"


@pytest.mark.feature("PRV-01")
def test_the_lines_page_shows_its_telephone_with_a_green_tick(planner: Browser) -> None:
    text = planner.page(OF_LINE).text
    assert "Toonbank" in text and "aangemeld om 09:13" in text
    assert "Nog geen toestel gekoppeld" in planner.page(f"/telefoon/{SECOND_LINE}").text


def test_the_lines_page_stands_while_provisioning_is_down(planner: Browser, rpc: FakeRpc) -> None:
    rpc.down.add("provisioning")
    page = planner.page(OF_LINE)
    assert "nu niet op te halen" in page.text and "Accountgegevens" in page.text


@pytest.mark.feature("PRV-01")
def test_a_telephone_is_made_for_a_line(planner: Browser, rpc: FakeRpc) -> None:
    assert "Kantine" in planner.page(f"/telefoon/{SECOND_LINE}/toestel").text
    after = sent(planner, NEW, mac="001a.2b3c.4d5e", wachtwoord="Fiets-27", toestelnaam="Balie", toetsen="1")
    made = rpc.last("create_device").fields
    assert (made["line_id"], made["model"], made["label"]) == (SECOND_LINE, "yealink-t54w", "Balie")
    assert "user_id" not in made
    assert "Toestel aangemaakt" in after.text


@pytest.mark.feature("PRV-01")
def test_a_telephone_of_nobody_is_given_to_a_line_and_taken_from_it(planner: Browser, rpc: FakeRpc) -> None:
    planner.post(f"/telefoon/{SECOND_LINE}/toestel", {"toestel": FREE_DEVICE})
    assert rpc.last("change_device").fields["line_id"] == SECOND_LINE
    planner.post(f"{PAGE}/los", {})
    assert rpc.last("change_device").fields["line_id"] == ""


def test_each_area_has_its_own_telephones(planner: Browser) -> None:
    assert planner.get(PAGE).status_code == 200
    assert planner.get(f"/telefoon/toestellen/{DEVICE}").status_code == 404
    assert planner.get(f"/telefooncentrale/toestellen/{LINE_DEVICE}").status_code == 404
    for area in ("telefoon", "telefooncentrale"):
        assert planner.get(f"/{area}/toestellen/{FREE_DEVICE}").status_code == 200


@pytest.mark.feature("PRV-03")
def test_what_is_typed_in_stands_on_its_page_and_the_passwords_when_asked(planner: Browser) -> None:
    page = planner.page(PAGE)
    assert handsets.URL in page.text and "van Winkel" in page.text and "Fiets-27" not in page.text
    assert "Fiets-27" in planner.post(f"{PAGE}/wachtwoorden", {}).text
