"""Tijdschema's of Telefoon (TEL-06) and Schema's of Telefooncentrale (PBX-02): the same pages."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.forms.schedules import public_holidays
from gateway.models.pbx_settings import DateRange, Schedule, Slot
from gateway.models.schedule_words import days_in_words, in_words
from shared.errors import Conflict
from tests.gateway import telephony
from tests.gateway.browser import Browser, Page, words
from tests.gateway.fakes import FakeRpc
from tests.gateway.telephony import HOLIDAYS, HOURS, saved
from tests.gateway.test_phone_pages import sent, shown

PHONE, PBX = "/telefoon/tijdschemas", "/telefooncentrale/schemas"
WEEK = {"naam": "Werktijden", "dagen-0": ["0", "4"], "begin-0": "8.30", "einde-0": "1730"}


def days_of(page: Page, row: int = 0) -> list[str]:
    found = page.all("input", name=f"dagen-{row}")
    return [e.attrs["value"] for e in found if "checked" in e.attrs]


@pytest.mark.feature("PBX-02")
def test_the_lists_with_the_built_in_one(planner: Browser) -> None:
    page = planner.page(PBX)
    assert "Elke dag, de hele dag ingebouwd" in page.text
    told = [words(p.text) for p in page.all("p", class_="tk-quiet")]
    assert {"ma t/m vr 08:30–17:30", "Kerstmis (25-12-2026)"} <= set(told)
    assert [words(h.text) for h in page.all("h2")] == ["Tijdschema’s", "Vakantieschema’s"]


@pytest.mark.feature("TEL-06")
def test_telefoon_has_time_schedules_only(planner: Browser) -> None:
    page = planner.page(PHONE)
    assert [words(h.text) for h in page.all("h2")] == ["Tijdschema’s"]
    assert planner.get(f"{PHONE}/{HOLIDAYS}").status_code == 404
    new = planner.page(f"{PHONE}/nieuw?soort=vakantie")
    assert new.field("begin-0").attrs["type"] == "text"


@pytest.mark.feature("TEL-06")
def test_a_time_schedule_is_made_at_once(planner: Browser, rpc: FakeRpc) -> None:
    page = planner.page(f"{PHONE}/nieuw")
    letters = [words(s.text) for s in page.all("span", **{"aria-hidden": "true"}) if s.text in "ZMDWV"]
    assert letters == list("ZMDWDVZ"), "the manual's order"
    after = sent(planner, f"{PHONE}/nieuw", WEEK | {"opdracht": "a" * 32})
    slot = {"days": [0, 4], "start": "08:30", "end": "17:30"}
    assert rpc.last("add").fields == {
        "part": "schedule",
        "values": {"name": "Werktijden", "kind": "time", "slots": [slot]},
        "at_once": True,
        "command_id": "a" * 32,
    }
    assert "Schema Werktijden gemaakt" in after.text


@pytest.mark.feature("PBX-02")
def test_that_of_the_pbx_goes_to_the_draft(planner: Browser, rpc: FakeRpc) -> None:
    after = sent(planner, f"{PBX}/nieuw?soort=tijd", WEEK | {"heledag-0": "1"})
    assert rpc.last("add").fields["at_once"] is False
    assert rpc.last("add").fields["values"]["slots"] == [{"days": [0, 4], "start": None, "end": None}]
    assert "In concept: bellers merken er nog niets van." in after.text


@pytest.mark.feature("PBX-02", "TEL-06")
@pytest.mark.parametrize("area", [PHONE, PBX])
def test_a_schedule_is_looked_at_and_changed(planner: Browser, rpc: FakeRpc, area: str) -> None:
    page = planner.page(f"{area}/{HOURS}")
    assert days_of(page) == ["0", "1", "2", "3", "4"] and days_of(page, 1) == []
    assert (page.field("begin-0").attrs["value"], page.field("einde-0").attrs["value"]) == ("08:30", "17:30")
    form = WEEK | {"dagen-1": "5", "begin-1": "9", "einde-1": "16:00", "begin-2": "", "revisie": "41"}
    sent(planner, f"{area}/{HOURS}", form)
    assert saved(rpc)["values"]["slots"] == [
        {"days": [0, 4], "start": "08:30", "end": "17:30"},
        {"days": [5], "start": "09:00", "end": "16:00"},
    ]
    assert (saved(rpc)["id"], saved(rpc)["base_revision"]) == (HOURS, 41)
    assert rpc.last("save").fields["at_once"] is (area == PHONE)


@pytest.mark.feature("TEL-06", "GW-02")
@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"naam": ""}, "naam", "Vul een naam in, bijvoorbeeld Werktijden."),
        ({"begin-0": ""}, "begin-0", "Vul een tijd in, of kies Hele dag."),
        ({"einde-0": "25:00"}, "einde-0", "Schrijf een tijd als 08:30."),
        ({"einde-0": "08:30"}, "einde-0", "Start en einde zijn gelijk. Kies Hele dag als u dat bedoelt."),
    ],
)
def test_a_schedule_that_is_not_whole(
    planner: Browser, rpc: FakeRpc, typed: dict[str, str], field: str, said: str
) -> None:
    page = shown(planner, f"{PHONE}/nieuw", WEEK | typed)
    assert page.error_of(field) == said
    assert days_of(page) == ["0", "4"]
    assert "add" not in [call.method for call in rpc.asked]


@pytest.mark.feature("TEL-06", "GW-02")
def test_a_schedule_without_days(planner: Browser) -> None:
    page = shown(planner, f"{PHONE}/nieuw", {"naam": "Nooit", "begin-0": "08:30", "einde-0": "17:30"})
    assert words(page.one("p", id="dagen-0-fout").text) == "Kies een of meer dagen."
    empty = shown(planner, f"{PHONE}/nieuw", {"naam": "Nooit"})
    assert words(empty.one("p", id="dagen-0-fout").text) == "Kies een of meer dagen."


@pytest.mark.feature("PBX-02")
def test_dutch_public_holidays_are_filled_in_beside_what_was_typed(planner: Browser, rpc: FakeRpc) -> None:
    address = f"{PBX}/nieuw?soort=vakantie"
    typed = {"naam": "Dicht", "eerste-0": "2026-12-25", "omschrijving-0": "Kerst", "feestdagen": "2026"}
    page = shown(planner, address, typed, status=200)
    assert page.field("omschrijving-0").attrs["value"] == "Kerst"
    names = [e.attrs["value"] for e in page.all("input") if e.attrs["name"].startswith("omschrijving-")]
    assert "Koningsdag" in names and "Tweede kerstdag" in names
    assert "Eerste kerstdag" not in names, "25 December was there already"
    assert "add" not in [call.method for call in rpc.asked]


@pytest.mark.feature("PBX-02")
def test_a_holiday_schedule_is_saved_in_the_order_of_the_days(planner: Browser, rpc: FakeRpc) -> None:
    form = {
        "naam": "Dicht",
        "eerste-0": "24-12-2026",
        "laatste-0": "2027-01-03",
        "omschrijving-0": "Kerstvakantie",
        "eerste-1": "2026-05-05",
        "eerste-2": "",
    }
    sent(planner, f"{PBX}/nieuw?soort=vakantie", form)
    assert rpc.last("add").fields["values"] == {
        "name": "Dicht",
        "kind": "holiday",
        "dates": [
            {"first": "2026-05-05", "last": "2026-05-05", "name": ""},
            {"first": "2026-12-24", "last": "2027-01-03", "name": "Kerstvakantie"},
        ],
    }


@pytest.mark.feature("PBX-02", "GW-02")
def test_days_that_cannot_be(planner: Browser) -> None:
    form = {"naam": "Dicht", "eerste-0": "2026-12-25", "laatste-0": "2026-12-24", "omschrijving-1": "Pasen"}
    form |= {"eerste-1": ""}
    page = shown(planner, f"{PBX}/nieuw?soort=vakantie", form)
    assert page.error_of("laatste-0") == "Deze dag is voor de eerste."
    assert page.error_of("eerste-1") == "Vul de eerste dag in."
    assert page.link("Laatste dag") == "#laatste-0", "two errors: a summary leads to them"


@pytest.mark.feature("PBX-02", "TEL-06")
def test_one_more_row_keeps_what_was_typed(planner: Browser) -> None:
    page = shown(planner, f"{PHONE}/nieuw", {"naam": "W", "dagen-0": "2", "begin-0": "x", "meer": "1"}, 200)
    assert days_of(page) == ["2"]
    assert page.field("begin-0").attrs["value"] == "x"
    assert page.field("begin-1").attrs["value"] == ""


@pytest.mark.feature("PBX-02", "TEL-06")
@pytest.mark.parametrize("area", [PHONE, PBX])
def test_a_schedule_in_use_stays_and_it_is_said_where(planner: Browser, rpc: FakeRpc, area: str) -> None:
    page = planner.page(f"{area}/{HOURS}/verwijder")
    assert "Schema Werktijden verwijderen?" in page.text
    gone = sent(planner, f"{area}/{HOURS}/verwijder", {"revisie": "41"})
    assert rpc.last("remove").fields["id"] == HOURS
    assert rpc.last("remove").fields["at_once"] is (area == PHONE)
    assert "Schema Werktijden verwijderd" in gone.text
    sentence = "Werktijden is in gebruik bij de nachtschakeling. Kies daar eerst iets anders."
    rpc.answers["pbx", "remove"] = Conflict(sentence)
    after = sent(planner, f"{area}/{HOURS}/verwijder", {"revisie": "41"})
    assert sentence in after.text


@pytest.mark.feature("PBX-02")
def test_no_holiday_schedule_yet(planner: Browser, rpc: FakeRpc) -> None:
    rpc.answers["pbx", "config"] = telephony.reply(schedules=[])
    assert "Nog geen vakantieschema." in planner.page(PBX).text


def test_public_holidays_are_those_of_the_netherlands() -> None:
    found = dict(public_holidays(2027))
    assert found[date(2027, 4, 27)] == "Koningsdag"
    assert found[date(2027, 5, 6)] == "Hemelvaartsdag"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((0, 1, 2, 3, 4), "ma t/m vr"),
        ((5, 6), "za en zo"),
        ((0, 2, 4), "ma, wo en vr"),
        ((6,), "zo"),
        (tuple(range(7)), "elke dag"),
        ((4, 0, 1, 3, 2), "ma t/m vr"),
    ],
)
def test_days_in_words(days: tuple[int, ...], said: str) -> None:
    assert days_in_words(days) == said


def test_many_days_of_the_year_are_counted() -> None:
    dates = tuple(DateRange(first=date(2026, 1, n), last=date(2026, 1, n)) for n in range(1, 8))
    found = in_words(Schedule(id="a", name="Dicht", kind="holiday", dates=dates))
    assert found == "(01-01-2026), (02-01-2026), (03-01-2026) en nog 4"
    hours = (Slot(days=(0,), start="22:00", end="06:00"), Slot(days=(6,)))
    assert in_words(Schedule(id="a", name="N", slots=hours)) == "ma 22:00–06:00, zo de hele dag"
