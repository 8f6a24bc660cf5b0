"""What those who bill ask."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from services.cdr.domain.periods import parse_period
from services.cdr.domain.selection import Place
from services.cdr.schemas import CursorField
from services.cdr.schemas.ids import identity
from shared.schema import Base
from shared.words import gettext

LARGEST_PAGE = 2_000


class Unrated(Base):
    period = fields.String(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        try:
            data["period"] = parse_period(data["period"])
        except ValueError as problem:
            raise ValidationError(gettext("Schrijf de periode als 2026-10."), "period") from problem
        return data


class Statement(Unrated):
    customer_id = identity()


class StatementRows(Statement):
    """``after`` is ``next`` of the page before."""

    after = CursorField(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=500, strict=True, validate=validate.Range(1, LARGEST_PAGE))

    @post_load
    def begin(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        place: Place | None = data["after"]
        if place is not None and place.key is None:
            raise ValidationError(
                gettext("Deze plek in de lijst bestaat niet meer. Begin bovenaan."), "after"
            )
        return data
