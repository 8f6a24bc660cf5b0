"""Test uw nummerplan: a call is tried, with its story and the reasons (PBX-11)."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from shared.errors import Invalid
from tests.gateway import number_plans
from tests.gateway.browser import Browser, Page, words
from tests.gateway.fakes import FakeRpc
from tests.gateway.telephony import DIRECT, JAN, KEES, MAIN, RECEPTION

PAGE = "/telefooncentrale/test"
ASKED = {"beller": "06-00 12 34 56", "nummer": DIRECT}


def address(**more: str) -> str:
    return f"{PAGE}?{urlencode(ASKED | more)}"


def timeline(page: Page) -> list[tuple[str, str]]:
    """(state, words) of each line."""
    found = [li for li in page.all("li") if li.attrs.get("class", "").startswith("tk-step-")]
    return [(li.attrs["class"].removeprefix("tk-step-"), words(li.text)) for li in found]


@pytest.mark.feature("PBX-11")
def test_it_opens_on_the_company_number_and_tries_nothing(planner: Browser, rpc: FakeRpc) -> None:
    page = planner.page(PAGE)
    chosen = [o.attrs["value"] for o in page.all("option") if "selected" in o.attrs]
    assert chosen[0] == MAIN
    assert "simulate" not in [call.method for call in rpc.asked]


@pytest.mark.feature("PBX-11")
def test_the_answer_in_one_sentence_and_the_story_with_reasons(planner: Browser) -> None:
    page = planner.page(address(opnemen=RECEPTION))
    assert words(page.one("div", class_="tk-notice-done").text) == "Receptie (209) neemt op na 20 seconden."
    story = timeline(page)
    assert [state for state, _words in story] == ["done", "skipped", "done", "end"]
    assert "Toestel is niet aangemeld." in story[1][1]
    assert story[3][1] == "4 Receptie (209) gaat over Hier wordt opgenomen: de test eindigt. 20 s"


@pytest.mark.feature("PBX-11")
def test_the_story_stops_where_somebody_answers(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "simulate"] = number_plans.tried(lines=3)
    assert [state for state, _words in timeline(planner.page(address()))] == ["done", "skipped", "end"]


@pytest.mark.feature("PBX-11")
def test_nobody_answers(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "simulate"] = number_plans.tried(answered=False)
    page = planner.page(address())
    assert "Niemand neemt op: geen gehoor." in words(page.one("div", class_="tk-notice-warning").text)
    assert "end" not in [state for state, _words in timeline(page)]


@pytest.mark.feature("PBX-11")
def test_all_that_is_in_the_address_is_tried(planner: Browser, rpc: FakeRpc) -> None:
    more = {"moment": "2026-11-23T14:05", "toetsen": "2, 201", "bezet": JAN, "afwezig": KEES}
    page = planner.page(address(opnemen=RECEPTION, **more))
    assert rpc.last("simulate").fields == {
        "which": "draft",
        "caller": "0600123456",
        "called": DIRECT,
        "direction": "in",
        "keys": ["2", "201"],
        "at": "2026-11-23T14:05:00+01:00",
        "busy": [JAN],
        "unregistered": [KEES],
        "answers": [RECEPTION],
    }
    ticked = [i.attrs["value"] for i in page.all("input", type="checkbox") if "checked" in i.attrs]
    assert ticked == [JAN, KEES]


@pytest.mark.feature("PBX-11")
def test_a_caller_with_an_extension_is_that_user(planner: Browser, rpc: FakeRpc) -> None:
    planner.page(address(beller="211", nummer="101"))
    asked = rpc.last("simulate").fields
    assert (asked["caller"], asked["direction"], asked["called"]) == (f"user:{JAN}", "internal", "101")


@pytest.mark.feature("PBX-11")
def test_who_is_gone_is_left_out_of_an_old_bookmark(planner: Browser, rpc: FakeRpc) -> None:
    planner.page(address(bezet="f" * 32))
    assert rpc.last("simulate").fields["busy"] == []


@pytest.mark.feature("PBX-11", "GW-02")
@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"beller": ""}, "beller", "Vul in wie er belt, bijvoorbeeld 06-00 12 34 56."),
        ({"beller": "buurman"}, "beller", "Vul een telefoonnummer, een extensie of anoniem in."),
        ({"nummer": ""}, "nummer", "Kies het nummer dat wordt gebeld."),
        ({"moment": "straks"}, "moment", "Schrijf het moment als 22-11-2026 18:00."),
        ({"moment": "0001-01-01T00:00"}, "moment", "Kies een moment van 2000 tot en met 2099."),
        ({"toetsen": "twee"}, "toetsen", "Gebruik de toetsen 0-9, * en #, bijvoorbeeld 2 of 2, 201."),
    ],
)
def test_a_call_that_cannot_be_tried(
    planner: Browser, rpc: FakeRpc, typed: dict[str, str], field: str, said: str
) -> None:
    page = planner.page(address(**typed), 422)
    assert page.error_of(field) == said
    assert "simulate" not in [call.method for call in rpc.asked]


@pytest.mark.feature("PBX-11", "GW-02")
def test_what_pbx_says_of_a_party_stands_beside_it(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "simulate"] = Invalid(fields={"caller": ["Dit nummer bestaat niet."]})
    assert planner.page(address(), 422).error_of("beller") == "Dit nummer bestaat niet."
