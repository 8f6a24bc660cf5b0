"""*Produkten* with their prices, and *Afzenders*: who sends invoices, with which letterhead."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.access import staff
from gateway.forms.billing import IssuerForm, ProductForm, issuer_asked, issuer_shown, product_shown
from gateway.forms.form import Form, submit
from gateway.models.billing import PER, VAT_RATES, Issuer
from gateway.models.part import Part
from gateway.pages.acting import acting
from gateway.pages.confirming import BANK, confirmed
from gateway.parts import parts
from gateway.security import takes_files
from gateway.toasts import toast
from gateway.words import gettext as _
from shared.errors import Invalid, NotFound

pages = Blueprint("beheer_billing_setup", __name__, url_prefix="/beheer/facturen")

Page = tuple[str, int, dict[str, str]]
LOGO_BYTES = 200_000


@pages.get("/produkten")
@staff()
def products() -> Page:
    """The price list; ``code`` in the address opens one to be changed."""
    wanted = request.args.get("code", "")
    found = Part.ask(lambda: parts().billing.products(acting()))
    chosen = next((one for one in found.value or [] if one.code == wanted), None)
    form = (
        Form.blank(ProductForm(), **product_shown(chosen))
        if chosen
        else Form.blank(ProductForm(), code=wanted)
    )
    return _products_page(form)


@pages.post("/produkten")
@staff()
def save_product() -> Response | Page:
    """A new product, or another price for one."""

    def work(form: Form) -> Response:
        product = parts().billing.save_product(acting(), form.command, **form.values)
        toast(
            _("%(name)s opgeslagen", name=product.description),
            _("De prijs geldt voor wat nog niet gefactureerd is."),
        )
        return redirect(url_for("beheer_billing_setup.products"), 303)

    outcome = submit(ProductForm(), work)
    return _products_page(outcome) if isinstance(outcome, Form) else outcome


@pages.get("/afzenders")
@staff()
def issuers() -> str:
    """Who sends invoices."""
    found = Part.ask(lambda: parts().billing.issuers(acting()))
    return render_template("beheer/issuers.html", found=found)


@pages.get("/afzenders/nieuw")
@staff()
def new_issuer() -> Page:
    """A blank form."""
    return _issuer_page(None, Form.blank(IssuerForm(), series="F", credit_series="C"))


@pages.post("/afzenders/nieuw")
@staff()
@takes_files(LOGO_BYTES + 64 * 1024)
@confirmed(BANK)
def add_issuer() -> Response | Page:
    """A new sender."""
    return _save(None)


@pages.get("/afzenders/<id:issuer_id>")
@staff()
def issuer(issuer_id: str) -> Page:
    """One sender, with its letterhead."""
    found = _issuer(issuer_id)
    return _issuer_page(found, Form.blank(IssuerForm(), **issuer_shown(found)))


@pages.post("/afzenders/<id:issuer_id>")
@staff()
@takes_files(LOGO_BYTES + 64 * 1024)
@confirmed(BANK)
def change_issuer(issuer_id: str) -> Response | Page:
    """Another letterhead, for invoices from now on."""
    return _save(_issuer(issuer_id))


def _save(known: Issuer | None) -> Response | Page:
    def work(form: Form) -> Response:
        seller, rest = issuer_asked(form.values)
        issuer_id = {"issuer_id": known.id} if known else {}
        saved = parts().billing.save_issuer(acting(), form.command, seller, _logo(), **issuer_id, **rest)
        toast(_("Afzender %(name)s opgeslagen", name=saved.seller.name))
        return redirect(url_for("beheer_billing_setup.issuer", issuer_id=saved.id), 303)

    outcome = submit(IssuerForm(), work)
    return _issuer_page(known, outcome) if isinstance(outcome, Form) else outcome


def _logo() -> bytes | None:
    """The file that was sent; empty bytes when the logo has to go, None to leave it."""
    if request.form.get("zonder_logo"):
        return b""
    sent = request.files.get("logo")
    data = sent.read() if sent and sent.filename else b""
    if len(data) > LOGO_BYTES:
        raise Invalid(fields={"logo": [_("Een logo is hooguit 200 kB. Kies een kleiner bestand.")]})
    return data or None


def _issuer(issuer_id: str) -> Issuer:
    found = next((one for one in parts().billing.issuers(acting()) if one.id == issuer_id), None)
    if found is None:
        raise NotFound()
    return found


def _products_page(form: Form) -> Page:
    found = Part.ask(lambda: parts().billing.products(acting()))
    html = render_template("beheer/products.html", found=found, form=form, per=PER, rates=VAT_RATES)
    return html, form.status, form.headers


def _issuer_page(known: Issuer | None, form: Form) -> Page:
    found = Part.ask(lambda: parts().companies.partners(acting()))
    known_ones = {one.id: one.name for one in found.value or []}
    partners = {"": _("Geen: van de beheerder zelf"), **known_ones} if found.value is not None else None
    html = render_template("beheer/issuer.html", it=known, form=form, partners=partners)
    return html, form.status, form.headers
