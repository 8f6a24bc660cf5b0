"""*Klanten* and *Partners*: the same pages twice, as functions that take their :class:`Area` first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import Schema
from werkzeug.wrappers import Response

from gateway.access import rule_of, staff
from gateway.forms import merging
from gateway.forms.companies import CompanySearchForm, asked, company_form, new_company_form, shown
from gateway.forms.filled import read
from gateway.forms.form import Form, submit
from gateway.models.companies import PRODUCTS, Company, countries
from gateway.models.part import Part
from gateway.pages.acting import acting, viewer
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _
from gateway.words import language
from gateway.words import lazy_gettext as _l

Page = tuple[str, int, dict[str, str]]
LINKS = (
    ("beheer_prices.calls", "telephone", _l("Gesprekken")),
    ("beheer_plan_customers.show", "tag", _l("Tarief")),
    ("beheer_telephony.show", "diagram-3", _l("Telefonie: telefooncentrale, gebruikers en lijnen")),
    ("beheer_customer_numbers.show", "hash", _l("Telefoonnummers")),
    ("beheer_mobile.listing", "phone", _l("Mobiele abonnementen")),
    ("beheer_billing.show", "receipt", _l("Facturatie")),
    ("beheer_audit.listing", "list-ul", _l("Logboek")),
)
COLLIDED = 409
HIDDEN = frozenset({"begin", "revisie", "reden"})
"""Fields of the form that are not the company's."""


@dataclass(frozen=True)
class Area:
    """Companies of one kind, and the blueprint with their pages."""

    kind: str
    pages: Blueprint

    def url(self, view: str, **values: Any) -> str:
        return url_for(f"{self.pages.name}.{view}", **values)


def company_pages(kind: str, path: str, partners: bool) -> Blueprint:
    """The pages of one kind of company; ``partners``: their people see them too."""
    pages = Blueprint(f"beheer_{kind}s", __name__, url_prefix=f"/beheer/{path}")
    area = Area(kind, pages)
    for method, address, view in (
        ("GET", "", listing),
        ("GET", "/nieuw", new),
        ("POST", "/nieuw", create),
        ("GET", "/<id:customer_id>", show),
        ("GET", "/<id:customer_id>/gegevens", edit),
        ("POST", "/<id:customer_id>/gegevens", change),
    ):
        shown_here = staff(partners=partners)(_in(area, view))
        pages.add_url_rule(address, view.__name__, shown_here, methods=[method])
    return pages


def _in(area: Area, view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def call(**known: Any) -> Any:
        return view(area, **known)

    return call


def listing(area: Area) -> tuple[str, int]:
    """The list, by number, with search."""
    filled = read(CompanySearchForm(), request.args)
    found = None
    if not filled.errors:
        ask = partial(parts().companies.companies, acting(), kind=area.kind, **filled.values)
        found = Part.ask(ask)
    html = render_template("beheer/companies.html", area=area, filled=filled, found=found)
    return html, 422 if found is None else 200


def show(area: Area, customer_id: str) -> str:
    """One company, with what leads on from it."""
    company = parts().companies.company(acting(), customer_id)
    return render_template("beheer/company.html", area=area, company=company, links=_links())


def _links() -> list[tuple[str, str, Any]]:
    """Endpoint, icon and words of the pages about one customer that this staff member may see."""
    rules = ((link, rule_of(link[0])) for link in LINKS)
    return [link for link, rule in rules if rule and rule.allows(viewer())]


def new(area: Area) -> Page:
    """A blank form; from a partner's page it is that partner's customer."""
    return _form_page(area, None, Form.blank(_new_form(area), **_wanted(area)))


def create(area: Area) -> Response | Page:
    """Make it; then its users can be added."""

    def work(form: Form) -> Response:
        fields = {n: v for n, v in asked(form.values).items() if v is not None}
        company = parts().companies.create(acting(), form.command, kind=area.kind, **fields)
        toast(_("%(name)s is aangemaakt", name=company.name), _("Voeg hieronder gebruikers toe."))
        return redirect(area.url("show", customer_id=company.id), 303)

    outcome = submit(_new_form(area), work)
    return _form_page(area, None, outcome) if isinstance(outcome, Form) else outcome


def edit(area: Area, customer_id: str) -> Page:
    """What stands now, to be changed."""
    company = parts().companies.company(acting(), customer_id)
    return _form_page(area, company, _opened(company))


def change(area: Area, customer_id: str) -> Response | Page:
    """Change it. When somebody else was first, both changes are shown together."""

    def work(form: Form) -> Response:
        company = parts().companies.change(acting(), form.command, customer_id, **asked(form.values))
        toast(_("Gegevens van %(name)s opgeslagen", name=company.name))
        return redirect(area.url("show", customer_id=customer_id), 303)

    company = parts().companies.company(acting(), customer_id)
    outcome = submit(_form(company), work)
    if not isinstance(outcome, Form):
        return outcome
    collided = outcome.answer is not None and outcome.answer.status == COLLIDED
    if collided and company.revision != outcome.values["revision"]:
        outcome = _both(outcome, company)
    return _form_page(area, company, outcome)


def _opened(company: Company) -> Form:
    """The form as it begins, which it carries along for :mod:`gateway.forms.merging`."""
    form = Form.blank(_form(company), **_shown(company))
    begin = merging.written(form.filled.typed)
    typed = {**form.filled.typed, "begin": [begin], "revisie": [str(company.revision)]}
    return replace(form, filled=replace(form.filled, typed=typed))


def _both(form: Form, company: Company) -> Form:
    fresh = Form.blank(_form(company), **_shown(company))
    return merging.again(form, fresh, str(company.revision), HIDDEN)


def _form(company: Company) -> Schema:
    return company_form(with_parent=_chooses_parent(company.kind))


def _new_form(area: Area) -> Schema:
    return new_company_form(with_parent=_chooses_parent(area.kind))


def _chooses_parent(kind: str) -> bool:
    """Whether this staff member says whose the company is: a partner's are its own."""
    return kind == "customer" and viewer().scope == "operator"


def _wanted(area: Area) -> dict[str, str]:
    """What a new one begins with: whose page one came from, and our own country."""
    parent = request.args.get("partner", "") if _chooses_parent(area.kind) else ""
    countries = {"address.country": "NL", "invoice_address.country": "NL"}
    return countries | ({"parent_id": parent} if parent else {})


def _shown(company: Company) -> dict[str, str | list[str]]:
    """What the form begins with; who is the operator's own has no partner."""
    own = viewer().customer
    direct = {"parent_id": ""} if own and company.parent_id == own.id else {}
    return shown(company) | direct


def _partners() -> dict[str, str] | None:
    """The partners that a customer can be of. None while they cannot be asked: then it stays whose it is."""
    found = Part.ask(lambda: parts().companies.partners(acting()))
    if found.value is None:
        return None
    nobody = {"": _("Geen: rechtstreeks van de beheerder")}
    return nobody | {row.id: f"{row.name} ({row.number})" for row in found.value}


def _form_page(area: Area, company: Company | None, form: Form) -> Page:
    chooses = _chooses_parent(company.kind if company else area.kind)
    html = render_template(
        "beheer/company_form.html",
        area=area,
        company=company,
        form=form,
        chooses=chooses,
        partners=_partners() if chooses else None,
        products=PRODUCTS,
        countries=countries(language()),
    )
    return html, form.status, form.headers
