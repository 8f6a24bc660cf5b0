"""What the demo's customers pay beside their usage, and who sends the invoices. IBANs have valid check digits
and a bank that does not exist; nothing here is anybody's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cli.demo import cast


def _logo(colour: str, letter: str) -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="9"'
        f' fill="{colour}"/>{letter}</svg>'
    ).encode()


WAVES = '<path d="M10 26V14M16 30V10M22 32V8M28 26V14" stroke="#fff" stroke-width="3.4" fill="none"/>'
DOTS = '<circle cx="13" cy="20" r="5" fill="#fff"/><circle cx="27" cy="20" r="5" fill="#fff"/>'


@dataclass(frozen=True)
class Issuer:
    """Who sends invoices: the operator, or its partner for its own customers."""

    code: str
    seller: Mapping[str, str]
    logo: bytes
    series: str
    credit_series: str
    is_partner: bool


ISSUERS = (
    Issuer(
        code="operator",
        seller={
            "name": "Verzonnen Telecom B.V.",
            "street": "Zendmaststraat",
            "house_number": "10",
            "postcode": "9999 AB",
            "city": "Voorbeeldstad",
            "kvk": "00001000",
            "vat_number": "NL000010000B01",
            "iban": "NL47TEST0000010000",
            "bic": "TESTNL2A",
            "email": "facturen@example.nl",
            "phone": "085-000 10 00",
            "website": "www.example.nl",
            "accent": "#0b5cad",
            "creditor_id": "NL07ZZZ000010000000",
        },
        logo=_logo("#0b5cad", WAVES),
        series="F",
        credit_series="C",
        is_partner=False,
    ),
    Issuer(
        code="partner",
        seller={
            "name": f"{cast.PARTNER} B.V.",
            "street": cast.PARTNER_FACTS.street,
            "house_number": cast.PARTNER_FACTS.house_number,
            "postcode": cast.PARTNER_FACTS.postcode,
            "city": cast.PARTNER_FACTS.city,
            "kvk": cast.PARTNER_FACTS.kvk,
            "vat_number": cast.PARTNER_FACTS.vat_number,
            "iban": "NL71TEST0000015000",
            "bic": "TESTNL2A",
            "email": "administratie@ictpartner.example",
            "phone": cast.PARTNER_FACTS.phone,
            "website": "www.ictpartner.example",
            "accent": "#0f6b4f",
            "creditor_id": "NL48ZZZ000015000000",
        },
        logo=_logo("#0f6b4f", DOTS),
        series="P",
        credit_series="PC",
        is_partner=True,
    ),
)

PRODUCTS: tuple[tuple[str, str, str, str], ...] = (
    ("voip_lijn", "Telefoonlijn (VoIP)", "6.50", "month"),
    ("pbx_gebruiker", "Gebruiker telefooncentrale", "9.95", "month"),
    ("nummerblok", "Nummerblok van 10 nummers", "2.50", "month"),
    ("monteur", "Monteur op locatie, per uur", "85.00", "once"),
    ("toestel", "Bureautoestel", "129.00", "once"),
    ("mobile:zakelijk_mobiel", "Zakelijk Mobiel", "17.50", "month"),
    ("mobile:mobiel_onbeperkt", "Mobiel Onbeperkt", "29.00", "month"),
    ("mobile:data_only", "Data Only", "12.50", "month"),
    ("mobile:kpn_een", "KPN ÉÉN", "22.00", "month"),
    ("module:mobiel_bellen_eu", "Mobiel Bellen EU", "5.00", "month"),
    ("module:mobiel_internet_eu", "Mobiel Internet EU", "7.50", "month"),
    ("module:mobiel_internet_wereld", "Mobiel Internet Wereld", "15.00", "month"),
    ("module:zakelijk_mobiel_naar_eu", "Zakelijk Mobiel naar EU", "5.00", "month"),
    ("module:zakelijk_mobiel_buiten_eu", "Zakelijk Mobiel buiten EU", "10.00", "month"),
)
"""Code, description, euro ex VAT, per month or once."""


@dataclass(frozen=True)
class Terms:
    """A customer's account and charges; charges begin ``month`` months after the demo's first, on ``day``."""

    account: Mapping[str, Any]
    charges: tuple[Mapping[str, Any], ...]


TERMS: Mapping[str, Terms] = {
    "bakkerij": Terms(
        {
            "pays_by": "direct_debit",
            "days": 14,
            "iban": "NL37TEST0000016000",
            "mandate_id": "TIKKER-10001-1",
            "profile": "nlcius",
            "reference": "Inkoop 1600",
            "attention": "Administratie",
        },
        (
            {"kind": "recurring", "product": "voip_lijn", "quantity": "4", "month": 0, "day": 1},
            {"kind": "recurring", "product": "nummerblok", "quantity": "1", "month": 0, "day": 1},
            {"kind": "recurring", "product": "voip_lijn", "quantity": "2", "month": 9, "day": 12},
            {"kind": "one_off", "product": "toestel", "quantity": "2", "month": 9, "day": 12},
            {
                "kind": "discount",
                "description": "Welkomstkorting op abonnementen",
                "percentage": "10",
                "of": ["subscription"],
                "month": 0,
                "day": 1,
            },
        ),
    ),
    "installatie": Terms(
        {
            "pays_by": "transfer",
            "days": 30,
            "reverse_charge": True,
            "profile": "peppol",
            "reference": "4500-1700",
            "attention": "Crediteuren",
            "prices": {"mobile:zakelijk_mobiel": "15.00"},
        },
        (
            {"kind": "recurring", "product": "pbx_gebruiker", "quantity": "14", "month": 0, "day": 1},
            {"kind": "recurring", "product": "nummerblok", "quantity": "3", "month": 0, "day": 1},
            {"kind": "one_off", "product": "monteur", "quantity": "3.5", "month": 11, "day": 17},
        ),
    ),
    "stichting": Terms(
        {"pays_by": "transfer", "days": 14, "masked": True, "attention": "Penningmeester"},
        (
            {"kind": "recurring", "product": "voip_lijn", "quantity": "5", "month": 0, "day": 1},
            {
                "kind": "discount",
                "description": "Korting goede doelen",
                "price": "7.50",
                "month": 0,
                "day": 1,
            },
        ),
    ),
}

ITEMISED = "stichting"
"""Who wants its calls itemised, from the last closed month on."""
CREDITED = ("bakkerij", -2, "Te veel in rekening gebracht: storing op 085-000 16 12.", "12.50")
"""Whose invoice of which closed month (from the last) gets a credit note, why, and how much of a line."""
PAID_UNTIL = -2
"""Invoices of the closed months before the last two are paid."""
