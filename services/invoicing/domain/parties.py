"""Who sends invoices, who gets them, and how they pay."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Literal

import msgspec

from services.invoicing.domain.invoice import Buyer, Profile, Seller
from shared.events.identity import PostalAddress


class Issuer(msgspec.Struct, frozen=True, kw_only=True):
    """A legal seller with its letterhead and its own number series; of a partner (``partner_id``) or the
    operator's. ``logo`` stands in the seller."""

    id: str
    seller: Seller
    partner_id: str | None = None
    is_default: bool = False
    series: str = "F"
    credit_series: str = "C"
    revision: int = 1


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """What identity tells of a company; ``known_on`` is the day on which we first heard of it."""

    id: str
    revision: int
    number: int
    name: str
    kind: str
    parent_id: str | None
    known_on: dt.date
    kvk: str = ""
    vat_number: str = ""
    address: PostalAddress | None = None
    invoice_address: PostalAddress | None = None
    contact_name: str = ""
    contact_email: str = ""

    @property
    def bills_to(self) -> PostalAddress | None:
        return self.invoice_address or self.address


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """How a customer is billed. Neither usage nor recurring costs of the days before ``bills_from`` are
    billed; None: of those before the month in which we first heard of the customer. It is the first of a
    month; accounts of before can have another day, from which recurring costs are billed, and usage of that
    month whole. ``prices``: this customer's own price of a product (euro ex VAT) by its code."""

    customer_id: str
    issuer_id: str | None = None
    pays_by: Literal["transfer", "direct_debit"] = "transfer"
    days: int = 14
    iban: str = ""
    mandate_id: str = ""
    mandate_signed_on: dt.date | None = None
    reverse_charge: bool = False
    profile: Profile = "nlcius"
    reference: str = ""
    attention: str = ""
    email: str = ""
    itemised: bool = False
    masked: bool = False
    bills_from: dt.date | None = None
    prices: dict[str, Decimal] = {}
    revision: int = 0

    def begins(self, customer: Customer) -> dt.date:
        """The first day that is billed."""
        return self.bills_from or customer.known_on.replace(day=1)


def issuer_for(customer: Customer, account: Account, issuers: dict[str, Issuer]) -> Issuer | None:
    """The account's own, else that of the customer's partner, else the default one."""
    if account.issuer_id is not None:
        return issuers.get(account.issuer_id)
    partners = [
        each for each in issuers.values() if each.partner_id and each.partner_id == customer.parent_id
    ]
    defaults = [each for each in issuers.values() if each.is_default]
    return next(iter([*partners, *defaults]), None)


def buyer_of(customer: Customer, account: Account) -> Buyer:
    """The customer as it stands on the invoice. It must have an address."""
    address = customer.bills_to
    assert address is not None
    return Buyer(
        name=customer.name,
        attention=account.attention,
        street=address.street,
        house_number=address.house_number,
        postcode=address.postcode,
        city=address.city,
        country=address.country,
        kvk=customer.kvk,
        vat_number=customer.vat_number,
        number=str(customer.number),
        reference=account.reference,
        email=account.email or customer.contact_email,
    )
