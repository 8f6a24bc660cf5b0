"""Instellingen: the limit that warns (manual 8.1) and the watch over fraud."""

from __future__ import annotations

import pytest

from shared.errors import Conflict, Invalid, Unavailable
from tests.gateway import builders, spending
from tests.gateway.browser import Browser, Page
from tests.gateway.fakes import FakeRpc

PAGE = "/instellingen"


@pytest.fixture
def holder(visitor: Browser, rpc: FakeRpc) -> Browser:
    """The browser of Sanne, who may change settings."""
    rpc.answers["identity", "login"] = builders.logged_in(roles=["settings"])
    visitor.log_in()
    return visitor


def shown(browser: Browser, address: str, data: dict[str, str], status: int = 422) -> Page:
    response = browser.post(address, data)
    assert response.status_code == status
    return Page(response.text)


@pytest.mark.feature("CDR-09")
def test_the_limit_and_what_is_used_of_it(holder: Browser) -> None:
    page = holder.page(PAGE)
    assert page.one("label", **{"for": "limiet"}).text == "Waarschuwingslimiet € ex. BTW"
    assert page.field("limiet").attrs["value"] == "600,00"
    use = "Gebruikt in deze factuurperiode: €\u00a0412,86 van €\u00a0600,00 (68 %) excl. BTW"
    assert use in page.text
    assert page.one("svg", class_="tk-limit-bar").attrs["class"].endswith("tk-bundle-inside")


@pytest.mark.feature("CDR-09")
def test_a_limit_that_is_reached_says_that_it_only_warns(holder: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "voip_limit"] = spending.limit("400.00", reached_at="2026-11-21T10:00:00Z")
    page = holder.page(PAGE)
    assert "Limiet bereikt gisteren om 11:00. Bellen gaat gewoon door" in page.text
    assert page.one("svg", class_="tk-limit-bar").attrs["class"].endswith("tk-bundle-over")


@pytest.mark.feature("CDR-09")
def test_no_limit_is_an_empty_field(holder: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "voip_limit"] = spending.limit(None)
    page = holder.page(PAGE)
    assert page.field("limiet").attrs["value"] == ""
    assert page.all("svg", class_="tk-limit-bar") == []


@pytest.mark.feature("CDR-09")
@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("250", "250.00"),
        ("250,00", "250.00"),
        ("1.250,50", "1250.50"),
        ("€ 1.250,5", "1250.50"),
        ("250.50", "250.50"),
        ("1000000", "1000000.00"),
        ("", None),
        ("0", None),
        ("0,00", None),
    ],
)
def test_amounts_the_way_people_write_them(
    holder: Browser, rpc: FakeRpc, typed: str, sent: str | None
) -> None:
    response = holder.post(f"{PAGE}/limiet", {"limiet": typed, "opdracht": "a" * 32})
    assert (response.status_code, response.headers["Location"]) == (303, PAGE)
    assert rpc.last("set_voip_limit").fields == {"limit": sent, "command_id": "a" * 32}


@pytest.mark.feature("CDR-09", "GW-02")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("veel", "Schrijf een bedrag in euro met één komma, bijvoorbeeld 0,25."),
        ("2,5,0", "Schrijf een bedrag in euro met één komma, bijvoorbeeld 0,25."),
        ("-5", "Een limiet is 0 of meer. Laat het veld leeg voor geen limiet."),
        ("10,005", "Gebruik hooguit twee cijfers achter de komma, bijvoorbeeld 250,00."),
        ("1000000,01", "Een limiet is hooguit € 1.000.000."),
    ],
)
def test_what_is_no_limit_is_said_beside_the_field(
    holder: Browser, rpc: FakeRpc, typed: str, said: str
) -> None:
    page = shown(holder, f"{PAGE}/limiet", {"limiet": typed})
    assert page.error_of("limiet") == said
    assert page.field("limiet").attrs["value"] == typed
    assert "set_voip_limit" not in [call.method for call in rpc.asked]


@pytest.mark.feature("GW-02")
def test_what_cdr_says_of_the_limit_stands_beside_it_too(holder: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "set_voip_limit"] = Invalid(fields={"limit": ["Dit past niet."]})
    assert shown(holder, f"{PAGE}/limiet", {"limiet": "5"}).error_of("limiet") == "Dit past niet."


@pytest.mark.feature("GW-03")
def test_a_limit_that_could_not_be_kept_stays_in_its_field(holder: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "set_voip_limit"] = Unavailable()
    page = shown(holder, f"{PAGE}/limiet", {"limiet": "5"}, status=503)
    assert "Dit lukt nu even niet." in page.text
    assert page.field("limiet").attrs["value"] == "5"


@pytest.mark.feature("CDR-11")
def test_the_choice_tells_its_consequences(holder: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "fraud_watch"] = spending.watch(block=True)
    page = holder.page(PAGE)
    radios = {radio.attrs["value"]: "checked" in radio.attrs for radio in page.all("input", type="radio")}
    assert radios == {"waarschuw": False, "blokkeer": True}
    assert "112 blijft altijd bereikbaar." in page.text


