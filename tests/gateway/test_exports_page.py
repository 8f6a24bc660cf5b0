"""Exports: by mail to one's own address, and in the background to be saved."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Conflict, NotFound, Unavailable
from tests.gateway import builders, people, spending
from tests.gateway.browser import Browser, Page
from tests.gateway.fakes import FakeRpc

PAGE = "/gespreksdetails/exports"
ONE = f"{PAGE}/{spending.EXPORT}"
SELECTION = "periode=2026-10&type=mobile&type=sms&zender=085&duur=60&duur_is=groter"
AS_ASKED = {
    "period": "2026-10",
    "types": ["mobile", "sms"],
    "sender": "085",
    "duration": {"op": "gt", "value": 60},
}


def form_of(page: Page, action: str) -> dict[str, list[str]]:
    """What the form's hidden fields and its button send."""
    inside = False
    found: dict[str, list[str]] = {}
    for element in page.elements:
        if element.tag == "form":
            inside = element.attrs.get("action") == action
        elif inside and element.tag == "input":
            found.setdefault(element.attrs["name"], []).append(element.attrs.get("value", ""))
    return found


@pytest.mark.feature("CDR-07")
def test_details_lead_to_the_mail_with_the_same_selection(sanne: Browser) -> None:
    page = sanne.page(f"/gespreksdetails/details?{SELECTION}")
    assert page.link("Verzend geselecteerde periode per e-mail") == f"{PAGE}/mail?{SELECTION}".replace(
        "duur=60&duur_is=groter", "duur_is=groter&duur=60"
    )


@pytest.mark.feature("CDR-07")
def test_the_button_says_to_which_address_it_goes(sanne: Browser, rpc: FakeRpc) -> None:
    page = sanne.page(f"{PAGE}/mail?{SELECTION}")
    assert "Verzend naar sanne@bakkerij.example" in [b.text for b in page.all("button")]
    assert "486 gesprekken, €\u00a0291,47 excl. BTW" in page.text
    assert "Mobiel en Sms · Zender 085 · Duur groter dan 60 sec" in page.text
    assert "start_export" not in [call.method for call in rpc.asked]
    sent = sanne.client.post(PAGE, data=form_of(page, PAGE))
    assert (sent.status_code, sent.headers["Location"]) == (303, ONE)
    asked = rpc.last("start_export").fields
    assert asked["delivery"] == "mail"
    assert asked["selection"] == AS_ASKED
    assert len(asked["command_id"]) == 32
    assert not any("@" in str(value) for value in asked.values()), "cdr is given no address to send to"


