"""Saved test calls: kept from the simulator, tried again each time, shown before publishing (PBX-14)."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from msgspec import convert

from gateway.charts.number_plan import drawn
from gateway.charts.plan_route import routed
from gateway.models.pbx_plans import Picture, Stop
from tests.gateway import number_plans, telephony
from tests.gateway.browser import Browser, Page, words
from tests.gateway.fakes import FakeRpc
from tests.gateway.number_plans import TEST
from tests.gateway.telephony import DIRECT, JAN, KEES, MAIN, MENU, SALES, SUPPORT

PAGE = "/telefooncentrale/tests"
CALL = {"beller": "06-00 12 34 56", "nummer": DIRECT, "moment": "2026-11-23T14:05", "toetsen": "2"}
pytestmark = pytest.mark.feature("PBX-14")


def tried(*reached: str) -> dict[str, object]:
    return number_plans.tried() | {"reached": list(reached)}


def test_a_tried_call_can_be_kept_with_what_should_happen(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "simulate"] = tried(f"rings:{JAN}", f"group:{SUPPORT}", "number:+31", "end:reject")
    page = planner.page(f"/telefooncentrale/test?{urlencode(CALL)}")
    expect = page.field("verwacht")
    options = [
        words(o.text)
        for o in page.all("option")
        if o.attrs["value"].partition(":")[0] in ("rings", "group", "end")
    ]
    assert options == ["Jan Jansen gaat over", "komt langs Support", "niemand neemt op"]
    assert expect.attrs["name"] == "verwacht"
    response = planner.post(PAGE, CALL | {"naam": "Naar support", "verwacht": f"rings:{JAN}"})
    assert response.headers["Location"] == PAGE
    kept = rpc.last("save_test_call").fields
    assert {name: kept[name] for name in ("id", "name", "caller", "called", "keys", "at", "expect")} == {
        "id": None,
        "name": "Naar support",
        "caller": "0600123456",
        "called": DIRECT,
        "keys": ["2"],
        "at": "2026-11-23T14:05:00+01:00",
        "expect": f"rings:{JAN}",
    }


def test_an_extension_is_kept_as_the_element_so_that_renumbering_breaks_nothing(
    planner: Browser, rpc: FakeRpc
) -> None:
    planner.post(PAGE, CALL | {"nummer": "101", "naam": "Verkoop", "verwacht": "end:busy"})
    assert rpc.last("save_test_call").fields["called"] == f"group:{SALES}"


def test_without_a_name_the_outcome_stays_with_what_is_to_be_said(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "simulate"] = tried(f"rings:{JAN}")
    response = planner.post(PAGE, CALL | {"verwacht": f"rings:{JAN}"})
    page = Page(response.text)
    assert response.status_code == 422 and "Geef de test een naam." in page.text
    assert "Wat de beller meemaakt" in page.text


def test_the_list_says_which_hold_and_what_happens_instead(planner: Browser, rpc: FakeRpc) -> None:
    broken = number_plans.test_call(id="7d" * 16, name="Nacht", holds=False, busy=[KEES])
    rpc.answers["pbx", "test_calls"] = {"rows": [number_plans.test_call(), broken]}
    page = planner.page(PAGE)
    assert "1 test komt ergens anders uit." in page.text
    first, second = [words(li.text) for li in page.all("li", class_="tk-saved-test")]
    assert first.startswith(
        "Overdag naar support klopt 06-00 12 34 56 belt 085-000 16 00, ma 23 nov 14:05, toetst 2."
    )
    assert "Verwacht: Jan Jansen gaat over." in first
    assert "niet beschikbaar: Kees van de Heuvel" in second and "Nu: Niemand neemt op." in second


def test_none_yet(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "test_calls"] = {"rows": []}
    assert "Nog geen vaste tests" in planner.page(PAGE).text


def test_one_can_be_looked_at_as_it_was_and_is_then_replaced(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "simulate"] = tried(f"rings:{JAN}")
    href = planner.page(PAGE).link("Bekijk Overdag naar support")
    page = planner.page(href)
    assert page.field("vaste-test").attrs["value"] == TEST
    assert page.field("naam").attrs["value"] == "Overdag naar support"
    assert rpc.last("simulate").fields["called"] == MAIN


def test_a_removed_one_can_be_brought_back(planner: Browser, rpc: FakeRpc) -> None:
    response = planner.post(f"{PAGE}/{TEST}/verwijder", {})
    assert rpc.last("remove_test_call").fields["id"] == TEST
    page = planner.page(response.headers["Location"])
    assert "Vaste test Overdag naar support verwijderd" in page.text
    assert page.all("input", name="naam")[0].attrs["value"] == "Overdag naar support"


def test_publishing_shows_which_go_elsewhere(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "config"] = telephony.reply(telephony.draft(1))
    rpc.answers["pbx", "test_calls"] = {"rows": [number_plans.test_call(holds=False)]}
    page = planner.page("/telefooncentrale/publiceren")
    assert "1 test komt dan ergens anders uit." in page.text and "Overdag naar support" in page.text


@pytest.mark.feature("PBX-11", "PBX-12")
def test_the_route_of_a_call_is_drawn_with_the_numbers_of_the_story() -> None:
    picture = convert(number_plans.picture(), Picture)
    nodes = [
        f"number:{MAIN}",
        f"menu:{MENU}",
        f"menu:{MENU}",
        f"group:{SUPPORT}",
        f"user:{KEES}",
        f"user:{JAN}",
    ]
    stops = [Stop(number=n, node=node, taken=node != f"user:{KEES}") for n, node in enumerate(nodes, 1)]
    route = routed(drawn(picture, frozenset(node.id for node in picture.nodes)), stops, ("1",))
    assert route.boxes == frozenset(nodes) - {f"user:{KEES}"}
    assert route.arrows == {
        (f"number:{MAIN}", f"menu:{MENU}", ""),
        (f"menu:{MENU}", f"group:{SUPPORT}", "1"),
        (f"group:{SUPPORT}", f"user:{JAN}", ""),
    }
    assert route.passed_arrows == {(f"group:{SUPPORT}", f"user:{KEES}", "")}
    assert [(mark.words, mark.passed, mark.last) for mark in route.marks] == [
        ("1", False, False),
        ("2–3", False, False),
        ("4", False, False),
        ("5", True, False),
        ("6", False, True),
    ]
