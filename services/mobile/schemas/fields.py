"""Fields that people fill in. They answer wrong input with a sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate

from services.mobile.domain.numbers import mobile_number
from shared.words import lazy_gettext

LARGEST_PAGE = 1000
LONGEST_LABEL = 40


class MobileNumber(fields.String):
    """A Dutch mobile number in any usual notation; becomes E.164."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            return mobile_number(text)
        except ValueError as problem:
            raise ValidationError(str(problem)) from problem


def day() -> fields.Date:
    error = lazy_gettext("Kies een dag van 2000 tot en met 2099.")
    years = validate.Range(date(2000, 1, 1), date(2099, 12, 31), error=error)
    return fields.Date(required=True, validate=years)


def month() -> fields.String:
    error = lazy_gettext("Vul een maand in als 2026-11.")
    return fields.String(
        required=True, validate=validate.Regexp(r"^20[0-9]{2}-(0[1-9]|1[0-2])\Z", error=error)
    )


def random_id(required: bool = True) -> fields.String:
    pattern = validate.Regexp(r"^[0-9a-f]{32}\Z", error=lazy_gettext("Dit is geen geldig kenmerk."))
    return fields.String(required=required, allow_none=not required, validate=pattern)


def command_id() -> fields.String:
    """Chosen by the caller; the same call with the same ID has one effect and one answer."""
    error = lazy_gettext("Gebruik 8 tot en met 64 letters en cijfers.")
    pattern = validate.Regexp(r"^[0-9A-Za-z_.:-]{8,64}\Z", error=error)
    return fields.String(required=True, validate=pattern)


def sim_number(required: bool = False) -> fields.String:
    """An ICCID as it is printed on the card: 89 and 17 or 18 more digits (ITU-T E.118)."""
    error = lazy_gettext("Een SIM-nummer heeft 19 of 20 cijfers en begint met 89.")
    if required:
        return fields.String(required=True, validate=validate.Regexp(r"^89[0-9]{17,18}\Z", error=error))
    return fields.String(load_default="", validate=validate.Regexp(r"^(89[0-9]{17,18})?\Z", error=error))


def puk() -> fields.String:
    """Eight digits (3GPP TS 31.101); empty when nobody told it."""
    error = lazy_gettext("Een PUK-code heeft 8 cijfers.")
    return fields.String(load_default="", validate=validate.Regexp(r"^([0-9]{8})?\Z", error=error))


def label(required: bool = False) -> fields.String:
    """No control characters, and no halves of characters (JSON can carry both)."""
    error = lazy_gettext("Gebruik ten hoogste %(longest_label)s gewone tekens.", longest_label=LONGEST_LABEL)
    pattern = validate.Regexp(rf"^[^\x00-\x1f\x7f\ud800-\udfff]{{0,{LONGEST_LABEL}}}\Z", error=error)
    if required:
        return fields.String(required=True, validate=pattern)
    return fields.String(load_default="", validate=pattern)


def page_limit(default: int, most: int = LARGEST_PAGE) -> fields.Integer:
    error = lazy_gettext("Kies 1 tot en met {max}.")
    return fields.Integer(strict=True, load_default=default, validate=validate.Range(1, most, error=error))


def amount(most: int = 1000, decimals: int = 2) -> fields.String:
    """Euro ex VAT with a point, as ``7.50``; null: as the product has it."""
    error = lazy_gettext("Vul een bedrag in als 7.50, tot en met %(most)s euro.", most=most)
    shape = rf"^([0-9]{{1,{len(str(most)) - 1}}}(\.[0-9]{{1,{decimals}}})?|{most}(\.0+)?)\Z"
    return fields.String(load_default=None, allow_none=True, validate=validate.Regexp(shape, error=error))
