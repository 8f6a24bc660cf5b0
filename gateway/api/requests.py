"""What addresses of the API take: queries, and bodies of changes. Their fields are named as the services'
arguments, so what a service says of one finds its field; the rules of the trade are the service's."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validate

from gateway.access import ROLE_NAMES
from gateway.api.frame import Amount
from gateway.api.selections import SelectionFields
from gateway.models.rights import REGISTRATIONS
from shared.schema import Base, length, moment, one_of
from shared.words import lazy_gettext as _l

LONGEST_LINE = 200
LONGEST_REASON = 500
LONGEST_KEY = 400


def line(longest: int = LONGEST_LINE, **options: Any) -> fields.String:
    """A line of text; optional unless it is ``required``."""
    if not options.get("required"):
        options.setdefault("load_default", "")
    return fields.String(validate=length(1 if options.get("required") else 0, longest), **options)


def place() -> fields.String:
    """Where a list goes on: what the page before called ``next``."""
    said = {"description": "What the page before answered as `next` (or `older`, `newer`)."}
    return fields.String(load_default=None, validate=length(1, LONGEST_KEY), metadata=said)


def identifier(**options: Any) -> fields.String:
    known = validate.Regexp(r"[0-9a-f]{32}\Z", error=_l("Dit is geen ID."))
    return fields.String(validate=known, **options)


def yes_or_no(**options: Any) -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False}, **options)


def asked_yes_or_no() -> fields.Boolean:
    """In a query."""
    return fields.Boolean(truthy={"true"}, falsy={"false"}, load_default=False)


def money(**options: Any) -> Amount:
    """Euro excluding VAT, as text: ``"100.00"``."""
    said = {"description": 'Euro excluding VAT, as text: "100.00".'}
    in_range = validate.Range(0, 10**9, error=_l("Kies een bedrag van 0 of meer."))
    return Amount(validate=in_range, metadata=said, **options)


def whole(lowest: int, highest: int, **options: Any) -> fields.Integer:
    in_range = validate.Range(lowest, highest, error=_l("Kies {min} tot en met {max}."))
    return fields.Integer(validate=in_range, **options)


def reason() -> fields.String:
    return line(LONGEST_REASON, metadata={"description": "For the audit log."})


class After(Base):
    after = place()


# Calls


class TotalsQuery(SelectionFields):
    by = fields.String(load_default="total", validate=one_of("total", "type", "number", "number_type"))


class SeriesQuery(SelectionFields):
    """A selection, by day."""


class TopQuery(SelectionFields):
    of = fields.String(load_default="receiver", validate=one_of("sender", "receiver", "type"))
    limit = whole(1, 50, load_default=10)


class DetailsQuery(SelectionFields):
    cursor = place()
    sort = fields.String(load_default="start", validate=one_of("start", "amount"))


class ExportBody(Base):
    """All calls of a selection: as a file, or by mail to one's own address."""

    selection = fields.Nested(SelectionFields, load_default=dict)
    sort = fields.String(load_default="start", validate=one_of("start", "amount"))
    delivery = fields.String(load_default="file", validate=one_of("file", "mail"))


# Invoices


class InvoicesQuery(Base):
    after = place()
    sort = line(20, metadata={"description": "A column, with a minus for descending: -issued_on."})
    period = line(30)
    number = line(30)
    issued_from = fields.Date(load_default=None)
    issued_to = fields.Date(load_default=None)
    sent_from = fields.Date(load_default=None)
    sent_to = fields.Date(load_default=None)
    amount_from = Amount(load_default=None)
    amount_to = Amount(load_default=None)
    kind = fields.String(load_default="", validate=one_of("", "invoice", "credit"))
    status = fields.String(
        load_default="", validate=one_of("", "open", "paid", "credited", "direct_debit", "credit")
    )


# Users


class UsersQuery(Base):
    query = line(254)
    page = whole(1, 10**6, load_default=1)


class DetailsBody(Base):
    """A person's details, all of them: all but the address may be empty."""

    email = line(254, required=True)
    title = line(30)
    initials = line(20)
    first_name = line(100)
    infix = line(20)
    last_name = line(100)
    gender = fields.String(load_default="", validate=one_of("", "female", "male", "other"))


class NewUserBody(DetailsBody):
    """With ``welcome`` the user chooses a password by a mailed link; else it is ``password``."""

    username = line(100, required=True)
    welcome = yes_or_no(load_default=True)
    password = line(128)


class RolesBody(Base):
    """All roles that the user shall have."""

    roles = fields.List(fields.String(validate=one_of(*ROLE_NAMES)), required=True)


class RegistrationsBody(Base):
    """All e-mail messages that the user shall get."""

    registrations = fields.List(fields.String(validate=one_of(*REGISTRATIONS)), required=True)


class DutyBody(Base):
    """Whether all users have to log in in two steps."""

    on = yes_or_no(required=True)


class BlockBody(Base):
    blocked = yes_or_no(required=True)


# Telephony


class ConfigQuery(Base):
    which = fields.String(load_default="draft", validate=one_of("draft", "published"))


def at_once() -> fields.Boolean:
    """Past the draft, for who has lines and no PBX to publish."""
    return yes_or_no(load_default=False, metadata={"description": "Not into the draft; schedules of lines."})


