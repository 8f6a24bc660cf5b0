"""The tree of who belongs to whom: one operator, its partners, and the customers of both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from shared.errors import Invalid
from shared.events import CustomerChanged

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

_SAID = {Kind.OPERATOR: "operator", Kind.PARTNER: "ICT-partner", Kind.CUSTOMER: "klant"}
_CHOICE = {Kind.OPERATOR: "de operator", Kind.PARTNER: "een ICT-partner"}


@dataclass(frozen=True, kw_only=True)
class Customer:
    """A company; ``id`` is random and for programs, ``number`` runs on and is for people."""

    id: str
    number: int
    name: str
    kind: Kind
    parent_id: str | None
    products: tuple[Product, ...]
    revision: int = 1


def check_parent(kind: Kind, parent: Customer) -> None:
    """Raise :class:`Invalid` where a company of this kind can not stand below ``parent``."""
    if parent.kind not in PARENTS[kind]:
        choices = " of ".join(_CHOICE[k] for k in Kind if k in PARENTS[kind])
        sentence = f"{parent.name} is zelf {_SAID[parent.kind]}. Kies {choices}."
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
    )
