"""What addresses about prices take: rate plans, re-rating, quarantine. For staff."""

from __future__ import annotations

from marshmallow import fields, validate

from gateway.api.requests import After, ReasonBody, identifier, line, whole
from gateway.api.staff_requests import FIRST_DAY, a_day
from gateway.models.quarantine import REASONS
from shared.schema import Base, length, one_of

LONGEST_PLAN = 60
LONGEST_VERSION = 80


# Quarantine


class CaseFields(Base):
    """What names a case: these three, as the list has them."""

    why = fields.String(data_key="reason", required=True, validate=one_of(*REASONS))
    carrier = line(60, required=True)
    case = line(200)


class CaseQuery(CaseFields):
    after = line(64)


class ReplayBody(Base):
    case = fields.Nested(CaseFields, required=True)


class DiscardBody(ReplayBody):
    reason = line(500, required=True)


# Prices


class RerateBody(Base):
    """A month, or two days that both count; the rest narrows it down."""

    period = fields.String(load_default=None, allow_none=True, validate=length(7, 7))
    first = fields.Date(data_key="from", load_default=None, allow_none=True)
    last = fields.Date(data_key="to", load_default=None, allow_none=True)
    customer_id = identifier(load_default=None, allow_none=True)
    prefix = line(40)
    plan = line(LONGEST_VERSION)


class ChangesQuery(After):
    customer_id = identifier(load_default=None)


class CallsQuery(Base):
    period = line(7, required=True)
    cursor = line(600)


class WhyQuery(Base):
    row_id = line(200, required=True)
    customer_id = identifier(load_default=None, metadata={"description": "Needed by staff of partners."})


# Rate plans


class _Place(Base):
    query = line(80)
    after = whole(0, 10_000_000, load_default=0)


class PlanLinesQuery(_Place):
    version = line(LONGEST_VERSION, required=True)


class PlanFileQuery(Base):
    version = line(LONGEST_VERSION, required=True)


class ComparisonQuery(_Place):
    before = line(LONGEST_VERSION, required=True)
    after_version = line(LONGEST_VERSION, required=True)
    change = fields.String(load_default=None, validate=one_of("added", "removed", "changed"))


class PlanCustomersQuery(Base):
    plan = line(LONGEST_PLAN, required=True)
    after = line(64)


class ImportFields(Base):
    """Which plan a file is for, from which day, and with how many decimals its amounts are kept."""

    name = line(LONGEST_PLAN, required=True)
    valid_from = a_day(FIRST_DAY)
    precision = whole(0, 6, load_default=4)


class ImportQuery(ImportFields):
    file = line(200, load_default="tarieven.csv")


class ImportPlaceQuery(Base):
    errors_after = whole(0, 100_000, load_default=0)
    warnings_after = whole(0, 100_000, load_default=0)


class StandardBody(ReasonBody):
    plan = line(LONGEST_PLAN, required=True)


class TermBody(Base):
    """A deviation, as cdr takes it."""

    of = fields.String(required=True, validate=one_of("all", "type", "prefix"))
    key = line(40)
    kind = fields.String(load_default="", validate=one_of("", "voice", "sms", "data"))
    margin = line(20)
    rate = line(30)
    per = line(20)
    increment = line(20)
    connect_fee = line(30)


class CustomerPlanBody(ReasonBody):
    """``plan`` empty is the standard one; ``deviations`` null leaves them as they are."""

    plan = line(LONGEST_PLAN)
    deviations = fields.List(
        fields.Nested(TermBody), load_default=None, allow_none=True, validate=validate.Length(max=200)
    )
    revision = whole(0, 2**31, strict=True, load_default=None, allow_none=True)
