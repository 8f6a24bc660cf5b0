"""What comes in by RPC, checked and turned into values of the domain."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from services.cdr.domain.call_types import CALL_TYPES
from services.cdr.domain.numbers import spellings
from services.cdr.domain.period_lines import ABOVE, WITHIN
from services.cdr.domain.periods import day_of, first_day, parse_period, period_of
from services.cdr.domain.refusal import Reason
from services.cdr.domain.selection import Comparison, Condition, Place, Selection
from services.cdr.schemas.ids import identity
from shared.money import MICRO
from shared.schema import Base, length, one_of
from shared.words import gettext, lazy_gettext

DAYS = date(2000, 1, 1), date(2099, 12, 31)
MAX_DAYS = 400
CURRENT = "current"
_MAX_AMOUNT = Decimal(1_000_000)
_MAX_SECONDS = 10_000_000


def today() -> date:
    return day_of(datetime.now(UTC))


class AmountCondition(Base):
    op = fields.String(required=True, validate=one_of(*Comparison))
    value = fields.Decimal(
        required=True,
        allow_nan=False,
        validate=validate.Range(-_MAX_AMOUNT, _MAX_AMOUNT, error=lazy_gettext("Dit bedrag is te groot.")),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Condition:
        scaled = data["value"] * MICRO
        if scaled != int(scaled):
            raise ValidationError(gettext("Gebruik hoogstens zes decimalen."), "value")
        return Condition(Comparison(data["op"]), int(scaled))


class DurationCondition(Base):
    op = fields.String(required=True, validate=one_of(*Comparison))
    value = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(
            0, _MAX_SECONDS, error=lazy_gettext("Vul een aantal seconden in, 0 of meer.")
        ),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Condition:
        return Condition(Comparison(data["op"]), data["value"])


def _part_of_number(text: str) -> None:
    try:
        spellings(text)
    except ValueError as problem:
        raise ValidationError(
            gettext("Schrijf het nummer, of een deel ervan, aan elkaar en zonder letters: 0612 of +32.")
        ) from problem


class SelectionSchema(Base):
    period = fields.String(load_default=None, allow_none=True)
    first = fields.Date(data_key="from", load_default=None, allow_none=True)
    last = fields.Date(data_key="to", load_default=None, allow_none=True)
    product = fields.String(load_default=None, allow_none=True, validate=one_of("telephony", "mobile"))
    types = fields.List(
        fields.String(validate=one_of(*CALL_TYPES, *ABOVE.values(), *WITHIN.values())),
        load_default=list,
        validate=validate.Length(max=50),
    )
    sender = fields.String(load_default="", validate=[validate.Length(max=40), _part_of_number])
    receiver = fields.String(load_default="", validate=[validate.Length(max=40), _part_of_number])
    amount = fields.Nested(AmountCondition, load_default=None, allow_none=True)
    duration = fields.Nested(DurationCondition, load_default=None, allow_none=True)

    @validates_schema
    def _period_or_days(self, data: dict[str, Any], **_: Any) -> None:
        first, last = data.get("first"), data.get("last")
        if first is None and last is None:
            return
        if data.get("period"):
            raise ValidationError(gettext("Kies een periode of een van-tot, niet allebei."), "period")
        if first is None or last is None:
            missing = "from" if first is None else "to"
            raise ValidationError(gettext("Vul beide dagen in."), missing)
        if last < first:
            raise ValidationError(gettext("De einddatum ligt voor de begindatum."), "to")
        if (last - first).days >= MAX_DAYS:
            raise ValidationError(gettext("Kies hoogstens %(max_days)s dagen.", max_days=MAX_DAYS), "to")
        if not DAYS[0] <= first <= last <= DAYS[1]:
            raise ValidationError(gettext("Kies dagen tussen 2000 en 2099."), "from")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Selection:
        period = None
        if data["first"] is None:
            written = data.pop("period") or CURRENT
            try:
                period = period_of(datetime.now(UTC)) if written == CURRENT else parse_period(written)
            except ValueError as problem:
                raise ValidationError(gettext("Kies een factuurperiode uit de lijst."), "period") from problem
        data["period"] = period
        data["types"] = frozenset(data["types"])
        return Selection(**data)


class CountingRequest(Base):
    selection = fields.Nested(SelectionSchema, load_default=lambda: SelectionSchema().load({}))


class TotalsRequest(CountingRequest):
    """``counting``: whether what takes too long to wait for shall be counted in the background."""

    by = fields.String(load_default="total", validate=one_of("total", "type", "number", "number_type"))
    counting = fields.Boolean(load_default=False)


BY_ROW = ("sender", "receiver", "amount", "duration")
"""Filters for which rows may have to be looked at, which takes its time."""


class Figures(Base):
    """What a page shows of a selection; see usage_views.figures."""

    selection = fields.Nested(SelectionSchema(exclude=BY_ROW), required=True)
    totals = fields.List(
        fields.String(validate=one_of("total", "type", "number", "number_type")),
        load_default=list,
        validate=validate.Length(max=4),
    )
    top = fields.List(
        fields.String(validate=one_of("sender", "type")), load_default=list, validate=validate.Length(max=2)
    )
    limit = fields.Integer(load_default=5, strict=True, validate=validate.Range(1, 50))
    dearest = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 50))


class OfCustomer(Base):
    customer_id = identity()


class TotalsOfCustomer(OfCustomer, TotalsRequest):
    """The same, of a customer that staff names."""


class _Key(Base):
    """What is inside a cursor: the row that a page begins after."""

    newer = fields.Boolean(load_default=False)
    start = fields.AwareDateTime(required=True, default_timezone=UTC)
    amount = fields.Integer(required=True, strict=True)
    id = fields.String(required=True, validate=length(3, 200))


class _Jump(Base):
    before = fields.Date(
        required=True, validate=validate.Range(*DAYS, error=lazy_gettext("Kies een dag tussen 2000 en 2099."))
    )


class CursorField(fields.Field[Place]):
    """Where a page begins: text from an earlier answer, or ``{"before": day}`` to jump to a day."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Place:
        if isinstance(value, dict):
            return Place(before=_Jump().load(value)["before"])
        try:
            key = _Key().load(json.loads(base64.urlsafe_b64decode(value)))
        except (ValueError, TypeError, RecursionError) as problem:
            raise ValidationError(
                gettext("Deze plek in de lijst bestaat niet meer. Begin bovenaan.")
            ) from problem
        return Place(
            key={"_id": key["id"], "start": key["start"], "amount": key["amount"]}, newer=key["newer"]
        )