@pytest.mark.feature("CDR-07")
def test_without_an_address_one_is_led_to_ones_own_details(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.answers["identity", "account"] = people.own_account(email="")
    page = sanne.page(f"{PAGE}/mail?{SELECTION}")
    assert "We hebben nog geen e-mailadres van u" in page.text
    assert page.link("Naar Mijn gegevens") == "/mijn-gegevens#gegevens"
    assert form_of(page, PAGE) == {}


@pytest.mark.feature("GW-03")
def test_identity_being_away_does_not_keep_the_mail_from_going(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.down.add("identity")
    page = sanne.page(f"{PAGE}/mail")
    assert "Verzend naar uw e-mailadres" in [b.text for b in page.all("button")]


@pytest.mark.feature("CDR-07")
def test_all_that_was_found_can_be_saved_when_it_is_more_than_a_page(sanne: Browser, rpc: FakeRpc) -> None:
    address = f"/gespreksdetails/details?{SELECTION}&sorteer=bedrag"
    assert form_of(sanne.page(address), PAGE) == {}
    rpc.answers["cdr", "details"] = builders.details(builders.call(), older="verder")
    sent = sanne.client.post(PAGE, data=form_of(sanne.page(address), PAGE))
    assert sent.status_code == 303
    asked = rpc.last("start_export").fields
    assert (asked["delivery"], asked["sort"], asked["selection"]) == ("file", "amount", AS_ASKED)


def test_a_selection_changed_by_hand_gets_a_sentence(sanne: Browser, rpc: FakeRpc) -> None:
    assert sanne.get(f"{PAGE}/mail?periode=altijd").status_code == 422
    assert sanne.post(PAGE, {"periode": "altijd"}).status_code == 422
    assert "start_export" not in [call.method for call in rpc.asked]


@pytest.mark.parametrize("error", [Conflict("Er lopen al 3 exports van u."), Unavailable()])
def test_an_export_that_does_not_begin_says_why(sanne: Browser, rpc: FakeRpc, error: Exception) -> None:
    rpc.answers["cdr", "start_export"] = error
    sent = sanne.post(PAGE, {"periode": "2026-10"})
    assert sent.headers["Location"] == "/gespreksdetails/details?periode=2026-10"
    assert str(error) in sanne.page(sent.headers["Location"]).text


@pytest.mark.feature("CDR-07", "GW-02")
def test_progress_in_counts_and_time(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "export"] = spending.running(done=710, total=2840)
    page = sanne.page(ONE)
    assert "710 van 2.840 gesprekken verzameld, nog ongeveer 30 seconden." in page.text
    assert "U kunt deze pagina verlaten." in page.text
    bar = page.one("div", role="progressbar")
    assert (bar.attrs["aria-valuenow"], bar.attrs["aria-valuemax"]) == ("25", "100")
    assert page.one("div", id="voortgang").attrs["hx-get"] == ONE, "it looks again by itself"
    assert [m.attrs["content"] for m in page.all("meta", **{"http-equiv": "refresh"})] == ["5"]


def test_a_finished_one_stops_looking(sanne: Browser) -> None:
    page = sanne.page(ONE)
    assert "hx-get" not in page.one("div", id="voortgang").attrs
    assert page.all("meta", **{"http-equiv": "refresh"}) == []
    assert page.link("Download het bestand") == f"{ONE}/bestand"
    assert "2.840 gesprekken" in page.text
    assert "te downloaden tot en met 28-11-2026" in page.text


@pytest.mark.feature("CDR-07")
def test_the_file_comes_in_pieces_under_its_own_name(sanne: Browser, rpc: FakeRpc) -> None:
    response = sanne.get(f"{ONE}/bestand", buffered=False)
    assert response.headers["Content-Disposition"] == 'attachment; filename="gespreksdetails-2026-10.csv"'
    assert response.headers["Content-Length"] == "6"
    assert response.is_streamed
    pieces = [call for call in rpc.asked if call.method == "export_chunk"]
    assert len(pieces) == 1, "only the first piece is fetched before the answer begins"
    assert response.data == b"abcdef"
    assert [call.fields["index"] for call in rpc.asked if call.method == "export_chunk"] == [0, 1]


@pytest.mark.parametrize(
    ("named", "name", "kind"),
    [
        ("gespreksdetails-2026-10.zip", "gespreksdetails-2026-10.zip", "application/zip"),
        ('x"\r\nSet-Cookie: a=b.csv', "xSet-Cookieab.csv", "text/csv; charset=utf-8"),
        ("../../etc/passwd", "etcpasswd", "application/octet-stream"),
        ("", "gespreksdetails-2026-11-22.csv", "text/csv; charset=utf-8"),
    ],
)
def test_a_name_can_not_break_out_of_its_header(
    sanne: Browser, rpc: FakeRpc, named: str, name: str, kind: str
) -> None:
    rpc.answers["cdr", "export"] = spending.job(result={"name": named, "rows": 1})
    response = sanne.get(f"{ONE}/bestand")
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.headers["Content-Type"] == kind


@pytest.mark.parametrize(
    "job",
    [
        spending.running(),
        spending.job(state="failed", result=None),
        spending.job(ended_at="2026-11-15T15:41:59Z"),
        spending.job(result={"name": "x.csv", "expires_at": "2026-11-22T15:42:00Z"}),
    ],
)
def test_there_is_no_file_before_the_end_and_none_after_seven_days(
    sanne: Browser, rpc: FakeRpc, job: dict[str, Any]
) -> None:
    rpc.answers["cdr", "export"] = job
    assert sanne.get(f"{ONE}/bestand").status_code == 404
    assert "export_chunk" not in [call.method for call in rpc.asked]


@pytest.mark.parametrize(("error", "status"), [(NotFound(), 404), (Unavailable(), 503)])
def test_a_file_that_can_not_be_read_is_a_page_not_a_broken_download(
    sanne: Browser, rpc: FakeRpc, error: Exception, status: int
) -> None:
    rpc.answers["cdr", "export_chunk"] = error
    response = sanne.get(f"{ONE}/bestand")
    assert response.status_code == status
    assert "Content-Disposition" not in response.headers


def test_a_file_that_breaks_off_is_seen_to_break_off(sanne: Browser, rpc: FakeRpc) -> None:
    def first_only(job_id: str, index: int) -> dict[str, Any]:
        if index:
            raise Unavailable()
        return {"data": "YWJj", "last": False}

    rpc.answers["cdr", "export_chunk"] = first_only
    response = sanne.get(f"{ONE}/bestand", buffered=False)
    with pytest.raises(Unavailable):
        list(response.response)


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (spending.job(state="failed", error="Te veel."), "De export is niet gelukt. Te veel."),
        (spending.job(state="cancelled"), "U hebt deze export gestopt."),
        (spending.job(ended_at="2026-11-10T10:00:00Z"), "Dit bestand is verlopen"),
    ],
)
def test_what_became_of_it(sanne: Browser, rpc: FakeRpc, job: dict[str, Any], said: str) -> None:
    rpc.answers["cdr", "export"] = job
    page = sanne.page(ONE)
    assert said in page.text
    assert page.link("Bekijk deze gesprekken") == "/gespreksdetails/details?periode=2026-10"


