"""Whose users the pages of *Gebruikers* are about: those of one's own company, or for staff another's.

The pages are written once, as functions that take a :class:`Whose` first. :func:`route` puts each of them
in the portal, with the customer's own rule, and under /beheer, for staff.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, url_for

from gateway.access import customers, staff
from gateway.models.companies import Company
from gateway.pages.acting import acting, viewer
from gateway.parts import parts
from shared.errors import NotFound

STAFF_PREFIX = "beheer_"
"""The name of an area under /beheer is that of the portal with this before it."""

manager = customers(role="user_management")
console = staff(partners=True)


@dataclass(frozen=True)
class Whose:
    """``company`` is None for one's own."""

    company: Company | None = None

    def url(self, endpoint: str, **values: Any) -> str:
        """The address of a page about the same company's users."""
        if self.company is None:
            return url_for(endpoint, **values)
        return url_for(STAFF_PREFIX + endpoint, customer_id=self.company.id, **values)

    @property
    def home(self) -> str | None:
        """The company's own page under /beheer; of partners it is for the operator only."""
        assert self.company is not None
        partner = self.company.kind == "partner"
        if partner and viewer().scope == "partner":
            return None
        return url_for(f"beheer_{'partners' if partner else 'customers'}.show", customer_id=self.company.id)

    @property
    def fields(self) -> dict[str, str]:
        """What calls about a company, not about one user, take along."""
        return {"customer_id": self.company.id} if self.company else {}


OWN = Whose()


def route(own: Blueprint, console_pages: Blueprint, method: str, path: str) -> Callable[[Any], Any]:
    """Put a page in both areas."""

    def add(view: Callable[..., Any]) -> Callable[..., Any]:
        @manager
        @wraps(view)
        def of_own(**known: Any) -> Any:
            return view(OWN, **known)

        @console
        @wraps(view)
        def of_customer(customer_id: str, **known: Any) -> Any:
            return view(Whose(company_of(customer_id, known.get("user_id"))), **known)

        own.add_url_rule(path, view.__name__, of_own, methods=[method])
        console_pages.add_url_rule(path, view.__name__, of_customer, methods=[method])
        return view

    return add


def company_of(customer_id: str, user_id: str | None) -> Company:
    """The company that an address names. A user of another company does not exist under this one's address,
    also for who may see both."""
    company = parts().companies.company(acting(), customer_id)
    if user_id is not None and _is_of_another(user_id, company):
        raise NotFound()
    return company


def _is_of_another(user_id: str, company: Company) -> bool:
    """Of who is not there (any more) identity says so itself, for it gives a change that is sent twice its
    first answer again."""
    try:
        return parts().people.user(acting(), user_id).customer_id != company.id
    except NotFound:
        return False
