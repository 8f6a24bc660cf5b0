"""What staff tell of companies, and ask about them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from services.identity.domain.customers import Kind, Product
from services.identity.schemas.fields import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    Command,
    Line,
    email,
    identifier,
    maybe_identifier,
    optional,
    printable,
    reason,
    whole,
)
from services.identity.schemas.requests import LARGEST_PAGE
from shared.schema import Base, length, one_of
from shared.words import lazy_gettext

LONGEST_REGISTRATION = 30
PARTICULARS = ("name", "products", "kvk", "vat_number", "address", "invoice_address", "contact")


class AddressFields(Base):
    """Parts that are empty everywhere make no address."""

    street = optional(LONGEST_NAME)
    house_number = optional(20)
    postcode = optional(12)
    city = optional(LONGEST_NAME)
    country = optional(2)


class ContactFields(Base):
    name = optional(LONGEST_NAME)
    email = email(load_default="")
    phone = optional(30)


class Particulars(Command):
    """A company's own facts, given to the use case as one value: those that were sent."""

    name = Line(validate=[length(1, LONGEST_NAME), printable])
    products = fields.List(fields.String(validate=one_of(*Product)))
    kvk = Line(allow_none=True, validate=[length(0, LONGEST_REGISTRATION), printable])
    vat_number = Line(allow_none=True, validate=[length(0, LONGEST_REGISTRATION), printable])
    address = fields.Nested(AddressFields, allow_none=True)
    invoice_address = fields.Nested(AddressFields, allow_none=True)
    contact = fields.Nested(ContactFields, allow_none=True)
    reason = reason()

    @post_load
    def as_one_value(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        told = {name: data.pop(name) for name in PARTICULARS if name in data}
        return {**data, "told": told}


class CreateCustomer(Particulars):
    name = Line(required=True, validate=[length(1, LONGEST_NAME), printable])
    products = fields.List(fields.String(validate=one_of(*Product)), required=True)
    kind = fields.String(load_default=Kind.CUSTOMER.value, validate=one_of(Kind.CUSTOMER, Kind.PARTNER))
    parent_id = maybe_identifier()


class ChangeCustomer(Particulars):
    """What is not sent stays as it is. ``parent_id`` null: the operator."""

    customer_id = identifier()
    revision = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    kind = fields.String(validate=one_of(Kind.CUSTOMER, Kind.PARTNER, Kind.OPERATOR))
    parent_id = fields.String(
        allow_none=True, validate=validate.Regexp(r"[0-9a-f]{32}\Z", error=lazy_gettext("Dit is geen ID."))
    )


class OneCustomer(Base):
    customer_id = identifier()


class Customers(Base):
    """``query``: part of the name, or a whole number; ``number``: exactly that one; ``after``: only
    higher numbers."""

    query = Line(load_default="", allow_none=True, validate=[length(0, LONGEST_EMAIL), printable])
    kind = fields.String(load_default=None, allow_none=True, validate=one_of(*Kind))
    parent_id = maybe_identifier()
    number = whole(0, 10**9, default=None)
    after = whole(0, 10**9, default=None)
    limit = whole(1, LARGEST_PAGE, default=100)


class ViewAs(Command):
    customer_id = identifier()
    reason = reason(shortest=1)


class EndView(Command):
    customer_id = identifier()
