"""Overzicht: the one figure, what it is compared with, its parts, and what asks for attention."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Forbidden, Unavailable
from tests.gateway import builders, spending
from tests.gateway.browser import Browser
from tests.gateway.fakes import Clock, FakeRpc

PAGE = "/overzicht"


@pytest.fixture
def holder(visitor: Browser, rpc: FakeRpc) -> Browser:
    """The browser of Sanne, who may change settings."""
    rpc.answers["identity", "login"] = builders.logged_in(roles=["settings"])
    rpc.answers["cdr", "totals"] = spending.totals
    visitor.log_in()
    return visitor


@pytest.mark.feature("CDR-10")
def test_it_is_the_first_page_and_the_first_tab(sanne: Browser) -> None:
    assert sanne.get("/").headers["Location"] == PAGE
    tabs = [a for a in sanne.page(PAGE).all("a") if a.attrs.get("aria-current") == "page"]
    assert {a.text for a in tabs} == {"Overzicht"}


@pytest.mark.feature("CDR-10")
def test_the_figure_against_the_same_day_of_last_month(holder: Browser) -> None:
    page = holder.page(PAGE)
    assert page.one("b", class_="tk-now-figure").text == "€\u00a0412,86"
    assert "excl. BTW, zonder abonnementen" in page.text
    assert "Huidige factuurperiode: 1 t/m 30 november 2026 · dag 22 van 30 · bijgewerkt om 16:40" in page.text
    # 16 working days of € 24,10 and 6 weekend days of € 3,20 in October until its 22nd.
    assert "Oktober tot en met dag 22 €\u00a0404,80 Verschil €\u00a08,06 hoger (2,0\u00a0%)" in page.text
    # Six working days and two weekend days to come: 151 euro by either month's habit.
    assert "Verwacht op 30 november €\u00a0560 – €\u00a0570" in page.text


@pytest.mark.feature("CDR-10")
def test_what_cdr_counts_is_asked_at_once_for_the_current_period(holder: Browser, rpc: FakeRpc) -> None:
    holder.page(PAGE)
    asked = {call.method: call.fields for call in rpc.asked if call.service == "cdr"}
    wanted = {"totals": ["type"], "top": ["sender"], "limit": 5, "dearest": 5}
    assert asked == {
        "figures": {"selection": {"period": "current"}, **wanted},
        "voip_limit": {},
        "fraud_watch": {},
    }


@pytest.mark.feature("CDR-10")
def test_parts_lead_to_the_same_selection(holder: Browser) -> None:
    page = holder.page(PAGE)
    assert page.link("Mobiel") == "/gespreksdetails/details?type=mobile"
    assert page.link("085-000 16 11") == "/gespreksdetails/details?zender=%2B31850001611"
    assert page.link("Alle gesprekken") == "/gespreksdetails/details?sorteer=bedrag"
    totals = [a.attrs["href"] for a in page.all("a") if a.text == "Totalen"]
    assert [address.partition("?")[2] for address in totals] == ["per=telefoonnummer", "per=gesprekstype"]


@pytest.mark.feature("CDR-10")
def test_each_chart_has_a_sentence_and_a_table(holder: Browser) -> None:
    page = holder.page(PAGE)
    pictures = page.all("div", role="img")
    assert len(pictures) == 2
    assert "het hoogst op ma 2 november met €\u00a024,10" in pictures[0].attrs["aria-label"]
    assert "tegen €\u00a0404,80 op dezelfde dag van oktober" in pictures[1].attrs["aria-label"]
    assert [s.text for s in page.all("summary") if s.text.startswith("Toon als tabel")] == [
        "Toon als tabel: Kosten per dag",
        "Toon als tabel: Kosten opgeteld",
    ]
    assert page.all("table", class_="tk-figures")


def test_late_usage_is_told_as_no_day_holds_it(holder: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "series"] = spending.series(late={"calls": 3, "duration": 60, "amount": "28.960000"})
    assert "Niet in deze grafieken: €\u00a028,96 van nagekomen gesprekken" in holder.page(PAGE).text


@pytest.mark.feature("CDR-10")
def test_what_asks_for_attention_the_worst_first(holder: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "voip_limit"] = spending.limit("500.00", "430.00")
    rpc.answers["cdr", "fraud_watch"] = spending.watch(spending.alert())
    points = [h.text for h in holder.page(PAGE).all("h3") if not h.text.startswith("Kosten")]
    assert points == [
        "Verdacht belgedrag: Internationaal buiten EU (Fictieland)",
        "Waarschuwingslimiet in zicht",
    ]


@pytest.mark.parametrize(
    ("limit", "used", "said"),
    [
        ("500.00", "399.99", "Er is niets dat uw aandacht vraagt."),
        ("500.00", "400.00", "Waarschuwingslimiet in zicht"),
        ("500.00", "500.00", "Waarschuwingslimiet bereikt"),
        (None, "500.00", "Er is niets dat uw aandacht vraagt."),
    ],
)
def test_the_limit_asks_for_attention_from_80_per_cent(
    holder: Browser, rpc: FakeRpc, limit: str | None, used: str, said: str
) -> None:
    rpc.answers["cdr", "voip_limit"] = spending.limit(limit, used)
    assert said in holder.page(PAGE).text


@pytest.mark.feature("CDR-10", "ID-03")
def test_without_the_role_there_is_no_limit_and_no_alert(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "fraud_watch"] = spending.watch(spending.alert())
    page = sanne.page(PAGE)
    assert {"voip_limit", "fraud_watch"}.isdisjoint(call.method for call in rpc.asked)
    assert "limiet" not in page.text
    assert "Openstaande punten" not in page.text


@pytest.mark.feature("CDR-10")
def test_without_the_product_neither(visitor: Browser, rpc: FakeRpc) -> None:
    account = builders.account(roles=["settings"])
    account["customer"] = account["customer"] | {"products": ["mobile"]}
    rpc.answers["identity", "login"] = {"ok": True, **account}
    visitor.log_in()
    visitor.page(PAGE)
    assert "voip_limit" not in [call.method for call in rpc.asked]


@pytest.mark.feature("CDR-10")
def test_a_new_customer_is_told_what_will_stand_here(holder: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "totals"] = builders.totals(total=builders.sums())
    rpc.answers["cdr", "series"] = {"rows": [], "previous": []}
    page = holder.page(PAGE)
    assert "Welkom bij Tikker" in page.text
    assert page.link("Stel een waarschuwingslimiet in") == "/instellingen"
    assert page.all("div", role="img") == []


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("voip_limit", "De limiet laden lukt nu niet."),
        ("fraud_watch", "De fraudebewaking laden lukt nu niet."),
    ],
)
@pytest.mark.feature("GW-03", "CDR-10")
def test_a_part_that_fails_leaves_the_others(holder: Browser, rpc: FakeRpc, method: str, said: str) -> None:
    rpc.answers["cdr", method] = Unavailable()
    page = holder.page(PAGE)
    notices = page.all("div", class_="tk-notice")
    assert any(said in notice.text for notice in notices)
    assert len(notices) == 1
    assert page.one("b", class_="tk-now-figure").text == "€\u00a0412,86"
    assert "Laatst bekend" not in page.text


@pytest.mark.feature("GW-03", "CDR-10")
def test_without_what_cdr_counts_the_rest_stands(holder: Browser, rpc: FakeRpc) -> None:
    holder.page(PAGE)
    rpc.answers["cdr", "figures"] = Unavailable()
    rpc.answers["cdr", "voip_limit"] = spending.limit("500.00", used="444.00")
    page = holder.page(PAGE)
    assert "Uw verbruik laden lukt nu niet." in page.one("div", class_="tk-notice").text
    assert "Hieronder staat wat om 16:42 bekend was." in page.text
    assert page.one("b", class_="tk-now-figure").text == "€\u00a0412,86"
    assert "Waarschuwingslimiet in zicht" in page.text


@pytest.mark.feature("GW-03", "CDR-10")
def test_what_was_last_known_stands_with_its_time(holder: Browser, rpc: FakeRpc, clock: Clock) -> None:
    holder.page(PAGE)
    clock.forward(minutes=10)
    rpc.answers["cdr", "fraud_watch"] = Unavailable()
    assert "Laatst bekend om 16:42." in holder.page(PAGE).text


@pytest.mark.feature("GW-03", "CDR-10")
def test_cdr_being_away_is_said_once(holder: Browser, rpc: FakeRpc) -> None:
    rpc.down.add("cdr")
    page = holder.page(PAGE)
    assert "Uw verbruik laden lukt nu niet." in page.one("div", class_="tk-notice").text
    assert "1 t/m 30 november 2026" in page.text


@pytest.mark.feature("GW-03", "CDR-10")
def test_cdr_being_away_shows_what_was_known(holder: Browser, rpc: FakeRpc) -> None:
    holder.page(PAGE)
    rpc.down.add("cdr")
    page = holder.page(PAGE)
    assert len(page.all("div", class_="tk-notice")) == 1
    assert "Hieronder staat wat om 16:42 bekend was." in page.text
    assert page.one("b", class_="tk-now-figure").text == "€\u00a0412,86"


def test_who_is_refused_a_part_no_longer_sees_what_it_was(holder: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "voip_limit"] = spending.limit("777.00")
    assert "777" in holder.page(PAGE).text
    rpc.answers["cdr", "voip_limit"] = Forbidden()
    assert "777" not in holder.page(PAGE).text
    rpc.answers["cdr", "voip_limit"] = Unavailable()
    assert "777" not in holder.page(PAGE).text


def test_another_customer_never_sees_what_was_last_known(app: Any, holder: Browser, rpc: FakeRpc) -> None:
    holder.page(PAGE)
    stranger = Browser(app.test_client())
    account = builders.account(id="9" * 32)
    account["customer"] = account["customer"] | {"id": "8" * 32}
    rpc.answers["identity", "login"] = {"ok": True, **account}
    stranger.log_in()
    rpc.down.add("cdr")
    assert "412,86" not in stranger.page(PAGE).text


def test_long_names_and_many_numbers_stay_whole(holder: Browser, rpc: FakeRpc) -> None:
    name = "Vereniging tot Instandhouding van Denkbeeldige Monumenten en Fictieve Landschappen " * 2
    rpc.answers["cdr", "details"] = builders.details(
        *[builders.call(n, destination=name) for n in range(1, 6)]
    )
    assert name.strip() in holder.page(PAGE).text


@pytest.mark.feature("CDR-10", "MOB-02")
def test_what_is_above_bundles_is_in_the_figure_and_on_no_day(holder: Browser, rpc: FakeRpc) -> None:
    def with_bundles(selection: dict[str, Any], by: str) -> dict[str, Any]:
        found = spending.totals(selection, by)
        above = builders.sums(0, 0, "10.00") | {"number": None, "type": "bundle_data"}
        total = builders.sums(1204, 313866, "422.86")
        return {**found, "rows": [*found["rows"], above], "total": total}

    rpc.answers["cdr", "totals"] = with_bundles
    page = holder.page(PAGE)
    assert page.one("b", class_="tk-now-figure").text == "€\u00a0422,86"
    assert "Niet in deze grafieken: €\u00a010,00 boven de bundel van mobiele abonnementen." in page.text
    assert "Verschil €\u00a08,06 hoger" in page.text
