"""What staff ask about the quarantine."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from services.cdr.domain.refusal import DISCARDED, Case, Reason
from services.cdr.schemas.fields import command_id, reason
from services.cdr.schemas.ids import identity
from shared.schema import Base, length, one_of


class CaseSchema(Base):
    """Events that wait for the same mending."""

    reason = fields.String(required=True, validate=one_of(*Reason, DISCARDED))
    carrier = fields.String(required=True, validate=length(1, 60))
    case = fields.String(load_default="", validate=validate.Length(max=200))

    @post_load
    def make(self, data: dict[str, Any], **_kwargs: Any) -> Case:
        return Case(data["reason"], data["carrier"], data["case"])


class OfCase(Base):
    case = fields.Nested(CaseSchema, required=True)


class CasePage(OfCase):
    after = fields.String(load_default="", validate=validate.Length(max=64))
    limit = fields.Integer(load_default=50, strict=True, validate=validate.Range(1, 200))


class ReplayCase(OfCase):
    command_id = command_id()


class DiscardCase(OfCase):
    reason = reason()
    command_id = command_id()


class ReplayJob(Base):
    job_id = identity()
