"""Companies as staff see them: customers, partners and the operator itself."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from babel import Locale

from gateway.models.account import Customer
from gateway.words import lazy_gettext as _l

PRODUCTS = {
    "voip": _l("Telefoonlijnen (VoIP)"),
    "pbx": _l("Telefooncentrale"),
    "mobile": _l("Mobiel"),
}
KINDS = {"customer": _l("Klant"), "partner": _l("Partner"), "operator": _l("Beheerder")}

NO_COUNTRIES = ("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ")
ADDRESS_FIELDS = ("street", "house_number", "postcode", "city", "country")


@lru_cache(maxsize=4)
def countries(language: str = "nl") -> dict[str, str]:
    """ISO code → name in this language, by name."""
    names = Locale(language).territories
    found = {code: name for code, name in names.items() if len(code) == 2 and code not in NO_COUNTRIES}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def country_codes() -> list[str]:
    return list(countries())


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """``country`` is an ISO code of two letters."""

    street: str = ""
    house_number: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "NL"

    @property
    def lines(self) -> list[str]:
        """As on an envelope; no line is empty."""
        street = f"{self.street} {self.house_number}".strip()
        city = f"{self.postcode}  {self.city}".strip()
        country = "" if self.country == "NL" else countries().get(self.country, self.country)
        return [line for line in (street, city, country) if line]


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Whom staff call."""

    name: str = ""
    email: str = ""
    phone: str = ""


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """``revision`` grows with each change; ``invoice_address`` None: the same as the address."""

    id: str
    number: int
    name: str
    kind: str = "customer"
    parent_id: str | None = None
    parent_name: str | None = None
    products: tuple[str, ...] = ()
    kvk: str | None = None
    vat_number: str | None = None
    address: Address | None = None
    invoice_address: Address | None = None
    contact: Contact | None = None
    revision: int = 1
    users: int = 0

    @property
    def kind_label(self) -> Any:
        return KINDS.get(self.kind, self.kind)

    @property
    def product_labels(self) -> list[Any]:
        """What it has, in the order of the products."""
        return [label for code, label in PRODUCTS.items() if code in self.products]

    @property
    def as_customer(self) -> Customer:
        """As much of it as an account keeps."""
        return Customer(id=self.id, number=self.number, name=self.name, products=self.products)


class Companies(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list; ``next`` goes into the next call's ``after``."""

    rows: tuple[Company, ...] = ()
    next: int | None = None
