"""What may be changed of each part, field by field. Every field may be left out: then it stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, pre_load, validate

from services.pbx.domain import config as domain
from services.pbx.domain.parts import Part
from services.pbx.schemas.fields import (
    Destination,
    Extension,
    Name,
    OptionalEmail,
    OptionalId,
    OutsideNumber,
    OwnNumber,
    clock,
    random_id,
    whole,
)
from shared.errors import Invalid
from shared.ids import new_id
from shared.schema import Base, moment, one_of
from shared.words import gettext, lazy_gettext

MOST_RINGS = 20
LONGEST_WAIT = 7_200  # seconds, as BroadWorks
MOST_SLOTS = 50
MOST_DATES = 400
MOST_RULES = 50
MOST_BLOCKED = 500
MOST_ALONG = 10
MOST_MEMBERS = 200


def choice(options: type[StrEnum]) -> fields.String:
    return fields.String(validate=one_of(*(option.value for option in options)))


def yes_no() -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False})


def most(count: int) -> validate.Length:
    return validate.Length(0, count, error=lazy_gettext("Meer dan {max} kan niet."))


class Company(Base):
    name = Name()
    number = OwnNumber(allow_none=True)
    show_name = yes_no()
    shown_number = choice(domain.ShownNumber)


class OutgoingBlocks(Base):
    international = yes_no()
    mobile = yes_no()
    service_0900 = yes_no()
    service_0906 = yes_no()
    service_0909 = yes_no()


class Night(Base):
    state = choice(domain.NightState)
    destination = Destination()
    hours = OptionalId(allow_none=True)
    holidays = OptionalId(allow_none=True)
    until = moment(allow_none=True)
    then = choice(domain.NightState)


class Music(Base):
    file = random_id(required=False)


class Slot(Base):
    days = fields.List(
        whole(0, 6, strict=True),
        required=True,
        validate=validate.Length(1, 7, error=lazy_gettext("Kies een of meer dagen.")),
    )
    start = clock()
    end = clock(ends=True)


class DateRange(Base):
    first = fields.Date(required=True)
    last = fields.Date(required=True)
    name = Name()


class Schedule(Base):
    name = Name(1)
    kind = choice(domain.ScheduleKind)
    slots = fields.List(fields.Nested(Slot), validate=most(MOST_SLOTS))
    dates = fields.List(fields.Nested(DateRange), validate=most(MOST_DATES))


class Forward(Base):
    on = yes_no()
    to = Destination()
    rings = whole(1, MOST_RINGS, strict=True)


class Forwards(Base):
    always = fields.Nested(Forward)
    busy = fields.Nested(Forward)
    no_answer = fields.Nested(Forward)
    offline = fields.Nested(Forward)


class Voicemail(Base):
    on = yes_no()
    email = OptionalEmail()
    copy_email = OptionalEmail()
    always = yes_no()
    busy = yes_no()
    no_answer = yes_no()
    rings = whole(1, MOST_RINGS, strict=True)
    greeting_busy = random_id(required=False)
    greeting_no_answer = random_id(required=False)
    after = choice(domain.AfterGreeting)
    transfer_to = Destination()


class ElementNight(Base):
    mode = choice(domain.Follow)
    destination = Destination(allow_none=True)


class BlockRule(Base):
    """A new rule comes without an ID."""

    id = random_id(required=False)
    callers = choice(domain.Callers)
    schedule = OptionalId()
    numbers = fields.List(OutsideNumber(), validate=most(MOST_BLOCKED))

    @pre_load
    def named(self, data: Any, **kwargs: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {"callers": "numbers", **data, "id": data.get("id") or new_id()}


class IncomingBlocks(Base):
    all = yes_no()
    anonymous = yes_no()
    rules = fields.List(fields.Nested(BlockRule), validate=most(MOST_RULES))


class PbxUser(Base):
    first_name = Name()
    last_name = Name()
    number = OwnNumber(allow_none=True)
    extension = Extension(allow_none=True)
    device = random_id(required=False)
    hide_number = yes_no()
    call_waiting = yes_no()
    voicemail = fields.Nested(Voicemail)
    forwards = fields.Nested(Forwards)
    night = fields.Nested(ElementNight)
    blocks = fields.Nested(IncomingBlocks)


class Group(Base):
    name = Name(1)
    first_name = Name()
    last_name = Name()
    number = OwnNumber(allow_none=True)
    extension = Extension(allow_none=True)
    members = fields.List(random_id(), validate=most(MOST_MEMBERS))
    policy = choice(domain.Policy)
    next_on = yes_no()
    next_rings = whole(1, MOST_RINGS, strict=True)
    wait_on = yes_no()
    wait_seconds = whole(0, LONGEST_WAIT, strict=True)
    overflow_to = Destination()
    busy_to = Destination()
    offline_on = yes_no()
    offline_to = Destination()
    busy_tone = yes_no()
    night = fields.Nested(ElementNight)


class Key(Base):
    action = choice(domain.Action)
    to = Destination()
    description = Name()
    file = random_id(required=False)


class MenuSide(Base):
    greeting = random_id(required=False)
    keys = fields.Dict(
        keys=fields.String(validate=one_of(*domain.KEYS)),
        values=fields.Nested(Key),
    )


class Menu(Base):
    name = Name(1)
    first_name = Name()
    last_name = Name()
    number = OwnNumber(allow_none=True)
    extension = Extension(allow_none=True)
    name_order = choice(domain.NameOrder)
    extension_dialling = yes_no()
    first_key_seconds = whole(1, 60, strict=True)
    hours = OptionalId()
    holidays = OptionalId(allow_none=True)
    open = fields.Nested(MenuSide)
    closed = fields.Nested(MenuSide)
    night = fields.Nested(ElementNight)


class SimNumber(Base):
    number = OutsideNumber(required=True)
    confirm = yes_no()


class SimRing(Base):
    on = yes_no()
    numbers = fields.List(fields.Nested(SimNumber), validate=most(MOST_ALONG))
    during_call = yes_no()


class Line(Base):
    """What customers change of a line; its name, number, main number and extension are staff's."""

    hide_number = yes_no()
    voicemail = fields.Nested(Voicemail)
    forwards = fields.Nested(Forwards)
    blocks = fields.Nested(IncomingBlocks)
    simring = fields.Nested(SimRing)


