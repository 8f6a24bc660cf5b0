"""Nummerplan: the picture, the same as a list, and the check below it (PBX-12)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import convert

from gateway.charts.number_plan import COLUMNS, MOST_IN_COLUMN, drawn
from gateway.models.pbx_plans import Picture
from shared.errors import Unavailable
from tests.gateway import number_plans, telephony
from tests.gateway.browser import Browser, words
from tests.gateway.fakes import FakeRpc
from tests.gateway.number_plans import picture
from tests.gateway.telephony import JAN, MAIN, MENU, RECEPTION, SUPPORT

PAGE = "/telefooncentrale/nummerplan"


def drawing(**more: Any) -> Any:
    found = convert(picture(**more), Picture)
    return drawn(found, frozenset(node.id for node in found.nodes if node.reachable))


@pytest.mark.feature("PBX-12")
def test_every_box_is_a_link_to_its_page_and_a_number_to_what_it_leads_to(planner: Browser) -> None:
    page = planner.page(PAGE)
    boxes = {a.attrs["aria-label"]: a.attrs["href"] for a in page.all("a") if "aria-label" in a.attrs}
    assert boxes["085-000 16 00"] == f"/telefooncentrale/keuzemenu/{MENU}"
    assert boxes["Support, 102"] == f"/telefooncentrale/belgroep/{SUPPORT}"
    assert boxes["Jan Jansen, 211"] == f"/telefooncentrale/gebruikers/{JAN}"
    assert boxes["Hoofdmenu, 555, Werktijden, doet mee met de nachtstand"].endswith(MENU)


@pytest.mark.feature("PBX-12")
def test_what_no_number_leads_to_is_red_and_says_so(planner: Browser) -> None:
    page = planner.page(PAGE)
    assert len(page.all("rect", class_="tk-plan-lost")) == 1
    assert "Geen nummer leidt hierheen" in page.text
    (lost,) = [words(li.text) for li in page.all("li", class_="tk-plan-apart")]
    assert lost == "Receptie 209"


@pytest.mark.feature("PBX-12")
def test_what_is_reached_at_night_only_is_not_red_by_day(planner: Browser, rpc: FakeRpc) -> None:
    nodes = [node | {"reachable": True} for node in picture()["nodes"]]
    at_night = picture(nodes=nodes, closed=True)
    rpc.answers["pbx", "picture"] = lambda mode, which: at_night if mode == "night" else picture()
    page = planner.page(PAGE)
    assert page.all("rect", class_="tk-plan-lost") == []
    assert [a.attrs["aria-label"] for a in page.all("a") if RECEPTION in a.attrs["href"]][0].endswith(
        "(nu niet te bereiken)"
    )


@pytest.mark.feature("PBX-12")
@pytest.mark.parametrize(
    ("query", "current"),
    [("", "Nu"), ("?stand=werktijd", "Binnen werktijd"), ("?stand=nacht", "Nacht"), ("?stand=x", "Nu")],
)
def test_the_mode_is_a_link(planner: Browser, query: str, current: str) -> None:
    page = planner.page(PAGE + query)
    chosen = [words(a.text) for a in page.all("a") if a.attrs.get("aria-current") == "page"]
    assert current in chosen


@pytest.mark.feature("PBX-12")
def test_the_list_says_the_same_from_each_number_on(planner: Browser) -> None:
    page = planner.page(PAGE)
    box = words(page.one("div", class_="tk-plan-list").text)
    for part in (
        "085-000 16 00",
        "Hoort bij: Hoofdmenu",
        "Toets 1: Support",
        "Lid: Jan Jansen",
        "na 60 s: 06-00 12 34 56",
    ):
        assert part in box


@pytest.mark.feature("PBX-12")
def test_numbers_that_nothing_has_are_counted_and_not_drawn(planner: Browser, rpc: FakeRpc) -> None:
    free = number_plans.node("number:+31850001699", "numbers", "085-000 16 99", reachable=False)
    rpc.answers["pbx", "picture"] = picture(nodes=[*picture()["nodes"], free])
    page = planner.page(PAGE)
    assert "1 nummer is nog vrij: 085-000 16 99." in page.text
    assert len(page.all("rect", class_="tk-plan-lost")) == 1


@pytest.mark.feature("PBX-12")
def test_what_is_only_good_to_know_folds_away_where_there_is_much_of_it(
    planner: Browser, rpc: FakeRpc
) -> None:
    known = [
        number_plans.finding("info", f"085-000 17 0{n} bereikt niemand.", "number", "") for n in range(5)
    ]
    rpc.answers["pbx", "checks"] = {"findings": known, "problems": []}
    assert words(planner.page(PAGE).one("details", class_="tk-findings-more").text).startswith(
        "5 keer ter info"
    )


@pytest.mark.feature("PBX-12")
def test_a_loop_ends_in_the_list(planner: Browser, rpc: FakeRpc) -> None:
    back = {"source": f"group:{SUPPORT}", "target": f"menu:{MENU}", "cause": "na 60 s"}
    rpc.answers["pbx", "picture"] = picture(edges=[*picture()["edges"], back])
    assert "(zie boven)" in planner.page(PAGE).text


@pytest.mark.feature("PBX-12")
def test_the_check_stands_below_the_picture(planner: Browser) -> None:
    assert number_plans.WARNING["sentence"] in planner.page(PAGE).text


@pytest.mark.feature("PBX-12")
def test_without_the_picture_the_check_still_stands(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "picture"] = Unavailable()
    page = planner.page(PAGE)
    assert "Het nummerplan is er even niet." in page.text
    assert number_plans.WARNING["sentence"] in page.text


@pytest.mark.feature("PBX-12")
def test_without_numbers_there_is_nothing_to_draw(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "config"] = telephony.reply(users=[], groups=[], menus=[])
    rpc.answers["pbx", "picture"] = picture(nodes=[], edges=[])
    assert "Er is nog niets om te tekenen" in planner.page(PAGE).text


@pytest.mark.feature("PBX-12")
def test_boxes_stand_in_their_columns_and_none_over_another() -> None:
    by_column: dict[str, list[Any]] = {}
    for box in drawing().boxes:
        assert box.x == COLUMNS[box.node.column][0]
        by_column.setdefault(box.node.column, []).append(box)
    for boxes in by_column.values():
        boxes.sort(key=lambda box: box.y)
        for upper, lower in zip(boxes, boxes[1:], strict=False):
            assert upper.y + upper.height < lower.y


@pytest.mark.feature("PBX-12")
def test_an_arrow_leaves_at_its_key_and_a_number_stands_beside_what_it_leads_to() -> None:
    found = drawing()
    boxes = {box.node.id: box for box in found.boxes}
    menu = boxes[f"menu:{MENU}"]
    (key,) = [arrow for arrow in found.arrows if arrow.edge.key == "1"]
    assert key.path.startswith(f"M{menu.x + menu.width:.1f} {menu.out('1'):.1f}")
    assert menu.out("1") > menu.middle
    assert boxes[f"number:{MAIN}"].middle == menu.middle


@pytest.mark.feature("PBX-12")
def test_a_plan_too_large_to_look_at_leaves_out_what_nothing_leads_to() -> None:
    crowd = [
        number_plans.node(f"user:{index:032x}", "users", f"Medewerker {index}", reachable=False)
        for index in range(MOST_IN_COLUMN)
    ]
    found = drawing(nodes=[*crowd, *picture()["nodes"]])
    assert found.left_out == 3
    assert f"user:{JAN}" in {box.node.id for box in found.boxes}


@pytest.mark.feature("PBX-12")
def test_an_arrow_past_a_column_goes_around_its_boxes() -> None:
    straight = {"source": f"number:{MAIN}", "target": f"user:{JAN}", "cause": "Hoort bij"}
    found = drawing(edges=[*picture()["edges"], straight])
    (arrow,) = [one for one in found.arrows if one.edge.target == f"user:{JAN}" and "H" in one.path]
    lane = float(arrow.path.partition("H")[0].rpartition(" ")[2])
    passed = [box for box in found.boxes if box.node.column in ("menus", "groups")]
    assert len(passed) == 2
    assert not [box for box in passed if box.y < lane < box.y + box.height]
