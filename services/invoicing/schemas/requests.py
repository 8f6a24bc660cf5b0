"""What the methods take; see README.md."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from services.invoicing.domain.vat import RATES
from services.invoicing.schemas.fields import (
    Iban,
    Logo,
    amount,
    command_id,
    day,
    line,
    period,
    random_id,
)
from shared.schema import Base, one_of
from shared.words import gettext as _
from shared.words import lazy_gettext as _l

COLUMNS = ("period", "number", "issued_on", "sent_on", "total", "status")
GROUPS = ("subscription", "one_off", "usage", "bundle")
CODE = r"^[a-z0-9][a-z0-9_:-]{0,59}\Z"


def _page(most: int, preset: int) -> fields.Integer:
    error = _l("Kies 1 tot en met {max}.")
    return fields.Integer(strict=True, load_default=preset, validate=validate.Range(1, most, error=error))


def _matching(pattern: str, error: Any, **kwargs: Any) -> fields.String:
    return fields.String(validate=validate.Regexp(pattern, error=error), **kwargs)


def _code(**kwargs: Any) -> fields.String:
    return _matching(CODE, _l("Gebruik kleine letters, cijfers, - _ en :."), **kwargs)


class Archive(Base):
    """``sort``: a column, with a minus for descending. Days and amounts are bounds that are included."""

    customer_id = random_id(required=False)
    period = line(0, 30, load_default="")
    number = line(0, 30, load_default="")
    issued_on_from = day(load_default=None, allow_none=True, data_key="issued_from")
    issued_on_to = day(load_default=None, allow_none=True, data_key="issued_to")
    sent_on_from = day(load_default=None, allow_none=True, data_key="sent_from")
    sent_on_to = day(load_default=None, allow_none=True, data_key="sent_to")
    amount_from = amount(2, negative=True, load_default=None, allow_none=True)
    amount_to = amount(2, negative=True, load_default=None, allow_none=True)
    kind = fields.String(load_default="", validate=one_of("", "invoice", "credit"))
    status = fields.String(
        load_default="", validate=one_of("", "open", "paid", "credited", "direct_debit", "credit")
    )
    run_id = random_id(required=False)
    sort = fields.String(
        load_default="-issued_on", validate=one_of(*(f"{way}{name}" for name in COLUMNS for way in ("", "-")))
    )
    after = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))
    limit = _page(200, 25)


class InvoiceId(Base):
    invoice_id = random_id()


class FileInfo(Base):
    invoice_id = random_id()
    kind = fields.String(required=True, validate=one_of("pdf", "ubl"))


class FileChunk(Base):
    """By ``file_id``, or by ``invoice_id`` and ``kind``."""

    file_id = _matching(
        r"^[0-9a-f]{32}:[0-9a-f]{32}\Z", _l("Dit is geen geldig kenmerk."), load_default=None, allow_none=True
    )
    invoice_id = random_id(required=False)
    kind = fields.String(load_default="pdf", validate=one_of("pdf", "ubl"))
    index = fields.Integer(strict=True, required=True, validate=validate.Range(0, 100_000))


class SaveProduct(Base):
    """``revision`` 0 for a new one, else the one that was seen."""

    code = _code(required=True)
    description = line(1, 120, required=True)
    price = amount(6, required=True)
    per = fields.String(load_default="month", validate=one_of("month", "once"))
    vat = fields.String(load_default="standard", validate=one_of(*RATES))
    retired = fields.Boolean(load_default=False)
    revision = fields.Integer(strict=True, load_default=0)
    command_id = command_id()


class SellerFields(Base):
    name = line(1, 70, required=True)
    street = line(1, 80, required=True)
    house_number = line(1, 20, required=True)
    postcode = line(1, 12, required=True)
    city = line(1, 60, required=True)
    country = _matching(r"^[A-Z]{2}\Z", _l("Vul een landcode in, zoals NL."), load_default="NL")
    kvk = _matching(r"^([0-9]{8})?\Z", _l("Een KvK-nummer heeft 8 cijfers."), load_default="")
    vat_number = _matching(
        r"^([A-Z]{2}[0-9A-Z]{2,12})?\Z", _l("Schrijf een btw-id als NL123456789B01."), load_default=""
    )
    iban = Iban(load_default="")
    bic = _matching(
        r"^([A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?)?\Z", _l("Een BIC heeft 8 of 11 tekens."), load_default=""
    )
    email = line(0, 120, load_default="")
    phone = line(0, 30, load_default="")
    website = line(0, 120, load_default="")
    accent = _matching(r"^#[0-9a-fA-F]{6}\Z", _l("Schrijf een kleur als #0b5cad."), load_default="#0b5cad")
    creditor_id = _matching(
        r"^([A-Z]{2}[0-9]{2}[0-9A-Z]{4,28})?\Z",
        _l("Schrijf een incassant-ID als NL00ZZZ123456780000."),
        load_default="",
    )


class SaveIssuer(Base):
    """``logo`` that is not sent stays, an empty one goes."""

    issuer_id = random_id(required=False)
    revision = fields.Integer(strict=True, load_default=0)
    seller = fields.Nested(SellerFields, required=True)
    logo = Logo(load_default=None, allow_none=True)
    partner_id = random_id(required=False)
    is_default = fields.Boolean(load_default=False)
    series = _matching(
        r"^[A-Z0-9]{0,6}\Z", _l("Gebruik ten hoogste 6 hoofdletters en cijfers."), load_default="F"
    )
    credit_series = _matching(
        r"^[A-Z0-9]{0,6}\Z", _l("Gebruik ten hoogste 6 hoofdletters en cijfers."), load_default="C"
    )
    command_id = command_id()


class CustomerId(Base):
    customer_id = random_id()


class SaveAccount(Base):
    """What is not sent stays as it is."""

    customer_id = random_id()
    revision = fields.Integer(strict=True, required=True)
    issuer_id = fields.String(allow_none=True, validate=validate.Regexp(r"^[0-9a-f]{32}\Z"))
    pays_by = fields.String(validate=one_of("transfer", "direct_debit"))
    days = fields.Integer(
        strict=True, validate=validate.Range(0, 120, error=_l("Kies 0 tot en met 120 dagen."))
    )
    iban = Iban()
    mandate_id = _matching(
        r"^[A-Za-z0-9+?/:().,'-]{0,35}\Z", _l("Gebruik ten hoogste 35 letters, cijfers en leestekens.")
    )
    mandate_signed_on = day(allow_none=True)
    reverse_charge = fields.Boolean()
    profile = fields.String(validate=one_of("nlcius", "peppol"))
    reference = line(0, 60)
    attention = line(0, 70)
    email = line(0, 120)
    itemised = fields.Boolean()
    masked = fields.Boolean()
    bills_from = day(allow_none=True)
    prices = fields.Dict(keys=_code(), values=amount(6))
    command_id = command_id()


class AddCharge(Base):
    """Of a ``product`` comes what is left out of description, price and VAT."""

    customer_id = random_id()
    kind = fields.String(required=True, validate=one_of("recurring", "one_off", "discount"))
    product = fields.String(load_default="", validate=validate.Length(max=60))
    description = line(0, 120, load_default="")
    quantity = amount(6, negative=True, load_default=Decimal(1))
    price = amount(6, load_default=None, allow_none=True)
    percentage = amount(4, load_default=None, allow_none=True)
    of = fields.List(fields.String(validate=one_of(*GROUPS)), load_default=list)
    starts = day(required=True)
    ends = day(load_default=None, allow_none=True)
    vat = fields.String(load_default=None, allow_none=True, validate=one_of(*RATES))
    command_id = command_id()

    @validates_schema
    def _priced(self, data: dict[str, Any], **_kwargs: Any) -> None:
        if data.get("percentage") is not None and data["percentage"] > 100:
            raise ValidationError(_("Vul een percentage van 0 tot en met 100 in."), "percentage")
        if not data.get("product") and data.get("price") is None and data.get("percentage") is None:
            raise ValidationError(_("Vul dit in."), "price")


class EndCharge(Base):
    charge_id = random_id()
    ends = day(load_default=None, allow_none=True)
    command_id = command_id()


class StartRun(Base):
    """Without ``customer_ids`` all customers. ``issued_on``: the date of the invoices, today if left out."""

    period = period()
    customer_ids = fields.List(random_id(), load_default=None, allow_none=True)
    dry_run = fields.Boolean(load_default=False)
    accept_unrated = fields.Boolean(load_default=False)
    issued_on = day(load_default=None, allow_none=True)
    mail = fields.Boolean(load_default=True)
    command_id = command_id()


class Runs(Base):
    limit = _page(200, 50)


class Run(Base):
    run_id = random_id()
    state = fields.String(load_default="", validate=validate.Length(max=20))
    after = fields.Integer(strict=True, load_default=None, allow_none=True)
    limit = _page(1000, 200)


class Preview(Base):
    customer_id = random_id()
    period = period()


class CreditLine(Base):
    """``line``: its place from 0; without ``net`` all that is left of it."""

    line = fields.Integer(strict=True, required=True, validate=validate.Range(0, 100_000))
    net = amount(2, negative=True, load_default=None, allow_none=True)


class Credit(Base):
    invoice_id = random_id()
    lines = fields.List(fields.Nested(CreditLine), load_default=None, allow_none=True)
    reason = line(1, 300, required=True)
    mail = fields.Boolean(load_default=True)
    issued_on = day(load_default=None, allow_none=True)
    command_id = command_id()


class SetPaid(Base):
    invoice_id = random_id()
    on = day(load_default=None, allow_none=True)
    command_id = command_id()


class DirectDebitFile(Base):
    run_id = random_id()
    collect_on = day(required=True)
    command_id = command_id()


class BatchChunk(Base):
    batch_id = random_id()
    index = fields.Integer(strict=True, required=True, validate=validate.Range(0, 100_000))


class Resend(Base):
    invoice_id = random_id()
    command_id = command_id()


class RunCancel(Base):
    run_id = random_id()
    command_id = command_id()