class StaffLine(Line):
    """What staff set as well."""

    name = Name()
    number = OwnNumber()
    main_number = OwnNumber(allow_none=True)
    extension = Extension(allow_none=True)


class StaffUser(PbxUser):
    """A username is staff's: it is part of the paid place."""

    username = Name(1)


PARTS: Mapping[Part, type[Base]] = {
    Part.COMPANY: Company,
    Part.OUTGOING: OutgoingBlocks,
    Part.NIGHT: Night,
    Part.MUSIC: Music,
    Part.SCHEDULE: Schedule,
    Part.USER: PbxUser,
    Part.GROUP: Group,
    Part.MENU: Menu,
    Part.MENU_SIDE: MenuSide,
    Part.LINE: Line,
}
_NEEDED = {Part.SCHEDULE: "name", Part.GROUP: "name", Part.MENU: "name"}


def read(part: Part, values: Mapping[str, Any], *, new: bool = False) -> dict[str, Any]:
    """The values as JSON that fits the part. Raises Invalid with a sentence per dotted field."""
    needed = _NEEDED.get(part) if new else None
    if needed and not values.get(needed):
        raise Invalid(fields={needed: [gettext("Vul dit in.")]})
    return read_by(PARTS[part], values)


def read_by(schema: type[Base], values: Mapping[str, Any]) -> dict[str, Any]:
    """The same by a schema."""
    try:
        loaded = schema().load(values)
    except ValidationError as problem:
        raise Invalid(fields=dict(_flat(problem.messages))) from None
    return {name: _plain(value) for name, value in loaded.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _flat(messages: Any, path: str = "") -> list[tuple[str, list[str]]]:
    """Marshmallow's nested messages by dotted path; ``value`` and ``key`` are its words for a dict's."""
    if isinstance(messages, Mapping):
        found: list[tuple[str, list[str]]] = []
        for name, inner in messages.items():
            step = "" if name in ("value", "key", "_schema") else str(name)
            found += _flat(inner, f"{path}.{step}".strip(".") if step else path)
        return found
    return [(path, [str(sentence) for sentence in messages])]
