"""Invoices to make documents of: one of each kind that a run can bring forth."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec

from services.invoicing.domain.invoice import (
    Buyer,
    CallRow,
    Credited,
    Invoice,
    Line,
    NumberTotal,
    Payment,
    Seller,
    VatRate,
    VatTotal,
)
from shared.money import round_decimal

LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 40"><rect width="40" height="40" rx="9" '
    b'fill="#0b5f61"/><path d="M10 26V14M16 30V10M22 32V8M28 26V14" stroke="#fff" stroke-width="3.4" '
    b'stroke-linecap="round"/></svg>'
)
SELLER = Seller(
    name="Voorbeeld Telecom B.V.",
    street="Zendmaststraat",
    house_number="1",
    postcode="1234AB",
    city="Voorbeeldstad",
    kvk="12345678",
    vat_number="NL123456789B01",
    iban="NL02TEST0123456789",
    bic="TESTNL2A",
    email="facturen@telecom.example",
    phone="085-000 00 00",
    website="www.telecom.example",
    logo=LOGO,
    accent="#0b5f61",
    creditor_id="NL20ZZZ123456780000",
)
BUYER = Buyer(
    name="Bakkerij Voorbeeld B.V.",
    attention="Administratie",
    street="Meelstraat",
    house_number="12a",
    postcode="4321BA",
    city="Voorbeelddorp",
    kvk="87654321",
    vat_number="NL987654321B01",
    number="10427",
    reference="Inkoop 4711",
    email="boekhouding@bakkerij.example",
)
HIGH = VatRate(category="S", percentage=Decimal(21))
LOW = VatRate(category="S", percentage=Decimal(9))
SHIFTED = VatRate(category="AE", percentage=Decimal(0), reason="Btw verlegd")
ZERO = VatRate(category="Z", percentage=Decimal(0))
EXEMPT = VatRate(category="E", percentage=Decimal(0), reason="Vrijgesteld van btw: opleiding.")
FIRST, LAST = dt.date(2026, 10, 1), dt.date(2026, 10, 31)
TRANSFER = Payment(method="transfer", days=30, due_on=dt.date(2026, 12, 1))
COLLECTION = Payment(
    method="direct_debit",
    days=14,
    due_on=dt.date(2026, 11, 15),
    iban="NL44TEST0987654321",
    mandate_id="M-10427-1",
    mandate_signed_on=dt.date(2025, 1, 6),
    sequence="RCUR",
    collect_on=dt.date(2026, 11, 15),
)


def line(description: str, quantity: str, price: str, net: str | None = None, **more: Any) -> Line:
    """A line of October; its amount is quantity times price unless ``net`` says otherwise."""
    amount = round_decimal(Decimal(quantity) * Decimal(price)) if net is None else Decimal(net)
    values: dict[str, Any] = {
        "group": "subscription",
        "unit": "month",
        "vat": HIGH,
        "from_": FIRST,
        "to": LAST,
    }
    return Line(
        description=description,
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        net=amount,
        **{**values, **more},
    )


LINES = (
    line("Zakelijk VoIP Basis", "3", "12.50"),
    line("Zakelijk VoIP Basis", "0.516", "12.50", from_=dt.date(2026, 10, 16), detail="16 van 31 dagen"),
    line("Zakelijk Mobiel Bundel, 5 abonnementen", "5", "17.50"),
    line("Eenmalige aansluitkosten", "1", "25.00", group="one_off", unit="piece", from_=None, to=None),
    line("Telefonie: Mobiel", "312", "0.0934", "29.15", group="usage", unit="call", detail="28:51:06 uur"),
    line("Telefonie: Nationaal", "480", "0.02", "9.61", group="usage", unit="call", detail="31:04:12 uur"),
    line("Telefonie: Internationaal EU", "14", "0.35", group="usage", unit="call", detail="1:12:40 uur"),
    line("Mobiel: Data buiten EU", "1", "4.25", group="usage", unit="piece", detail="12,4 MB"),
    line("Boven bundel data Zakelijk Mobiel", "1", "0.35", group="bundle", unit="piece", detail="3 MB"),
    line("Korting eerste jaar", "-1", "10.00", group="discount", unit="piece"),
)
NUMBERS = (
    NumberTotal(
        number="+31850001611",
        product="telephony",
        label="Receptie",
        calls=612,
        duration=150_000,
        net=Decimal("24.10"),
    ),
    NumberTotal(number="+31850001600", product="telephony", calls=194, duration=67_000, net=Decimal("19.56")),
    NumberTotal(
        number="+31600123456",
        product="mobile",
        label="Sanne de Wit",
        calls=31,
        duration=4_000,
        volume=1_203_000_000,
        messages=4,
        net=Decimal("4.60"),
    ),
)


def vat_totals(lines: tuple[Line, ...]) -> tuple[VatTotal, ...]:
    """VAT per rate over the sum of its lines, half up (BR-CO-17)."""
    rates = {(item.vat.category, item.vat.percentage): item.vat for item in lines}
    totals = []
    for key, rate in rates.items():
        net = sum((i.net for i in lines if (i.vat.category, i.vat.percentage) == key), Decimal())
        vat = round_decimal(net * rate.percentage / 100)
        totals.append(
            VatTotal(category=rate.category, percentage=rate.percentage, net=net, vat=vat, reason=rate.reason)
        )
    return tuple(totals)


def invoice(*lines: Line, **changes: Any) -> Invoice:
    """An invoice of these lines (some of everything when there are none given), sums done."""
    lines = lines or LINES
    totals = vat_totals(lines)
    net = sum((total.net for total in totals), Decimal("0.00"))
    vat = sum((total.vat for total in totals), Decimal("0.00"))
    made = Invoice(
        id="1f0c7e9a5b3d4c2e8f6a7b9c0d1e2f30",
        number="2026-00042",
        kind="invoice",
        series="2026",
        period="2026-10",
        issued_on=dt.date(2026, 11, 1),
        due_on=dt.date(2026, 12, 1),
        seller=SELLER,
        buyer=BUYER,
        lines=lines,
        vat_totals=totals,
        net=net,
        vat=vat,
        total=net + vat,
        payment=TRANSFER,
        number_totals=NUMBERS,
    )
    return msgspec.structs.replace(made, **changes)


def credit(*lines: Line, **changes: Any) -> Invoice:
    """A credit note for the invoice above."""
    return invoice(
        *lines,
        **{
            "kind": "credit",
            "number": "C2026-00003",
            "series": "C2026",
            "number_totals": (),
            "credits": Credited(number="2026-00042", issued_on=dt.date(2026, 11, 1)),
            **changes,
        },
    )


def rows(count: int) -> tuple[CallRow, ...]:
    """That many calls, in turn mobile, abroad, incoming and a message, ten minutes apart."""
    kinds = (
        ("mobile", "+31850001611", "+31600123456", 252, 0, "0.3780"),
        ("international_eu", "+31850001600", "+3220000012", 729, 0, "0.6075"),
        ("incoming", "+31600987654", "+31850001611", 61, 0, "0.0000"),
        ("sms", "+31600123456", "+31600445566", 0, 1, "0.0800"),
    )
    start = dt.datetime(2026, 10, 1, 6, 0, tzinfo=dt.UTC)
    made = []
    for index in range(count):
        kind, sender, receiver, duration, messages, net = kinds[index % len(kinds)]
        made.append(
            CallRow(
                start=start + dt.timedelta(minutes=10 * index),
                sender=sender,
                receiver=receiver,
                type=kind,
                duration=duration,
                volume=0,
                messages=messages,
                net=Decimal(net),
            )
        )
    return tuple(made)