@pytest.mark.parametrize(
    ("attached", "said"),
    [
        (True, "Het bestand zit als bijlage bij de e-mail."),
        (False, "Het bestand is te groot voor een bijlage: u krijgt een link die 7 dagen werkt."),
    ],
)
def test_a_mailed_one_says_how_it_comes(sanne: Browser, rpc: FakeRpc, attached: bool, said: str) -> None:
    parameters = {"selection": {"period": "2026-10"}, "delivery": "mail"}
    result = {"name": "x.zip", "rows": 2840, "attached": attached}
    rpc.answers["cdr", "export"] = spending.job(parameters=parameters, result=result)
    assert said in sanne.page(ONE).text


def test_stopping_one(sanne: Browser, rpc: FakeRpc) -> None:
    assert sanne.post(f"{ONE}/stop").headers["Location"] == PAGE
    assert rpc.last("cancel_export").fields == {"job_id": spending.EXPORT}


@pytest.mark.feature("CDR-07")
def test_the_link_of_a_mail_leads_to_the_export(sanne: Browser) -> None:
    assert sanne.get(f"/exports/{spending.EXPORT}").headers["Location"] == ONE


def test_the_link_of_a_mail_asks_to_log_in_first(visitor: Browser) -> None:
    location = visitor.get(f"/exports/{spending.EXPORT}").headers["Location"]
    assert location == f"/inloggen?volgende=/exports/{spending.EXPORT}"


def test_ones_own_exports(sanne: Browser, rpc: FakeRpc) -> None:
    wide = {"from": "2026-01-01", "to": "2026-10-31", "types": ["mobile"], "delivery": "mail"}
    rpc.answers["cdr", "exports"] = [
        spending.running(),
        spending.job(parameters={"selection": wide, "delivery": "mail"}),
        spending.job(parameters={"selection": {"from": "of another release"}}),
    ]
    rows = sanne.page(PAGE).rows("tk-exports")[1:]
    assert rows == [
        ["om 15:00", "Oktober 2026", "bezig 25 %", "2.840", ""],
        ["om 15:00", "1 januari t/m 31 oktober 2026 · Mobiel per e-mail", "gemaild", "2.840", "Download"],
        ["om 15:00", "Gespreksdetails", "klaar", "2.840", "Download"],
    ]


def test_the_first_time_it_says_what_it_is_for(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.answers["cdr", "exports"] = []
    page = sanne.page(PAGE)
    assert "Nog geen exports" in page.text
    assert page.link("Naar Details") == "/gespreksdetails/details"


@pytest.mark.feature("GW-03")
def test_cdr_being_away_is_said_in_the_list(sanne: Browser, rpc: FakeRpc) -> None:
    rpc.down.add("cdr")
    assert "Uw exports laden lukt nu niet." in sanne.page(PAGE).text
