"""What each RPC method takes."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from services.identity.domain.mails import State
from services.identity.domain.users import THEMES, Details, Gender, Role
from services.identity.schemas.fields import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    Command,
    address,
    choice,
    email,
    identifier,
    maybe_empty,
    maybe_identifier,
    optional,
    password,
    reason,
    registrations,
    required,
    roles,
    whole,
)
from shared.schema import Base, one_of
from shared.words import LANGUAGES, lazy_gettext

LARGEST_PAGE = 500
LARGEST_USER_PAGE = 200
LONGEST_CODE = 40
LONGEST_TOKEN_NAME = 60
LONGEST_REASON = 500


class Login(Base):
    username = required(200)
    password = password(required=True)
    address = address()


class LoginSecond(Base):
    """``ticket``: what ``login`` answered; ``code``: an app's or a recovery code, as it was typed."""

    ticket = required(100)
    code = required(LONGEST_CODE)
    address = address()


class CreateUser(Command):
    customer_id = identifier()
    username = required(LONGEST_NAME)
    password = password(required=True)
    email = email(load_default="")
    first_name = optional(LONGEST_NAME)
    infix = optional(20)
    last_name = optional(LONGEST_NAME)
    roles = roles()


class Users(Base):
    """``query``: part of what one of the columns shows; pages count from 1. ``customer_id``: staff only."""

    customer_id = maybe_identifier()
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
    """``customer_id``: staff only."""

    customer_id = maybe_identifier()
    reason = reason()
    username = required(LONGEST_NAME)
    welcome = choice()
    password = password(shortest=0, load_default="")


class ChangeUser(WithDetails):
    user_id = identifier()
    reason = reason()


class ChangeDetails(WithDetails):
    pass


class OfUser(Command):
    user_id = identifier()
    reason = reason()


class ChangeRoles(OfUser):
    roles = roles()


class ChangeRegistrations(OfUser):
    registrations = registrations()


class BlockUser(OfUser):
    blocked = choice()


class ResetSecondStep(OfUser):
    reason = optional(LONGEST_REASON)


class SecondStepDuty(Command):
    """``customer_id`` is for staff only."""

    on = choice()
    customer_id = fields.String(load_default=None, allow_none=True)
    reason = optional(LONGEST_REASON)


class ChangeUsername(Command):
    username = required(LONGEST_NAME)


class ChangePassword(Command):
    old = password(required=True)
    new = password(required=True)


class SecondStep(Base):
    """``customer_id`` is for staff only."""

    customer_id = fields.String(load_default=None, allow_none=True)


class BeginSecondStep(Command):
    pass


class ConfirmSecondStep(Command):
    code = required(LONGEST_CODE)


class WithPassword(Command):
    """What asks the acting person's password and, from who has a second step, an app's or a recovery code."""

    password = password(required=True)
    code = optional(LONGEST_CODE)


class ConfirmPresence(Base):
    """``code``: an app's or a recovery code, from who has a second step."""

    password = password(required=True)
    code = optional(LONGEST_CODE)


class SetPreferences(Command):
    """What is not sent stays as it is."""

    language = fields.String(load_default=None, allow_none=True, validate=one_of(*LANGUAGES))
    theme = fields.String(load_default=None, allow_none=True, validate=one_of(*THEMES))


class RoleGivers(Base):
    role = fields.String(required=True, validate=one_of(*Role))


class TokenLogin(Base):
    """``token``: as the program sent it."""

    token = required(200)
    address = address()


class CreateToken(Command):
    """``expires_on``: the last day on which it works."""

    name = required(LONGEST_TOKEN_NAME)
    roles = roles()
    expires_on = fields.Date(required=True, format="%Y-%m-%d")


class RevokeToken(Command):
    token_id = identifier()


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
        load_default="", validate=validate.Regexp(r"([0-9a-f]{24})?\Z", error=lazy_gettext("Dit is geen ID."))
    )
    limit = whole(1, LARGEST_PAGE, default=100)
    customer_id = maybe_identifier()


class RetryMail(Command):
    mail_id = fields.String(
        required=True, validate=validate.Regexp(r"[0-9a-f]{24}\Z", error=lazy_gettext("Dit is geen ID."))
    )
