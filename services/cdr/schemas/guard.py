"""Requests about limits, the watch over fraud, charts, jobs and retention."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from services.cdr.schemas import SelectionSchema
from services.cdr.schemas.fields import command_id, reason
from services.cdr.schemas.ids import identity, identity_or_none
from shared.jobs import JobState
from shared.schema import Base, one_of
from shared.words import lazy_gettext as _l

_MOST = Decimal(1_000_000)
MOST_HOURS = timedelta(days=7)


class SetVoipLimit(Base):
    limit = fields.Decimal(
        required=True,
        allow_none=True,
        places=None,
        allow_nan=False,
        validate=validate.Range(
            Decimal(0), _MOST, error=_l("Vul een bedrag in van € 0,00 tot en met € 1.000.000,00.")
        ),
    )
    command_id = command_id()

    @validates_schema
    def _cents(self, data: dict[str, Any], **_: Any) -> None:
        limit = data.get("limit")
        if limit is not None and limit != round(limit, 2):
            raise ValidationError(_l("Gebruik hoogstens twee decimalen."), "limit")


class SetFraudWatch(Base):
    block = fields.Boolean(required=True)
    command_id = command_id()


class LiftFraudAlert(Base):
    alert_id = identity()
    reason = reason()
    command_id = command_id()


class Series(Base):
    selection = fields.Nested(SelectionSchema, load_default=lambda: SelectionSchema().load({}))
    by = fields.String(load_default="day", validate=one_of("day", "hour"))

    @validates_schema
    def _few_days_by_hour(self, data: dict[str, Any], **_: Any) -> None:
        selection = data["selection"]
        if data["by"] == "hour" and (
            selection.first is None or selection.last - selection.first >= MOST_HOURS
        ):
            raise ValidationError(_l("Kies hoogstens zeven dagen om per uur te zien."), "selection.to")


class Top(Base):
    selection = fields.Nested(SelectionSchema, load_default=lambda: SelectionSchema().load({}))
    of = fields.String(load_default="type", validate=one_of("sender", "receiver", "type"))
    limit = fields.Integer(load_default=5, strict=True, validate=validate.Range(1, 50))


class Jobs(Base):
    state = fields.String(load_default=None, allow_none=True, validate=one_of(*JobState))
    limit = fields.Integer(load_default=50, strict=True, validate=validate.Range(1, 200))


class Retention(Base):
    customer_id = identity_or_none()


class SetRetention(Retention):
    months = fields.Integer(
        required=True,
        allow_none=True,
        strict=True,
        validate=validate.Range(3, 120, error=_l("Kies 3 tot en met 120 maanden.")),
    )
    reason = reason()
    command_id = command_id()
