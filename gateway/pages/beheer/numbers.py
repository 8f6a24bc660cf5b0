"""*Nummers* (operator): ranges that came in, and whose the numbers in them are."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import staff
from gateway.forms.form import Form, submit
from gateway.forms.telephony_staff import RangeForm
from gateway.models.answer import REFUSALS
from gateway.models.part import Part
from gateway.models.telephony import RangeNumbers
from gateway.pages.acting import acting
from gateway.parts import parts
from gateway.phone_numbers import party
from gateway.toasts import failed, toast
from gateway.words import gettext as _
from shared.errors import NotFound

pages = Blueprint("beheer_numbers", __name__, url_prefix="/beheer/nummers")

Page = tuple[str, int, dict[str, str]]
LONGEST = 30


@pages.get("")
@staff()
def listing() -> Page:
    """The ranges, how much of each is given out, and a form for another."""
    return _listing(Form.blank(RangeForm()))


@pages.post("")
@staff()
def add() -> Response | Page:
    """A range came in."""

    def work(form: Form) -> Response:
        made = parts().telephony.add_range(acting(), form.command, **form.values)
        toast(_("Nummerreeks toegevoegd"), _("%(first)s t/m %(last)s", **_ends(made.first, made.last)))
        return redirect(url_for("beheer_numbers.show", range_id=made.id), 303)

    outcome = submit(RangeForm(), work)
    return _listing(outcome) if isinstance(outcome, Form) else outcome


@pages.get("/zoek")
@staff()
def find() -> Response:
    """The range that a number is in, at that number."""
    number = request.args.get("nummer", "").strip()[:LONGEST]
    try:
        found = parts().telephony.range_with(acting(), number)
    except (*REFUSALS, NotFound) as error:
        fields = error.details.get("fields", {})
        failed(_("Niet gevonden"), " ".join(fields.get("number", [])) or str(error))
        return redirect(url_for("beheer_numbers.listing"), 303)
    return redirect(url_for("beheer_numbers.show", range_id=found.id, nummer=number), 303)


@pages.get("/<id:range_id>")
@staff()
def show(range_id: str) -> str:
    """The numbers of a range, or the free ones of it."""
    free, number = "vrij" in request.args, request.args.get("nummer", "")[:LONGEST]
    after = request.args.get("na", "")[:LONGEST] or None
    found = parts().telephony.numbers_of_range(acting(), range_id, free, after or _before(number))
    return render_template(
        "beheer/number_range.html", found=found, free=free, names=_names(found), today=parts().today()
    )


@pages.get("/kies")
@staff()
def choose() -> Response:
    """With free numbers to the page of the customer who gets them."""
    numbers = [number[:LONGEST] for number in request.args.getlist("nummer")]
    customer = request.args.get("klant", "").strip()
    found = parts().companies.companies(acting(), number=int(customer)).rows if customer.isdecimal() else ()
    if not found or found[0].kind != "customer":
        failed(_("Deze klant is er niet"), _("Vul het klantnummer in, bijvoorbeeld 10427."))
        return redirect(request.referrer or url_for("beheer_numbers.listing"), 303)
    wanted = "\n".join(map(party, numbers)) or None
    values: dict[str, Any] = {"customer_id": found[0].id, "nummers": wanted, "_anchor": "toewijzen"}
    return redirect(url_for("beheer_customer_numbers.show", **values), 303)


def _listing(form: Form) -> Page:
    ranges = Part.ask(lambda: parts().telephony.ranges(acting()))
    html = render_template("beheer/number_ranges.html", ranges=ranges, form=form)
    return html, form.status, form.headers


def _ends(first: str, last: str) -> dict[str, str]:
    return {"first": party(first), "last": party(last)}


def _before(number: str) -> str | None:
    """The number before one that was looked for, so that it stands at the top of its page."""
    digits = "".join(character for character in number if character in "+0123456789")
    if not digits.removeprefix("+").isdecimal():
        return None
    international = digits if digits.startswith("+") else f"+31{digits.removeprefix('0')}"
    return f"+{int(international) - 1}"


def _names(found: RangeNumbers) -> dict[str, str]:
    """Who the customers on the page are; one that identity cannot name now keeps its link."""
    ids = dict.fromkeys(one.customer_id for row in found.rows for one in row.assignments)
    return {id: name for id in ids if (name := _name(id))}


def _name(customer_id: str) -> str:
    try:
        company = Part.ask(lambda: parts().companies.company(acting(), customer_id)).value
    except NotFound:
        return ""
    return f"{company.name} ({company.number})" if company else ""
