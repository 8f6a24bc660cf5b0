"""What addresses about billing take. Fields are named as invoicing's arguments; its rules are its own."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from gateway.api.frame import Amount
from gateway.api.requests import InvoicesQuery, identifier, line, money, whole, yes_or_no
from gateway.models.billing import CHARGE_KINDS, METHODS, PER, PROFILES, ROW_STATES, VAT_RATES
from gateway.models.invoices import GROUPS
from shared.schema import Base, length, one_of
from shared.words import lazy_gettext as _l

LONGEST_REASON = 300
MOST_LINES = 1_000
MOST_CUSTOMERS = 10_000


def a_day(about: str, **options: Any) -> fields.Date:
    if not options.get("required"):
        options = {"load_default": None, "allow_none": True} | options
    return fields.Date(metadata={"description": about}, **options)


def period() -> fields.String:
    month = validate.Regexp(r"20\d\d-(0[1-9]|1[0-2])\Z", error=_l("Schrijf de periode als 2026-10."))
    return fields.String(required=True, validate=month)


def percentage() -> Amount:
    in_range = validate.Range(0, 100, error=_l("Vul een percentage van 0 tot en met 100 in."))
    return Amount(load_default=None, allow_none=True, validate=in_range)


def revision(**options: Any) -> fields.Integer:
    return whole(0, 2**31, strict=True, metadata={"description": "The one that was seen; 0: new."}, **options)


# Prices


class PriceBody(Base):
    """Something with a price, by its code: new, or other than it was."""

    code = line(60, required=True)
    description = line(120, required=True)
    price = money(required=True)
    per = fields.String(load_default="month", validate=one_of(*PER))
    vat = fields.String(load_default="standard", validate=one_of(*VAT_RATES))
    retired = yes_or_no(load_default=False)
    revision = revision(load_default=0)


# One customer


class AccountBody(Base):
    """How a customer is billed; what is not sent stays as it is."""

    revision = revision(required=True)
    issuer_id = identifier(allow_none=True)
    pays_by = fields.String(validate=one_of(*METHODS))
    days = whole(0, 120, strict=True)
    iban = fields.String(validate=length(0, 42))
    mandate_id = fields.String(validate=length(0, 35))
    mandate_signed_on = fields.Date(allow_none=True)
    reverse_charge = yes_or_no()
    profile = fields.String(validate=one_of(*PROFILES))
    reference = fields.String(validate=length(0, 60))
    attention = fields.String(validate=length(0, 70))
    email = fields.String(validate=length(0, 120))
    itemised = yes_or_no()
    masked = yes_or_no()
    bills_from = fields.Date(
        allow_none=True,
        metadata={"description": "The first of a month; null: that in which the customer came."},
    )
    prices = fields.Dict(keys=fields.String(validate=length(1, 60)), values=money())


class ChargeBody(Base):
    """Of a ``product`` comes what is left out of description, price and VAT; a discount may have a
    ``percentage`` ``of`` groups of lines in the place of a price."""

    kind = fields.String(required=True, validate=one_of(*CHARGE_KINDS))
    product = line(60)
    description = line(120)
    quantity = Amount(load_default=None, allow_none=True)
    price = money(load_default=None, allow_none=True)
    percentage = percentage()
    of = fields.List(fields.String(validate=one_of(*GROUPS)), load_default=list)
    starts = a_day("The first day.", required=True)
    ends = a_day("The last day.")
    vat = fields.String(load_default=None, allow_none=True, validate=one_of(*VAT_RATES))


class EndChargeBody(Base):
    ends = a_day("The last day; null for a one-off that is not invoiced yet, which goes away.")


class PeriodQuery(Base):
    period = period()


# Runs


class RunBody(Base):
    """A month becomes invoices. Without ``customer_ids`` of all customers; without ``issued_on`` of today."""

    period = period()
    customer_ids = fields.List(
        identifier(), load_default=None, allow_none=True, validate=validate.Length(1, MOST_CUSTOMERS)
    )
    dry_run = yes_or_no(load_default=False, metadata={"description": "Show what it would be; make nothing."})
    accept_unrated = yes_or_no(load_default=False)
    issued_on = a_day("The date of the invoices.")
    mail = yes_or_no(load_default=True)


class RunQuery(Base):
    state = fields.String(load_default="", validate=one_of("", *ROW_STATES))
    after = whole(0, 10**9, load_default=None)


class CollectBody(Base):
    collect_on = a_day("The day on which the bank collects.", required=True)


# Invoices


class IssuedQuery(InvoicesQuery):
    customer_id = identifier(load_default="")
    run_id = identifier(load_default="")


class CreditLineBody(Base):
    line = whole(0, 100_000, required=True, strict=True, metadata={"description": "Its place, from 0."})
    net = Amount(load_default=None, allow_none=True)


class CreditBody(Base):
    """Lines, each as a whole unless ``net`` says how much; without ``lines`` all that is left."""

    reason = line(LONGEST_REASON, required=True)
    lines = fields.List(
        fields.Nested(CreditLineBody),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, MOST_LINES),
    )


class PaymentBody(Base):
    on = fields.Date(
        required=True, allow_none=True, metadata={"description": "When it was paid; null: not after all."}
    )
