"""Waarom ging mijn toestel niet over: the last calls, and the story of one (PBX-14)."""

from __future__ import annotations

import pytest

from shared.errors import Unavailable
from tests.gateway import number_plans
from tests.gateway.browser import Browser, words
from tests.gateway.fakes import FakeRpc
from tests.gateway.number_plans import CALL, past_call
from tests.gateway.telephony import KEES, LINE

PAGE = "/telefooncentrale/gesprekken"
pytestmark = pytest.mark.feature("PBX-14")


def rows(browser: Browser, address: str = PAGE) -> list[str]:
    links = browser.page(address).all("a")
    return [words(a.text) for a in links if a.attrs["href"].startswith(f"{PAGE}/")]


def test_calls_stand_by_day_with_how_they_ended(planner: Browser, rpc: FakeRpc) -> None:
    answered = past_call(id="proef-2", answered_by="Jan Jansen (211)", duration=187, outcome="answered")
    rpc.answers["pbx", "calls"] = {"rows": [past_call(), answered], "next": None}
    assert rows(planner) == [
        "14:05 06-00 12 34 56 belt belgroep Support niet opgenomen",
        "14:05 06-00 12 34 56 belt belgroep Support Jan Jansen (211) nam op opgenomen 0:03:07",
    ]


def test_one_telephone_or_one_number_can_be_asked(planner: Browser, rpc: FakeRpc) -> None:
    planner.page(f"{PAGE}?toestel={KEES}&nummer=06-00+12+34+56")
    asked = rpc.last("calls").fields
    assert (asked["user_id"], asked["number"], asked["after"]) == (KEES, "06-00 12 34 56", None)
    planner.page(f"{PAGE}?toestel={'f' * 32}")
    assert rpc.last("calls").fields["user_id"] is None, "whose telephone is gone"


def test_why_this_telephone_did_not_ring(planner: Browser, rpc: FakeRpc) -> None:
    page = planner.page(f"{PAGE}/{CALL}?toestel={KEES}")
    assert rpc.last("explain_call").fields == {"call_id": CALL, "user_id": KEES}
    notice = words(page.one("div", class_="tk-notice-info").text)
    assert notice.endswith("ging niet over. Het toestel is niet aangemeld.")
    states = [li.attrs["class"] for li in page.all("li") if li.attrs.get("class", "").startswith("tk-step-")]
    assert states == ["tk-step-done", "tk-step-skipped", "tk-step-done", "tk-step-done"]
    assert "Jan Jansen (211) nam niet op." in page.text


def test_a_call_that_went_round_the_plan_has_its_own_words(planner: Browser, rpc: FakeRpc) -> None:
    said = ["Dit gesprek ging buiten het nummerplan om."]
    rpc.answers["pbx", "explain_call"] = {"call": past_call(), "plan": None, "story": said, "legs": []}
    page = planner.page(f"{PAGE}/{CALL}")
    assert said[0] in page.text and "Er ging geen enkel toestel over." in page.text


def test_one_that_is_not_there_and_none_at_all(planner: Browser, rpc: FakeRpc) -> None:
    assert planner.get(f"{PAGE}/onbekend").status_code == 404
    rpc.answers["pbx", "calls"] = {"rows": [], "next": None}
    assert "Nog geen gesprekken" in planner.page(PAGE).text
    assert "Geen gesprekken gevonden" in planner.page(f"{PAGE}?nummer=112").text
    rpc.answers["pbx", "calls"] = Unavailable()
    assert "De gesprekken zijn er even niet." in planner.page(PAGE).text


def test_older_calls_are_a_page_on(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "calls"] = {"rows": [past_call()], "next": "proef-9"}
    assert planner.page(PAGE).link("Ouder") == f"{PAGE}?na=proef-9"
    planner.page(f"{PAGE}?na=proef-9")
    assert rpc.last("calls").fields["after"] == "proef-9"


@pytest.mark.feature("TEL-04")
def test_a_customer_of_lines_has_the_same_pages(planner: Browser, rpc: FakeRpc) -> None:
    page = planner.page(f"/telefoon/gesprekken?toestel={LINE}")
    assert rpc.last("calls").fields["user_id"] == LINE
    assert page.all("a", href=f"/telefoon/gesprekken/{CALL}?toestel={LINE}")
    assert number_plans.explained(CALL)["story"]
