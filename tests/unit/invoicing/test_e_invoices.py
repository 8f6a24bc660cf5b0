"""The e-invoice: what it says, and that it keeps to the schema, the norm and both profiles."""

from __future__ import annotations

import base64
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from services.invoicing.documents.checks import lacking
from services.invoicing.documents.ubl import CUSTOMIZATION, profile_of, ubl
from services.invoicing.documents.ubl_lines import priced
from services.invoicing.domain.invoice import Buyer, Invoice
from shared.money import round_decimal
from tests.support.e_invoice_rules import NS, broken
from tests.support.invoices import (
    BUYER,
    COLLECTION,
    EXEMPT,
    LINES,
    LOW,
    SELLER,
    SHIFTED,
    ZERO,
    credit,
    invoice,
    line,
)

GOLDEN = Path(__file__).parent / "golden"
PROFILES = ("nlcius", "peppol")
DISCOUNT = line("Korting", "-1", "1.50", group="discount", unit="piece")
changed = msgspec.structs.replace

SAMPLES: dict[str, Invoice] = {
    "plain": invoice(),
    "credit note": credit(LINES[0], DISCOUNT),
    "reverse charge": invoice(
        line("Zakelijk VoIP", "3", "12.50", vat=SHIFTED), changed(DISCOUNT, vat=SHIFTED)
    ),
    "corrections of before VAT was reverse charged": invoice(
        line("Zakelijk VoIP", "3", "12.50", vat=SHIFTED),
        line("Zakelijk VoIP", "-0.5", "12.50", "-6.25"),
        line("Correctie oktober 2026: Korting", "1", "0.63", group="discount"),
        changed(DISCOUNT, vat=SHIFTED),
    ),
    "zero": invoice(line("Zakelijk VoIP", "1", "0.00")),
    "nothing at all": changed(
        invoice(), lines=(), vat_totals=(), net=Decimal("0.00"), vat=Decimal("0.00"), total=Decimal("0.00")
    ),
    "more discount than costs": invoice(LINES[0], line("Korting", "-1", "100.00", group="discount")),
    "only a discount": invoice(DISCOUNT),
    "direct debit": invoice(payment=COLLECTION),
    "all VAT rates": invoice(
        line("A", "3", "12.50"),
        line("B", "1", "9.99", vat=LOW),
        line("C", "1", "5.00", vat=ZERO),
        line("D", "1", "7.00", vat=EXEMPT),
        changed(DISCOUNT, vat=LOW),
    ),
    "long names": invoice(
        line("Omschrijving " * 40, "1", "12.50"),
        buyer=changed(BUYER, name="Vereniging 🥐 " * 20, attention="Zo\x0b\x00ë"),
        note="Regel <b> & meer",
    ),
    "averages, corrections and lines of other months": invoice(
        line("Telefonie", "100000", "0.000123", "15.55", group="usage", unit="call"),
        line("Verschil", "-3", "0.10", group="bundle", unit="piece"),
        line("Zonder aantal", "0", "0.08", "1.25", group="usage", unit="megabyte"),
        line("Vooruit", "1", "2.00", from_=LINES[0].to, to=LINES[0].to),
    ),
    "a Belgian buyer": invoice(
        buyer=changed(BUYER, country="BE", kvk="", vat_number="BE0123456749", postcode="1000")
    ),
}


@pytest.mark.feature("INV-05", "INV-06")
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", SAMPLES)
def test_every_kind_of_invoice_keeps_to_the_rules_of_its_profile(name: str, profile: Any) -> None:
    assert broken(ubl(changed(SAMPLES[name], profile=profile), None), profile) == []


@pytest.mark.parametrize(
    ("written", "instead", "rule"),
    [
        (b">235.60<", b">235.61<", "BR-CO-16"),
        (b">40.89<", b">40.88<", "BR-CO-17"),
        (b"<cbc:BuyerReference>Inkoop 4711</cbc:BuyerReference>", b"", "R003 / BR-NL-2"),
        (
            b'schemeID="0106">12345678</cbc:CompanyID',
            b'schemeID="0088">1</cbc:CompanyID',
            "BR-NL-1, NL-R-003",
        ),
        (b"<cbc:IssueDate>", b"<cbc:Isued>", "XSD"),
        (b"2026-10-16</cbc:StartDate>", b"2026-09-16</cbc:StartDate>", "R110, R111"),
    ],
)
def test_the_rules_notice_what_is_wrong(written: bytes, instead: bytes, rule: str) -> None:
    xml = ubl(invoice(), None)
    assert written in xml
    assert rule in broken(
        xml.replace(written, instead).replace(
            b"</cbc:IssueDate>", b"</cbc:Isued>" if rule == "XSD" else b"</cbc:IssueDate>"
        ),
        "nlcius",
    )


