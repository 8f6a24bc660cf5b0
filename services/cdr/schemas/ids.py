"""IDs of ours in requests."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.words import lazy_gettext as _l

_IDENTITY = validate.Regexp(r"[0-9a-f]{32}\Z", error=_l("Dit is geen ID van ons."))


def identity() -> fields.String:
    """An ID of ours: 32 hexadecimal digits. Stores make names of fields of some, so nothing else may pass."""
    return fields.String(required=True, validate=_IDENTITY)


def identity_or_none() -> fields.String:
    """The same, where it may be left out."""
    return fields.String(load_default=None, allow_none=True, validate=_IDENTITY)
