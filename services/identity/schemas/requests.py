"""What each RPC method takes."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from services.identity.domain.customers import Kind, Product
from services.identity.domain.mails import State
from services.identity.domain.users import Details, Gender
from services.identity.schemas.fields import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    Command,
    Line,
    address,
    choice,
    email,
    identifier,
    maybe_empty,
    optional,
    password,
    registrations,
    required,
    roles,
    whole,
)
from shared.schema import Base, length, one_of

LARGEST_PAGE = 500
LARGEST_USER_PAGE = 200


class Login(Base):
    username = required(200)
    password = password(required=True)
    address = address()


class CreateCustomer(Command):
    name = required(LONGEST_NAME)
    products = fields.List(fields.String(validate=one_of(*Product)), required=True)
    kind = fields.String(load_default=Kind.CUSTOMER.value, validate=one_of(Kind.CUSTOMER, Kind.PARTNER))
    parent_id = fields.String(load_default=None, allow_none=True)


class CreateUser(Command):
    customer_id = identifier()
    username = required(LONGEST_NAME)
    password = password(required=True)
    email = email(load_default="")
    first_name = optional(LONGEST_NAME)
    infix = optional(20)
    last_name = optional(LONGEST_NAME)
    roles = roles()


class Customers(Base):
    """``query``: part of the name; ``number``: exactly that one; ``after``: only higher numbers."""

    query = Line(load_default=None, allow_none=True, validate=length(0, LONGEST_NAME))
    number = whole(0, 10**9, default=None)
    after = whole(0, 10**9, default=None)
    limit = whole(1, LARGEST_PAGE, default=100)


class Users(Base):
    """``query``: part of what one of the columns shows; pages count from 1."""

    query = optional(LONGEST_EMAIL)
    page = whole(1, 10**6, default=1)
    size = whole(1, LARGEST_USER_PAGE, default=25)


class OneUser(Base):
    user_id = identifier()


class WithDetails(Command):
    """All of a person's details at once, given to the use case as one value."""

    email = email(required=True)
    title = maybe_empty(30)
    initials = maybe_empty(20)
    first_name = maybe_empty(LONGEST_NAME)
    infix = maybe_empty(20)
    last_name = maybe_empty(LONGEST_NAME)
    gender = fields.String(required=True, validate=one_of(*Gender))

    @post_load
    def as_one_value(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        told = {name: data.pop(name) for name in Details.__dataclass_fields__}
        return {**data, "details": Details(**told | {"gender": Gender(told["gender"])})}


class AddUser(WithDetails):
    username = required(LONGEST_NAME)
    welcome = choice()
    password = password(shortest=0, load_default="")


class ChangeUser(WithDetails):
    user_id = identifier()


class ChangeDetails(WithDetails):
    pass


class OfUser(Command):
    user_id = identifier()


class ChangeRoles(OfUser):
    roles = roles()


class ChangeRegistrations(OfUser):
    registrations = registrations()


class BlockUser(OfUser):
    blocked = choice()


class ChangeUsername(Command):
    username = required(LONGEST_NAME)


class ChangePassword(Command):
    old = password(required=True)
    new = password(required=True)


class RequestReset(Base):
    """``who``: a username or an e-mail address."""

    who = required(LONGEST_EMAIL)
    address = address()


class OneLink(Base):
    token = fields.String(required=True)


class SetPassword(Command):
    token = fields.String(required=True)
    password = password(required=True)


class Mails(Base):
    """``after``: only mails that were queued before this one (its ID)."""

    state = fields.String(load_default=State.FAILED.value, validate=one_of(*State))
    after = fields.String(
        load_default="", validate=validate.Regexp(r"([0-9a-f]{24})?\Z", error="Dit is geen ID.")
    )
    limit = whole(1, LARGEST_PAGE, default=100)


class RetryMail(Command):
    mail_id = fields.String(
        required=True, validate=validate.Regexp(r"[0-9a-f]{24}\Z", error="Dit is geen ID.")
    )
