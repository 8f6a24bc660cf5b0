"""What addresses for staff take. Fields are named as the services' arguments."""

from __future__ import annotations

from marshmallow import fields, validate

from gateway.api.frame import Amount
from gateway.api.requests import (
    After,
    ReasonBody,
    asked_yes_or_no,
    identifier,
    line,
    reason,
    whole,
    yes_or_no,
)
from gateway.forms.devices import STATES
from gateway.forms.telephony_staff import MOST_ABROAD
from gateway.models.mobile import ORDER_STATES
from gateway.models.operations import MAIL_STATES
from shared.schema import Base, length, one_of
from shared.words import lazy_gettext as _l

LONGEST_LINE = 200
FIRST_DAY = "The first day on which it holds."
GONE_DAY = "The first day on which it is no more."


def a_day(about: str) -> fields.Date:
    return fields.Date(required=True, metadata={"description": about})


# Customers and partners


class CustomersQuery(Base):
    query = line(100)
    kind = fields.String(load_default="", validate=one_of("", "customer", "partner"))
    parent_id = identifier(load_default="")
    number = whole(1, 10**9, load_default=None)
    after = whole(0, 10**9, load_default=0)


class AddressBody(Base):
    street = line(100)
    house_number = line(20)
    postcode = line(12)
    city = line(100)
    country = line(2, load_default="NL")


class ContactBody(Base):
    name = line(100)
    email = line(254)
    phone = line(30)


class CompanyFields(Base):
    """What is not sent stays as it is; null or empty takes it away."""

    name = fields.String(validate=length(1, LONGEST_LINE))
    products = fields.List(fields.String(validate=one_of("voip", "pbx", "mobile")))
    kvk = fields.String(allow_none=True, validate=length(0, 20))
    vat_number = fields.String(allow_none=True, validate=length(0, 20))
    address = fields.Nested(AddressBody, allow_none=True)
    invoice_address = fields.Nested(AddressBody, allow_none=True)
    contact = fields.Nested(ContactBody, allow_none=True)
    reason = reason()


class NewCustomerBody(CompanyFields):
    name = line(required=True)
    products = fields.List(fields.String(validate=one_of("voip", "pbx", "mobile")), required=True)
    parent_id = identifier()


class NewPartnerBody(CompanyFields):
    name = line(required=True)


class CustomerBody(CompanyFields):
    revision = whole(1, 2**31, required=True, strict=True)


# Numbers


class RangeQuery(After):
    free = asked_yes_or_no()


class NumberQuery(Base):
    number = line(30, required=True)


class RangeBody(Base):
    """Numbers that came in, from ``first`` up to and including ``last``."""

    first = line(30, required=True)
    last = line(30, required=True)
    source = line(100)


class AssignBody(Base):
    """Numbers for a customer, from a day on; ``valid_to`` is the first day on which they are not theirs."""

    numbers = fields.List(line(20, required=True), required=True, validate=validate.Length(1, 500))
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(load_default=None, allow_none=True)
    reason = reason()


class EndBody(Base):
    """``valid_to``: the first day on which the number is not theirs."""

    valid_to = fields.Date(required=True)
    reason = reason()


# Telephones


class FindDevicesQuery(Base):
    query = line(80, metadata={"description": "Part of a MAC address, number, name or customer."})
    state = fields.String(load_default=None, validate=one_of(*STATES))
    customer_id = identifier(load_default=None)
    after = line(32)


# Telephony of a customer


class PbxBody(ReasonBody):
    """Give the PBX, or take it away."""

    enabled = yes_or_no(required=True)


class _Elements(Base):
    """``values`` as pbx takes them."""

    values = fields.Dict(keys=fields.String(), required=True)
    reason = line(500, required=True)


class PlaceBody(_Elements):
    """A paid place: ``username``, ``first_name``, ``last_name``, ``number``, ``extension``."""


class LineBody(_Elements):
    """A line: ``name``, ``number``, ``main_number``, ``extension``."""


class CallsAbroadBody(ReasonBody):
    """``most`` calls abroad at once; null is the preset, 0 is none at all."""

    most = whole(0, MOST_ABROAD, required=True, allow_none=True)


# Mobile


def _sim(required: bool = False) -> fields.String:
    return line(30, required=required)


class NewSubscriptionBody(Base):
    product = line(60, required=True)
    number = line(30, required=True)
    active_from = a_day(FIRST_DAY)
    sim_number = _sim()
    puk = line(12)
    label = line(40)
    modules = fields.List(line(60, required=True), load_default=list, validate=validate.Length(max=10))


class SimBody(Base):
    """Another card, at once."""

    sim_number = _sim(required=True)
    puk = line(12)


class MobileNumberBody(Base):
    number = line(30, required=True)
    valid_from = a_day(FIRST_DAY)


class ProductBody(Base):
    product = line(60, required=True)
    valid_from = a_day(FIRST_DAY)


class ModuleBody(Base):
    module = line(60, required=True)
    valid_from = a_day(FIRST_DAY)


class EndModuleBody(Base):
    module = line(60, required=True)
    valid_to = a_day(GONE_DAY)


class BlocksBody(Base):
    """All blocks that shall be on."""

    codes = fields.List(line(60, required=True), required=True, validate=validate.Length(max=50))


class EndSubscriptionBody(Base):
    ended_at = a_day(GONE_DAY)


class AgreedBody(Base):
    """Another volume (bytes, seconds, messages) or price above it than the product's; null: the product's."""

    bundle = line(60, required=True)
    volume = whole(0, 10**15, strict=True, load_default=None, allow_none=True)
    rate = Amount(load_default=None, allow_none=True)


class MobileTermsBody(Base):
    """What holds from the first day of ``month`` on."""

    month = fields.String(
        required=True,
        validate=validate.Regexp(r"20\d\d-(0[1-9]|1[0-2])\Z", error=_l("Schrijf de periode als 2026-10.")),
    )
    bundles = fields.List(fields.Nested(AgreedBody), load_default=list, validate=validate.Length(max=50))
    block_cost = Amount(load_default=None, allow_none=True)
    unblock_cost = Amount(load_default=None, allow_none=True)


class PartnerQuery(Base):
    partner_id = identifier(load_default=None)


class DefaultsBody(Base):
    """Values by code, as text; null takes a default away. The operator names the partner."""

    partner_id = identifier(load_default=None)
    limits = fields.Dict(
        keys=fields.String(),
        values=fields.String(allow_none=True, validate=length(0, 20)),
        required=True,
    )


class SimOrdersQuery(After):
    state = fields.String(load_default=None, validate=one_of(*ORDER_STATES))


# What runs and went wrong


class MailsQuery(Base):
    state = fields.String(load_default="failed", validate=one_of(*MAIL_STATES))
    after = fields.String(
        load_default="", validate=validate.Regexp(r"([0-9a-f]{24})?\Z", error=_l("Dit is geen ID."))
    )


class RetryBody(Base):
    queue = line(200, required=True)
    limit = whole(1, 500, strict=True, load_default=500)