class PartBody(Base):
    """What changes of a part; lists as a whole. ``revision`` is that of the settings it was made from: what
    somebody else changed since is refused."""

    values = fields.Dict(keys=fields.String(), required=True)
    at_once = at_once()
    revision = fields.Integer(strict=True, load_default=None, allow_none=True)


class RemoveQuery(Base):
    at_once = asked_yes_or_no()


class ElementBody(Base):
    """A new element."""

    values = fields.Dict(keys=fields.String(), required=True)
    at_once = at_once()


class NightBody(Base):
    """At once, for callers from now on."""

    state = line(20, required=True)
    destination = fields.String(load_default=None, allow_none=True, validate=length(1, 100))
    until = moment(load_default=None, allow_none=True)


class DraftQuery(Base):
    """``revision``: that of the settings which were looked at; what changed since is refused."""

    revision = fields.Integer(load_default=None)


class PublishBody(Base):
    """``revision`` is that of the settings which were looked at: when anything changed since, it is
    refused."""

    note = line(LONGEST_LINE)
    revision = fields.Integer(strict=True, load_default=None, allow_none=True)


class CallBody(Base):
    """A call; ``caller`` and ``called`` are numbers, extensions, or ``user:<id>`` and the like."""

    caller = line(100, required=True)
    called = line(100, required=True)
    direction = fields.String(load_default="in", validate=one_of("in", "internal", "out"))
    keys = fields.List(line(20), load_default=list, validate=validate.Length(max=20))
    busy = fields.List(line(100), load_default=list, validate=validate.Length(max=200))
    unregistered = fields.List(line(100), load_default=list, validate=validate.Length(max=200))


class AttemptBody(CallBody):
    """A call to try: nobody's telephone rings."""

    at = moment(load_default=None, allow_none=True)
    answers = fields.List(line(100), load_default=list, validate=validate.Length(max=200))


class TestCallBody(CallBody):
    """A call that is kept and tried again on every change. ``expect`` is what it has to come past:
    ``rings:<id>``, ``voicemail:<id>`` …"""

    __test__ = False  # pytest takes the name for a test's

    name = line(60, required=True)
    at = moment(required=True)
    expect = line(100, required=True)


class PictureQuery(Base):
    mode = fields.String(load_default="moment", validate=one_of("moment", "open", "night"))
    at = moment(load_default=None)


class WeekQuery(Base):
    number = line(40, required=True)
    first = fields.Date(load_default=None, metadata={"description": "A Monday; without it this week's."})


class ExplainQuery(Base):
    user_id = line(64, metadata={"description": "Whose telephone: a user's or a line's ID."})


class SoundQuery(Base):
    name = line(60, required=True)
    kind = fields.String(load_default="greeting", validate=one_of("greeting", "music"))


class SecretBody(Base):
    """Another password or pincode: it holds at once, and is never told again."""

    value = line(128, required=True)


class PbxCallsQuery(After):
    user_id = line(64)
    number = line(40)


class DevicesQuery(Base):
    user_id = line(64, metadata={"description": "Whose; without it those that are nobody's."})
    line_id = line(64, metadata={"description": "The same of a line."})


class DeviceFields(Base):
    label = line(60)
    mac = line(40)
    password = line(128)
    keys = yes_or_no(load_default=None, allow_none=True)
    user_id = line(64, load_default=None, metadata={"description": "Whose it is; empty: nobody's."})
    line_id = line(64, load_default=None, metadata={"description": "The same of a line."})

    @post_load
    def only_what_is_told(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """An empty owner frees it; all else that is empty is left as it is."""
        emptied = ("user_id", "line_id")
        kept = {name: value for name, value in data.items() if value is not None}
        return {name: value for name, value in kept.items() if value != "" or name in emptied}


class NewDeviceBody(DeviceFields):
    """A telephone; of models that fetch their settings also their MAC address."""

    model = line(60, required=True)


class DeviceBody(DeviceFields):
    """What changes of a telephone."""


# Mobile


class MobileQuery(After):
    ended = asked_yes_or_no()
    query = line(100)


class LabelBody(Base):
    label = line(40)
    revision = whole(1, 2**31, required=True, strict=True)


class LimitBody(Base):
    """``value`` as text ("100.00"), null for none, "default" for what the ICT partner has set."""

    value = fields.String(required=True, allow_none=True, validate=length(0, 20))


class SimBlockBody(Base):
    block = yes_or_no(required=True)


# Settings


class VoipLimitBody(Base):
    """Warn at this amount in a billing period; null: never."""

    limit = money(required=True, allow_none=True)


class FraudWatchBody(Base):
    """Whether a suspicion closes the class of calls it is about."""

    block = yes_or_no(required=True)


class ReasonBody(Base):
    reason = line(LONGEST_REASON, required=True)


# The audit log


class AuditQuery(Base):
    first = fields.Date(data_key="from", load_default=None)
    last = fields.Date(data_key="to", load_default=None)
    who = line(100)
    what = line(60, metadata={"description": "An action (user.blocked), or a kind of subject (user)."})
    query = line(100)
    after = line(LONGEST_KEY)
    before = line(LONGEST_KEY)
