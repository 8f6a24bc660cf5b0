"""Invoices for staff: archive, one invoice, runs, a customer's terms, products, senders."""

from __future__ import annotations

import io
from typing import Any

import pytest

from shared.errors import Conflict, Invalid, Unavailable
from tests.gateway import billing, companies
from tests.gateway.browser import Browser, Page
from tests.gateway.element_forms import filled
from tests.gateway.fakes import FakeRpc

pytestmark = pytest.mark.feature("INV-02")

ONE = f"/beheer/facturen/{billing.INVOICE}"
RUNS = "/beheer/facturen/runs"
CUSTOMER = f"/beheer/klanten/{companies.OURS}/facturatie"
TERMS = {
    "betaalwijze": "direct_debit",
    "dagen": "30",
    "iban": "NL44TEST0987654321",
    "machtiging": "M-1",
    "getekend": "06-01-2025",
    "profiel": "peppol",
    "prijzen": "voip-basis 10,00\nmobile:zakelijk 1.234,5678",
    "gespecificeerd": "1",
    "revisie": "3",
}


def sent(rpc: FakeRpc, method: str) -> dict[str, Any]:
    return {name: value for name, value in rpc.last(method).fields.items() if name != "command_id"}


def test_the_archive_of_all_customers_names_them(operator: Browser, rpc: FakeRpc) -> None:
    named = billing.row(customer_name="Bakkerij Voorbeeld B.V.", customer_number=10427)
    rpc.answers["invoicing", "archive"] = {"rows": [named], "next": None, "count": 1}
    page = operator.page(f"/beheer/facturen?klant={companies.OURS}&status=open")
    assert page.rows("tk-invoices")[1][0] == "Bakkerij Voorbeeld B.V. 10427"
    assert rpc.last("archive").fields["customer_id"] == companies.OURS
    assert page.link("F2026-00042") == ONE


def test_a_partner_sees_invoices_but_changes_nothing(partner: Browser, rpc: FakeRpc) -> None:
    page = partner.page(ONE)
    assert "Zakelijk VoIP" in page.text and "Maak de creditnota" not in page.text
    assert "Factuurruns" not in partner.page("/beheer/facturen").text
    assert "Bewaar de afspraken" not in partner.page(CUSTOMER).text
    assert "Zet op de facturen" not in partner.page(f"{CUSTOMER}/kosten").text


@pytest.mark.feature("INV-05")
def test_what_keeps_a_customer_from_being_billed_is_said_before_a_run_does(
    operator: Browser, rpc: FakeRpc
) -> None:
    assert "nog geen factuur" not in operator.page(CUSTOMER).text
    said = "De klant heeft geen KvK-nummer. Een e-factuur volgens NLCIUS heeft dat nodig."
    rpc.answers["invoicing", "account"] = billing.account(obstacles=[said])
    page = operator.page(CUSTOMER)
    assert "Deze klant krijgt zo nog geen factuur" in page.text and said in page.text
    assert page.link("Naar de klantgegevens") == f"/beheer/klanten/{companies.OURS}/gegevens"


def test_a_group_of_terms_says_once_when_it_may_stay_empty(operator: Browser) -> None:
    page = operator.page(CUSTOMER)
    assert [legend.text for legend in page.all("legend")] == [
        *("Factuur", "Betaling", "Incasso: vul alle drie in", "Dit mag leeg blijven"),
    ]
    assert "(optioneel)" not in page.text


@pytest.mark.feature("INV-06")
def test_a_whole_invoice_is_credited_with_a_reason(operator: Browser, rpc: FakeRpc) -> None:
    answer = operator.post(f"{ONE}/crediteer", {"wat": "alles", "reden": "Dubbel"})
    assert answer.status_code == 303 and billing.NOTE in answer.location
    assert sent(rpc, "credit") == {"invoice_id": billing.INVOICE, "reason": "Dubbel", "lines": None}


