"""The tree of who belongs to whom: one operator, its partners, and the customers of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

from services.identity.domain.particulars import (
    Address,
    Contact,
    address_of,
    contact_of,
    gathered,
    kvk_of,
    vat_number_of,
)
from shared.errors import Conflict, Invalid
from shared.events import CustomerChanged
from shared.events.identity import PostalAddress
from shared.words import gettext as _
from shared.words import lazy_gettext as _l

FIRST_NUMBER = 10_000
"""The operator's own; customers and partners count on from here."""


class Kind(StrEnum):
    """Where in the tree; also the *scope* of its users: how far their sight reaches."""

    OPERATOR = "operator"
    PARTNER = "partner"
    CUSTOMER = "customer"


class Product(StrEnum):
    """What a customer has; decides which tabs its users see (ID-03)."""

    VOIP = "voip"
    PBX = "pbx"
    MOBILE = "mobile"


PARENTS: dict[Kind, frozenset[Kind]] = {
    Kind.OPERATOR: frozenset(),
    Kind.PARTNER: frozenset({Kind.OPERATOR}),
    Kind.CUSTOMER: frozenset({Kind.OPERATOR, Kind.PARTNER}),
}

_SAID = {Kind.OPERATOR: _l("operator"), Kind.PARTNER: _l("ICT-partner"), Kind.CUSTOMER: _l("klant")}
_CHOICE = {Kind.PARTNER: _l("Kies de operator."), Kind.CUSTOMER: _l("Kies de operator of een ICT-partner.")}


@dataclass(frozen=True, kw_only=True)
class Customer:
    """A company; ``id`` is random and for programs, ``number`` runs on and is for people."""

    id: str
    number: int
    name: str
    kind: Kind
    parent_id: str | None
    products: tuple[Product, ...]
    kvk: str = ""
    vat_number: str = ""
    address: Address | None = None
    invoice_address: Address | None = None
    contact: Contact = Contact()
    revision: int = 1


def told(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What a caller tells of a company, as it is kept: those fields of :class:`Customer` that were told.

    Raises :class:`Invalid` with all that is wrong. ``invoice_address`` None: bills go to the address.
    """
    rules: dict[str, Callable[[Any], Any]] = {
        "name": str,
        "products": products_of,
        "kvk": kvk_of,
        "vat_number": vat_number_of,
        "address": partial(address_of, "address"),
        "invoice_address": partial(address_of, "invoice_address"),
        "contact": contact_of,
    }
    return gathered({name: partial(rules[name], value) for name, value in fields.items()})


def with_told(customer: Customer, fields: Mapping[str, Any]) -> Customer:
    """The company with some fields changed, one revision further when they differ."""
    after = replace(customer, **fields)
    return customer if after == customer else replace(after, revision=customer.revision + 1)


def check_kind(before: Customer, kind: Kind, *, below: int) -> None:
    """Raise :class:`Conflict` where a company cannot become of this kind; ``below``: its customers."""
    if before.kind is kind:
        return
    if Kind.OPERATOR in (before.kind, kind):
        raise Conflict(_("De operator blijft de operator; een ander kan het niet worden."))
    if below:
        sentence = _("%(name)s heeft zelf klanten. Breng die eerst bij een ander onder.", name=before.name)
        raise Conflict(sentence, fields={"kind": [sentence]})


def check_parent(kind: Kind, parent: Customer) -> None:
    """Raise :class:`Invalid` where a company of this kind can not stand below ``parent``."""
    if parent.kind not in PARENTS[kind]:
        sentence = _(
            "%(parent)s is zelf %(kind)s. %(choice)s",
            parent=parent.name,
            kind=_SAID[parent.kind],
            choice=_CHOICE[kind],
        )
        raise Invalid(fields={"parent_id": [sentence]})


def products_of(codes: Iterable[str]) -> tuple[Product, ...]:
    """Each product once, in the order of :class:`Product`."""
    wanted = set(codes)
    return tuple(product for product in Product if product in wanted)


def changed(customer: Customer) -> CustomerChanged:
    """The event that tells of this state of the customer."""
    return CustomerChanged(
        customer_id=customer.id,
        revision=customer.revision,
        number=customer.number,
        customer_name=customer.name,
        parent_id=customer.parent_id,
        products=customer.products,
        kind=customer.kind.value,
        kvk=customer.kvk,
        vat_number=customer.vat_number,
        address=_postal(customer.address),
        invoice_address=_postal(customer.invoice_address),
        contact_name=customer.contact.name,
        contact_email=customer.contact.email,
        contact_phone=customer.contact.phone,
    )


def _postal(address: Address | None) -> PostalAddress | None:
    return PostalAddress(**asdict(address)) if address else None
