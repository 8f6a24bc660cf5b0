"""Mobiel: the list of subscriptions, and one subscription's three pages (manual 7.1)."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Conflict, Invalid, NotFound
from tests.gateway import builders, subscriptions
from tests.gateway.browser import Browser, Page
from tests.gateway.fakes import FakeRpc

ALL = ["mobile_access", "mobile_limits", "mobile_blocks", "mobile_sim_block", "user_management"]
ONE = f"/mobiel/{subscriptions.FIRST}"
NBSP = "\u00a0"


@pytest.fixture
def holder(visitor: Browser, rpc: FakeRpc) -> Browser:
    """The browser of Sanne, who may do everything with mobile subscriptions."""
    return _with_roles(visitor, rpc, ALL)


def _with_roles(visitor: Browser, rpc: FakeRpc, roles: list[str]) -> Browser:
    rpc.answers["identity", "login"] = builders.logged_in(roles=roles, products=["voip", "mobile"])
    visitor.log_in()
    return visitor


@pytest.mark.feature("MOB-02")
def test_total_use_reads_as_in_the_manual(holder: Browser) -> None:
    page = holder.page("/mobiel")
    assert page.one("h1").text == "Lijst van abonnementen en limietinstellingen"
    assert f"€{NBSP}0,35 Totale verbruikskosten" in page.text
    assert "Zakelijk Mobiel Bundel - Data" in page.text
    assert "1.003 van 1.000 MB (3 MB boven bundel)" in page.text
    assert "39 van 300 Min (261 Min over)" in page.text
    assert "Huidige factuurperiode: november 2026 · bijgewerkt om 16:41" in page.text


@pytest.mark.feature("MOB-03")
def test_a_subscription_is_a_line_with_its_bars(holder: Browser) -> None:
    page = holder.page("/mobiel")
    heads = [head.text for head in page.all("th", role="columnheader")]
    assert heads[:7] == [
        *("Mobiel nummer", "Verbruik", "Nationaal Data (MB)", "Nationaal Voice (Min)"),
        *("SIM", "Label", "Type"),
    ]
    assert "966 van 500 466 boven" in page.text
    assert "10 van 150" in page.text
    assert "38 van 500" in page.text
    assert "… 65 12" in page.text


@pytest.mark.feature("MOB-02")
def test_above_its_own_share_is_yellow_until_the_group_s_bundle_is_used_up(
    holder: Browser, rpc: FakeRpc
) -> None:
    own = subscriptions.measure(600 * subscriptions.MB, 500 * subscriptions.MB, "above_own")
    rpc.answers["mobile", "overview"] = subscriptions.overview(
        rows=[subscriptions.row(data=own, voice=None)], bundles=[]
    )
    page = holder.page("/mobiel")
    assert "tk-bundle-over" not in [svg.attrs["class"].split()[-1] for svg in page.all("svg", height="6")]
    assert "600 van 500" in page.text


@pytest.mark.feature("MOB-02")
@pytest.mark.parametrize(
    ("used", "over", "words"),
    [
        (1000 * subscriptions.MB + 1, 1, "1.000 van 1.000 MB (minder dan 1 MB boven bundel)"),
        (1000 * subscriptions.MB, 0, "1.000 van 1.000 MB (0 MB over)"),
    ],
)
def test_a_group_is_red_as_soon_as_anything_above_its_bundle_costs_money(
    holder: Browser, rpc: FakeRpc, used: int, over: int, words: str
) -> None:
    group = {"group": "zakelijk_mobiel", "name": "Zakelijk Mobiel Bundel", "kind": "data", "amount": "0.03"}
    figures = {"used": used, "allowance": 1000 * subscriptions.MB, "over": over, "left": 0}
    rpc.answers["mobile", "overview"] = subscriptions.overview(rows=[], bundles=[group | figures])
    page = holder.page("/mobiel")
    assert words in page.text
    assert len([svg for svg in page.all("svg", height="12") if "tk-bundle-over" in svg.attrs["class"]]) == (
        1 if over else 0
    )


@pytest.mark.feature("MOB-02")
def test_a_line_of_half_a_minute_above_all_bundles_is_red_too(holder: Browser, rpc: FakeRpc) -> None:
    voice = subscriptions.measure(150 * 60 + 29, 150 * 60, "above_group")
    row = subscriptions.row(voice=voice, data=None)
    rpc.answers["mobile", "overview"] = subscriptions.overview(rows=[row], bundles=[])
    page = holder.page("/mobiel")
    assert "150 van 150 minder dan 1 boven" in page.text
    (bar,) = [svg for svg in page.all("svg", height="6") if svg.attrs.get("width") == "100%"]
    assert "tk-bundle-over" in bar.attrs["class"]


@pytest.mark.feature("MOB-02")
@pytest.mark.parametrize(("minutes", "words"), [(0, "0, onbeperkt"), (408, "408, onbeperkt")])
def test_what_has_no_end_says_so_used_or_not(holder: Browser, rpc: FakeRpc, minutes: int, words: str) -> None:
    voice = subscriptions.measure(minutes * 60, None, "unlimited")
    rpc.answers["mobile", "overview"] = subscriptions.overview(rows=[subscriptions.row(voice=voice)])
    assert words in holder.page("/mobiel").text


@pytest.mark.feature("MOB-03")
@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", {"ended": False, "query": "", "after": None}),
        ("?opgeheven=1&zoek=65+12", {"ended": True, "query": "65 12", "after": None}),
        ("?na=" + "b" * 32, {"ended": False, "query": "", "after": "b" * 32}),
    ],
)
def test_what_is_looked_for_is_asked_of_mobile(
    holder: Browser, rpc: FakeRpc, query: str, asked: dict[str, Any]
) -> None:
    holder.page(f"/mobiel{query}")
    assert rpc.last("overview").fields == {**asked, "limit": 50}


@pytest.mark.feature("MOB-03")
def test_a_search_that_finds_nothing_says_so_and_leads_back(holder: Browser, rpc: FakeRpc) -> None:
    rpc.answers["mobile", "overview"] = subscriptions.overview(rows=[])
    page = holder.page("/mobiel?zoek=geen")
    assert "Geen nummer, SIM-kaart of label bevat geen." in page.text


@pytest.mark.feature("MOB-03")
def test_the_list_is_a_file_in_which_nothing_is_a_formula(holder: Browser, rpc: FakeRpc) -> None:
    first = subscriptions.overview(rows=[subscriptions.row(label="=SOM(A1)")], next=subscriptions.FIRST)
    last = subscriptions.overview(rows=[subscriptions.row(subscriptions.ENDED, voice=None)])
    rpc.answers["mobile", "overview"] = lambda after, **_: last if after else first
    response = holder.get("/mobiel/abonnementen.csv?opgeheven=1")
    lines = response.text.removeprefix("\ufeff").splitlines()
    assert lines[0].startswith("Mobiel nummer;Verbruik;Nationaal Data (MB);Databundel (MB)")
    assert lines[1].startswith("06-00 12 34 56;0,00;966;500;10;150;8931000000000006512;'=SOM(A1);")
    assert lines[2].split(";")[4:6] == ["", ""]
    assert "abonnementen-2026-11-22.csv" in response.headers["Content-Disposition"]


@pytest.mark.feature("GW-03")
def test_when_mobile_is_away_the_page_says_so(holder: Browser, rpc: FakeRpc) -> None:
    rpc.down.add("mobile")
    assert "Mobiel laden lukt nu niet." in holder.page("/mobiel").text


@pytest.mark.feature("MOB-01")
def test_the_limit_of_all_together_has_its_default_beside_it(holder: Browser) -> None:
    page = holder.page("/mobiel")
    assert page.field("limiet").attrs["value"] == "75,00"
    assert f"Default van uw ICT-partner: €{NBSP}50,00." in page.text
    assert "Zakelijk Mobiel Bundel Groepsbundel Data %" in page.text
    assert "80 / 100" in page.text


@pytest.mark.feature("MOB-01")
@pytest.mark.parametrize(
    ("source", "amount", "shown"), [("default", "50.00", "50,00"), ("none", None, "geen")]
)
def test_what_is_not_one_s_own_is_text_until_bewerken(
    holder: Browser, rpc: FakeRpc, source: str, amount: str | None, shown: str
) -> None:
    rpc.answers["mobile", "overview"] = subscriptions.overview(limit=subscriptions.limit(amount, source))
    page = holder.page("/mobiel")
    assert not page.all("input", id="limiet")
    assert shown in page.text
    assert holder.page("/mobiel?bewerk=1").field("limiet")


@pytest.mark.feature("MOB-01")
@pytest.mark.parametrize(
    ("typed", "sent"), [("100", "100.00"), ("1.250,50", "1250.50"), ("", None), ("0", "0.00")]
)
def test_a_limit_is_set_as_people_write_it(
    holder: Browser, rpc: FakeRpc, typed: str, sent: str | None
) -> None:
    response = holder.post("/mobiel/limiet", {"limiet": typed, "opdracht": "a" * 32})
    assert response.status_code == 303
    assert rpc.last("set_customer_limit").fields == {"amount": sent, "command_id": "a" * 32}


@pytest.mark.feature("MOB-01", "GW-02")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("veel", "Schrijf een bedrag in euro met één komma, bijvoorbeeld 0,25."),
        ("-5", "Een limiet is 0 of meer. Laat het veld leeg voor geen limiet."),
        ("1,005", "Gebruik hooguit twee cijfers achter de komma, bijvoorbeeld 250,00."),
        ("9000000", "Een limiet is hooguit € 1.000.000."),
    ],
)
def test_what_is_no_limit_is_said_beside_it(holder: Browser, typed: str, said: str) -> None:
    response = holder.post("/mobiel/limiet", {"limiet": typed})
    page = Page(response.text)
    assert (response.status_code, page.error_of("limiet")) == (422, said)
    assert page.field("limiet").attrs["value"] == typed


@pytest.mark.feature("MOB-01")
def test_default_takes_the_own_limit_away(holder: Browser, rpc: FakeRpc) -> None:
    holder.post("/mobiel/limiet/default", {"opdracht": "a" * 32})
    assert rpc.last("set_customer_limit").fields["amount"] == "default"


@pytest.mark.feature("MOB-04")
def test_a_subscription_is_described_and_its_puk_asked_for(holder: Browser, rpc: FakeRpc) -> None:
    page = holder.page(ONE)
    for words in (
        "01-01-2026 08:30",
        "8931000000000006512",
        "Zakelijk Mobiel naar EU",
        "tot 16-05-2026 11:05",
    ):
        assert words in page.text
    assert "12345678" not in page.text
    shown = Page(holder.post(f"{ONE}/puk", {}).text)
    assert "12345678" in shown.text
    assert "staat in het logboek" in shown.text


@pytest.mark.feature("MOB-04")
def test_a_puk_that_is_not_there_is_said(holder: Browser, rpc: FakeRpc) -> None:
    rpc.answers["mobile", "show_puk"] = NotFound("Van deze kaart is geen PUK-code bekend.")
    assert holder.post(f"{ONE}/puk", {}).status_code == 303
    assert "Van deze kaart is geen PUK-code bekend." in holder.page(ONE).text


@pytest.mark.feature("MOB-04")
def test_a_label_is_kept_as_it_was_typed(holder: Browser, rpc: FakeRpc) -> None:
    typed = "<script>=SOM(A1)"
    response = holder.post(ONE, {"label": typed, "versie": "3", "opdracht": "a" * 32})
    assert response.status_code == 303
    sent = rpc.last("change_label").fields
    assert (sent["label"], sent["revision"]) == (typed, 3)
    rpc.answers["mobile", "subscription"] = subscriptions.subscription(label=typed)
    assert "<script>=" not in holder.get(ONE).text


@pytest.mark.feature("MOB-04")
def test_somebody_else_s_change_of_the_label_is_not_lost(holder: Browser, rpc: FakeRpc) -> None:
    rpc.answers["mobile", "change_label"] = Conflict("Iemand heeft dit intussen gewijzigd.")
    response = holder.post(ONE, {"label": "Balie", "versie": "2"})
    page = Page(response.text)
    assert (response.status_code, page.field("label").attrs["value"]) == (409, "Balie")
    assert "Iemand heeft dit intussen gewijzigd." in page.text


@pytest.mark.feature("MOB-05")
def test_limits_stand_with_their_steps_and_this_month_s_use(holder: Browser) -> None:
    page = holder.page(f"{ONE}/limieten")
    assert page.one("input", id="limiet-total").attrs["value"] == "25,00"
    assert page.one("input", id="limiet-zakelijk_mobiel_eu").attrs["value"] == "200"
    assert "In een veelvoud van 100 minuten" in page.text
    assert "80 / 100 %" in page.text
    assert not page.all("input", id="limiet-sms_bundle")
    assert "bereikt gisteren om 11:00" in page.text


@pytest.mark.feature("MOB-05")
@pytest.mark.parametrize(
    ("code", "typed", "sent"),
    [("total", "12,5", "12.50"), ("zakelijk_mobiel_eu", "1.300", "1300"), ("total", "", None)],
)
def test_a_limit_of_a_subscription_is_set(
    holder: Browser, rpc: FakeRpc, code: str, typed: str, sent: str | None
) -> None:
    response = holder.post(f"{ONE}/limieten/{code}", {"waarde": typed})
    assert response.status_code == 303
    assert rpc.last("set_limit").fields["value"] == sent


@pytest.mark.feature("MOB-05", "GW-02")
def test_what_fits_no_step_is_said_beside_its_own_field(holder: Browser, rpc: FakeRpc) -> None:
    said = "Kies een veelvoud van 100, zoals 100 of 200."
    rpc.answers["mobile", "set_limit"] = Invalid(fields={"value": [said]})
    response = holder.post(f"{ONE}/limieten/zakelijk_mobiel_eu", {"waarde": "130"})
    page = Page(response.text)
    assert response.status_code == 422
    assert page.one("p", id="limiet-zakelijk_mobiel_eu-fout").text == said
    assert page.one("input", id="limiet-zakelijk_mobiel_eu").attrs["value"] == "130"
    assert page.one("input", id="limiet-total").attrs["value"] == "25,00"


@pytest.mark.feature("MOB-05")
@pytest.mark.parametrize("code", ["sms_bundle", "mobiel_bellen_eu"])
def test_a_limit_that_is_fixed_or_not_there_cannot_be_set(holder: Browser, rpc: FakeRpc, code: str) -> None:
    assert holder.post(f"{ONE}/limieten/{code}", {"waarde": "1"}).status_code == 404
    assert "set_limit" not in [call.method for call in rpc.asked]


@pytest.mark.feature("MOB-07")
def test_blocks_are_listed_and_cannot_be_changed(holder: Browser) -> None:
    page = holder.page(f"{ONE}/blokkeren")
    assert "Blokkeren premium SMS: uit" in page.text
    assert "SMS data roaming limiet: aan" in page.text
    assert not page.all("input", type="checkbox")


@pytest.mark.feature("MOB-07")
def test_a_block_is_asked_for_with_its_cost_named(holder: Browser, rpc: FakeRpc) -> None:
    page = holder.page(f"{ONE}/sim/blokkeer")
    assert f"Dit kost eenmalig €{NBSP}7,50 excl. BTW" in page.text
    assert f"Blokkeer voor €{NBSP}7,50" in page.text
    response = holder.post(f"{ONE}/sim/blokkeer", {"opdracht": "a" * 32})
    assert response.headers["Location"] == f"{ONE}/blokkeren"
    sent = rpc.last("request_sim_block").fields
    assert (sent["block"], sent["command_id"]) == (True, "a" * 32)


@pytest.mark.feature("MOB-07")
@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"state": "blocking", "can_order": False}, "Aangevraagd bij de netwerkaanbieder."),
        ({"state": "refused", "reason": "SIM onbekend"}, "SIM onbekend"),
        ({"state": "timed_out"}, "De netwerkaanbieder heeft nog niet geantwoord."),
        ({"state": "blocked"}, "SIM-kaart deblokkeren…"),
    ],
)
def test_the_page_says_how_far_the_carrier_is(
    holder: Browser, rpc: FakeRpc, state: dict[str, Any], words: str
) -> None:
    rpc.answers["mobile", "blocks"] = subscriptions.blocks(sim=subscriptions.sim(**state))
    page = holder.page(f"{ONE}/blokkeren")
    assert words in page.text
    waits = bool(page.all("div", id="sim")[0].attrs.get("hx-get"))
    assert waits == (state["state"] == "blocking")


@pytest.mark.feature("MOB-07")
def test_what_the_carrier_cannot_do_now_is_said(holder: Browser, rpc: FakeRpc) -> None:
    rpc.answers["mobile", "request_sim_block"] = Invalid(fields={"block": ["Dit abonnement is beëindigd."]})
    holder.post(f"{ONE}/sim/blokkeer", {})
    assert "Dit abonnement is beëindigd." in holder.page(f"{ONE}/blokkeren").text


@pytest.mark.feature("ID-05")
@pytest.mark.parametrize(
    ("roles", "address", "status"),
    [
        ([], "/mobiel", 403),
        (["mobile_access"], "/mobiel", 200),
        (["mobile_access"], f"{ONE}/limieten", 403),
        (["mobile_access", "mobile_limits"], f"{ONE}/limieten", 200),
        (["mobile_access"], f"{ONE}/blokkeren", 403),
        (["mobile_access", "mobile_blocks"], f"{ONE}/blokkeren", 200),
        (["mobile_access", "mobile_blocks"], f"{ONE}/sim/blokkeer", 403),
        (["mobile_access", "mobile_sim_block"], f"{ONE}/blokkeren", 403),
        (["mobile_access", "mobile_sim_block"], f"{ONE}/sim/blokkeer", 200),
    ],
)
def test_each_page_has_its_role(
    visitor: Browser, rpc: FakeRpc, roles: list[str], address: str, status: int
) -> None:
    assert _with_roles(visitor, rpc, roles).get(address).status_code == status


@pytest.mark.feature("ID-05")
def test_who_may_only_look_sees_no_buttons(visitor: Browser, rpc: FakeRpc) -> None:
    page = _with_roles(visitor, rpc, ["mobile_access"]).page("/mobiel")
    assert not page.all("input", id="limiet")
    assert "Limieten" not in [link.text.split()[0] for link in page.all("a") if link.text]
