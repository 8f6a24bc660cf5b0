"""One mobile subscription of a customer (staff): card, number, product, modules, blocks, end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import Schema
from werkzeug.wrappers import Response

from gateway.access import staff
from gateway.forms.form import Form, submit
from gateway.forms.mobile_staff import EndForm, NumberForm, SimForm, blocks_form, module_form, product_form
from gateway.models.mobile import Subscription
from gateway.models.mobile_staff import Catalogue
from gateway.pages.acting import acting, acting_for, viewer
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l
from shared.errors import Forbidden

pages = Blueprint(
    "beheer_mobile_subscription",
    __name__,
    url_prefix="/beheer/klanten/<id:customer_id>/mobiel/<id:subscription_id>",
)

Page = tuple[str, int, dict[str, str]]


@dataclass(frozen=True)
class Change:
    """A form of the page: the method of mobile that does it, its schema, and what is said when it is done.
    ``operator``: it is not for partners. ``days``: fields that are sent as text, by their name at mobile."""

    method: str
    schema: Callable[[Catalogue], Schema]
    done: Any
    days: Mapping[str, str]
    operator: bool = False


CHANGES = {
    "sim": Change("change_sim", lambda _c: SimForm(), _l("SIM-kaart gewisseld"), {}),
    "module": Change("add_module", module_form, _l("Module toegevoegd"), {"day": "valid_from"}),
    "module-uit": Change("end_module", module_form, _l("Module beëindigd"), {"day": "valid_to"}),
    "blokkeringen": Change("set_blocks", blocks_form, _l("Blokkeringen opgeslagen"), {}),
    "nummer": Change(
        "change_number", lambda _c: NumberForm(), _l("Nummer gewijzigd"), {"valid_from": "valid_from"}, True
    ),
    "product": Change(
        "change_product", product_form, _l("Produkt gewijzigd"), {"valid_from": "valid_from"}, True
    ),
    "einde": Change(
        "end_subscription", lambda _c: EndForm(), _l("Abonnement beëindigd"), {"ended_at": "ended_at"}, True
    ),
}


@pages.get("")
@staff(partners=True)
def show(customer_id: str, subscription_id: str) -> Page:
    """What it is, and what can be changed."""
    return _page(customer_id, subscription_id, {})


@pages.post("")
@staff(partners=True)
def change(customer_id: str, subscription_id: str) -> Response | Page:
    """The form that ``onderdeel`` names."""
    part = request.form.get("onderdeel", "")
    asked = CHANGES.get(part)
    if asked is None:  # none of our forms
        return _page(customer_id, subscription_id, {})
    if asked.operator and viewer().scope != "operator":
        raise Forbidden(_("Dit doet de beheerder."))
    bound = acting_for(customer_id)
    parts().mobile.subscription(bound, subscription_id)  # another customer's is not found here

    def work(form: Form) -> Response:
        values = {asked.days.get(name, name): _sent(value) for name, value in form.values.items()}
        who = acting() if asked.operator else bound
        parts().mobile_staff.change(
            who, form.command, asked.method, subscription_id=subscription_id, **values
        )
        toast(str(asked.done))
        address = url_for(".show", customer_id=customer_id, subscription_id=subscription_id)
        return redirect(address, 303)

    outcome = submit(asked.schema(parts().mobile_staff.catalogue(bound)), work)
    if isinstance(outcome, Form):
        return _page(customer_id, subscription_id, {part: outcome})
    return outcome


def _sent(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _page(customer_id: str, subscription_id: str, sent: dict[str, Form]) -> Page:
    bound = acting_for(customer_id)
    one = parts().mobile.subscription(bound, subscription_id)
    catalogue = parts().mobile_staff.catalogue(bound)
    answered = next(iter(sent.values()), None)
    html = render_template(
        "beheer/mobile_subscription.html",
        company=parts().companies.company(acting(), customer_id),
        one=one,
        catalogue=catalogue,
        forms=_forms(one, catalogue) | sent,
        operator=viewer().scope == "operator",
    )
    return (html, answered.status, answered.headers) if answered else (html, 200, {})


def _forms(one: Subscription, catalogue: Catalogue) -> dict[str, Form]:
    today = f"{parts().today():%d-%m-%Y}"
    shown: dict[str, dict[str, Any]] = {
        "module": {"day": today},
        "module-uit": {"day": today},
        "nummer": {"valid_from": today},
        "product": {"valid_from": today, "product": one.product},
        "blokkeringen": {"codes": list(one.blocks)},
    }
    return {
        part: Form.blank(asked.schema(catalogue), **shown.get(part, {})) for part, asked in CHANGES.items()
    }
