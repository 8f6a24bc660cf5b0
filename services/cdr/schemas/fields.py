"""Fields that several requests have."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.schema import length
from shared.words import lazy_gettext as _l


def command_id() -> fields.String:
    """The caller's own ID of a change."""
    return fields.String(required=True, validate=length(8, 64))


def reason() -> fields.String:
    """Why, for the audit log."""
    return fields.String(
        required=True, validate=validate.Length(3, 500, error=_l("Schrijf in 3 tot 500 tekens waarom."))
    )
