"""*Waarom deze prijs*: a customer's usage as staff see it, and how each amount came about."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from gateway.access import staff
from gateway.models.part import Part
from gateway.models.rerating import CORRECTIONS
from gateway.pages.acting import acting, acting_for
from gateway.pages.beheer.months import months
from gateway.parts import parts
from shared.errors import NotFound

pages = Blueprint("beheer_prices", __name__, url_prefix="/beheer")

LONGEST_ID = 200
LONGEST_CURSOR = 600


@pages.get("/klanten/<id:customer_id>/gesprekken")
@staff(partners=True)
def calls(customer_id: str) -> str:
    """The customer's usage of a month, newest first; each row leads to its explanation."""
    bound = acting_for(customer_id)
    choices = months(parts().today())
    period = request.args.get("periode", "")
    period = period if period in choices else next(iter(choices))
    cursor = request.args.get("plaats", "")[:LONGEST_CURSOR] or None
    found = Part.ask(lambda: parts().rerating.calls(bound, customer_id, period, cursor))
    company = parts().companies.company(acting(), customer_id)
    return render_template("beheer/calls.html", company=company, found=found, months=choices, period=period)


@pages.get("/waarom")
@staff(partners=True)
def explain() -> str:
    """Why a row has its amount; a partner's people name the customer, so that it is theirs to see."""
    row_id, customer_id = request.args.get("rij", "")[:LONGEST_ID], request.args.get("klant", "")
    if len(row_id) < 3:
        raise NotFound()
    who = acting_for(customer_id) if customer_id else acting()
    why = parts().rerating.explain(who, row_id)
    company = Part.ask(lambda: parts().companies.company(acting(), why.row.customer))
    return render_template(
        "beheer/explain.html",
        why=why,
        company=company.value,
        corrections=CORRECTIONS,
        back=url_for("beheer_prices.calls", customer_id=why.row.customer, periode=why.row.period),
    )
