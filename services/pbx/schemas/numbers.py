"""What comes in by RPC and what goes out. Days are days in Amsterdam, written 2026-12-01."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from services.pbx.domain.numbers import Assignment, Range
from services.pbx.schemas import Reply
from services.pbx.schemas.fields import FixedNumber, command_id, random_id, reason
from shared.days import day_of
from shared.schema import Base
from shared.words import gettext, lazy_gettext

MOST_NUMBERS = 1000
LARGEST_PAGE = 1000


def day(required: bool = False) -> fields.Date:
    """An optional day may be left out, or be null."""
    error = lazy_gettext("Kies een dag van 2000 tot en met 2099.")
    years = validate.Range(date(2000, 1, 1), date(2099, 12, 31), error=error)
    return fields.Date(required=required, allow_none=not required, validate=years)


def source() -> fields.String:
    """No control characters, and no halves of characters (JSON can carry both)."""
    error = lazy_gettext("Gebruik ten hoogste 100 gewone tekens.")
    pattern = validate.Regexp(r"^[^\x00-\x1f\x7f\ud800-\udfff]{0,100}\Z", error=error)
    return fields.String(load_default="", validate=pattern)


def rows() -> fields.Integer:
    """How many rows a page has."""
    many = validate.Range(1, LARGEST_PAGE, error=lazy_gettext("Kies 1 tot en met {max}."))
    return fields.Integer(strict=True, load_default=500, validate=many)


class Page(Base):
    """``after``: the ID of the last row of the page before."""

    after = random_id(required=False)
    limit = rows()


class AddRange(Base):
    first = FixedNumber(required=True)
    last = FixedNumber(required=True)
    source = source()
    command_id = command_id()


class AssignNumbers(Base):
    """From the start of ``valid_from`` up to the start of ``valid_to``, or until further notice."""

    customer_id = random_id()
    numbers = fields.List(
        FixedNumber(),
        required=True,
        validate=validate.Length(1, MOST_NUMBERS, error=lazy_gettext("Geef 1 tot en met {max} nummers.")),
    )
    valid_from = day(required=True)
    valid_to = day()
    reason = reason()
    command_id = command_id()

    @validates_schema
    def ends_after_its_start(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data.get("valid_to") and data["valid_to"] <= data["valid_from"]:
            raise ValidationError(gettext("Het einde moet na het begin liggen."), "valid_to")


class EndAssignment(Base):
    """``valid_to`` is the first day on which the number is no longer the customer's."""

    assignment_id = random_id()
    valid_to = day(required=True)
    reason = reason()
    command_id = command_id()


class NumbersOfRange(Base):
    """``after``: the number of the last row of the page before."""

    range_id = random_id()
    free = fields.Boolean(load_default=False)
    after = FixedNumber(load_default=None, allow_none=True)
    limit = rows()


class RangeWith(Base):
    number = FixedNumber(required=True)


class Assignments(Page):
    customer_id = random_id(required=False)


def range_reply(found: Range, assigned: int) -> Reply:
    """``assigned``: how many of its numbers belong to somebody now."""
    return {
        "id": found.id,
        "first": found.first,
        "last": found.last,
        "source": found.source,
        "size": found.size,
        "assigned": assigned,
    }


def assignment_reply(assignment: Assignment) -> Reply:
    return {
        "id": assignment.id,
        "customer_id": assignment.customer_id,
        **number_reply(assignment),
        "revision": assignment.revision,
    }


def number_reply(assignment: Assignment) -> Reply:
    """What a customer sees of an assignment."""
    end = assignment.term.end
    return {
        "number": assignment.number,
        "valid_from": day_of(assignment.term.start).isoformat(),
        "valid_to": day_of(end).isoformat() if end else None,
        "subject": assignment.subject,
    }


def page_reply(rows: list[Reply], last_id: str | None) -> Reply:
    """``next`` goes into the next call's ``after``; None on the last page."""
    return {"rows": rows, "next": last_id}
