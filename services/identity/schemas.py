"""What comes in by RPC and what goes out."""

from __future__ import annotations

import unicodedata
from ipaddress import ip_address
from typing import Any

from marshmallow import ValidationError, fields, validate

from services.identity.domain.credentials import LONGEST_PASSWORD
from services.identity.domain.customers import Customer, Kind, Product
from services.identity.domain.users import Role, User
from shared.schema import Base, length, one_of

LONGEST_NAME = 100
LARGEST_PAGE = 500

Reply = dict[str, Any]


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


def _whole(lowest: int, highest: int, default: int | None) -> fields.Integer:
    in_range = validate.Range(lowest, highest, error="Kies {min} tot en met {max}.")
    return fields.Integer(load_default=default, allow_none=default is None, strict=True, validate=in_range)


def _id() -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(r"[0-9a-f]{32}\Z", error="Dit is geen ID."))


def _roles() -> fields.List[str]:
    return fields.List(fields.String(validate=one_of(*Role)), required=True)


class Command(Base):
    """A change. ``command_id`` is the caller's choice: the same again has one effect and one answer."""

    command_id = fields.String(
        required=True,
        validate=validate.Regexp(
            r"[0-9A-Za-z_.:-]{8,64}\Z", error="Gebruik 8 tot en met 64 letters, cijfers en . _ : -"
        ),
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
    number = _whole(0, 10**9, default=None)
    after = _whole(0, 10**9, default=None)
    limit = _whole(1, LARGEST_PAGE, default=100)


class ChangeRoles(Command):
    user_id = _id()
    roles = _roles()


class BlockUser(Command):
    user_id = _id()
    blocked = fields.Boolean(required=True, truthy={True}, falsy={False})


def account_reply(user: User, customer: Customer) -> Reply:
    """Who is signed in, for whom, and how far their sight reaches."""
    return {
        "user": {
            "id": user.id,
            "username": user.username,
            "first_name": user.first_name,
            "infix": user.infix,
            "last_name": user.last_name,
            "roles": list(user.roles),
            "language": user.language,
            "theme": user.theme,
            "epoch": user.epoch,
        },
        "customer": {
            "id": customer.id,
            "number": customer.number,
            "name": customer.name,
            "products": list(customer.products),
        },
        "scope": customer.kind.value,
    }


def refused_reply(attempts_left: int, wait_seconds: int) -> Reply:
    """A login that failed, whatever was wrong with it."""
    return {"ok": False, "attempts_left": attempts_left, "wait_seconds": wait_seconds}


def customer_reply(customer: Customer) -> Reply:
    """A customer as staff see it."""
    return {
        "id": customer.id,
        "number": customer.number,
        "name": customer.name,
        "kind": customer.kind.value,
        "parent_id": customer.parent_id,
        "products": list(customer.products),
    }


def user_reply(user: User) -> Reply:
    """A user as those see it who manage users; never anything of the password."""
    return {
        "id": user.id,
        "number": user.number,
        "customer_id": user.customer_id,
        "username": user.username,
        "email": user.email,
        "first_name": user.first_name,
        "infix": user.infix,
        "last_name": user.last_name,
        "roles": list(user.roles),
        "blocked": user.blocked,
        "epoch": user.epoch,
    }
