"""Telephone numbers, for staff: ranges, and whose a number is."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.access import staff
from gateway.api.frame import DONE, Done, changes, reads, resource
from gateway.api.requests import After
from gateway.api.staff_requests import AssignBody, EndBody, NumberQuery, RangeBody, RangeQuery
from gateway.models.telephony import Assignments, NumberRange, RangeNumbers
from gateway.pages.acting import acting, acting_for
from gateway.parts import parts

pages = resource("numbers", "Telephone numbers, for staff: ranges, and whose a number is.")
operator = staff()


class Assigned(msgspec.Struct, frozen=True, kw_only=True):
    """How many numbers were given."""

    count: int


@reads(pages, "/number-ranges", list[NumberRange], operator)
def ranges() -> list[NumberRange]:
    """All ranges."""
    return parts().telephony.ranges(acting())


@changes(pages, "POST", "/number-ranges", operator, RangeBody, NumberRange, status=201)
def add_range(key: str, body: dict[str, Any]) -> NumberRange:
    """A range that came in; refused when one of its numbers is in another."""
    return parts().telephony.add_range(acting(), key, **body)


@reads(pages, "/number-ranges/with", NumberRange, operator, NumberQuery)
def range_with(query: dict[str, Any]) -> NumberRange:
    """The range that a number is in."""
    return parts().telephony.range_with(acting(), query["number"])


@reads(pages, "/number-ranges/<id:range_id>/numbers", RangeNumbers, operator, RangeQuery)
def numbers_of_range(query: dict[str, Any], range_id: str) -> RangeNumbers:
    """Numbers of a range, 100 at a time, or those that are free."""
    return parts().telephony.numbers_of_range(acting(), range_id, query["free"], query["after"])


@reads(pages, "/customers/<id:customer_id>/numbers", Assignments, staff(partners=True), After)
def assignments(query: dict[str, Any], customer_id: str) -> Assignments:
    """A customer's numbers, ended ones too, 100 at a time."""
    acting_for(customer_id)  # NotFound for another's
    return parts().telephony.assignments(acting(), customer_id, query["after"])


@changes(pages, "POST", "/customers/<id:customer_id>/numbers", operator, AssignBody, Assigned, status=201)
def assign(key: str, body: dict[str, Any], customer_id: str) -> Assigned:
    """Give numbers to a customer: all of them or none."""
    acting_for(customer_id)  # NotFound for another's
    return Assigned(count=parts().telephony.assign(acting(), key, customer_id, **body))


@changes(pages, "POST", "/number-assignments/<id:assignment_id>/end", operator, EndBody)
def end(key: str, body: dict[str, Any], assignment_id: str) -> Done:
    """Say from which day on a number is no longer the customer's."""
    parts().telephony.end(acting(), key, assignment_id, **body)
    return DONE
