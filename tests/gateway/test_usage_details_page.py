"""The page Details: the calls one by one."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Fault, Invalid
from tests.gateway import builders
from tests.gateway.browser import Browser, Page, words
from tests.gateway.fakes import Clock, FakeRpc

PAGE = "/gespreksdetails/details"


def show(rpc: FakeRpc, *rows: dict[str, Any], **more: Any) -> None:
    rpc.answers["cdr", "details"] = builders.details(*rows, **more)


@pytest.mark.feature("CDR-06")
def test_a_call_as_a_row(sanne: Browser) -> None:
    assert sanne.page(PAGE).rows("tk-calls") == [
        ["Start", "Gesprekstype", "Zender", "Ontvanger", "Duur", "Bedrag (€)"],
        ["zo 22 november 2026"],
        ["16:38:51", "Mobiel", "085-000 16 11", "06-00 12 34 56", "0:04:12", "0,3780"],
    ]


@pytest.mark.feature("CDR-06")
def test_the_newest_is_first_and_each_day_has_its_row(sanne: Browser, rpc: FakeRpc) -> None:
    show(
        rpc,
        builders.call(1, start="2026-11-22T23:30:00Z"),  # already Monday in the Netherlands
        builders.call(2, start="2026-11-22T22:30:00Z"),
        builders.call(3, start="2026-11-21T12:00:00Z"),
    )
    page = sanne.page(PAGE)
    assert [row[0] for row in page.rows("tk-calls")[1:]] == [
        "ma 23 november 2026",
        "00:30:00",
        "zo 22 november 2026",
        "23:30:00",
        "za 21 november 2026",
        "13:00:00",
    ]
    assert page.all("th", **{"aria-sort": "descending"})[0].text.strip() == "Start"


@pytest.mark.parametrize(
    ("call", "row"),
    [
        (
            {"kind": "data", "type": "data_world", "receiver": "data", "volume": 12_400_000, "duration": 0},
            ["Data buiten EU", "085-000 16 11", "–", "12,4 MB", "0,3780"],
        ),
        (
            {"kind": "sms", "type": "sms", "sender": "alpha:PostNL", "messages": 2, "duration": 0},
            ["Sms", "PostNL", "06-00 12 34 56", "2 berichten", "0,3780"],
        ),
        (
            {"type": "incoming", "sender": "anon", "receiver": "+31850001600", "amount": "0"},
            ["Inkomend", "anoniem", "085-000 16 00", "0:04:12", "0,0000"],
        ),
        (
            {"type": "international_eu", "receiver": "+3220000012", "destination": "België"},
            ["Internationaal EU", "085-000 16 11", "+32 2 000 00 12België", "0:04:12", "0,3780"],
        ),
        (
            {"state": "reversal", "amount": "-0.097500", "duration": -65},
            ["Mobielteruggedraaid", "085-000 16 11", "06-00 12 34 56", "−0:01:05", "−0,0975"],
        ),
        (
            {"amount": "0.12", "precision": 2, "type": "of_a_later_release"},
            ["of_a_later_release", "085-000 16 11", "06-00 12 34 56", "0:04:12", "0,12"],
        ),
    ],
)
@pytest.mark.feature("CDR-04", "CDR-06")
def test_every_kind_of_row(sanne: Browser, rpc: FakeRpc, call: dict[str, Any], row: list[str]) -> None:
    show(rpc, builders.call(**call))
    found = [cell.replace("\u00a0", " ") for cell in sanne.page(PAGE).rows("tk-calls")[2][1:]]
    assert found == row


@pytest.mark.parametrize(("state", "badge"), [("late", "nagekomen"), ("corrected", "gecorrigeerd")])
@pytest.mark.feature("CDR-02")
def test_a_late_or_corrected_call_says_so(sanne: Browser, rpc: FakeRpc, state: str, badge: str) -> None:
    show(rpc, builders.call(state=state))
    found = sanne.page(PAGE).one("span", class_="tk-badge")
    assert (found.text, bool(found.attrs["title"])) == (badge, True)


def test_the_sums_of_what_was_found_stand_above_the_table(sanne: Browser, rpc: FakeRpc) -> None:
    show(rpc, builders.call(), summary=builders.sums(486, 103_866, "291.47", volume=12_400_000, messages=1))
    text = sanne.page(PAGE).text.replace("\u00a0", " ")
    for words_ in ("486 gesprekken", "28:51:06 uur", "12,4 MB", "1 bericht", "€ 291,47 excl. BTW"):
        assert words_ in text


def test_without_sums_the_page_counts_its_own_rows(sanne: Browser, rpc: FakeRpc) -> None:
    show(rpc, builders.call(1), builders.call(2), summary=None)
    assert "2 gesprekken op deze bladzijde" in sanne.page(PAGE).text


@pytest.mark.feature("CDR-05")
def test_the_periods_to_choose_from(sanne: Browser) -> None:
    options = {o.attrs["value"]: o.text for o in sanne.page(PAGE).all("option")[:5]}
    assert options == {
        "huidig": "Huidige factuurperiode (1 t/m 30 november)",
        "2026-10": "Oktober 2026",
        "2026-09": "September 2026",
        "2026-08": "Augustus 2026",
        "aangepast": "Aangepaste selectie",
    }


@pytest.mark.feature("CDR-05", "CDR-06")
def test_filters_go_to_cdr_and_stay_in_their_fields(sanne: Browser, rpc: FakeRpc) -> None:
    query = (
        "periode=2026-10&type=mobile&type=sms&zender=085+000&duur_is=groter&duur=60&bedrag=0,25&paneel=open"
    )
    page = sanne.page(f"{PAGE}?{query}")
    assert rpc.last("details").fields == {
        "selection": {
            "period": "2026-10",
            "types": ["mobile", "sms"],
            "sender": "085000",
            "amount": {"op": "eq", "value": "0.25"},
            "duration": {"op": "gt", "value": 60},
        },
        "cursor": None,
        "limit": 50,
        "counting": True,
    }
    assert page.field("zender").attrs["value"] == "085 000"
    assert page.field("bedrag").attrs["value"] == "0,25"
    chosen = [o.attrs["value"] for o in page.all("option") if "selected" in o.attrs]
    assert chosen == ["2026-10", "", "groter"]
    checked = [box.attrs["value"] for box in page.all("input", name="type") if "checked" in box.attrs]
    assert checked == ["mobile", "sms"]
    assert words(page.all("summary", class_="form-select")[0].text) == "Mobiel en Sms"
    assert "hidden" not in page.one("div", id="filters").attrs


@pytest.mark.feature("CDR-06")
def test_the_funnel_counts_and_chips_drop_one_filter_each(sanne: Browser) -> None:
    page = sanne.page(
        f"{PAGE}?type=mobile&type=sms&type=other&type=emergency&zender=0850&duur_is=groter&duur=60"
    )
    chips = {words(a.text): a.attrs["href"] for a in page.all("a", class_="tk-chip")}
    assert chips == {
        "Verwijder filter Mobiel, Sms en 2 andere": f"{PAGE}?zender=0850&duur_is=groter&duur=60",
        "Verwijder filter Zender 0850": f"{PAGE}?type=mobile&type=sms&type=other&type=emergency"
        "&duur_is=groter&duur=60",
        "Verwijder filter Duur groter dan 60 sec": f"{PAGE}?type=mobile&type=sms&type=other&type=emergency"
        "&zender=0850",
    }
    funnel = page.one("button", **{"aria-controls": "filters"})
    assert funnel.attrs["aria-expanded"] == "false"
    assert words(funnel.text) == "Filtermogelijkheden, aantal ingesteld: 3"
    assert "hidden" in page.one("div", id="filters").attrs


def test_clearing_the_filters_keeps_the_period(sanne: Browser) -> None:
    page = sanne.page(f"{PAGE}?periode=2026-10&zender=06&paneel=open")
    assert page.link("Wis filters") == f"{PAGE}?paneel=open&periode=2026-10"


def test_the_other_tab_keeps_what_it_understands(sanne: Browser) -> None:
    page = sanne.page(f"{PAGE}?periode=2026-10&zender=06&duur=60")
    assert page.link("Totalen") == "/gespreksdetails/totalen?periode=2026-10&zender=06"


@pytest.mark.feature("CDR-06")
def test_paging_by_key(sanne: Browser, rpc: FakeRpc) -> None:
    show(rpc, builders.call(1), builders.call(2), older="k2.older", newer=None)
    page = sanne.page(f"{PAGE}?zender=085")
    assert page.link("Ouder") == f"{PAGE}?zender=085&bladzijde=k2.older"
    assert "Nieuwer" not in [words(a.text) for a in page.all("a")]
    assert words(page.one("span", **{"aria-disabled": "true"}).text) == "Nieuwer"
    assert "zo 22 nov 16:31 tot zo 22 nov 16:38" in page.text

    sanne.get(page.link("Ouder"))
    assert rpc.last("details").fields["cursor"] == "k2.older"


@pytest.mark.feature("CDR-06")
def test_going_to_a_day_keeps_the_filters(sanne: Browser, rpc: FakeRpc) -> None:
    page = sanne.page(f"{PAGE}?zender=085&type=sms&type=other")
    hidden = [(e.attrs["name"], e.attrs["value"]) for e in page.all("input", type="hidden")]
    assert set(hidden) >= {("zender", "085"), ("type", "sms"), ("type", "other")}
    sanne.page(f"{PAGE}?zender=085&ga=10-11-2026")
    assert rpc.last("details").fields["cursor"] == {"before": "2026-11-10"}


def test_a_day_that_is_none_is_answered_beside_the_field(sanne: Browser) -> None:
    page = sanne.page(f"{PAGE}?zender=085&ga=morgen", status=422)
    assert page.error_of("ga") == "Schrijf de dag als 22-11-2026."
    assert page.field("ga").attrs["value"] == "morgen"
    assert page.link("Naar de nieuwste gesprekken") == f"{PAGE}?zender=085"


@pytest.mark.feature("CDR-06")
@pytest.mark.parametrize("day", ["31-12-9999", "0001-01-01"])
def test_a_day_of_another_age_is_answered_beside_the_field(sanne: Browser, rpc: FakeRpc, day: str) -> None:
    page = sanne.page(f"{PAGE}?ga={day}", status=422)
    assert page.error_of("ga") == "Kies een dag tussen 2000 en 2099."
    assert "details" not in [call.method for call in rpc.asked]


@pytest.mark.feature("CDR-02")
@pytest.mark.parametrize("state", ["corrected", "reversal"])
def test_a_correction_does_not_say_whose_it_is(sanne: Browser, rpc: FakeRpc, state: str) -> None:
    """The operator's re-rating makes the same rows as a carrier's correction."""
    show(rpc, builders.call(state=state))
    title = sanne.page(PAGE).one("span", class_="tk-badge").attrs["title"]
    assert "de prijs" in title and "aanbieder" not in title


@pytest.mark.feature("CDR-06")
def test_the_most_expensive_first(sanne: Browser, rpc: FakeRpc) -> None:
    dear = builders.call(1, start="2026-11-03T09:15:00Z", amount="14.460000")
    show(rpc, dear, builders.call(2), older="k2.lower")
    page = sanne.page(sanne.page(f"{PAGE}?zender=085").link("Bedrag (€)"))
    assert rpc.last("details").fields == {
        "selection": {"period": "current", "sender": "085"},
        "cursor": None,
        "sort": "amount",
        "limit": 50,
        "counting": True,
    }
    rows = page.rows("tk-calls")
    assert [(row[0], row[5]) for row in rows[1:]] == [
        ("03-11-2026 10:15:00", "14,4600"),
        ("22-11-2026 16:31:51", "0,3780"),
    ]
    assert words(page.one("th", **{"aria-sort": "descending"}).text) == "Bedrag (€)"
    assert page.link("Lager") == f"{PAGE}?zender=085&sorteer=bedrag&bladzijde=k2.lower"
    assert page.link("Start") == f"{PAGE}?zender=085"
    assert page.one("a", class_="tk-chip").attrs["href"] == f"{PAGE}?sorteer=bedrag"
    assert page.field("sorteer").attrs["value"] == "bedrag", "searching anew keeps the order"
    assert page.link("Download weergegeven gespreksdetails") == f"{PAGE}.csv?zender=085&sorteer=bedrag"


@pytest.mark.parametrize("cursor", ["{'$gt':''}", "gewijzigd"])
def test_a_hacked_page_key_shows_the_way_back(sanne: Browser, rpc: FakeRpc, cursor: str) -> None:
    rpc.answers["cdr", "details"] = Invalid(fields={"cursor": ["Deze bladzijde bestaat niet."]})
    page = sanne.page(f"{PAGE}?zender=085&bladzijde={cursor}", status=422)
    assert "Deze bladzijde bestaat niet" in page.text
    assert page.link("Naar de nieuwste gesprekken") == f"{PAGE}?zender=085"


@pytest.mark.feature("GW-02")
def test_wrong_filters_are_answered_and_nothing_is_searched(sanne: Browser, rpc: FakeRpc) -> None:
    query = "periode=aangepast&van=30-11-2026&tot=1-11-2026&bedrag=1,2,3&duur=lang&type=x"
    page = sanne.page(f"{PAGE}?{query}", status=422)
    assert page.error_of("bedrag").startswith("Schrijf een bedrag")
    assert page.error_of("duur").startswith("Vul een heel aantal seconden in")
    assert page.error_of("van").startswith("De eerste dag ligt na de laatste.")
    assert page.link("Wissel de dagen om").startswith(f"{PAGE}?")
    assert page.field("bedrag").attrs["value"] == "1,2,3"
    assert "hidden" not in page.one("div", id="filters").attrs
    assert "Er is niet gezocht" in page.text
    assert "4 velden kloppen nog niet." in page.one("div", role="alert").text
    assert [call.method for call in rpc.asked if call.service == "cdr"] == ["periods"]


@pytest.mark.feature("GW-02")
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("selection.period", "periode"),
        ("selection.duration.value", "duur"),
        ("selection.amount.value", "bedrag"),
        ("selection.sender", "zender"),
        ("selection", "periode"),
        ("limit", "periode"),
    ],
)
def test_what_cdr_refuses_stands_beside_our_field(
    sanne: Browser, rpc: FakeRpc, path: str, field: str
) -> None:
    rpc.answers["cdr", "details"] = Invalid(fields={path: ["Dat kennen we niet."]})
    page = sanne.page(f"{PAGE}?periode=2019-01", status=422)
    assert page.error_of(field) == "Dat kennen we niet."
    assert "Januari 2019" in [option.text for option in page.all("option")]


@pytest.mark.feature("GW-03")
@pytest.mark.parametrize("failure", ["down", "fault", "nonsense"])
def test_cdr_being_away_takes_only_its_box(sanne: Browser, rpc: FakeRpc, failure: str) -> None:
    if failure == "down":
        rpc.down.add("cdr")
    else:
        rpc.answers["cdr", "details"] = Fault() if failure == "fault" else {"rows": "?"}
    page = sanne.page(f"{PAGE}?zender=085&paneel=open")
    said = page.one("div", role="alert")
    assert "Gespreksdetails laden lukt nu niet." in said.text
    assert page.link("Probeer nu") == f"{PAGE}?zender=085&paneel=open"
    assert page.one("h1").text == "Gespreksdetails"
    assert page.field("zender").attrs["value"] == "085"
    assert page.field("periode").tag == "select"


@pytest.mark.feature("GW-03")
def test_only_the_periods_being_away_leaves_the_calls(sanne: Browser, rpc: FakeRpc, clock: Clock) -> None:
    rpc.answers["cdr", "periods"] = Fault()
    page = sanne.page(PAGE)
    assert len(page.rows("tk-calls")) == 3
    assert "Eerdere factuurperioden zijn nu niet op te halen." in page.text
    options = [o.text for o in page.all("option")[:2]]
    assert options == ["Huidige factuurperiode (1 t/m 30 november)", "Aangepaste selectie"]


def found_without(counts: dict[str, int]) -> Any:
    """cdr that finds calls only when the named key is not in the selection."""

    def details(selection: dict[str, Any], cursor: Any, limit: int, **_more: bool) -> dict[str, Any]:
        calls = max((n for key, n in counts.items() if key not in selection), default=0)
        if not calls:
            return builders.nothing_found()
        return builders.details(builders.call(), summary=builders.sums(calls))

    return details


@pytest.mark.feature("CDR-06")
def test_nothing_found_names_the_filter_to_drop(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "details"] = found_without({"duration": 12, "receiver": 0})
    page = sanne.page(f"{PAGE}?ontvanger=0900&duur_is=groter&duur=3600")
    assert "Geen gesprekken gevonden" in page.text
    assert [words(item.text) for item in page.all("li") if "Zonder" in item.text] == [
        "Zonder Duur: 12 gesprekken"
    ]
    assert page.link("Zoek zonder Duur") == f"{PAGE}?ontvanger=0900"
    assert page.all("a")[-1].attrs["href"] == PAGE


def test_when_no_single_filter_helps_the_whole_is_counted(sanne: Browser, rpc: FakeRpc) -> None:
    def details(selection: dict[str, Any], cursor: Any, limit: int, **_more: bool) -> dict[str, Any]:
        if set(selection) == {"period"}:
            return builders.details(builders.call(), summary=builders.sums(5))
        return builders.nothing_found()

    rpc.answers["cdr", "details"] = details
    page = sanne.page(f"{PAGE}?ontvanger=0900&duur=3600")
    assert "Eén filter minder helpt niet. Zonder filters: 5 gesprekken." in page.text


def test_what_takes_too_long_to_count_is_still_offered(sanne: Browser, rpc: FakeRpc) -> None:
    def details(selection: dict[str, Any], limit: int, cursor: Any, **_more: bool) -> dict[str, Any]:
        return (
            builders.nothing_found()
            if "duration" in selection
            else builders.details(builders.call(), summary=None)
        )

    rpc.answers["cdr", "details"] = details
    assert "Zonder Duur: veel gesprekken" in sanne.page(f"{PAGE}?duur=3600").text


@pytest.mark.feature("CDR-06")
def test_sums_that_take_long_are_counted_while_the_calls_are_there(sanne: Browser, rpc: FakeRpc) -> None:
    counting = {"state": "queued", "done": 0, "total": 31, "started_at": None, "error": ""}
    rpc.answers["cdr", "details"] = builders.details(builders.call(), summary=None) | {"counting": counting}
    page = sanne.page(f"{PAGE}?ontvanger=06")
    assert page.one("div", id="voortgang").attrs["hx-get"] == "/gespreksdetails/tellen?ontvanger=06"
    assert "1 gesprek op deze bladzijde" in page.text


@pytest.mark.parametrize(("query", "other"), [("", "2026-10"), ("?periode=2026-10", "2026-09")])
def test_an_empty_period_shows_the_way_to_another(
    sanne: Browser, rpc: FakeRpc, query: str, other: str
) -> None:
    rpc.answers["cdr", "details"] = builders.nothing_found()
    page = sanne.page(PAGE + query)
    assert "Geen gesprekken in deze periode" in page.text
    assert page.all("a")[-1].attrs["href"] == f"{PAGE}?periode={other}"
    assert [call.method for call in rpc.asked if call.service == "cdr"] == ["periods", "details"]


def test_beyond_the_end_of_the_list(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "details"] = builders.nothing_found()
    page = sanne.page(f"{PAGE}?ga=1-1-2020")
    assert "Hier zijn geen gesprekken meer" in page.text
    assert page.link("Naar de nieuwste gesprekken") == PAGE


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_names_from_outside_are_shown_as_text(sanne: Browser, rpc: FakeRpc, name: str) -> None:
    show(rpc, builders.call(sender=f"alpha:{name}", destination=name, type=name))
    response = sanne.get(f"{PAGE}?zender={name}")
    assert "<script>alert" not in response.text
    assert "<img src=x" not in response.text
    show(rpc, builders.call(sender=f"alpha:{name}"))
    assert sanne.page(PAGE).rows("tk-calls")[2][2] == name


@pytest.mark.feature("GW-01")
def test_the_table_keeps_its_meaning_when_it_is_laid_out_as_a_grid(sanne: Browser) -> None:
    page = sanne.page(PAGE)
    table = page.one("table")
    assert table.attrs["role"] == "table"
    roles = {"tr": {"row"}, "td": {"cell"}, "thead": {"rowgroup"}, "tbody": {"rowgroup"}}
    for tag, allowed in roles.items():
        assert {e.attrs.get("role") for e in page.all(tag)} == allowed
    assert {e.attrs["role"] for e in page.all("th")} == {"columnheader", "rowheader"}
    assert page.one("caption").text.startswith("Gesprekken, nieuwste eerst")


@pytest.mark.feature("GW-01")
def test_the_first_thing_on_the_page_skips_to_its_content(sanne: Browser) -> None:
    page = Page(sanne.get(PAGE).text)
    first = page.all("a")[0]
    assert (first.text, first.attrs["href"]) == ("Naar de inhoud", "#inhoud")
    assert page.one("main").attrs["id"] == "inhoud"
    assert page.one("html").attrs["lang"] == "nl"
