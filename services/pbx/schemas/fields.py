"""Fields that people fill in. They answer wrong input with a sentence, and take what has one meaning only."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, validate

from services.pbx.domain.numbers import fixed_number
from services.pbx.domain.routing.classes import is_outside, normalise, reserved
from shared.schema import length
from shared.words import gettext, lazy_gettext

LONGEST_NAME = 60
LONGEST_EMAIL = 254
EXTENSION = re.compile(r"[1-9][0-9]{1,3}", re.ASCII)
"""2, 3 or 4 digits; it cannot begin with 0, which begins every number outside."""


class FixedNumber(fields.String):
    """A fixed number in any usual notation; becomes E.164."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            return fixed_number(text)
        except ValueError as problem:
            raise ValidationError(str(problem)) from problem


def random_id(required: bool = True) -> fields.String:
    pattern = validate.Regexp(r"^[0-9a-f]{32}\Z", error=lazy_gettext("Dit is geen geldig kenmerk."))
    return fields.String(required=required, allow_none=not required, validate=pattern)


def command_id() -> fields.String:
    """Chosen by the caller; the same call with the same ID has one effect and one answer."""
    error = lazy_gettext("Gebruik 8 tot en met 64 letters en cijfers.")
    pattern = validate.Regexp(r"^[0-9A-Za-z_.:-]{8,64}\Z", error=error)
    return fields.String(required=True, validate=pattern)


class Destination(fields.String):
    """Where a call goes: an extension, or an outside number in any usual notation; empty for none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        if not text or EXTENSION.fullmatch(text) and not reserved(text):
            return text
        number = outside_number(text)
        if number is None:
            raise ValidationError(
                gettext("Vul een extensie in, zoals 209, of een telefoonnummer, zoals 085-000 16 11.")
            )
        return number


class OutsideNumber(fields.String):
    """A number of the public network in any usual notation; becomes E.164."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        number = outside_number(str(super()._deserialize(value, attr, data, **kwargs)).strip())
        if number is None:
            raise ValidationError(
                gettext("Dit is geen telefoonnummer. Schrijf het als 085-000 16 11 of +31850001611.")
            )
        return number


class OwnNumber(FixedNumber):
    """One of the customer's numbers; empty for none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return None if value == "" else super()._deserialize(value, attr, data, **kwargs)


class Extension(fields.String):
    """2, 3 or 4 digits; empty for none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        if not text:
            return None
        if not EXTENSION.fullmatch(text):
            raise ValidationError(
                gettext("Gebruik 2, 3 of 4 cijfers en begin niet met een 0, bijvoorbeeld 209.")
            )
        return text


class OptionalEmail(fields.String):
    """An e-mail address of at most 254 characters (RFC 5321); empty for none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        sentence = gettext("Dit is geen e-mailadres.")
        if len(text) > LONGEST_EMAIL:
            raise ValidationError(sentence)
        return str(validate.Email(error=sentence)(text)) if text else ""


class Name(fields.String):
    """A line of text as people write names; spaces around it go."""

    def __init__(self, least: int = 0, most: int = LONGEST_NAME, **kwargs: Any) -> None:
        plain = validate.Regexp(
            r"^[^\x00-\x1f\x7f<>\"\ud800-\udfff]*\Z",
            error=lazy_gettext("Gebruik gewone tekens, zonder < > en aanhalingstekens."),
        )
        super().__init__(validate=[length(least, most), plain], **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return str(super()._deserialize(value, attr, data, **kwargs)).strip()


class OptionalId(fields.String):
    """A random ID, or a built-in one (``always``); empty for none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = str(super()._deserialize(value, attr, data, **kwargs))
        if text and not re.fullmatch(r"[0-9a-f]{32}|always", text):
            raise ValidationError(gettext("Dit is geen geldig kenmerk."))
        return text or None


def whole(least: int, most: int, **kwargs: Any) -> fields.Integer:
    """A whole number in a range."""
    error = lazy_gettext("Kies %(least)s tot en met %(most)s.", least=least, most=most)
    return fields.Integer(validate=validate.Range(least, most, error=error), **kwargs)


def clock(ends: bool = False) -> fields.String:
    """A time of the day, 08:30; one that ``ends`` a day may be 24:00."""
    times = r"([01][0-9]|2[0-3]):[0-5][0-9]" + ("|24:00" if ends else "")
    pattern = validate.Regexp(rf"^({times})\Z", error=lazy_gettext("Vul een tijd in, zoals 08:30."))
    return fields.String(allow_none=True, validate=pattern)


def outside_number(text: str) -> str | None:
    """The E.164 form of a number of the public network; None for what is none, also for short numbers such
    as 112, where no call can be sent on to."""
    found = normalise(text)
    return found if found.startswith("+") and is_outside(found) else None


def reason() -> fields.String:
    """Why, for the audit log: a line of text."""
    error = lazy_gettext("Gebruik ten hoogste 500 gewone tekens.")
    plain = validate.Regexp(r"^[^\x00-\x1f\x7f\ud800-\udfff]{0,500}\Z", error=error)
    return fields.String(load_default="", validate=plain)
