"""*Toestellen*: all telephones of all customers, for the operator; of the own customers, for a partner."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for

from gateway.access import staff
from gateway.forms.devices import STATES, SearchForm
from gateway.forms.filled import read
from gateway.forms.form import ID_CHARACTERS, ID_LENGTH
from gateway.models.part import Part
from gateway.pages.acting import acting, acting_for
from gateway.parts import parts
from shared.errors import NotFound

pages = Blueprint("beheer_devices", __name__, url_prefix="/beheer/toestellen")


@pages.get("")
@staff(partners=True)
def listing() -> tuple[str, int]:
    """The newest first, with search; of one customer when its ID is in the address."""
    filled = read(SearchForm(), request.args)
    asked = dict(filled.values)
    customer_id = asked.pop("customer_id", "") or None
    if customer_id and not (len(customer_id) == ID_LENGTH and ID_CHARACTERS.issuperset(customer_id)):
        raise NotFound()
    company = parts().companies.company(acting(), customer_id) if customer_id else None
    who = acting_for(customer_id) if customer_id else acting()
    found = None
    if not filled.errors:
        found = Part.ask(lambda: parts().devices.find(who, customer_id=customer_id, **asked))
    kept = {"bevat": asked.get("query"), "toestand": asked.get("state"), "klant": customer_id}
    html = render_template(
        "beheer/devices.html",
        filled=filled,
        found=found,
        company=company,
        states=STATES,
        kept={name: value for name, value in kept.items() if value},
        everything=url_for("beheer_devices.listing", klant=customer_id),
    )
    return html, 400 if filled.errors else 200
