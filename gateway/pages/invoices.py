"""*Facturen*: the archive of a customer's invoices, and their files."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from gateway.access import Rule, customers
from gateway.forms.filled import Filled, read
from gateway.forms.invoices import ArchiveForm
from gateway.models.invoice_search import InvoiceSearch
from gateway.models.invoices import FILES, STATUSES, Archive
from gateway.models.part import Part
from gateway.pages.acting import acting
from gateway.pages.files import handed_on
from gateway.parts import parts
from shared.errors import Invalid

pages = Blueprint("invoices", __name__, url_prefix="/facturen")
RULE = Rule(signed_in=True, role="invoices")
WRONG_INPUT = 422


@pages.get("")
@customers(role=RULE.role)
def listing() -> tuple[str, int]:
    """*Factuuroverzicht*, the newest first."""
    filled = read(ArchiveForm(), request.args)
    found = None if filled.errors else parts().invoices.archive(acting(), **filled.values)
    search = InvoiceSearch(told(filled, found), parts().today())
    html = render_template("pages/invoices.html", search=search, found=found, statuses=STATUSES)
    return html, WRONG_INPUT if search.filled.errors else 200


@pages.get(f"/<id:invoice_id>/<any({', '.join(FILES)}):kind>")
@customers(role=RULE.role)
def file(invoice_id: str, kind: str) -> Response:
    """The PDF, or the e-invoice."""
    found = parts().invoices.file(acting(), invoice_id, kind)
    return handed_on(parts().invoices.pieces(acting(), found), found.name, found.media_type, found.size)


def told(filled: Filled, found: Part[Archive] | None) -> Filled:
    """What invoicing has to say about the input, put beside our own fields."""
    if found is None or not isinstance(found.error, Invalid):
        return filled
    names = {name: field.data_key or name for name, field in ArchiveForm().load_fields.items()}
    said = {names.get(name, "na"): sentences for name, sentences in found.error.fields.items()}
    return filled.with_errors(said or {"na": [str(found.error)]})
