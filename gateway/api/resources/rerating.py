"""Prices that were booked, for staff: why they are what they are, and what today's would be."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.access import staff
from gateway.api.frame import DONE, Done, Made, changes, reads, resource
from gateway.api.rate_requests import CallsQuery, ChangesQuery, RerateBody, WhyQuery
from gateway.api.requests import After, ReasonBody
from gateway.forms.rerating import place, written
from gateway.models.rerating import Change, CustomerSums, Explanation, Rerating
from gateway.models.usage import Details
from gateway.pages.acting import acting, acting_for
from gateway.parts import parts

pages = resource("rerating", "Prices of usage that is booked: explained, worked out anew, corrected.")
operator = staff()
console = staff(partners=True)
ONE = "/reratings/<id:job_id>"


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """Customers by difference, the largest first."""

    rows: tuple[CustomerSums, ...]
    next: str | None = None


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """Usage by difference, the largest first."""

    rows: tuple[Change, ...]
    next: str | None = None


@reads(pages, "/reratings", list[Rerating], operator)
def listing() -> list[Rerating]:
    """Previews and bookings, newest first."""
    return parts().rerating.recent(acting())


@changes(pages, "POST", "/reratings", operator, RerateBody, Made, 202)
def preview(key: str, body: dict[str, Any]) -> Made:
    """Work out what usage would cost by the plans of now; nothing changes yet."""
    days = {"from": body.pop("first"), "to": body.pop("last")}
    scope = body | {name: day.isoformat() for name, day in days.items() if day}
    return Made(id=parts().rerating.preview(acting(), key, scope))


@reads(pages, ONE, Rerating, operator)
def show(job_id: str) -> Rerating:
    """How far one is, or what it came to."""
    return parts().rerating.job(acting(), job_id)


@reads(pages, f"{ONE}/customers", Sums, operator, After)
def customers(query: dict[str, Any], job_id: str) -> Sums:
    """A preview's customers, 25 at a time."""
    found = parts().rerating.customers(acting(), job_id, place(query["after"] or ""))
    return Sums(rows=found.rows, next=written(found.next))


@reads(pages, f"{ONE}/changes", Rows, operator, ChangesQuery)
def rows(query: dict[str, Any], job_id: str) -> Rows:
    """A preview's rows, 25 at a time."""
    after = place(query["after"] or "")
    found = parts().rerating.changes(acting(), job_id, query["customer_id"], after)
    return Rows(rows=found.rows, next=written(found.next))


@changes(pages, "POST", f"{ONE}/book", operator, ReasonBody, Made, 202)
def book(key: str, body: dict[str, Any], job_id: str) -> Made:
    """Book the corrections of a preview."""
    return Made(id=parts().rerating.book(acting(), key, job_id, body["reason"]))


@changes(pages, "POST", f"{ONE}/stop", operator)
def stop(key: str, job_id: str) -> Done:
    """Work it out no further."""
    parts().rerating.stop(acting(), key, job_id)
    return DONE


@reads(pages, "/customers/<id:customer_id>/details", Details, console, CallsQuery)
def calls(query: dict[str, Any], customer_id: str) -> Details:
    """A customer's usage of a month, newest first, 50 at a time."""
    bound = acting_for(customer_id)
    return parts().rerating.calls(bound, customer_id, query["period"], query["cursor"] or None)


@reads(pages, "/prices/why", Explanation, console, WhyQuery)
def why(query: dict[str, Any]) -> Explanation:
    """How the amount of a row came about."""
    customer_id = query["customer_id"]
    who = acting_for(customer_id) if customer_id else acting()
    return parts().rerating.explain(who, query["row_id"])
