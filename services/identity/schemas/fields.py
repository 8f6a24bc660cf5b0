"""The fields of which requests are made, each with its limits."""

from __future__ import annotations

import unicodedata
from ipaddress import ip_address
from typing import Any

from marshmallow import ValidationError, fields, validate

from services.identity.domain.credentials import LONGEST_PASSWORD
from services.identity.domain.users import Registration, Role
from shared.schema import Base, length, one_of
from shared.words import gettext, lazy_gettext

LONGEST_NAME = 100
LONGEST_REASON = 500
LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3: a path of 256 with its brackets


def printable(value: str) -> None:
    """No control characters, and no halves of characters (JSON can carry both)."""
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
        raise ValidationError(gettext("Hier staan tekens in die we niet kunnen bewaren."))


def is_email(value: str) -> None:
    if value:
        validate.Email(error=lazy_gettext("Dit is geen e-mailadres."))(value)


def is_address(value: str) -> None:
    try:
        ip_address(value)
    except ValueError:
        raise ValidationError(gettext("Dit is geen IP-adres.")) from None


class Line(fields.String):
    """A line of text, without the blanks around it and with each accent in one character."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        return unicodedata.normalize("NFC", str(text)).strip()


class Command(Base):
    """A change. ``command_id`` is the caller's choice: the same again has one effect and one answer."""

    command_id = fields.String(
        required=True,
        validate=validate.Regexp(
            r"[0-9A-Za-z_.:-]{8,64}\Z",
            error=lazy_gettext("Gebruik 8 tot en met 64 letters, cijfers en . _ : -"),
        ),
    )


def required(maximum: int, minimum: int = 1) -> Line:
    return Line(required=True, validate=[length(minimum, maximum), printable])


def optional(maximum: int) -> Line:
    return Line(load_default="", validate=[length(0, maximum), printable])


def maybe_empty(maximum: int) -> Line:
    """Must be sent, may be empty: a change that forgets one must not wipe it."""
    return Line(required=True, validate=[length(0, maximum), printable])


def email(**options: Any) -> Line:
    return Line(**options, validate=[length(0, LONGEST_EMAIL), printable, is_email])


def password(shortest: int = 1, **options: Any) -> fields.String:
    return fields.String(**options, validate=[length(shortest, LONGEST_PASSWORD), printable])


def address() -> fields.String:
    return fields.String(required=True, validate=is_address)


def whole(lowest: int, highest: int, default: int | None) -> fields.Integer:
    in_range = validate.Range(lowest, highest, error=lazy_gettext("Kies {min} tot en met {max}."))
    return fields.Integer(load_default=default, allow_none=default is None, strict=True, validate=in_range)


def identifier() -> fields.String:
    return fields.String(
        required=True, validate=validate.Regexp(r"[0-9a-f]{32}\Z", error=lazy_gettext("Dit is geen ID."))
    )


def maybe_identifier() -> fields.String:
    pattern = validate.Regexp(r"[0-9a-f]{32}\Z", error=lazy_gettext("Dit is geen ID."))
    return fields.String(load_default=None, allow_none=True, validate=pattern)


def reason(shortest: int = 0) -> Line:
    """Why staff do it: for the audit log."""
    return required(LONGEST_REASON, shortest) if shortest else optional(LONGEST_REASON)


def choice() -> fields.Boolean:
    return fields.Boolean(required=True, truthy={True}, falsy={False})


def roles() -> fields.List[str]:
    return fields.List(fields.String(validate=one_of(*Role)), required=True)


def registrations() -> fields.List[str]:
    return fields.List(fields.String(validate=one_of(*Registration)), required=True)
