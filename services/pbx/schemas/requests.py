"""What comes in by RPC about settings. ``values`` of a part are read by schemas/parts.py."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from services.pbx.domain.abroad import MOST as MOST_ABROAD
from services.pbx.domain.graph import Mode
from services.pbx.domain.parts import Part
from services.pbx.domain.settings import Which
from services.pbx.schemas.fields import Name, command_id, random_id, reason, whole
from services.pbx.schemas.numbers import day
from shared.schema import Base, length, moment, one_of
from shared.words import lazy_gettext

LONGEST_PIECE = 4 * (512 * 1024) // 3 + 4
"""Characters of base64 in which a piece of half a megabyte travels."""
MOST_PIECES = 10_000
"""What makes no sense at all; how large a file may be is said beside it."""

_PARTS = one_of(*(part.value for part in Part))
_ADDABLE = one_of("schedule", "group", "menu")


def which() -> fields.String:
    return fields.String(load_default=Which.DRAFT.value, validate=one_of(*(w.value for w in Which)))


def values() -> fields.Dict:
    return fields.Dict(keys=fields.String(), required=True)


def ids() -> fields.List[Any]:
    many = validate.Length(0, 2_000, error=lazy_gettext("Meer dan {max} kan niet."))
    return fields.List(random_id(), load_default=list, validate=many)


def text(most: int, required: bool = True) -> fields.String:
    """A party or a token: what is in it is judged where it is used."""
    if required:
        return fields.String(required=True, validate=length(1, most))
    return fields.String(load_default="", validate=length(0, most))


class OfWhich(Base):
    which = which()


class Save(Base):
    """``id`` is None for what is there once; ``<menu id>:open`` for a side of a menu."""

    part = fields.String(required=True, validate=_PARTS)
    id = fields.String(load_default=None, allow_none=True, validate=length(1, 64))
    values = values()
    base_revision = fields.Integer(strict=True, load_default=None, allow_none=True)
    at_once = fields.Boolean(load_default=False)
    command_id = command_id()


class Add(Base):
    part = fields.String(required=True, validate=_ADDABLE)
    values = values()
    at_once = fields.Boolean(load_default=False)
    command_id = command_id()


class Remove(Base):
    part = fields.String(required=True, validate=_ADDABLE)
    id = fields.String(required=True, validate=length(1, 64))
    base_revision = fields.Integer(strict=True, load_default=None, allow_none=True)
    at_once = fields.Boolean(load_default=False)
    command_id = command_id()


class MoveMember(Base):
    group_id = random_id()
    user_id = random_id()
    direction = fields.String(required=True, validate=one_of("up", "down"))
    command_id = command_id()


class OfDraft(Base):
    """``base_revision``: of the settings that somebody looked at; None: whatever the draft says now."""

    base_revision = fields.Integer(strict=True, load_default=None, allow_none=True)
    command_id = command_id()


class Publish(OfDraft):
    note = Name(most=200, load_default="")


class RollBack(Base):
    revision = fields.Integer(strict=True, required=True)
    command_id = command_id()


class SetNight(Base):
    state = fields.String(required=True, validate=one_of("on", "off", "auto"))
    until = moment(load_default=None, allow_none=True)
    destination = fields.String(load_default=None, allow_none=True, validate=length(0, 40))
    command_id = command_id()


class SetSecret(Base):
    user_id = random_id()
    kind = fields.String(required=True, validate=one_of("password", "pincode"))
    value = fields.String(required=True)
    command_id = command_id()


class CallFields(Base):
    """``caller`` and ``called`` as people write parties, or ``user:<id>`` and ``line:<id>``."""

    caller = text(60)
    called = text(60)
    direction = fields.String(load_default="in", validate=one_of("in", "internal", "out"))
    keys = fields.List(
        fields.String(
            validate=validate.Regexp(
                r"^[0-9*#]{0,20}\Z", error=lazy_gettext("Gebruik de toetsen 0-9, * en #.")
            )
        ),
        load_default=list,
        validate=validate.Length(0, 20, error=lazy_gettext("Meer dan {max} kan niet.")),
    )
    busy = ids()
    unregistered = ids()


class Simulate(CallFields):
    """``answers``: who answers when it rings, by ID of a user or line or by outside number."""

    answers = fields.List(
        fields.String(validate=length(1, 64)), load_default=list, validate=validate.Length(0, 20)
    )
    at = moment(load_default=None, allow_none=True)
    which = which()


class SaveTestCall(CallFields):
    id = random_id(required=False)
    name = Name(1, required=True)
    at = moment(required=True)
    expect = text(100)
    command_id = command_id()


class RemoveById(Base):
    id = random_id()
    command_id = command_id()


class Picture(Base):
    """``at``: the moment of the mode ``moment``; none is now."""

    at = moment(load_default=None, allow_none=True)
    mode = fields.String(load_default=Mode.MOMENT.value, validate=one_of(*(mode.value for mode in Mode)))
    which = which()


class Week(Base):
    number = text(40)
    first = day()
    which = which()


class Upload(Base):
    """A piece of half a megabyte at most; ``upload_id`` is chosen by the caller and is the same for all."""

    upload_id = random_id()
    kind = fields.String(required=True, validate=one_of("greeting", "music"))
    name = Name(1, required=True)
    index = whole(0, MOST_PIECES - 1, strict=True, required=True)
    pieces = whole(1, MOST_PIECES, strict=True, required=True)
    data = fields.String(required=True, validate=length(0, LONGEST_PIECE))
    last = fields.Boolean(required=True)


class FileChunk(Base):
    file_id = random_id()
    index = fields.Integer(strict=True, required=True)


class RemoveFile(Base):
    file_id = random_id()
    command_id = command_id()


# Of staff: they name the customer.


class OfCustomer(Base):
    customer_id = random_id()
    which = which()


class StaffCommand(Base):
    customer_id = random_id()
    command_id = command_id()
    reason = reason()


class StaffAdd(StaffCommand):
    values = values()


class StaffChange(StaffAdd):
    id = random_id()


class StaffRemove(StaffCommand):
    id = random_id()


class SetCallsAbroad(StaffCommand):
    """``most``: at once; None: the preset."""

    most = whole(0, MOST_ABROAD, strict=True, required=True, allow_none=True)


class Import(Base):
    customer_id = random_id()
    command_id = command_id()
    config = fields.Dict(keys=fields.String(), required=True)
