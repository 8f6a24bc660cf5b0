"""Requests about exports, and a selection as a job remembers it."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from services.cdr.domain.periods import written
from services.cdr.domain.selection import Condition, Selection
from services.cdr.schemas import SelectionSchema
from services.cdr.schemas.fields import command_id
from services.cdr.schemas.ids import identity
from shared.money import to_wire
from shared.schema import Base, one_of


class StartExport(Base):
    selection = fields.Nested(SelectionSchema, load_default=lambda: SelectionSchema().load({}))
    sort = fields.String(load_default="start", validate=one_of("start", "amount"))
    delivery = fields.String(load_default="file", validate=one_of("file", "mail"))
    command_id = command_id()


class OfExport(Base):
    job_id = identity()


class ExportChunk(OfExport):
    index = fields.Integer(required=True, strict=True, validate=validate.Range(0, 1_000_000))


class FileChunk(Base):
    """A piece of a file that an event referred to, for another service."""

    file_id = fields.String(required=True, validate=validate.Length(1, 100))
    index = fields.Integer(required=True, strict=True, validate=validate.Range(0, 1_000_000))


def selection_to_wire(selection: Selection) -> dict[str, Any]:
    """What :class:`SelectionSchema` reads back as the same, with the period named even if it was the
    current one."""
    return {
        "period": None if selection.period is None else written(selection.period),
        "from": None if selection.first is None else selection.first.isoformat(),
        "to": None if selection.last is None else selection.last.isoformat(),
        "product": selection.product,
        "types": sorted(selection.types),
        "sender": selection.sender,
        "receiver": selection.receiver,
        "amount": _amount(selection.amount),
        "duration": None
        if selection.duration is None
        else {"op": str(selection.duration.comparison), "value": selection.duration.value},
    }


def selection_from_wire(wire: dict[str, Any]) -> Selection:
    """What a job remembers of :func:`selection_to_wire`."""
    loaded: Selection = SelectionSchema().load(wire)
    return loaded


def _amount(condition: Condition | None) -> dict[str, Any] | None:
    return None if condition is None else {"op": str(condition.comparison), "value": to_wire(condition.value)}
