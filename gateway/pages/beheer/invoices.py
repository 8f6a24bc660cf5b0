"""*Facturen* for staff: the archive of all customers, one invoice, and what is done with it afterwards."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from gateway.access import staff
from gateway.forms.billing import CreditForm, PaidForm, credited_lines
from gateway.forms.filled import read
from gateway.forms.form import Form, submit
from gateway.forms.invoices import StaffArchiveForm
from gateway.models.invoice_search import InvoiceSearch
from gateway.models.invoices import FILES, STATUSES, Invoice
from gateway.pages.acting import acting
from gateway.pages.at_once import at_once
from gateway.pages.files import handed_on
from gateway.pages.invoices import told
from gateway.parts import parts
from gateway.toasts import toast
from gateway.words import gettext as _
from shared.errors import Invalid

pages = Blueprint("beheer_invoices", __name__, url_prefix="/beheer/facturen")
console = staff(partners=True)

Page = tuple[str, int, dict[str, str]]


@pages.get("")
@console
def listing() -> tuple[str, int]:
    """All invoices within reach, the newest first; ``klant`` and ``run`` in the address keep to those."""
    filled = read(StaffArchiveForm(), request.args)
    found = None if filled.errors else parts().invoices.archive(acting(), **filled.values)
    search = InvoiceSearch(told(filled, found), parts().today())
    customer_id = filled.values.get("customer_id")
    company = parts().companies.company(acting(), customer_id) if customer_id else None
    html = render_template(
        "beheer/invoices.html", search=search, found=found, statuses=STATUSES, company=company
    )
    return html, 422 if search.filled.errors else 200


@pages.get("/<id:invoice_id>")
@console
def show(invoice_id: str) -> Page:
    """What it says, where it went, and what was credited of it."""
    return _page(_invoice(invoice_id))


@pages.get(f"/<id:invoice_id>/<any({', '.join(FILES)}):kind>")
@console
def file(invoice_id: str, kind: str) -> Response:
    """The PDF, or the e-invoice."""
    found = parts().invoices.file(acting(), invoice_id, kind)
    return handed_on(parts().invoices.pieces(acting(), found), found.name, found.media_type, found.size)


@pages.post("/<id:invoice_id>/crediteer")
@staff()
def credit(invoice_id: str) -> Response | Page:
    """Make a credit note: of all that is left, or of lines."""
    invoice = _invoice(invoice_id)

    def work(form: Form) -> Response:
        try:
            whole = form.values["what"] == "alles"
            lines = None if whole else credited_lines(request.form, invoice)
        except ValidationError as problem:
            raise Invalid(fields={"lines": list(map(str, problem.messages))}) from problem
        made = parts().billing.credit(acting(), form.command, invoice_id, form.values["reason"], lines)
        toast(_("Creditnota gemaakt"), _("De PDF volgt binnen een minuut."))
        return redirect(url_for("beheer_invoices.show", invoice_id=made), 303)

    outcome = submit(CreditForm(), work)
    return _page(invoice, credit_form=outcome) if isinstance(outcome, Form) else outcome


@pages.post("/<id:invoice_id>/betaald")
@staff()
def paid(invoice_id: str) -> Response | Page:
    """It was paid on a day."""
    invoice = _invoice(invoice_id)

    def work(form: Form) -> Response:
        parts().billing.set_paid(acting(), form.command, invoice_id, form.values["on"])
        toast(_("%(number)s staat op betaald", number=invoice.number))
        return redirect(url_for("beheer_invoices.show", invoice_id=invoice_id), 303)

    outcome = submit(PaidForm(), work)
    return _page(invoice, paid_form=outcome) if isinstance(outcome, Form) else outcome


@pages.post("/<id:invoice_id>/toch-niet-betaald")
@staff()
def unpaid(invoice_id: str) -> Response:
    """It was not paid after all."""
    return _done(
        invoice_id,
        lambda command: parts().billing.set_paid(acting(), command, invoice_id, None),
        _("Weer open"),
        _("Niet gewijzigd"),
    )


@pages.post("/<id:invoice_id>/mail")
@staff()
def resend(invoice_id: str) -> Response:
    """Mail it once more."""
    return _done(
        invoice_id,
        lambda command: parts().billing.resend(acting(), command, invoice_id),
        _("De factuur wordt opnieuw gemaild"),
        _("Niet opnieuw gemaild"),
    )


def _done(invoice_id: str, work: Callable[[str], None], said: str, not_done: str) -> Response:
    _invoice(invoice_id)

    def act(command: str) -> None:
        work(command)
        toast(said)

    return at_once(act, not_done, url_for("beheer_invoices.show", invoice_id=invoice_id))


def _invoice(invoice_id: str) -> Invoice:
    return parts().invoices.invoice(acting(), invoice_id)


def _page(invoice: Invoice, credit_form: Form | None = None, paid_form: Form | None = None) -> Page:
    shown = credit_form or paid_form
    html = render_template(
        "beheer/invoice.html",
        it=invoice,
        credit_form=credit_form or Form.blank(CreditForm(), what="alles"),
        paid_form=paid_form or Form.blank(PaidForm()),
        ticked=request.form.getlist("regel"),
        typed=request.form,
    )
    return html, shown.status if shown else 200, shown.headers if shown else {}
