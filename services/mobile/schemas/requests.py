"""What the RPC methods take."""

from __future__ import annotations

from marshmallow import fields, validate

from services.mobile.domain.blocks import BLOCKS
from services.mobile.domain.limits import LIMITS, WITH_DEFAULT
from services.mobile.domain.products import MODULES, PRODUCTS, bundle_codes
from services.mobile.domain.sim import OrderState
from services.mobile.schemas.fields import (
    MobileNumber,
    amount,
    command_id,
    day,
    label,
    month,
    page_limit,
    puk,
    random_id,
    sim_number,
)
from shared.schema import Base, length, one_of

LONGEST_VALUE = 20
LARGEST_VOLUME = 10**15


class CreateSubscription(Base):
    customer_id = random_id()
    product = fields.String(required=True, validate=one_of(*PRODUCTS))
    number = MobileNumber(required=True)
    active_from = day()
    sim_number = sim_number()
    puk = puk()
    label = label()
    modules = fields.List(
        fields.String(validate=one_of(*MODULES)), load_default=list, validate=validate.Length(max=10)
    )
    command_id = command_id()


class ChangeNumber(Base):
    subscription_id = random_id()
    number = MobileNumber(required=True)
    valid_from = day()
    command_id = command_id()


class EndSubscription(Base):
    """``ended_at`` is the first day on which the subscription is no more."""

    subscription_id = random_id()
    ended_at = day()
    command_id = command_id()


class ChangeProduct(Base):
    subscription_id = random_id()
    product = fields.String(required=True, validate=one_of(*PRODUCTS))
    valid_from = day()
    command_id = command_id()


class ChangeSim(Base):
    subscription_id = random_id()
    sim_number = sim_number(required=True)
    puk = puk()
    command_id = command_id()


class AddModule(Base):
    subscription_id = random_id()
    module = fields.String(required=True, validate=one_of(*MODULES))
    valid_from = day()
    command_id = command_id()


class EndModule(Base):
    """``valid_to`` is the first day on which it is off."""

    subscription_id = random_id()
    module = fields.String(required=True, validate=one_of(*MODULES))
    valid_to = day()
    command_id = command_id()


class SetBlocks(Base):
    """``codes``: all that shall be on."""

    subscription_id = random_id()
    codes = fields.List(
        fields.String(validate=one_of(*BLOCKS)), required=True, validate=validate.Length(max=len(BLOCKS))
    )
    command_id = command_id()


class Republish(Base):
    """``anew``: under higher revisions."""

    anew = fields.Boolean(load_default=False)


class Subscriptions(Base):
    """``after``: the ID of the last row of the page before. ``customer_id``: for staff only."""

    customer_id = random_id(required=False)
    after = random_id(required=False)
    limit = page_limit(500)


class OneSubscription(Base):
    subscription_id = random_id()


class Overview(Base):
    """``ended``: those that have ended as well; ``query``: part of a number, SIM number or label."""

    ended = fields.Boolean(load_default=False)
    query = fields.String(load_default="", validate=length(0, 60))
    after = random_id(required=False)
    limit = page_limit(50, 200)
    customer_id = random_id(required=False)


class ChangeLabel(Base):
    subscription_id = random_id()
    label = label(required=True)
    revision = fields.Integer(strict=True, required=True)
    command_id = command_id()


class ShowPuk(Base):
    subscription_id = random_id()
    command_id = command_id()


def _value() -> fields.String:
    """A number with a point; null for no warning, ``default`` for the partner's."""
    return fields.String(required=True, allow_none=True, validate=length(0, LONGEST_VALUE))


class SetCustomerLimit(Base):
    amount = _value()
    command_id = command_id()


class SetLimit(Base):
    subscription_id = random_id()
    code = fields.String(required=True, validate=one_of(*LIMITS))
    value = _value()
    command_id = command_id()


class PartnerDefaults(Base):
    partner_id = random_id(required=False)


class SetPartnerDefaults(Base):
    """``limits``: value by code; null takes a default away."""

    partner_id = random_id(required=False)
    limits = fields.Dict(
        keys=fields.String(validate=one_of(*WITH_DEFAULT)),
        values=fields.String(allow_none=True, validate=length(0, LONGEST_VALUE)),
        required=True,
    )
    command_id = command_id()


class RequestSimBlock(Base):
    subscription_id = random_id()
    block = fields.Boolean(required=True)
    command_id = command_id()


class SimCommands(Base):
    state = fields.String(
        load_default=None, allow_none=True, validate=one_of(*(state.value for state in OrderState))
    )
    customer_id = random_id(required=False)
    after = random_id(required=False)
    limit = page_limit(50, 500)


class OfCustomer(Base):
    customer_id = random_id()


class BundleTerms(Base):
    """``volume`` in bytes, seconds or messages, ``rate`` in euro per started MB, minute or message; null: as
    the product has it."""

    bundle = fields.String(required=True, validate=one_of(*bundle_codes()))
    volume = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(0, LARGEST_VOLUME)
    )
    rate = amount(most=100, decimals=6)


class SetTerms(Base):
    """What holds from the first day of ``month`` on."""

    customer_id = random_id()
    month = month()
    bundles = fields.List(
        fields.Nested(BundleTerms), load_default=list, validate=validate.Length(max=len(bundle_codes()))
    )
    block_cost = amount()
    unblock_cost = amount()
    command_id = command_id()