@pytest.mark.feature("CDR-11")
@pytest.mark.parametrize(("chosen", "block"), [("waarschuw", False), ("blokkeer", True)])
def test_choosing_what_an_alert_does(holder: Browser, rpc: FakeRpc, chosen: str, block: bool) -> None:
    assert holder.post(f"{PAGE}/fraude", {"bewaking": chosen}).status_code == 303
    assert rpc.last("set_fraud_watch").fields["block"] is block


@pytest.mark.feature("GW-02")
@pytest.mark.parametrize("chosen", ["", "alles"])
def test_a_choice_that_is_none_is_said(holder: Browser, chosen: str) -> None:
    page = shown(holder, f"{PAGE}/fraude", {"bewaking": chosen})
    said = page.one("p", id="bewaking-fout").text.strip()
    assert said == "Kies of we alleen waarschuwen of ook blokkeren."


@pytest.mark.feature("CDR-11")
def test_an_alert_says_why(holder: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "fraud_watch"] = spending.watch(spending.alert())
    page = holder.page(PAGE)
    item = " ".join(page.one("li", id=f"melding-{spending.ALERT}").text.split())
    assert "Internationaal buiten EU (Fictieland) geblokkeerd" in item
    assert "€ 86,40 excl. BTW op één dag (54 minuten)." in item
    assert "In de acht weken daarvoor was dat op zo’n dag hooguit € 2,10." in item
    assert "Hef blokkade op" in item


@pytest.mark.feature("CDR-11")
@pytest.mark.parametrize(
    ("forwarded", "types"), [(False, "international_world"), (True, "international_world&type=forwarded")]
)
def test_an_alert_leads_to_its_calls(holder: Browser, rpc: FakeRpc, forwarded: bool, types: str) -> None:
    rpc.answers["cdr", "fraud_watch"] = spending.watch(spending.alert(forwarded=forwarded))
    address = f"/gespreksdetails/details?type={types}"
    assert holder.page(PAGE).link("Bekijk deze gesprekken") == address


@pytest.mark.feature("CDR-11")
def test_lifting_a_block_needs_a_reason(holder: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "fraud_watch"] = spending.watch(spending.alert())
    address = f"{PAGE}/meldingen/{spending.ALERT}"
    page = shown(holder, address, {"reden": " "})
    said = page.one("p", id=f"reden-{spending.ALERT}-fout").text.strip()
    assert said == "Vul in waarom dit gebruik klopt of wat u hebt gedaan."
    assert "lift_fraud_alert" not in [call.method for call in rpc.asked]
    response = holder.post(address, {"reden": "Dit was onze verkoopactie", "opdracht": "a" * 32})
    assert response.status_code == 303
    assert rpc.last("lift_fraud_alert").fields == {
        "alert_id": spending.ALERT,
        "reason": "Dit was onze verkoopactie",
        "command_id": "a" * 32,
    }


@pytest.mark.feature("GW-02")
def test_the_reason_stays_with_its_own_alert_after_an_error(holder: Browser, rpc: FakeRpc) -> None:
    other = spending.alert(id="d" * 32, blocked=False)
    rpc.answers["cdr", "fraud_watch"] = spending.watch(spending.alert(), other)
    rpc.answers["cdr", "lift_fraud_alert"] = Conflict("Dit gebruik loopt nog.")
    page = shown(holder, f"{PAGE}/meldingen/{spending.ALERT}", {"reden": "akkoord"}, status=409)
    values = {e.attrs["id"]: e.attrs["value"] for e in page.all("input", name="reden")}
    assert values == {f"reden-{spending.ALERT}": "akkoord", f"reden-{'d' * 32}": ""}
    assert "Dit gebruik loopt nog." in page.one("li", id=f"melding-{spending.ALERT}").text


def test_an_alert_that_a_colleague_has_lifted_is_done(holder: Browser, rpc: FakeRpc) -> None:
    response = holder.post(f"{PAGE}/meldingen/{spending.ALERT}", {"reden": "akkoord"})
    assert response.status_code == 303
    assert "Deze melding is al afgehandeld" in holder.page(PAGE).text
    assert "lift_fraud_alert" not in [call.method for call in rpc.asked]


@pytest.mark.feature("GW-03")
@pytest.mark.parametrize(
    ("method", "said", "stays"),
    [
        ("voip_limit", "De limiet laden lukt nu niet.", "bewaking"),
        ("fraud_watch", "De fraudebewaking laden lukt nu niet.", "limiet"),
    ],
)
def test_one_part_fails_alone(holder: Browser, rpc: FakeRpc, method: str, said: str, stays: str) -> None:
    rpc.answers["cdr", method] = Unavailable()
    page = holder.page(PAGE)
    assert said in page.one("div", role="alert").text
    names = {e.attrs.get("name") for e in page.elements} & {"limiet", "bewaking"}
    assert names == {stays}
