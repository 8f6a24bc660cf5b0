"""Invoices and their files."""

from __future__ import annotations

from typing import Any

from flask import Response

from gateway.access import customers
from gateway.api.frame import downloads, reads, resource, value
from gateway.api.requests import InvoicesQuery
from gateway.models.invoices import Archive, Invoice
from gateway.pages.acting import acting
from gateway.pages.files import handed_on
from gateway.parts import parts

pages = resource("invoices", "Invoices and credit notes, as PDF and as UBL (EN 16931).")
FIRST_SORT = "-issued_on"


@reads(pages, "/invoices", Archive, customers(role="invoices"), InvoicesQuery)
def listing(query: dict[str, Any]) -> Archive:
    """Invoices, 25 at a time. Days and amounts are bounds that are included."""
    sort, after = query.pop("sort") or FIRST_SORT, query.pop("after")
    return value(parts().invoices.archive(acting(), sort, after, **query))


@reads(pages, "/invoices/<id:invoice_id>", Invoice, customers(role="invoices"))
def show(invoice_id: str) -> Invoice:
    """One invoice with its lines."""
    return parts().invoices.invoice(acting(), invoice_id)


@downloads(pages, "/invoices/<id:invoice_id>/pdf", "application/pdf", customers(role="invoices"))
def pdf(invoice_id: str) -> Response:
    """The invoice as PDF/A-3, with the e-invoice in it."""
    return _file(invoice_id, "pdf")


@downloads(pages, "/invoices/<id:invoice_id>/ubl", "application/xml", customers(role="invoices"))
def ubl(invoice_id: str) -> Response:
    """The e-invoice: UBL 2.1."""
    return _file(invoice_id, "ubl")


def _file(invoice_id: str, kind: str) -> Response:
    found = parts().invoices.file(acting(), invoice_id, kind)
    return handed_on(parts().invoices.pieces(acting(), found), found.name, found.media_type, found.size)
