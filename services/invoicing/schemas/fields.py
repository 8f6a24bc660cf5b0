"""Fields of requests. They answer wrong input with a sentence."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

from marshmallow import ValidationError, fields, validate

from services.invoicing.domain import iban
from shared.schema import length
from shared.words import gettext as _
from shared.words import lazy_gettext as _l

LARGEST_LOGO = 200_000
PNG = b"\x89PNG\r\n\x1a\n"
MOST = Decimal("10000000")


def random_id(required: bool = True) -> fields.String:
    pattern = validate.Regexp(r"^[0-9a-f]{32}\Z", error=_l("Dit is geen geldig kenmerk."))
    preset: dict[str, Any] = {} if required else {"load_default": None}
    return fields.String(required=required, allow_none=not required, validate=pattern, **preset)


def command_id() -> fields.String:
    """Chosen by the caller; the same call with the same ID has one effect and one answer."""
    error = _l("Gebruik 8 tot en met 64 letters en cijfers.")
    pattern = validate.Regexp(r"^[0-9A-Za-z_.:-]{8,64}\Z", error=error)
    return fields.String(required=True, validate=pattern)


def period(required: bool = True) -> fields.String:
    pattern = validate.Regexp(r"^[12][0-9]{3}-(0[1-9]|1[0-2])\Z", error=_l("Schrijf een maand als 2026-10."))
    preset: dict[str, Any] = {} if required else {"load_default": None}
    return fields.String(required=required, allow_none=not required, validate=pattern, **preset)


def day(**kwargs: Any) -> fields.Date:
    error = _l("Kies een dag van 2000 tot en met 2099.")
    return fields.Date(validate=validate.Range(date(2000, 1, 1), date(2099, 12, 31), error=error), **kwargs)


def line(least: int, most: int, **kwargs: Any) -> fields.String:
    """A line of text as people write it."""
    plain = validate.Regexp(r"^[^\x00-\x1f\x7f\ud800-\udfff]*\Z", error=_l("Gebruik gewone tekens."))
    return Trimmed(validate=[length(least, most), plain], **kwargs)


class Trimmed(fields.String):
    """Spaces around a text go."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return str(super()._deserialize(value, attr, data, **kwargs)).strip()


def amount(decimals: int, negative: bool = False, **kwargs: Any) -> fields.Decimal:
    """Euro (or a quantity) with at most so many decimals."""
    return Amount(decimals, negative, **kwargs)


class Amount(fields.Decimal):
    def __init__(self, decimals: int, negative: bool, **kwargs: Any) -> None:
        super().__init__(allow_nan=False, **kwargs)
        self.decimals = decimals
        self.negative = negative

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, float):
            raise ValidationError(_("Vul een getal in."))
        found: Decimal = super()._deserialize(value, attr, data, **kwargs)
        exponent = found.as_tuple().exponent
        if (
            not isinstance(exponent, int)
            or -exponent > self.decimals
            and found != round(found, self.decimals)
        ):
            raise ValidationError(_("Gebruik ten hoogste %(count)s decimalen.", count=self.decimals))
        if abs(found) > MOST or (found < 0 and not self.negative):
            raise ValidationError(_("Vul een bedrag van 0 tot en met 10.000.000 in."))
        return found


class Iban(fields.String):
    """With or without spaces; empty for none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = iban.normal(str(super()._deserialize(value, attr, data, **kwargs)))
        if text and not iban.is_iban(text):
            raise ValidationError(_("Dit is geen IBAN: controleer de cijfers."))
        return text


class Logo(fields.String):
    """A PNG or SVG of at most 200 kB, in base64; empty for none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            content = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as problem:
            raise ValidationError(_("Dit heeft niet de goede vorm.")) from problem
        if len(content) > LARGEST_LOGO:
            raise ValidationError(_("Een logo mag ten hoogste 200 kB groot zijn."))
        if content and not content.startswith(PNG) and not is_svg(content):
            raise ValidationError(_("Dit is geen PNG of SVG. Kies een ander bestand."))
        return content


def is_svg(content: bytes) -> bool:
    """Whether it is an SVG document, without a document type, in which entities could be."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        return False
    try:
        return ElementTree.fromstring(content).tag.rpartition("}")[2] == "svg"
    except (ElementTree.ParseError, ValueError, LookupError):
        return False