def cursor(row: dict[str, Any], newer: bool) -> str:
    """The text that leads to the rows after (or, with ``newer``, before) this one."""
    key = {"id": row["_id"], "start": row["start"].isoformat(), "amount": row["amount"], "newer": newer}
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


class DetailsRequest(CountingRequest):
    """``counting`` as in :class:`TotalsRequest`."""

    counting = fields.Boolean(load_default=False)
    cursor = CursorField(load_default=Place(), allow_none=True)
    limit = fields.Integer(load_default=50, strict=True, validate=validate.Range(1, 200))
    sort = fields.String(load_default="start", validate=one_of("start", "amount"))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        data["cursor"] = data["cursor"] or Place()
        return data


class DetailsOfCustomer(OfCustomer, DetailsRequest):
    """The same, of a customer that staff names."""


class ClosePeriod(Base):
    customer_id = identity()
    period = fields.String(required=True)
    command_id = fields.String(load_default="", validate=validate.Length(max=64))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        try:
            data["period"] = parse_period(data["period"])
        except ValueError as problem:
            raise ValidationError(gettext("Schrijf de periode als 2026-10."), "period") from problem
        if first_day(data["period"]) >= today():
            raise ValidationError(gettext("Deze periode moet nog beginnen."), "period")
        return data


class QuarantineRequest(Base):
    reason = fields.String(required=True, validate=one_of(*Reason))
    after = fields.String(load_default="", validate=validate.Length(max=64))
    limit = fields.Integer(load_default=100, strict=True, validate=validate.Range(1, 500))
