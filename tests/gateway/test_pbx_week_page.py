"""Wie gaat over: a week of a number, hour by hour, in a picture and in words (PBX-14)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import convert

from gateway.charts.week import week_map
from gateway.models.pbx_week import Week
from shared.errors import Unavailable
from tests.gateway import number_plans, telephony
from tests.gateway.browser import Browser, words
from tests.gateway.fakes import FakeRpc
from tests.gateway.telephony import DIRECT, MAIN

PAGE = "/telefooncentrale/wie-gaat-over"
pytestmark = pytest.mark.feature("PBX-14")


def drawn(now: datetime = datetime(2026, 11, 23, 11, 30, tzinfo=UTC), **more: Any) -> Any:
    return week_map(convert(number_plans.week(**more), Week), now)


def test_hours_in_which_the_same_happens_are_one_band() -> None:
    monday = drawn().days[0]
    assert [(band.clock, band.kind.title) for band in monday.bands] == [
        ("00:00–08:30", "Bedrijf (999)"),
        ("08:30–12:00", "Jan Jansen (211)"),
        ("12:00–13:00", ""),
        ("13:00–24:00", "Jan Jansen (211)"),
    ]
    assert [band.kind.colour for band in monday.bands] == ["night", "a", "nobody", "a"]
    assert (monday.bands[1].x, monday.bands[1].width) == ("35.42%", "14.58%")


def test_what_holds_longest_comes_first_and_this_moment_has_its_mark() -> None:
    found = drawn()
    assert [(kind.letter, kind.hours) for kind in found.kinds] == [("A", 14), ("B", 8), ("C", 1)]
    assert [day.now for day in found.days] == ["52.08%", "", "", "", "", "", ""]


@pytest.mark.parametrize(
    ("cells", "bands"),
    [  # the clock goes forward: 02:00 is 03:00; and back: 02:00 comes twice
        ((("29T00:00", "29T01:00"), ("29T01:00", "29T02:00")), ["01:00–03:00", "03:00–04:00"]),
        ((("25T00:00", "25T01:00"), ("25T01:00", "25T02:00")), ["02:00–03:00"]),
    ],
)
def test_a_day_of_another_length_is_drawn_by_the_clock_on_the_wall(cells: Any, bands: list[str]) -> None:
    month = "03" if cells[0][0].startswith("29") else "10"
    made = [
        {
            "start": f"2026-{month}-{start}:00+00:00",
            "end": f"2026-{month}-{end}:00+00:00",
            "story": start,
            "rings": [{"kind": "user", "id": "x", "name": "Jan"}],
        }
        for start, end in cells
    ]
    found = drawn(first="2026-03-23" if month == "03" else "2026-10-19", cells=made)
    assert [band.clock for band in found.days[6].bands] == bands


def test_it_opens_on_the_company_number_and_this_week_in_words_too(planner: Browser, rpc: FakeRpc) -> None:
    page = planner.page(PAGE)
    assert rpc.last("week").fields == {"number": MAIN, "first": "2026-11-16", "which": "draft"}
    assert [o.attrs["value"] for o in page.all("option") if "selected" in o.attrs] == [MAIN]
    assert (
        "ma 23-11: 00:00–08:30 Bedrijf (999); 08:30–12:00 Jan Jansen (211); 12:00–13:00 niemand" in page.text
    )
    assert "Niemand neemt op 1 uur in deze week" in words(page.text)


def test_another_number_and_another_week(planner: Browser, rpc: FakeRpc) -> None:
    page = planner.page(f"{PAGE}?nummer=%2B{DIRECT[1:]}&week=2026-12-25")
    assert rpc.last("week").fields["number"] == DIRECT
    assert rpc.last("week").fields["first"] == "2026-12-21"
    assert "week=2026-12-14" in page.link("Eerder") and "week=2026-12-28" in page.link("Later")


@pytest.mark.parametrize("asked", ["morgen", "1999-01-01", "9999-12-31"])
def test_a_week_that_is_none_is_this_one(planner: Browser, rpc: FakeRpc, asked: str) -> None:
    planner.page(f"{PAGE}?week={asked}")
    assert rpc.last("week").fields["first"] == "2026-11-16"


def test_without_numbers_it_says_what_to_do(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "config"] = telephony.reply() | {"numbers": []}
    page = planner.page(PAGE)
    assert "Er is nog geen nummer in gebruik" in page.text
    assert "week" not in [call.method for call in rpc.asked]


def test_the_number_plan_has_the_week_of_the_company_number_below_it(planner: Browser, rpc: FakeRpc) -> None:
    page = planner.page("/telefooncentrale/nummerplan")
    assert "Deze week: wie gaat over op 085-000 16 00" in page.text
    assert page.link("Per uur, met uitleg") == f"{PAGE}?nummer=%2B{MAIN[1:]}"
    rpc.answers["pbx", "week"] = Unavailable()
    assert "De weekkaart is er even niet." in planner.page("/telefooncentrale/nummerplan").text
