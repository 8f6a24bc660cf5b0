"""What comes in by RPC."""

from __future__ import annotations

from marshmallow import fields, validate

from services.provisioning.domain.finding import STATES
from shared.schema import Base, length
from shared.words import lazy_gettext as _l

LARGEST_PAGE = 1000


def random_id(required: bool = True) -> fields.String:
    """Absent and null are the same where it may be absent."""
    pattern = validate.Regexp(r"^[0-9a-f]{32}\Z", error=_l("Dit is geen geldig kenmerk."))
    if required:
        return fields.String(required=True, validate=pattern)
    return fields.String(load_default=None, allow_none=True, validate=pattern)


def command_id() -> fields.String:
    """Chosen by the caller; the same call with the same ID has one effect and one answer."""
    error = _l("Gebruik 8 tot en met 64 letters en cijfers.")
    pattern = validate.Regexp(r"^[0-9A-Za-z_.:-]{8,64}\Z", error=error)
    return fields.String(required=True, validate=pattern)


def optional_text(most: int) -> fields.String:
    return fields.String(load_default=None, allow_none=True, validate=length(0, most))


def whose() -> fields.String:
    """The ID of a user or line, or "" for nobody."""
    pattern = validate.Regexp(r"^([0-9a-f]{32})?\Z", error=_l("Dit is geen geldig kenmerk."))
    return fields.String(load_default=None, allow_none=True, validate=pattern)


def model() -> fields.String:
    return fields.String(required=True, validate=length(1, 60))


class Page(Base):
    """``after``: ``next`` of the page before."""

    after = random_id(required=False)
    limit = fields.Integer(
        strict=True,
        load_default=500,
        validate=validate.Range(1, LARGEST_PAGE, error=_l("Kies 1 tot en met {max}.")),
    )


class Devices(Page):
    """``user_id``, ``line_id``: of one user or line; "": those that are nobody's."""

    user_id = whose()
    line_id = whose()


class StaffPage(Page):
    """``customer_id`` absent: everybody's."""

    customer_id = random_id(required=False)


class Search(StaffPage):
    """``query``: part of a MAC address, number, extension, name or customer; ``state``: only those."""

    query = fields.String(load_default="", validate=length(0, 80))
    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(STATES))


class OneDevice(Base):
    device_id = random_id()


class OneModel(Base):
    model = model()


class Proposal(Base):
    """``who``: the name of the user who gets it."""

    model = model()
    who = fields.String(load_default="", validate=length(0, 200))
    command_id = command_id()


class CreateDevice(Base):
    """Of a user, of a line, or of nobody yet. ``mac`` and ``password`` are judged by the service, so that
    each rule is named."""

    model = model()
    mac = fields.String(load_default="", validate=length(0, 60))
    password = fields.String(load_default="", validate=length(0, 200))
    label = fields.String(load_default="", validate=length(0, 120))
    user_id = random_id(required=False)
    line_id = random_id(required=False)
    keys = fields.Boolean(load_default=True)
    command_id = command_id()


class AddDevice(CreateDevice):
    """By staff."""

    customer_id = random_id()


class ChangeDevice(Base):
    """What is absent or null stays as it is. Whose it is becomes another by ``user_id`` or ``line_id``; "" in
    either makes it nobody's."""

    device_id = random_id()
    revision = fields.Integer(strict=True, load_default=None, allow_none=True)
    label = optional_text(120)
    mac = optional_text(60)
    password = optional_text(200)
    user_id = whose()
    line_id = whose()
    keys = fields.Boolean(load_default=None, allow_none=True)
    enabled = fields.Boolean(load_default=None, allow_none=True)
    command_id = command_id()


class RemoveDevice(Base):
    device_id = random_id()
    command_id = command_id()


class Reseal(Base):
    """``after``: ``next`` of the answer before; empty at first."""

    after = fields.String(load_default="", validate=length(0, 32))
