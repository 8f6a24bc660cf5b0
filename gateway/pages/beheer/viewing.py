"""*Kijk mee als klant*: staff see a customer's portal, and its audit log tells that they do."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from gateway.access import members, staff
from gateway.forms.companies import ReasonForm
from gateway.forms.form import COMMAND, Form, command_id, submit
from gateway.pages.acting import acting
from gateway.parts import parts
from gateway.sessions import begin_view, end_view, viewed_in
from shared.errors import Conflict, Fault, Forbidden, NotFound, Unavailable
from shared.logging import correlation_id, get_logger

log = get_logger(__name__)

pages = Blueprint("beheer_viewing", __name__, url_prefix="/beheer")

Page = tuple[str, int, dict[str, str]]


@pages.get("/klanten/<id:customer_id>/meekijken")
@staff(partners=True)
def ask(customer_id: str) -> Page:
    """Why, before it begins."""
    return _page(customer_id, Form.blank(ReasonForm()))


@pages.post("/klanten/<id:customer_id>/meekijken")
@staff(partners=True)
def begin(customer_id: str) -> Response | Page:
    """From here on every page is the customer's."""

    def work(form: Form) -> Response:
        customer = parts().companies.view_as(acting(), form.command, customer_id, form.values["reason"])
        begin_view(customer)
        return redirect(url_for("home.first_page"), 303)

    outcome = submit(ReasonForm(), work)
    return _page(customer_id, outcome) if isinstance(outcome, Form) else outcome


@pages.post("/meekijken/stop")
@members()
def stop() -> Response:
    """Back to the customer's page under /beheer; stopping works while identity is away, too."""
    customer = viewed_in(session)
    if customer is None:
        return redirect(url_for("home.first_page"), 303)
    own = g.account.acting(correlation_id(), request.remote_addr or "")
    try:
        parts().companies.end_view(own, command_id(request.form.get(COMMAND, "")), customer.id)
    except (Unavailable, Fault, NotFound, Forbidden, Conflict) as problem:
        log.warning("the customer's log misses the end of looking along", reason=str(problem))
    end_view()
    return redirect(url_for("beheer_customers.show", customer_id=customer.id), 303)


def _page(customer_id: str, form: Form) -> Page:
    company = parts().companies.company(acting(), customer_id)
    html = render_template("beheer/viewing_ask.html", company=company, form=form)
    return html, form.status, form.headers
