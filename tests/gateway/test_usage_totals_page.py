"""The page Totalen: sums in total, by type and by number."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway import builders
from tests.gateway.browser import Browser
from tests.gateway.fakes import FakeRpc

PAGE = "/gespreksdetails/totalen"


def row(calls: int, amount: str, **more: Any) -> dict[str, Any]:
    return builders.sums(calls, calls * 60, amount) | {"number": None, "type": None} | more


def show(rpc: FakeRpc, *rows: dict[str, Any], **more: Any) -> None:
    rpc.answers["cdr", "totals"] = builders.totals(*rows, **more)


@pytest.mark.feature("CDR-05")
def test_the_figure_of_the_period(sanne: Browser, rpc: FakeRpc) -> None:
    page = sanne.page(PAGE)
    assert page.all("b", class_="tk-num")[0].text == "€\u00a0412,86"
    assert "excl. BTW · 1.204 gesprekken · 87:11:06 uur" in page.text
    assert "Huidige factuurperiode: 1 t/m 30 november 2026 · bijgewerkt om 16:40" in page.text
    asked = rpc.last("figures").fields
    assert (asked["selection"], asked["totals"]) == ({"period": "current"}, ["total", "type"])
    assert page.rows("tk-totals") == [
        ["Totaal", "Aantal", "Duur", "Bedrag (€)"],
        ["Alle gesprekken", "1.204", "87:11:06", "412,86"],
    ]


@pytest.mark.feature("CDR-05")
def test_the_kinds_have_the_manuals_names(sanne: Browser) -> None:
    page = sanne.page(PAGE)
    names = [o.text for o in page.all("option") if o.text.startswith("Tota")]
    assert names == [
        "Totaal",
        "Totalen per gesprekstype",
        "Totalen per telefoonnummer",
        "Totalen per telefoonnummer en gesprekstype",
    ]


@pytest.mark.feature("CDR-05")
def test_per_type_each_row_leads_to_its_calls(sanne: Browser, rpc: FakeRpc) -> None:
    show(
        rpc,
        row(3, "1.50", type="mobile"),
        row(1, "0.50", type="national"),
        total=builders.sums(4, 240, "2.00"),
    )
    page = sanne.page(f"{PAGE}?per=gesprekstype&periode=2026-10&zender=085")
    assert rpc.last("totals").fields["by"] == "type"
    assert page.rows("tk-totals")[1:] == [
        ["Mobiel", "", "3", "0:03:00", "1,50"],
        ["Nationaal", "", "1", "0:01:00", "0,50"],
        ["Totaal", "", "4", "0:04:00", "2,00"],
    ]
    assert page.link("Mobiel") == "/gespreksdetails/details?periode=2026-10&type=mobile&zender=085"


@pytest.mark.feature("CDR-05")
def test_per_number(sanne: Browser, rpc: FakeRpc) -> None:
    show(rpc, row(3, "1.50", number="+31850001611"), total=builders.sums(3, 180, "1.50"))
    page = sanne.page(f"{PAGE}?per=telefoonnummer")
    assert "number" in rpc.last("figures").fields["totals"]
    assert page.rows("tk-totals")[1][0] == "085-000 16 11"


@pytest.mark.feature("CDR-05")
def test_per_number_and_type(sanne: Browser, rpc: FakeRpc) -> None:
    show(rpc, row(3, "1.50", number="+31600123456", type="sms"), total=builders.sums(3, 180, "1.50"))
    page = sanne.page(f"{PAGE}?per=telefoonnummer-gesprekstype")
    assert "number_type" in rpc.last("figures").fields["totals"]
    assert page.rows("tk-totals")[0][:2] == ["Telefoonnummer", "Gesprekstype"]
    assert page.rows("tk-totals")[1][:2] == ["06-00 12 34 56", "Sms"]


def test_data_and_messages_have_columns_when_there_are_any(sanne: Browser, rpc: FakeRpc) -> None:
    show(
        rpc,
        row(1, "0.50", type="data_eu", duration=0, volume=350_000),
        row(1, "0.10", type="sms", duration=0, messages=3),
        total=builders.sums(2, 0, "0.60", volume=350_000, messages=3),
    )
    rows = sanne.page(f"{PAGE}?per=gesprekstype").rows("tk-totals")
    assert rows[0] == [
        "Gesprekstype",
        "Aandeel in het bedrag",
        "Aantal",
        "Duur",
        "Data",
        "Berichten",
        "Bedrag (€)",
    ]
    assert rows[1] == ["Data EU", "", "1", "–", "0,35\u00a0MB", "–", "0,50"]
    assert rows[2] == ["Sms", "", "1", "–", "–", "3", "0,10"]


def test_bars_are_shares_of_the_largest(sanne: Browser, rpc: FakeRpc) -> None:
    rows = (row(1, "2.00", type="mobile"), row(1, "0.50", type="sms"), row(1, "0", type="incoming"))
    show(rpc, *rows, row(1, "-1", type="other"), total=builders.sums(4, 0, "1.50"))
    page = sanne.page(f"{PAGE}?per=gesprekstype")
    widths = [rect.attrs["width"] for rect in page.all("rect", class_="tk-fill")]
    assert widths[:2] == ["100.0%", "25.0%"]  # of the table; those of the charts follow


def test_the_cents_shown_are_those_that_add_up(sanne: Browser, rpc: FakeRpc) -> None:
    thirds = [
        row(1, "0.333333", type=t, cents=c)
        for t, c in (("mobile", "0.34"), ("sms", "0.33"), ("other", "0.33"))
    ]
    show(rpc, *thirds, total=builders.sums(3, 0, "1.00"))
    cells = [r[-1] for r in sanne.page(f"{PAGE}?per=gesprekstype").rows("tk-totals")[1:]]
    assert cells == ["0,34", "0,33", "0,33", "1,00"]


def test_adding_up_that_takes_too_long_is_not_shown_as_nothing(sanne: Browser, rpc: FakeRpc) -> None:
    show(rpc, total=builders.sums(), complete=False)
    page = sanne.page(f"{PAGE}?zender=06")
    assert "Dit optellen duurt te lang." in page.one("div", role="status").text
    assert page.link("Bekijk de gesprekken") == "/gespreksdetails/details?zender=06"
    assert "€\u00a00,00" not in page.text


@pytest.mark.feature("CDR-05")
def test_what_takes_long_is_counted_in_the_background_and_shows_how_far_it_is(
    sanne: Browser, rpc: FakeRpc
) -> None:
    counting = {"state": "running", "done": 12, "total": 31, "started_at": "2026-11-22T15:41:00Z"}
    show(rpc, total=builders.sums(), complete=False, counting=counting)
    page = sanne.page(f"{PAGE}?ontvanger=06")
    bar = page.one("div", role="progressbar")
    assert bar.attrs["aria-valuetext"] == "12 van 31 dagen geteld"
    assert "nog ongeveer 2 minuten" in page.text
    assert "Dit optellen duurt te lang" not in page.text
    address = "/gespreksdetails/tellen?ontvanger=06"
    assert page.one("div", id="voortgang").attrs["hx-get"] == address
    assert "refresh" in [e.attrs.get("http-equiv") for e in page.all("meta")], "and without scripts"

    rpc.answers["cdr", "counting"] = counting | {"done": 20}
    again = sanne.page(address)
    assert again.one("div", role="progressbar").attrs["aria-valuetext"] == "20 van 31 dagen geteld"
    assert again.one("div", id="voortgang").attrs["hx-get"] == address
    assert rpc.last("counting").fields == {"selection": {"period": "current", "receiver": "06"}}


@pytest.mark.parametrize("state", [{"state": "done"}, {"state": "cancelled"}, None])
def test_when_it_is_counted_the_page_loads_anew(sanne: Browser, rpc: FakeRpc, state: Any) -> None:
    rpc.answers["cdr", "counting"] = state
    assert sanne.get("/gespreksdetails/tellen?ontvanger=06").headers["HX-Refresh"] == "true"


def test_counting_that_failed_says_so_and_stops_asking(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "counting"] = {
        "state": "failed",
        "error": "Deze taak is gestopt door een fout bij ons.",
    }
    page = sanne.page("/gespreksdetails/tellen?ontvanger=06")
    assert "Deze taak is gestopt door een fout bij ons." in page.one("div", role="alert").text
    assert "hx-get" not in page.one("div", id="voortgang").attrs


def test_a_call_and_its_reversal_are_not_nothing(sanne: Browser, rpc: FakeRpc) -> None:
    show(rpc, row(0, "-0.01", type="mobile"), total=builders.sums(0, 0, "-0.01"))
    assert sanne.page(f"{PAGE}?per=gesprekstype").rows("tk-totals")[1][-1] == "\u22120,01"


@pytest.mark.feature("CDR-05")
def test_own_days(sanne: Browser, rpc: FakeRpc) -> None:
    page = sanne.page(f"{PAGE}?periode=aangepast&van=1-11-2026&tot=22-11-2026")
    assert rpc.last("figures").fields["selection"] == {"from": "2026-11-01", "to": "2026-11-22"}
    assert "1 t/m 22 november 2026" in page.text
    assert page.field("van").attrs["value"] == "1-11-2026"


def test_totals_know_no_amount_or_duration(sanne: Browser, rpc: FakeRpc) -> None:
    page = sanne.page(f"{PAGE}?duur=60&bedrag=1")
    assert rpc.last("figures").fields["selection"] == {"period": "current"}
    names = {e.attrs.get("name") for e in page.elements}
    assert not names & {"duur", "bedrag"}


def test_an_unknown_kind_is_said(sanne: Browser) -> None:
    assert sanne.page(f"{PAGE}?per=maand", status=422).error_of("per") == "Kies welke totalen u wilt zien."


@pytest.mark.feature("GW-03")
def test_cdr_being_away_takes_only_its_box(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.down.add("cdr")
    page = sanne.page(f"{PAGE}?periode=2026-10&per=gesprekstype")
    assert "Gespreksdetails laden lukt nu niet." in page.one("div", role="alert").text
    chosen = [o.text for o in page.all("option") if "selected" in o.attrs]
    assert chosen == ["Oktober 2026", "Totalen per gesprekstype", "Telefonie en mobiel"]


def test_nothing_found_by_filters(sanne: Browser, rpc: FakeRpc) -> None:
    show(rpc, total=builders.sums())
    rpc.answers["cdr", "details"] = builders.details(builders.call(), summary=builders.sums(7))
    page = sanne.page(f"{PAGE}?zender=999")
    assert page.link("Zoek zonder Nummer zender") == PAGE
    assert "Zonder Nummer zender: 7 gesprekken" in page.text


def test_the_front_door_of_the_area(sanne: Browser) -> None:
    assert sanne.get("/gespreksdetails").headers["Location"] == PAGE


@pytest.mark.feature("CDR-05", "MOB-02")
def test_what_is_above_bundles_is_a_type_without_calls_and_of_no_number(sanne: Browser, rpc: FakeRpc) -> None:
    above = row(0, "0.15", type="bundle_data") | {"duration": 0}
    show(rpc, row(3, "1.50", type="mobile"), above, total=builders.sums(3, 180, "1.65"))
    page = sanne.page(f"{PAGE}?per=gesprekstype")
    assert page.rows("tk-totals")[2] == ["Boven bundel data", "", "0", "–", "0,15"]
    assert "Boven bundel data" not in {link.text for link in page.all("a")}
    show(rpc, row(0, "0.15", type="bundle_data"), total=builders.sums(0, 0, "0.15"))
    page = sanne.page(f"{PAGE}?per=telefoonnummer-gesprekstype")
    assert page.rows("tk-totals")[1][:2] == ["Bundels", "Boven bundel data"]


@pytest.mark.feature("CDR-05", "MOB-02")
def test_what_a_bundle_takes_back_is_a_type_of_its_own(sanne: Browser, rpc: FakeRpc) -> None:
    within = row(0, "-1.50", type="covered_voice") | {"duration": 0}
    calls = row(3, "1.50", type="international_eu")
    show(rpc, calls, within, total=builders.sums(3, 180, "0.00"))
    page = sanne.page(f"{PAGE}?per=gesprekstype")
    assert page.rows("tk-totals")[2] == ["Binnen bundel bellen", "", "0", "–", "−1,50"]


@pytest.mark.feature("CDR-05", "MOB-02")
@pytest.mark.parametrize("left_out", [True, False])
def test_days_or_a_number_leave_out_what_is_above_bundles_and_the_page_says_so(
    sanne: Browser, rpc: FakeRpc, left_out: bool
) -> None:
    show(rpc, row(3, "1.50"), total=builders.sums(3, 180, "1.50"), overage_left_out=left_out)
    page = sanne.page(f"{PAGE}?periode=aangepast&van=1-11-2026&tot=2-11-2026")
    assert ("Zonder bundels van mobiele abonnementen" in page.text) == left_out
