"""*Facturatie* of one customer: how it is billed, what recurs, and what the next invoice would be."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from gateway.access import staff
from gateway.forms.billing import (
    AccountForm,
    ChargeForm,
    EndForm,
    account_asked,
    account_shown,
)
from gateway.forms.form import Form, submit
from gateway.models.billing import CHARGE_KINDS, METHODS, PROFILES, VAT_RATES
from gateway.models.companies import Company
from gateway.models.invoices import Preview
from gateway.models.part import Part
from gateway.pages.acting import acting, viewer
from gateway.pages.beheer.months import months
from gateway.pages.confirming import BANK, confirmed
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _
from shared.errors import Conflict, Invalid

pages = Blueprint("beheer_billing", __name__, url_prefix="/beheer/klanten/<id:customer_id>/facturatie")
console = staff(partners=True)

Page = tuple[str, int, dict[str, str]]


@pages.get("")
@console
def show(customer_id: str) -> Page:
    """The operator's people can change it, those of a partner see it."""
    return _account_page(_company(customer_id))


@pages.post("")
@staff()
@confirmed(BANK)
def save(customer_id: str) -> Response | Page:
    """Other terms, from the next invoice on."""
    company = _company(customer_id)

    def work(form: Form) -> Response:
        try:
            asked = account_asked(form.values)
        except ValidationError as problem:
            raise Invalid(fields={"prices": list(map(str, problem.messages))}) from problem
        parts().billing.save_account(acting(), form.command, customer_id, **asked)
        toast(
            _("Facturatie van %(name)s opgeslagen", name=company.name), _("Geldt vanaf de volgende factuur.")
        )
        return redirect(url_for("beheer_billing.show", customer_id=customer_id), 303)

    outcome = submit(AccountForm(), work)
    return _account_page(company, outcome) if isinstance(outcome, Form) else outcome


@pages.get("/kosten")
@console
def charges(customer_id: str) -> Page:
    """What recurs, what comes once, discounts."""
    return _charges_page(_company(customer_id))


@pages.post("/kosten")
@staff()
def add_charge(customer_id: str) -> Response | Page:
    """Put something on the invoices."""
    company = _company(customer_id)

    def work(form: Form) -> Response:
        parts().billing.add_charge(acting(), form.command, customer_id, **form.values)
        toast(_("Toegevoegd"), _("Het staat op de volgende factuur."))
        return redirect(url_for("beheer_billing.charges", customer_id=customer_id), 303)

    outcome = submit(ChargeForm(), work)
    return _charges_page(company, outcome) if isinstance(outcome, Form) else outcome


@pages.post("/kosten/<id:charge_id>/einde")
@staff()
def end_charge(customer_id: str, charge_id: str) -> Response | Page:
    """The last day of what recurs; a one-off that is not billed yet goes away."""
    company = _company(customer_id)

    def work(form: Form) -> Response:
        parts().billing.end_charge(acting(), form.command, charge_id, form.values["ends"])
        toast(_("Beëindigd"), _("Wat van latere dagen al gefactureerd is, gaat van de volgende factuur af."))
        return redirect(url_for("beheer_billing.charges", customer_id=customer_id), 303)

    outcome = submit(EndForm(), work)
    if not isinstance(outcome, Form):
        return outcome
    return _charges_page(company, ending=(charge_id, outcome))


@pages.get("/voorbeeld")
@console
def preview(customer_id: str) -> str:
    """The invoice of a month as it would be now."""
    company = _company(customer_id)
    choices = months(parts().today())
    period = request.args.get("periode", "")
    period = period if period in choices else list(choices)[0]
    refused, found = "", Part[Preview]()
    try:
        found = Part.ask(lambda: parts().billing.preview(acting(), customer_id, period))
    except Conflict as problem:
        refused = str(problem)
    return render_template(
        "beheer/billing_preview.html",
        company=company,
        found=found,
        refused=refused,
        months=choices,
        period=period,
        changes=_changes(),
    )


def _company(customer_id: str) -> Company:
    return parts().companies.company(acting(), customer_id)


def _changes() -> bool:
    return viewer().scope == "operator"


def _account_page(company: Company, form: Form | None = None) -> Page:
    account = parts().billing.account(acting(), company.id)
    issuers = {one.id: one.seller.name for one in parts().billing.issuers(acting())}
    form = form or Form.blank(AccountForm(), **account_shown(account))
    html = render_template(
        "beheer/billing_account.html",
        company=company,
        account=account,
        form=form,
        issuers={"": _("Die van de partner, anders de standaard"), **issuers},
        methods=METHODS,
        profiles=PROFILES,
        changes=_changes(),
    )
    return html, form.status, form.headers


def _charges_page(company: Company, form: Form | None = None, ending: tuple[str, Form] | None = None) -> Page:
    found = parts().billing.charges(acting(), company.id)
    products = parts().billing.products(acting()) if _changes() else []
    shown = ending[1] if ending else form
    html = render_template(
        "beheer/billing_charges.html",
        company=company,
        found=found,
        form=form or Form.blank(ChargeForm(), quantity="1"),
        end_form=Form.blank(EndForm()),
        ending=ending,
        products={
            "": _("Geen: vul zelf in"),
            **{one.code: one.description for one in products if not one.retired},
        },
        kinds=CHARGE_KINDS,
        rates={"": _("Die van het produkt, anders 21 %%"), **VAT_RATES},
        today=parts().today(),
        changes=_changes(),
    )
    return html, shown.status if shown else 200, shown.headers if shown else {}