@pytest.mark.feature("INV-06")
def test_lines_are_credited_for_all_that_is_left_or_an_amount(operator: Browser, rpc: FakeRpc) -> None:
    form = {"wat": "regels", "reden": "Te veel", "regel": ["0", "1"], "bedrag_1": "2,50"}
    assert operator.post(f"{ONE}/crediteer", form).status_code == 303
    assert sent(rpc, "credit")["lines"] == [{"line": 0, "net": None}, {"line": 1, "net": "2.50"}]


@pytest.mark.feature("INV-06")
@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"wat": "regels", "reden": "x"}, "Kies ten minste één regel."),
        ({"wat": "regels", "reden": "x", "regel": ["0"], "bedrag_0": "veel"}, "Schrijf een bedrag in euro"),
        ({"wat": "alles"}, "Schrijf waarom."),
    ],
)
def test_what_is_wrong_with_a_credit_is_said_and_what_was_typed_stays(
    operator: Browser, rpc: FakeRpc, form: dict[str, Any], said: str
) -> None:
    answer = operator.post(f"{ONE}/crediteer", form)
    assert answer.status_code == 422 and said in answer.text
    assert not [call for call in rpc.asked if call.method == "credit"]
    ticked = Page(answer.text).all("input", name="regel")
    assert ("checked" in ticked[0].attrs) is ("regel" in form)


@pytest.mark.feature("INV-07")
def test_an_invoice_is_paid_and_not_paid_after_all(operator: Browser, rpc: FakeRpc) -> None:
    operator.post(f"{ONE}/betaald", {"betaald": "20-11-2026"})
    assert sent(rpc, "set_paid") == {"invoice_id": billing.INVOICE, "on": "2026-11-20"}
    operator.post(f"{ONE}/toch-niet-betaald")
    assert sent(rpc, "set_paid")["on"] is None
    assert operator.post(f"{ONE}/betaald", {"betaald": "morgen"}).status_code == 422


@pytest.mark.feature("INV-04")
def test_it_is_mailed_again_and_a_refusal_is_told(operator: Browser, rpc: FakeRpc) -> None:
    operator.post(f"{ONE}/mail")
    assert sent(rpc, "resend") == {"invoice_id": billing.INVOICE}
    rpc.answers["invoicing", "resend"] = Conflict("De PDF is nog niet gemaakt.")
    operator.post(f"{ONE}/mail")
    assert "De PDF is nog niet gemaakt." in operator.page(ONE).text


@pytest.mark.feature("INV-04")
def test_a_mail_that_failed_says_why(operator: Browser, rpc: FakeRpc) -> None:
    failed = billing.invoice(mail="failed", sent_on=None, mail_problem="550 no such user")
    rpc.answers["invoicing", "invoice"] = failed
    assert "550 no such user" in operator.page(ONE).text


def test_a_run_begins_as_a_preview_of_a_month_that_is_over(operator: Browser, rpc: FakeRpc) -> None:
    page = operator.page(RUNS)
    months = [option.attrs["value"] for option in page.all("option")]
    assert "2026-11" not in months and months[0] == "2026-10"
    answer = operator.post(RUNS, {"periode": "2026-10", "klant": "10427"})
    assert answer.status_code == 303 and answer.location.endswith(billing.RUN)
    assert sent(rpc, "start_run") == {
        "period": "2026-10",
        "dry_run": True,
        "accept_unrated": False,
        "mail": False,
        "customer_ids": [companies.OURS],
    }


def test_a_preview_says_who_is_held_and_asks_about_unrated_calls(operator: Browser, rpc: FakeRpc) -> None:
    found = billing.run(billing.PREVIEW, result={"unrated": 7})
    rpc.answers["invoicing", "run"] = found
    page = operator.page(f"{RUNS}/{billing.PREVIEW}")
    assert "7 gesprekken wachten op een tarief." in page.text
    assert "Tegengehouden Er is geen adres." in page.text
    assert page.field("zonder_tarief").attrs["type"] == "checkbox"
    assert any(button.text == "Maak 1 factuur" for button in page.all("button"))


