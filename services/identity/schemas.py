"""What comes in by RPC."""

from __future__ import annotations

import unicodedata
from ipaddress import ip_address
from typing import Any

from marshmallow import ValidationError, fields, validate

from services.identity.domain.credentials import LONGEST_PASSWORD
from services.identity.domain.customers import Kind, Product
from services.identity.domain.users import Role
from shared.schema import Base, length, one_of

LONGEST_NAME = 100


def _printable(value: str) -> None:
    """No control characters, and no halves of characters (JSON can carry both)."""
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
        raise ValidationError("Hier staan tekens in die we niet kunnen bewaren.")


def _address(value: str) -> None:
    try:
        ip_address(value)
    except ValueError:
        raise ValidationError("Dit is geen IP-adres.") from None


class Line(fields.String):
    """A line of text, without the blanks around it and with each accent in one character."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        return unicodedata.normalize("NFC", str(text)).strip()


def _email(value: str) -> None:
    if value:
        validate.Email(error="Dit is geen e-mailadres.")(value)


def _required(maximum: int) -> Line:
    return Line(required=True, validate=[length(1, maximum), _printable])


def _optional(maximum: int) -> Line:
    return Line(load_default="", validate=[length(0, maximum), _printable])


def _password() -> fields.String:
    return fields.String(required=True, validate=[length(1, LONGEST_PASSWORD), _printable])


def _number() -> fields.Integer:
    in_range = validate.Range(0, 10**9, error="Dit getal is te groot.")
    return fields.Integer(load_default=None, allow_none=True, strict=True, validate=in_range)


def _id() -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{32}\Z", error="Dit is geen ID."))


def _roles() -> fields.List:
    return fields.List(fields.String(validate=one_of(*Role)), required=True)


class Command(Base):
    """A change that may be sent twice: under one ``command_id`` (chosen by the caller) it happens once."""

    command_id = fields.String(
        required=True,
        validate=validate.Regexp(r"[A-Za-z0-9._:-]{16,64}\Z", error="Gebruik 16 tot en met 64 letters, cijfers en . _ : -"),
    )


class Login(Base):
    username = _required(200)
    password = _password()
    address = fields.String(required=True, validate=_address)


class CreateCustomer(Command):
    name = _required(LONGEST_NAME)
    products = fields.List(fields.String(validate=one_of(*Product)), required=True)
    kind = fields.String(load_default=Kind.CUSTOMER.value, validate=one_of(Kind.CUSTOMER, Kind.PARTNER))
    parent_id = fields.String(load_default=None, allow_none=True)


class CreateUser(Command):
    customer_id = _id()
    username = _required(LONGEST_NAME)
    password = _password()
    email = Line(load_default="", validate=[length(0, 254), _email])
    first_name = _optional(LONGEST_NAME)
    infix = _optional(20)
    last_name = _optional(LONGEST_NAME)
    roles = _roles()


class Customers(Base):
    """``query``: part of the name; ``number``: exactly that one; ``after``: only higher numbers."""

    query = Line(load_default=None, allow_none=True, validate=length(0, LONGEST_NAME))
    number = _number()
    after = _number()


class ChangeRoles(Base):
    user_id = _id()
    roles = _roles()


class BlockUser(Base):
    user_id = _id()
    blocked = fields.Boolean(required=True, truthy={True}, falsy={False})
