"""The base of every marshmallow schema: unknown fields are refused, messages are in the reader's language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from shared.words import gettext as _
from shared.words import lazy_gettext as _l

FIRST_MOMENT, AFTER_THE_LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Clocks in any zone can reckon with what lies between."""

_MESSAGES: dict[type[fields.Field], dict[str, Any]] = {  # type: ignore[type-arg]
    fields.Field: {
        "required": _l("Vul dit in."),
        "null": _l("Vul dit in."),
        "validator_failed": _l("Deze waarde past hier niet."),
    },
    fields.String: {
        "invalid": _l("Dit moet tekst zijn."),
        "invalid_utf8": _l("Deze tekens kunnen we niet lezen."),
    },
    fields.Integer: {"invalid": _l("Vul een heel getal in.")},
    fields.Number: {"invalid": _l("Vul een getal in."), "too_large": _l("Dit getal is te groot.")},
    fields.Decimal: {"invalid": _l("Vul een getal in."), "special": _l("Vul een gewoon getal in.")},
    fields.Boolean: {"invalid": _l("Kies ja of nee.")},
    fields.Date: {"invalid": _l("Vul een datum in als dd-mm-jjjj."), "format": _l("Vul een datum in.")},
    fields.DateTime: {"invalid": _l("Vul een datum en tijd in."), "format": _l("Vul een datum en tijd in.")},
    fields.AwareDateTime: {"invalid_awareness": _l("De tijdzone ontbreekt.")},
    fields.List: {"invalid": _l("Dit moet een lijst zijn.")},
    fields.Nested: {"type": _l("Dit heeft niet de goede vorm.")},
    fields.Mapping: {"invalid": _l("Dit heeft niet de goede vorm.")},
    fields.Email: {"invalid": _l("Dit is geen e-mailadres.")},
}

for _field, _messages in _MESSAGES.items():
    _field.default_error_messages = {**_field.default_error_messages, **_messages}

Schema.error_messages = {
    **Schema.error_messages,
    "unknown": _l("Dit veld kennen we hier niet."),
    "type": _l("Dit heeft niet de goede vorm."),
}


class Base(Schema):
    """Refuses what it does not know, also inside nested objects."""

    class Meta:
        unknown = RAISE


def length(minimum: int, maximum: int) -> validate.Length:
    """A text's length."""
    words = _l("Gebruik %(least)s tot en met %(most)s tekens.", least=minimum, most=maximum)
    return validate.Length(minimum, maximum, error=words)


def moment(**options: Any) -> fields.AwareDateTime:
    """A moment of the years 2000 to 2099."""
    return fields.AwareDateTime(validate=of_our_years, **options)


def of_our_years(value: datetime) -> None:
    """Raises ValidationError for an aware moment before 2000 or after 2099."""
    if not FIRST_MOMENT <= value < AFTER_THE_LAST:
        raise ValidationError(_("Kies een moment van 2000 tot en met 2099."))


def one_of(*choices: str) -> validate.OneOf:
    return validate.OneOf(choices, error=_l("Kies een van de mogelijkheden: {choices}."))
