"""*Klanten*, the first page of /beheer, and *Partners*."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from gateway.access import staff
from gateway.pages.acting import viewer
from gateway.pages.beheer.companies import company_pages

customers = company_pages("customer", "klanten", partners=True)
partners = company_pages("partner", "partners", partners=False)
pages = Blueprint("beheer", __name__, url_prefix="/beheer")


@pages.get("")
@staff(partners=True)
def front_door() -> Response:
    """/beheer by itself."""
    return redirect(url_for("beheer_customers.listing"), 303)


@pages.get("/collegas")
@staff(partners=True)
def colleagues() -> Response:
    """The users of one's own company."""
    company = viewer().customer
    if company is None:
        return redirect(url_for("beheer_customers.listing"), 303)
    return redirect(url_for("beheer_people.listing", customer_id=company.id), 303)
