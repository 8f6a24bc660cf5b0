"""One invoice or credit note as it is printed, sent as an e-invoice and kept: everything a document needs.

Money is euro in ``Decimal`` with two decimals unless a field says otherwise; days are Dutch days. A
value of this file is complete: whoever renders it looks nothing up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

import msgspec

Kind = Literal["invoice", "credit"]
Group = Literal["subscription", "one_off", "usage", "bundle", "discount"]
Unit = Literal["piece", "month", "call", "message", "megabyte"]
# EN 16931 (UNCL 5305): standard rate, reverse charge, zero rated, exempt.
VatCategory = Literal["S", "AE", "Z", "E"]
Profile = Literal["nlcius", "peppol"]
Sequence = Literal["FRST", "RCUR"]


class Seller(msgspec.Struct, frozen=True, kw_only=True):
    """Who sends the invoice, with its letterhead. ``logo`` is an SVG or PNG file, or empty bytes."""

    name: str
    street: str
    house_number: str
    postcode: str
    city: str
    country: str = "NL"
    kvk: str = ""
    vat_number: str = ""
    iban: str = ""
    bic: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    logo: bytes = b""
    accent: str = "#0b5cad"
    creditor_id: str = ""


class Buyer(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the invoice is for; ``number`` is the customer number, ``reference`` the buyer's own."""

    name: str
    attention: str = ""
    street: str = ""
    house_number: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "NL"
    kvk: str = ""
    vat_number: str = ""
    number: str = ""
    reference: str = ""
    email: str = ""


class VatRate(msgspec.Struct, frozen=True, kw_only=True):
    """``percentage`` of category S is above zero, of the others zero; ``reason`` says why it is."""

    category: VatCategory
    percentage: Decimal
    reason: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True, rename={"from_": "from"}):
    """One line. ``unit_price`` has at most six decimals and is never negative: ``quantity`` is (BR-27).

    ``net`` is the amount that counts. ``from_`` and ``to`` are the first and the last day that the line
    is about, both included. ``detail`` is what stands in small print: "01-10 t/m 31-10", "3 u 12 min".
    ``key`` is that of the recurring cost; a release before did not write it.
    """

    group: Group
    description: str
    quantity: Decimal
    unit: Unit
    unit_price: Decimal
    net: Decimal
    vat: VatRate
    from_: dt.date | None = None
    to: dt.date | None = None
    detail: str = ""
    key: str = ""


class VatTotal(msgspec.Struct, frozen=True, kw_only=True):
    """The sum of the lines of one category and percentage, and the VAT on that sum (BR-CO-17)."""

    category: VatCategory
    percentage: Decimal
    net: Decimal
    vat: Decimal
    reason: str = ""


class NumberTotal(msgspec.Struct, frozen=True, kw_only=True):
    """Usage of one number. ``duration`` is in seconds, ``volume`` in bytes."""

    number: str
    product: str
    label: str = ""
    calls: int = 0
    duration: int = 0
    volume: int = 0
    messages: int = 0
    net: Decimal = Decimal("0.00")


class CallRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the itemised appendix; ``start`` is aware, ``net`` is exact, with six decimals at most."""

    start: dt.datetime
    sender: str
    receiver: str
    type: str
    duration: int
    volume: int
    messages: int
    net: Decimal


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """How it is paid. ``iban`` is the buyer's and empty for a transfer; ``collect_on`` is of a collection."""

    method: Literal["transfer", "direct_debit"]
    days: int
    due_on: dt.date
    iban: str = ""
    mandate_id: str = ""
    mandate_signed_on: dt.date | None = None
    sequence: Sequence = "RCUR"
    collect_on: dt.date | None = None


class Credited(msgspec.Struct, frozen=True, kw_only=True):
    """The invoice that a credit note corrects."""

    number: str
    issued_on: dt.date


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """``number`` is empty for a preview; ``period`` reads "2026-10" or is empty.

    Amounts of a credit note are positive where an invoice's would be: ``kind`` turns their meaning.
    ``calls`` may be an iterator that can be read once, and is empty unless the customer wants it.
    """

    id: str
    number: str
    kind: Kind
    series: str
    period: str
    issued_on: dt.date
    due_on: dt.date
    seller: Seller
    buyer: Buyer
    lines: tuple[Line, ...]
    vat_totals: tuple[VatTotal, ...]
    net: Decimal
    vat: Decimal
    total: Decimal
    payment: Payment
    number_totals: tuple[NumberTotal, ...] = ()
    calls: Iterable[CallRow] = ()
    credits: Credited | None = None
    note: str = ""
    language: Literal["nl"] = "nl"
    profile: Profile = "nlcius"
    masked: bool = False
