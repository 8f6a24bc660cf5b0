"""Customers, for staff of the operator and of partners."""

from __future__ import annotations

from typing import Any

from gateway.access import staff
from gateway.api.frame import changes, reads, resource
from gateway.api.staff_requests import CustomerBody, CustomersQuery, NewCustomerBody, NewPartnerBody
from gateway.models.companies import Companies, Company
from gateway.pages.acting import acting
from gateway.parts import parts

pages = resource("customers", "Customers, for staff. Those of a partner see their own customers only.")
console = staff(partners=True)
CUSTOMER, PARTNER = "customer", "partner"


@reads(pages, "/customers", Companies, console, CustomersQuery)
def listing(query: dict[str, Any]) -> Companies:
    """Customers by number, 50 at a time; `query` is part of the name, or a whole number."""
    return parts().companies.companies(acting(), **query)


@changes(pages, "POST", "/customers", console, NewCustomerBody, Company, status=201)
def create(key: str, body: dict[str, Any]) -> Company:
    """A new customer."""
    return parts().companies.create(acting(), key, kind=CUSTOMER, **body)


@changes(pages, "POST", "/partners", staff(), NewPartnerBody, Company, status=201)
def create_partner(key: str, body: dict[str, Any]) -> Company:
    """A new ICT partner; from then on it is read and changed as a customer is."""
    return parts().companies.create(acting(), key, kind=PARTNER, **({"products": []} | body))


@reads(pages, "/customers/<id:customer_id>", Company, console)
def show(customer_id: str) -> Company:
    """One customer."""
    return parts().companies.company(acting(), customer_id)


@changes(pages, "PATCH", "/customers/<id:customer_id>", console, CustomerBody, Company)
def change(key: str, body: dict[str, Any], customer_id: str) -> Company:
    """Change what the body names; refused when somebody else changed it since `revision`."""
    return parts().companies.change(acting(), key, customer_id, body.pop("revision"), **body)
