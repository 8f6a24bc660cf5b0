"""What staff ask about rate plans."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from services.cdr.domain.plan_compare import Kind
from services.cdr.domain.plan_file import MOST_BYTES, PIECE
from services.cdr.schemas.fields import command_id, reason
from services.cdr.schemas.ids import identity
from shared.ids import new_id
from shared.schema import Base, length, one_of
from shared.words import gettext
from shared.words import lazy_gettext as _l

LONGEST_NAME = 60
LONGEST_VERSION = LONGEST_NAME + 11
MOST_LINES = 200


def plan_name() -> fields.String:
    """A plan's name: letters, digits, spaces and . - _"""
    allowed = validate.Regexp(
        r"^[\w .-]+\Z", error=_l("Gebruik in de naam letters, cijfers, spaties en de tekens . - _.")
    )
    return fields.String(required=True, validate=[length(1, LONGEST_NAME), allowed])


def first_day() -> fields.Date:
    """The first day on which a version counts."""
    span = validate.Range(date(2000, 1, 1), date(2099, 12, 31), error=_l("Kies een dag tussen 2000 en 2099."))
    return fields.Date(required=True, validate=span)


def precision() -> fields.Integer:
    return fields.Integer(
        load_default=4,
        strict=True,
        validate=validate.Range(0, 6, error=_l("Kies 0 tot en met 6 decimalen.")),
    )


class ImportPlan(Base):
    """A file that fits in one message."""

    name = plan_name()
    valid_from = first_day()
    precision = precision()
    csv = fields.String(required=True, validate=validate.Length(min=1, max=20_000_000))
    dry_run = fields.Boolean(load_default=False)


class BeginImport(Base):
    """An upload of ``size`` bytes, sent in pieces."""

    file = fields.String(required=True, validate=length(1, 200))
    size = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, MOST_BYTES, error=_l("Een bestand is hooguit 16 MB.")),
    )
    name = plan_name()
    valid_from = first_day()
    precision = precision()
    command_id = command_id()


class OfDraft(Base):
    draft_id = identity()


class ImportChunk(OfDraft):
    """A piece as base64: 512 KiB, but for the last."""

    index = fields.Integer(required=True, strict=True, validate=validate.Range(0, MOST_BYTES // PIECE))
    data = fields.String(required=True, validate=validate.Length(max=PIECE * 4 // 3 + 4))

    @post_load
    def make(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        try:
            data["data"] = base64.b64decode(data["data"], validate=True)
        except (binascii.Error, ValueError) as problem:
            raise ValidationError(gettext("Dit stuk is niet te lezen."), "data") from problem
        return data


class PreviewImport(OfDraft):
    """``errors_after`` and ``warnings_after`` are places in those lists."""

    errors_after = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 100_000))
    warnings_after = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 100_000))
    limit = fields.Integer(load_default=100, strict=True, validate=validate.Range(1, 500))


class ChangeImport(OfDraft):
    name = plan_name()
    valid_from = first_day()
    precision = precision()


class SaveImport(OfDraft):
    reason = reason()
    command_id = command_id()


class DropImport(OfDraft):
    command_id = command_id()


def version() -> fields.String:
    return fields.String(required=True, validate=length(1, LONGEST_VERSION))


class PlanLines(Base):
    """Lines that ``query`` finds, after the one with this number in the file."""

    version = version()
    query = fields.String(load_default="", validate=validate.Length(max=80))
    after = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 10_000_000))
    limit = fields.Integer(load_default=50, strict=True, validate=validate.Range(1, MOST_LINES))


class ComparePlans(Base):
    """Differences from ``before`` to ``after_version``, from place ``after`` on."""

    before = version()
    after_version = version()
    query = fields.String(load_default="", validate=validate.Length(max=80))
    change = fields.String(load_default=None, allow_none=True, validate=one_of(*Kind))
    after = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 10_000_000))
    limit = fields.Integer(load_default=50, strict=True, validate=validate.Range(1, 1000))


class PlanCsv(Base):
    version = version()
    index = fields.Integer(load_default=0, strict=True, validate=validate.Range(0, 1000))


class PlanCustomers(Base):
    plan = fields.String(required=True, validate=length(1, LONGEST_NAME))
    after = fields.String(load_default="", validate=validate.Length(max=64))
    limit = fields.Integer(load_default=50, strict=True, validate=validate.Range(1, MOST_LINES))


class TermLine(Base):
    """A line of a customer's own terms (domain/terms.py)."""

    of = fields.String(required=True, validate=one_of("all", "type", "prefix"))
    key = fields.String(load_default="", validate=validate.Length(max=40))
    kind = fields.String(load_default="", validate=one_of("", "voice", "sms", "data"))
    margin = fields.String(load_default="", validate=validate.Length(max=20))
    rate = fields.String(load_default="", validate=validate.Length(max=30))
    per = fields.String(load_default="", validate=validate.Length(max=20))
    increment = fields.String(load_default="", validate=validate.Length(max=20))
    connect_fee = fields.String(load_default="", validate=validate.Length(max=30))


class AssignPlan(Base):
    """An empty ``plan`` is the standard one. ``deviations`` are the customer's own terms; left out, those
    they have stay. ``revision`` is what the caller saw."""

    customer_id = fields.String(required=True, validate=length(1, 64))
    plan = fields.String(required=True, validate=validate.Length(max=LONGEST_NAME))
    deviations = fields.List(
        fields.Nested(TermLine), load_default=None, allow_none=True, validate=validate.Length(max=200)
    )
    reason = fields.String(load_default="", validate=validate.Length(max=500))
    revision = fields.Integer(load_default=None, allow_none=True, strict=True)
    command_id = fields.String(load_default=new_id, validate=length(8, 64))
