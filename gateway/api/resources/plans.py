"""Rate plans, for staff: versions, their lines, what differs, who has which, and importing another."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response

from gateway.access import staff
from gateway.api.frame import DONE, Done, Made, changes, downloads, reads, resource, uploads
from gateway.api.rate_requests import (
    ComparisonQuery,
    CustomerPlanBody,
    ImportFields,
    ImportPlaceQuery,
    ImportQuery,
    PlanCustomersQuery,
    PlanFileQuery,
    PlanLinesQuery,
    StandardBody,
)
from gateway.api.requests import ReasonBody
from gateway.models.plans import Comparison, CustomerPlan, Draft, Lines, PlanCustomers, PlanVersion
from gateway.pages.acting import acting, acting_for
from gateway.pages.files import handed_on
from gateway.parts import parts

pages = resource("rate_plans", "Rate plans. A file is imported as a draft, checked, and only then saved.")
operator = staff()
CSV = "text/csv"
DRAFT = "/rate-plans/imports/<id:draft_id>"
CUSTOMERS = "/customers/<id:customer_id>/rate-plan"
LARGEST = 16 * 2**20
"""Bytes of one file, as cdr takes."""
EVERYONE = "default"
"""In the place of a customer's ID: everyone without a plan of their own."""


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """The version that an import has become."""

    version: str


@reads(pages, "/rate-plans", list[PlanVersion], operator)
def versions() -> list[PlanVersion]:
    """All versions of all plans."""
    return parts().plans.versions(acting())


@reads(pages, "/rate-plans/lines", Lines, operator, PlanLinesQuery)
def lines(query: dict[str, Any]) -> Lines:
    """The lines of a version, 50 at a time; for a number those that count for it."""
    return parts().plans.lines(acting(), **query)


@downloads(pages, "/rate-plans/file", CSV, operator, PlanFileQuery)
def file(query: dict[str, Any]) -> Response:
    """The file that a version was imported from."""
    pieces = parts().plans.file(acting(), query["version"])
    return handed_on(pieces, f"tarieven {query['version']}.csv", CSV)


@downloads(pages, "/rate-plans/template", CSV, operator)
def template() -> Response:
    """A file to begin with."""
    return handed_on(iter([parts().plans.template(acting())]), "tarieven.csv", CSV)


@reads(pages, "/rate-plans/comparison", Comparison, operator, ComparisonQuery)
def compare(query: dict[str, Any]) -> Comparison:
    """What differs between two versions, 50 lines at a time."""
    return parts().plans.compare(acting(), query.pop("before"), query.pop("after_version"), **query)


@reads(pages, "/rate-plans/customers", PlanCustomers, operator, PlanCustomersQuery)
def plan_customers(query: dict[str, Any]) -> PlanCustomers:
    """Who has a plan of their own choice, 50 at a time."""
    return parts().plans.customers(acting(), query["plan"], query["after"])


@changes(pages, "PUT", "/rate-plans/standard", operator, StandardBody)
def set_standard(key: str, body: dict[str, Any]) -> Done:
    """Make a plan that of everyone without another."""
    parts().plans.assign(acting(), key, EVERYONE, body["plan"], body["reason"])
    return DONE


@reads(pages, CUSTOMERS, CustomerPlan, staff(partners=True))
def of_customer(customer_id: str) -> CustomerPlan:
    """A customer's plan and what they pay other than it says."""
    return parts().plans.of_customer(acting_for(customer_id), customer_id)


@changes(pages, "PUT", CUSTOMERS, operator, CustomerPlanBody)
def assign(key: str, body: dict[str, Any], customer_id: str) -> Done:
    """Give a customer another plan or other terms; what is booked keeps its price."""
    acting_for(customer_id)  # NotFound for another's
    parts().plans.assign(acting(), key, customer_id, **body)
    return DONE


@reads(pages, "/rate-plans/imports", list[Draft], operator)
def drafts() -> list[Draft]:
    """Imports that nobody has saved, newest first."""
    return parts().plans.drafts(acting())


@uploads(pages, "/rate-plans/imports", CSV, LARGEST, operator, ImportQuery, Made, 202)
def begin(key: str, query: dict[str, Any], data: bytes) -> Made:
    """Import a file, which is checked in the background; ask for it until its `report` is there."""
    return Made(id=parts().plans.upload(acting(), key, data, **query))


@reads(pages, DRAFT, Draft, operator, ImportPlaceQuery)
def draft(query: dict[str, Any], draft_id: str) -> Draft:
    """How far the check of an import is, or what it found, 100 remarks at a time."""
    return parts().plans.draft(acting(), draft_id, **query)


@changes(pages, "PUT", DRAFT, operator, ImportFields, Draft)
def change_draft(key: str, body: dict[str, Any], draft_id: str) -> Draft:
    """Another plan, day or precision; it is checked again."""
    return parts().plans.change_draft(acting(), draft_id, **body)


@changes(pages, "POST", f"{DRAFT}/save", operator, ReasonBody, Saved)
def save(key: str, body: dict[str, Any], draft_id: str) -> Saved:
    """Make it a version; refused while something in it is wrong."""
    return Saved(version=parts().plans.save(acting(), key, draft_id, body["reason"]))


@changes(pages, "DELETE", DRAFT, operator)
def drop(key: str, draft_id: str) -> Done:
    """Throw an import away."""
    parts().plans.draft(acting(), draft_id)  # NotFound for one that is not there
    parts().plans.drop(acting(), key, draft_id)
    return DONE