def test_the_invoices_are_made_from_the_preview(operator: Browser, rpc: FakeRpc) -> None:
    form = {"periode": "2026-10", "datum": "22-11-2026", "mailen": "1", "zonder_tarief": "1"}
    answer = operator.post(f"{RUNS}/{billing.PREVIEW}/maak", form)
    assert answer.status_code == 303 and billing.RUN in answer.location
    assert sent(rpc, "start_run") == {
        "period": "2026-10",
        "issued_on": "2026-11-22",
        "dry_run": False,
        "accept_unrated": True,
        "mail": True,
    }


@pytest.mark.parametrize(
    ("whose", "asked", "said"),
    [
        (None, None, "alle klanten"),
        ([companies.OURS], [companies.OURS], "Bakkerij Voorbeeld B.V. · r.bakker"),
        ([f"{n:032x}" for n in range(12)], [f"{n:032x}" for n in range(12)], "12 klanten"),
    ],
)
def test_a_previews_invoices_are_for_the_customers_that_it_was_for(
    operator: Browser, rpc: FakeRpc, whose: list[str] | None, asked: list[str] | None, said: str
) -> None:
    """However its page was reached: it stands in the list of earlier runs for months."""
    preview = billing.run(billing.PREVIEW, customer_ids=whose, mail=False)
    rpc.answers["invoicing", "runs"], rpc.answers["invoicing", "run"] = [preview], preview
    listed = operator.page(RUNS)
    assert said.partition(" · ")[0] in listed.text
    page = operator.page(listed.link("Voorbeeld van oktober 2026"))
    assert said in page.text
    operator.post(f"{RUNS}/{billing.PREVIEW}/maak", {"periode": "2026-09", "klant": "10999"})
    made = sent(rpc, "start_run")
    assert (made.get("customer_ids"), made["period"], made["dry_run"]) == (asked, "2026-10", False)


def test_a_preview_of_whom_is_not_known_makes_nothing(operator: Browser, rpc: FakeRpc) -> None:
    """Of a release that does not tell it: not known is not all."""
    preview = billing.run(billing.PREVIEW)
    del preview["customer_ids"]
    rpc.answers["invoicing", "runs"], rpc.answers["invoicing", "run"] = [preview], preview
    assert "klanten onbekend" in operator.page(RUNS).text
    page = operator.page(f"{RUNS}/{billing.PREVIEW}")
    assert "Voor welke klanten dit voorbeeld was, is niet bekend." in page.text
    assert not [button for button in page.all("button") if button.text.startswith("Maak")]
    answer = operator.post(f"{RUNS}/{billing.PREVIEW}/maak", {"mailen": "1"})
    assert answer.status_code == 409
    assert "start_run" not in [call.method for call in rpc.asked]


def test_a_preview_that_leaves_calls_without_a_rate_offers_to_do_so_again(
    operator: Browser, rpc: FakeRpc
) -> None:
    rpc.answers["invoicing", "run"] = billing.run(billing.PREVIEW, accept_unrated=True, result={"unrated": 7})
    assert "checked" in operator.page(f"{RUNS}/{billing.PREVIEW}").field("zonder_tarief").attrs


