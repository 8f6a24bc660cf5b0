"""Controleer en publiceer…: the check, what callers notice, publishing, and going back (PBX-12, PBX-14)."""

from __future__ import annotations

import pytest

from shared.errors import Conflict, Unavailable
from tests.gateway import number_plans, telephony
from tests.gateway.browser import Browser, words
from tests.gateway.fakes import FakeRpc
from tests.gateway.number_plans import EARLIER, ERROR, WARNING
from tests.gateway.telephony import REVISION, SUPPORT
from tests.gateway.test_phone_pages import sent, shown

PAGE = "/telefooncentrale/publiceren"
HISTORY = "/telefooncentrale/geschiedenis"
BACK = f"{HISTORY}/{EARLIER}/terug"


@pytest.fixture(autouse=True)
def drafted(rpc: FakeRpc) -> None:
    rpc.answers["pbx", "config"] = telephony.reply(telephony.draft(2))


@pytest.mark.feature("PBX-14")
def test_the_bar_of_the_draft_leads_here(planner: Browser) -> None:
    assert planner.page("/telefooncentrale").link("Controleer en publiceer…") == PAGE


@pytest.mark.feature("PBX-12")
def test_findings_stand_errors_first_each_with_where_it_is_mended(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "checks"] = {"findings": [WARNING, ERROR], "problems": []}
    page = planner.page(PAGE)
    lines = [words(li.text) for li in page.all("li") if li.attrs.get("class", "").startswith("tk-finding")]
    assert [line.partition(":")[0] for line in lines] == ["Fout", "Let op"]
    mend = "Stel Doorschakelen na wachttijd in"
    assert page.link(mend) == f"/telefooncentrale/belgroep/{SUPPORT}#geavanceerd"
    assert page.link("Kies een bedrijfsnummer") == "/telefooncentrale"


@pytest.mark.feature("PBX-14")
def test_what_callers_notice_stands_together_by_hours_and_outcome(planner: Browser) -> None:
    page = planner.page(PAGE)
    (group,) = page.all("div", class_="tk-plan-change")
    said = words(group.text)
    assert said.startswith("ma–vr 08:30–17:30 085-000 16 00 nu Jan Jansen (211) 20 s")
    assert said.count("Receptie (209) 20 s") == 1


@pytest.mark.feature("PBX-14")
def test_publishing_takes_the_note_along(planner: Browser, rpc: FakeRpc) -> None:
    after = sent(planner, PAGE, {"toelichting": "Receptie erbij", "opdracht": "c" * 32})
    assert rpc.last("publish").fields == {"note": "Receptie erbij", "command_id": "c" * 32}
    assert "Bellers merken het vanaf nu." in after.text


@pytest.mark.feature("PBX-14")
def test_what_is_published_is_what_the_page_showed(planner: Browser, rpc: FakeRpc) -> None:
    """Another who changes something meanwhile: the page again, with what callers notice now."""
    seen = planner.page(PAGE).field("revisie").attrs["value"]
    assert seen == str(REVISION)
    rpc.answers["pbx", "publish"] = Conflict("Er is intussen iets gewijzigd.")
    rpc.answers["pbx", "config"] = telephony.reply(telephony.draft(3)) | {"revision": REVISION + 4}
    page = shown(planner, PAGE, {"revisie": seen, "toelichting": "Receptie erbij"}, 409)
    assert rpc.last("publish").fields["base_revision"] == REVISION
    assert "Er is intussen iets gewijzigd." in page.text
    assert page.field("revisie").attrs["value"] == str(REVISION + 4)


@pytest.mark.feature("PBX-14")
def test_a_saved_test_that_now_goes_elsewhere_is_named(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "publish"] = {"revision": 42, "broken": [{"id": "9a" * 16, "name": "Support overdag"}]}
    after = sent(planner, PAGE, {})
    assert "deze vaste tests komen nu ergens anders uit: Support overdag." in after.text


@pytest.mark.feature("PBX-14")
def test_with_an_error_there_is_no_button(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "checks"] = {"findings": [ERROR], "problems": []}
    page = planner.page(PAGE)
    assert "Eerst 1 fout herstellen." in page.text
    assert [b for b in page.all("button") if "Publiceer" in b.text] == []


@pytest.mark.feature("PBX-14")
def test_what_pbx_refuses_is_said_and_the_note_stays(planner: Browser, rpc: FakeRpc) -> None:
    refusal = "Dit kan zo niet worden gepubliceerd: er is geen bedrijfsnummer."
    rpc.answers["pbx", "publish"] = Conflict(refusal)
    page = shown(planner, PAGE, {"toelichting": "Receptie erbij"}, 409)
    assert refusal in page.text
    assert page.field("toelichting").attrs["value"] == "Receptie erbij"


@pytest.mark.feature("PBX-14")
def test_without_a_draft_there_is_nothing_to_publish(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "config"] = telephony.reply()
    page = planner.page(PAGE)
    assert "Er is geen concept" in page.text
    assert "differences" not in [call.method for call in rpc.asked]


@pytest.mark.feature("PBX-14")
@pytest.mark.parametrize(("method", "box"), [("checks", "De controle"), ("differences", "De vergelijking")])
def test_what_takes_too_long_leaves_the_rest_standing(
    planner: Browser, rpc: FakeRpc, method: str, box: str
) -> None:
    rpc.answers["pbx", method] = Unavailable()
    page = planner.page(PAGE)
    assert f"{box} is er even niet." in page.text
    assert page.all("input", name="toelichting")


@pytest.mark.feature("PBX-14")
def test_versions_newest_first(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "config"] = telephony.reply()
    page = planner.page(HISTORY)
    (now, earlier) = [words(li.text) for li in page.all("li") if "Versie" in li.text]
    assert now == "Versie 41 geldt nu Receptie erbij vr 20 nov 14:00 · Sanne de Wit"
    assert earlier.endswith("Zet terug versie 40")


@pytest.mark.feature("PBX-14")
def test_an_earlier_version_comes_back_after_a_question(planner: Browser, rpc: FakeRpc) -> None:
    assert "Versie 40 terugzetten?" in planner.page(BACK).text
    after = sent(planner, BACK, {"opdracht": "d" * 32})
    assert rpc.last("roll_back").fields == {"revision": EARLIER, "command_id": "d" * 32}
    assert "Versie 40 is teruggezet" in after.text


@pytest.mark.feature("PBX-14")
def test_with_a_draft_nothing_is_put_back(planner: Browser, rpc: FakeRpc) -> None:
    assert "publiceer of verwerp het eerst" in planner.page(HISTORY).text
    rpc.answers["pbx", "roll_back"] = Conflict("Er is een concept. Publiceer of verwerp het eerst.")
    assert "Niet teruggezet" in sent(planner, BACK, {}).text


@pytest.mark.feature("PBX-14", "ID-04")
def test_a_version_that_is_not_there(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "history"] = {"rows": [number_plans.version(41)]}
    assert planner.get(BACK).status_code == 404