@pytest.mark.feature("INV-05")
@pytest.mark.parametrize(
    ("name", "made"),
    [("invoice", invoice(payment=COLLECTION)), ("credit_note", credit(LINES[0], DISCOUNT, profile="peppol"))],
)
def test_the_whole_document_is_as_it_was(name: str, made: Invoice) -> None:
    assert ubl(made, None).decode() == (GOLDEN / f"{name}.xml").read_text()


def test_a_discount_stands_apart_from_the_lines() -> None:
    root = etree.fromstring(ubl(invoice(), None))
    assert (
        root.findtext("cac:AllowanceCharge/cbc:AllowanceChargeReason", namespaces=NS) == "Korting eerste jaar"
    )
    assert root.findtext("cac:LegalMonetaryTotal/cbc:LineExtensionAmount", namespaces=NS) == "204.71"
    assert len(root.findall("cac:InvoiceLine", NS)) == len(LINES) - 1


def test_the_pdf_goes_along_for_people() -> None:
    root = etree.fromstring(ubl(invoice(), b"%PDF-1.7"))
    file = root.find(".//cbc:EmbeddedDocumentBinaryObject", NS)
    assert (file.get("mimeCode"), file.get("filename")) == ("application/pdf", "2026-00042.pdf")
    assert base64.b64decode(file.text) == b"%PDF-1.7"


@pytest.mark.parametrize(
    ("quantity", "price", "net", "meant"),
    [
        ("3", "12.50", "37.50", ("3", "12.50", "1")),
        ("312", "0.0934", "29.25", ("312", "29.25", "312")),
        ("-1", "10.00", "-10.00", ("-1", "10.00", "1")),
        ("1", "-10.00", "-10.00", ("-1", "10.00", "1")),
        ("0", "0.08", "1.25", ("1", "1.25", "1")),
    ],
)
def test_a_price_that_does_not_make_the_amount_becomes_the_price_of_all(
    quantity: str, price: str, net: str, meant: tuple[str, str, str]
) -> None:
    assert priced(line("x", quantity, price, net)) == tuple(map(Decimal, meant))


amounts = st.decimals("-9999.99", "9999.99", places=2)


@settings(max_examples=100)
@given(
    quantity=st.decimals("-100000", "100000", places=3),
    price=st.decimals("-100", "100", places=6),
    net=amounts,
)
def test_quantity_price_and_amount_always_agree(quantity: Decimal, price: Decimal, net: Decimal) -> None:
    counted, each, per = priced(line("x", str(quantity), str(price), str(net)))
    assert each >= 0 and per > 0
    assert abs(round_decimal(counted * each / per) - net) <= Decimal("0.02")


@pytest.mark.parametrize(
    ("buyer", "wished", "profile"),
    [
        (BUYER, "nlcius", "nlcius"),
        (changed(BUYER, kvk=""), "nlcius", "peppol"),
        (changed(BUYER, kvk="", vat_number=""), "nlcius", "norm"),
        (changed(BUYER, kvk="", vat_number=""), "peppol", "norm"),
    ],
)
def test_no_invoice_claims_a_profile_that_its_buyer_cannot_meet(
    buyer: Buyer, wished: Any, profile: str
) -> None:
    made = invoice(buyer=buyer, profile=wished)
    assert profile_of(made) == profile
    assert CUSTOMIZATION[profile].encode() + b"<" in ubl(made, None)


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (invoice(buyer=changed(BUYER, street="")), "De klant heeft geen volledig adres"),
        (invoice(buyer=changed(BUYER, kvk="")), "De klant heeft geen KvK-nummer"),
        (invoice(line("x", "1", "1.00", vat=SHIFTED), buyer=changed(BUYER, vat_number="")), "geen btw-id"),
        (invoice(seller=changed(SELLER, iban="")), "De afzender heeft geen IBAN"),
        (invoice(payment=changed(COLLECTION, mandate_id="")), "de machtiging heeft geen kenmerk"),
        (invoice(seller=changed(SELLER, creditor_id=""), payment=COLLECTION), "geen incassant-ID"),
    ],
)
def test_what_is_missing_is_said_before_the_invoice_gets_its_number(made: Invoice, sentence: str) -> None:
    assert any(sentence in said for said in lacking(made))
    assert lacking(invoice()) == []
