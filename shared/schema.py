"""The base of every marshmallow schema: unknown fields are refused, messages are Dutch."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate

_DUTCH: dict[type[fields.Field], dict[str, str]] = {  # type: ignore[type-arg]
    fields.Field: {
        "required": "Vul dit in.",
        "null": "Vul dit in.",
        "validator_failed": "Deze waarde past hier niet.",
    },
    fields.String: {"invalid": "Dit moet tekst zijn.", "invalid_utf8": "Deze tekens kunnen we niet lezen."},
    fields.Integer: {"invalid": "Vul een heel getal in."},
    fields.Number: {"invalid": "Vul een getal in.", "too_large": "Dit getal is te groot."},
    fields.Decimal: {"invalid": "Vul een getal in.", "special": "Vul een gewoon getal in."},
    fields.Boolean: {"invalid": "Kies ja of nee."},
    fields.Date: {"invalid": "Vul een datum in als dd-mm-jjjj.", "format": "Vul een datum in."},
    fields.DateTime: {"invalid": "Vul een datum en tijd in.", "format": "Vul een datum en tijd in."},
    fields.AwareDateTime: {"invalid_awareness": "De tijdzone ontbreekt."},
    fields.List: {"invalid": "Dit moet een lijst zijn."},
    fields.Nested: {"type": "Dit heeft niet de goede vorm."},
    fields.Mapping: {"invalid": "Dit heeft niet de goede vorm."},
    fields.Email: {"invalid": "Dit is geen e-mailadres."},
}

for _field, _messages in _DUTCH.items():
    _field.default_error_messages = {**_field.default_error_messages, **_messages}

Schema.error_messages = {
    **Schema.error_messages,
    "unknown": "Dit veld kennen we hier niet.",
    "type": "Dit heeft niet de goede vorm.",
}


class Base(Schema):
    """Refuses what it does not know, also inside nested objects."""

    class Meta:
        unknown = RAISE


def length(minimum: int, maximum: int) -> validate.Length:
    """A text's length, said in Dutch."""
    return validate.Length(minimum, maximum, error=f"Gebruik {minimum} tot en met {maximum} tekens.")


def one_of(*choices: str) -> validate.OneOf:
    return validate.OneOf(choices, error="Kies een van de mogelijkheden: {choices}.")
