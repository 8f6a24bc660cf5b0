"""What staff ask about re-rating."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from services.cdr.domain.periods import parse_period
from services.cdr.domain.plan_cells import CellError
from services.cdr.domain.plan_cells import prefix as read_prefix
from services.cdr.domain.rerating import Scope
from services.cdr.schemas.fields import command_id, reason
from services.cdr.schemas.ids import identity, identity_or_none
from shared.schema import Base, length
from shared.words import gettext as _

MOST_DAYS = 400


class ScopeSchema(Base):
    """A period, or days from–to (both included); the rest narrows it down."""

    period = fields.String(load_default=None, allow_none=True)
    first = fields.Date(data_key="from", load_default=None, allow_none=True)
    last = fields.Date(data_key="to", load_default=None, allow_none=True)
    customer_id = identity_or_none()
    prefix = fields.String(load_default="", validate=length(0, 40))
    plan = fields.String(load_default="", validate=length(0, 80))

    @validates_schema
    def _one_span(self, data: dict[str, Any], **_kwargs: Any) -> None:
        first, last = data.get("first"), data.get("last")
        if bool(data.get("period")) == bool(first or last):
            raise ValidationError(_("Kies een periode, of een van-tot."), "period")
        if data.get("period"):
            return
        if first is None or last is None:
            raise ValidationError(_("Vul beide dagen in."), "from" if first is None else "to")
        if last < first:
            raise ValidationError(_("De einddatum ligt voor de begindatum."), "to")
        if (last - first).days >= MOST_DAYS:
            raise ValidationError(_("Kies hoogstens %(n)s dagen.", n=MOST_DAYS), "to")
        if not 2000 <= first.year <= last.year <= 2099:
            raise ValidationError(_("Kies dagen tussen 2000 en 2099."), "from")

    @post_load
    def make(self, data: dict[str, Any], **_kwargs: Any) -> Scope:
        period = _period(data["period"]) if data["period"] else None
        prefix = _prefix(data["prefix"].strip())
        return Scope(period, data["first"], data["last"], data["customer_id"], prefix, data["plan"])


def _period(text: str) -> int:
    try:
        return parse_period(text)
    except ValueError as problem:
        raise ValidationError(_("Schrijf de periode als 2026-10."), "period") from problem


def _prefix(text: str) -> str:
    """In the notation of plans, however it was written."""
    try:
        return read_prefix(text, "data" if "data:" in text else "voice") if text else ""
    except CellError as problem:
        raise ValidationError(str(problem), "prefix") from problem


class RerateScope(Base):
    scope = fields.Nested(ScopeSchema, required=True)
    command_id = command_id()


class RerateJob(Base):
    job_id = identity()


class WeightCursor(Base):
    """Where a page in order of difference begins: after the one with this difference and ID."""

    weight = fields.Integer(required=True, strict=True)
    id = fields.String(required=True, validate=length(1, 220))


class ReratePage(RerateJob):
    """``customer_id`` narrows the list of rows to one customer."""

    customer_id = identity_or_none()
    after = fields.Nested(WeightCursor, load_default=None, allow_none=True)
    limit = fields.Integer(load_default=50, strict=True, validate=validate.Range(1, 200))


class RerateList(Base):
    limit = fields.Integer(load_default=20, strict=True, validate=validate.Range(1, 100))


class RerateApply(RerateJob):
    reason = reason()
    command_id = command_id()


class RerateCancel(RerateJob):
    command_id = command_id()


class ExplainRow(Base):
    row_id = fields.String(required=True, validate=length(3, 200))
