"""*Mobiel* of one customer (staff): its subscriptions, a new one, and what was agreed on."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import staff
from gateway.forms.form import Form, submit
from gateway.forms.mobile_staff import agreed, first_of_next_month, new_form, terms_form
from gateway.models.part import Part
from gateway.pages.acting import acting, acting_for, viewer
from gateway.parts import parts
from gateway.phone_numbers import party
from gateway.toasts import toast
from gateway.words import gettext as _

pages = Blueprint("beheer_mobile", __name__, url_prefix="/beheer/klanten/<id:customer_id>/mobiel")

Page = tuple[str, int, dict[str, str]]


@pages.get("")
@staff(partners=True)
def listing(customer_id: str) -> str:
    """All subscriptions, ended ones too."""
    bound, after = acting_for(customer_id), request.args.get("na")
    return render_template(
        "beheer/mobile.html",
        company=parts().companies.company(acting(), customer_id),
        found=Part.ask(lambda: parts().mobile_staff.subscriptions(bound, customer_id, after)),
        operator=viewer().scope == "operator",
    )


@pages.get("/nieuw")
@staff()
def new(customer_id: str) -> Page:
    """A new subscription."""
    schema = new_form(parts().mobile_staff.catalogue(acting()))
    return _new_page(customer_id, Form.blank(schema, active_from=f"{parts().today():%d-%m-%Y}"))


@pages.post("/nieuw")
@staff()
def add(customer_id: str) -> Response | Page:
    """Make it."""

    def work(form: Form) -> Response:
        day = form.values["active_from"].isoformat()
        fields = {**form.values, "active_from": day, "customer_id": customer_id}
        made = parts().mobile_staff.change(acting(), form.command, "create_subscription", **fields)
        toast(_("Abonnement %(number)s gemaakt", number=party(str(made["number"]))))
        target = url_for(
            "beheer_mobile_subscription.show", customer_id=customer_id, subscription_id=made["id"]
        )
        return redirect(target, 303)

    parts().companies.company(acting(), customer_id)
    outcome = submit(new_form(parts().mobile_staff.catalogue(acting())), work)
    return _new_page(customer_id, outcome) if isinstance(outcome, Form) else outcome


@pages.get("/afspraken")
@staff()
def terms(customer_id: str) -> Page:
    """Group bundles and prices of this customer."""
    schema = terms_form(parts().mobile_staff.catalogue(acting()))
    return _terms_page(customer_id, Form.blank(schema, month=first_of_next_month(parts().today())))


@pages.post("/afspraken")
@staff()
def set_terms(customer_id: str) -> Response | Page:
    """From a month on; what was said of that month before is replaced."""
    catalogue = parts().mobile_staff.catalogue(acting())

    def work(form: Form) -> Response:
        plain = {name: form.values[name] for name in ("month", "block_cost", "unblock_cost")}
        bundles = agreed(form.values, catalogue)
        fields: dict[str, Any] = {**plain, "bundles": bundles, "customer_id": customer_id}
        parts().mobile_staff.change(acting(), form.command, "set_terms", **fields)
        toast(_("Afspraken opgeslagen"))
        return redirect(url_for("beheer_mobile.terms", customer_id=customer_id), 303)

    outcome = submit(terms_form(catalogue), work)
    return _terms_page(customer_id, outcome) if isinstance(outcome, Form) else outcome


def _new_page(customer_id: str, form: Form) -> Page:
    html = render_template(
        "beheer/mobile_new.html",
        company=parts().companies.company(acting(), customer_id),
        catalogue=parts().mobile_staff.catalogue(acting()),
        form=form,
    )
    return html, form.status, form.headers


def _terms_page(customer_id: str, form: Form) -> Page:
    html = render_template(
        "beheer/mobile_terms.html",
        company=parts().companies.company(acting(), customer_id),
        catalogue=parts().mobile_staff.catalogue(acting()),
        terms=parts().mobile_staff.terms(acting(), customer_id),
        form=form,
    )
    return html, form.status, form.headers