def test_a_refusal_of_the_run_stands_above_its_form(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["invoicing", "start_run"] = Conflict("Oktober is nog niet voorbij.")
    answer = operator.post(RUNS, {"periode": "2026-10"})
    assert answer.status_code == 409 and "Oktober is nog niet voorbij." in answer.text
    rpc.answers["invoicing", "start_run"] = Invalid(fields={"issued_on": ["Kies een latere dag."]})
    answer = operator.post(f"{RUNS}/{billing.PREVIEW}/maak", {"periode": "2026-10"})
    assert answer.status_code == 422 and "Kies een latere dag." in answer.text


def test_a_run_at_work_renews_itself_and_then_shows_all(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["invoicing", "run"] = billing.run(
        state="running", done=120, total=500, result=None, counts={}
    )
    page = operator.page(f"{RUNS}/{billing.RUN}")
    assert "120 van 500 klanten" in page.text
    assert page.one("div", id="voortgang").attrs["hx-trigger"] == "every 2s"
    rpc.answers["invoicing", "run"] = billing.run()
    done = operator.get(f"{RUNS}/{billing.RUN}", headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"


def test_a_state_keeps_to_its_customers(operator: Browser, rpc: FakeRpc) -> None:
    operator.page(f"{RUNS}/{billing.RUN}?stand=held&na=10427")
    assert sent(rpc, "run") == {"run_id": billing.RUN, "state": "held", "after": 10427, "limit": 100}


@pytest.mark.feature("INV-07")
def test_the_file_for_the_bank_is_made_and_downloaded(operator: Browser, rpc: FakeRpc) -> None:
    operator.post(f"{RUNS}/{billing.RUN}/incasso", {"incasso": "30-11-2026"})
    assert sent(rpc, "direct_debit_file") == {"run_id": billing.RUN, "collect_on": "2026-11-30"}
    file = operator.get(f"{RUNS}/{billing.RUN}/incasso/{billing.BATCH}")
    assert file.data == billing.PDF and file.headers["Content-Type"] == "application/xml"
    assert file.headers["Content-Disposition"] == 'attachment; filename="incasso-2026-11-30-a7a7a7a7.xml"'


def test_a_customers_terms_are_sent_whole(operator: Browser, rpc: FakeRpc) -> None:
    assert operator.post(CUSTOMER, TERMS).status_code == 303
    assert sent(rpc, "save_account") == {
        "customer_id": companies.OURS,
        "issuer_id": None,
        "attention": "",
        "reference": "",
        "pays_by": "direct_debit",
        "days": 30,
        "iban": "NL44TEST0987654321",
        "mandate_id": "M-1",
        "mandate_signed_on": "2025-01-06",
        "profile": "peppol",
        "bills_from": None,
        "prices": {"voip-basis": "10.00", "mobile:zakelijk": "1234.5678"},
        "reverse_charge": False,
        "itemised": True,
        "masked": False,
        "revision": 3,
    }


@pytest.mark.parametrize(
    ("change", "name", "said"),
    [
        ({"prijzen": "10,00"}, "prijzen", "Schrijf per regel een produkt en een prijs"),
        ({"prijzen": "voip veel"}, "prijzen", "Schrijf een bedrag in euro"),
        ({"dagen": "500"}, "dagen", "Kies 0 tot en met 120."),
        ({"getekend": "ooit"}, "getekend", "Schrijf de dag als"),
    ],
)
def test_terms_that_cannot_be_read(
    operator: Browser, rpc: FakeRpc, change: dict[str, str], name: str, said: str
) -> None:
    answer = operator.post(CUSTOMER, TERMS | change)
    assert answer.status_code == 422 and said in answer.text and f'id="{name}-fout"' in answer.text
    assert not [call for call in rpc.asked if call.method == "save_account"]


def test_a_first_day_that_invoicing_refuses_is_said_beside_it(operator: Browser, rpc: FakeRpc) -> None:
    sentence = "Verbruik komt per hele maand op de factuur."
    rpc.answers["invoicing", "save_account"] = Invalid(fields={"bills_from": [sentence]})
    answer = operator.post(CUSTOMER, TERMS | {"vanaf": "16-11-2026"})
    assert answer.status_code == 422 and sentence in answer.text and 'id="vanaf-fout"' in answer.text
    assert "De eerste van een maand." in answer.text


def test_charges_are_added_and_ended(operator: Browser, rpc: FakeRpc) -> None:
    form = {"soort": "discount", "omschrijving": "Welkom", "percentage": "10", "begin": "01-12-2026"}
    assert operator.post(f"{CUSTOMER}/kosten", form).status_code == 303
    assert sent(rpc, "add_charge") == {
        "customer_id": companies.OURS,
        "kind": "discount",
        "description": "Welkom",
        "percentage": "10.0",
        "starts": "2026-12-01",
    }
    operator.post(f"{CUSTOMER}/kosten/{billing.CHARGE}/einde", {"laatste": "30-11-2026"})
    assert sent(rpc, "end_charge") == {"charge_id": billing.CHARGE, "ends": "2026-11-30"}
    wrong = operator.post(f"{CUSTOMER}/kosten/{billing.CHARGE}/einde", {"laatste": "straks"})
    assert wrong.status_code == 422 and "Schrijf de dag als" in wrong.text


def test_the_preview_of_a_customer_says_what_stands_in_its_way(operator: Browser, rpc: FakeRpc) -> None:
    page = operator.page(f"{CUSTOMER}/voorbeeld?periode=2026-10")
    assert "De maand is nog open." in page.text and "€\u00a0235,60" in page.text
    rpc.answers["invoicing", "preview"] = Conflict("Bakkerij heeft geen adres.")
    assert "Bakkerij heeft geen adres." in operator.page(f"{CUSTOMER}/voorbeeld").text


def test_a_product_is_changed_from_its_line(operator: Browser, rpc: FakeRpc) -> None:
    page = operator.page("/beheer/facturen/produkten?code=voip-basis")
    assert page.field("prijs").attrs["value"] == "12,50"
    form = {"code": "voip-basis", "omschrijving": "VoIP", "prijs": "13,00", "per": "month", "revisie": "2"}
    assert operator.post("/beheer/facturen/produkten", form).status_code == 303
    assert sent(rpc, "save_product") == {
        "code": "voip-basis",
        "description": "VoIP",
        "price": "13.00",
        "per": "month",
        "vat": "standard",
        "retired": False,
        "revision": 2,
    }


def test_a_sender_is_changed_with_another_logo(operator: Browser, rpc: FakeRpc) -> None:
    here = f"/beheer/facturen/afzenders/{billing.ISSUER}"
    shown = operator.page(here)
    form: dict[str, Any] = {
        name: shown.field(name).attrs["value"]
        for name in ("naam", "straat", "huisnummer", "revisie", "kleur")
    }
    form |= {"postcode": "1234AB", "plaats": "Stad", "logo": (io.BytesIO(b"<svg/>"), "logo.svg")}
    assert operator.post(here, form, content_type="multipart/form-data").status_code == 303
    asked = sent(rpc, "save_issuer")
    assert (asked["issuer_id"], asked["revision"], asked["logo"]) == (billing.ISSUER, 4, "PHN2Zy8+")
    assert asked["seller"]["name"] == "Voorbeeld Telecom B.V." and asked["seller"]["accent"] == "#0b5f61"


@pytest.mark.parametrize("away", [False, True], ids=["many", "away"])
def test_a_sender_stays_with_its_partner_also_one_of_the_second_page(
    operator: Browser, rpc: FakeRpc, away: bool
) -> None:
    rpc.answers["identity", "customers"] = Unavailable() if away else companies.many_partners
    rpc.answers["invoicing", "issuers"] = [billing.issuer(partner_id=companies.LAST_PARTNER)]
    here = f"/beheer/facturen/afzenders/{billing.ISSUER}"
    page = operator.page(here)
    assert ("Van welke partner de afzender is, blijft" in page.text) is away
    assert operator.post(here, filled(page)).status_code == 303
    assert sent(rpc, "save_issuer")["partner_id"] == companies.LAST_PARTNER


def test_what_invoicing_says_of_a_sender_finds_its_field(operator: Browser, rpc: FakeRpc) -> None:
    rpc.answers["invoicing", "save_issuer"] = Invalid(fields={"seller.iban": ["Dit is geen IBAN."]})
    form = {"naam": "A", "straat": "B", "huisnummer": "1", "postcode": "1234AB", "plaats": "C", "iban": "x"}
    answer = operator.post("/beheer/facturen/afzenders/nieuw", form)
    assert answer.status_code == 422
    assert "Dit is geen IBAN." in Page(answer.text).error_of("iban")


def test_a_logo_that_is_too_large_is_not_sent(operator: Browser, rpc: FakeRpc) -> None:
    form: dict[str, Any] = {
        "naam": "A",
        "straat": "B",
        "huisnummer": "1",
        "postcode": "1234AB",
        "plaats": "C",
    }
    form["logo"] = (io.BytesIO(b"x" * 200_001), "logo.png")
    answer = operator.post("/beheer/facturen/afzenders/nieuw", form, content_type="multipart/form-data")
    assert answer.status_code == 422 and "hooguit 200 kB" in answer.text
    assert not [call for call in rpc.asked if call.method == "save_issuer"]
