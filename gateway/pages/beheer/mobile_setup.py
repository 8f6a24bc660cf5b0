"""*Mobiel* for staff, of all customers: products, a partner's default limits, orders to carriers."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import staff
from gateway.forms.form import Form, submit
from gateway.forms.mobile_staff import defaults_form
from gateway.models.limits import typed_amount
from gateway.models.mobile import ORDER_STATES
from gateway.models.mobile_staff import Default, Defaults
from gateway.models.part import Part
from gateway.pages.acting import acting, viewer
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _
from shared.errors import Invalid, NotFound

pages = Blueprint("beheer_mobile_setup", __name__, url_prefix="/beheer/mobiel")

Page = tuple[str, int, dict[str, str]]


@pages.get("")
@staff(partners=True)
def show() -> str:
    """What can be subscribed to, and for the operator what carriers were asked."""
    operator = viewer().scope == "operator"
    wanted = request.args.get("stand", "")
    state = wanted if wanted in ORDER_STATES else None
    after = request.args.get("na")
    orders = Part.ask(lambda: parts().mobile_staff.orders(acting(), state, after)) if operator else None
    return render_template(
        "beheer/mobile_setup.html",
        catalogue=Part.ask(lambda: parts().mobile_staff.catalogue(acting())),
        orders=orders,
        state=state or "",
        states=ORDER_STATES,
        operator=operator,
    )


@pages.get("/defaults", defaults={"partner_id": None})
@pages.get("/defaults/<id:partner_id>")
@staff(partners=True)
def defaults(partner_id: str | None) -> Page:
    """The limits that a partner's customers begin with."""
    found = _defaults(partner_id)
    return _page(found, Form.blank(defaults_form(found.limits), **{o.code: _typed(o) for o in found.limits}))


@pages.post("/defaults", defaults={"partner_id": None})
@pages.post("/defaults/<id:partner_id>")
@staff(partners=True)
def set_defaults(partner_id: str | None) -> Response | Page:
    """Change them; customers who set their own keep it."""
    found = _defaults(partner_id)

    def work(form: Form) -> Response:
        about = {"partner_id": partner_id} if partner_id else {}
        limits = dict(form.values)
        parts().mobile_staff.change(acting(), form.command, "set_partner_defaults", limits=limits, **about)
        toast(_("Standaardlimieten opgeslagen"))
        return redirect(url_for(".defaults", partner_id=partner_id), 303)

    outcome = submit(defaults_form(found.limits), work)
    return _page(found, outcome) if isinstance(outcome, Form) else outcome


def _defaults(partner_id: str | None) -> Defaults:
    """A partner's own, or those of the partner that the address names: the operator has none."""
    try:
        return parts().mobile_staff.defaults(acting(), partner_id)
    except Invalid as error:
        raise NotFound() from error


def _typed(one: Default) -> str:
    if one.value is None:
        return ""
    return typed_amount(one.value) if one.unit == "euro" else str(int(one.value))


def _page(found: Defaults, form: Form) -> Page:
    partner = parts().companies.company(acting(), found.partner_id)
    html = render_template("beheer/mobile_defaults.html", partner=partner, found=found, form=form)
    return html, form.status, form.headers
