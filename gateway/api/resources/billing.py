"""Billing, for staff: prices, senders, how a customer is billed, runs, and what follows an invoice."""

from __future__ import annotations

from typing import Any

from flask import Response

from gateway.access import staff
from gateway.api.billing_requests import (
    AccountBody,
    ChargeBody,
    CollectBody,
    CreditBody,
    EndChargeBody,
    IssuedQuery,
    PaymentBody,
    PeriodQuery,
    PriceBody,
    RunBody,
    RunQuery,
)
from gateway.api.frame import DONE, Done, Made, changes, downloads, reads, resource, value
from gateway.models.billing import Account, Charges, Issuer, Product, Run
from gateway.models.invoices import Archive, Invoice, Preview
from gateway.pages.acting import acting, acting_for
from gateway.pages.files import handed_on
from gateway.parts import parts
from shared.errors import NotFound

pages = resource("billing", "Billing, for staff. A run makes a month's invoices in the background.")
operator = staff()
console = staff(partners=True)
ACCOUNT = "/customers/<id:customer_id>/billing"
CHARGES = f"{ACCOUNT}/charges"
RUN = "/invoice-runs/<id:run_id>"
INVOICE = "/issued-invoices/<id:invoice_id>"
FIRST_SORT = "-issued_on"
XML = "application/xml"


# Prices and senders


@reads(pages, "/products", list[Product], operator)
def products() -> list[Product]:
    """The price list."""
    return parts().billing.products(acting())


@changes(pages, "PUT", "/products", operator, PriceBody, Product)
def save_product(key: str, body: dict[str, Any]) -> Product:
    """A new product, or another price for one: for what is not invoiced yet."""
    return parts().billing.save_product(acting(), key, **body)


@reads(pages, "/issuers", list[Issuer], console)
def issuers() -> list[Issuer]:
    """Who sends invoices; a partner sees its own. Only a person changes them: they say where money goes."""
    return parts().billing.issuers(acting())


# One customer


@reads(pages, ACCOUNT, Account, console)
def account(customer_id: str) -> Account:
    """How a customer is billed."""
    return parts().billing.account(acting_for(customer_id), customer_id)


@changes(pages, "PATCH", ACCOUNT, operator, AccountBody, Account)
def save_account(key: str, body: dict[str, Any], customer_id: str) -> Account:
    """Other terms, from the next invoice on."""
    acting_for(customer_id)  # NotFound for another's
    return parts().billing.save_account(acting(), key, customer_id, **body)


@reads(pages, CHARGES, Charges, console)
def charges(customer_id: str) -> Charges:
    """What recurs, what comes once, discounts, and what other parts of the house ask for."""
    return parts().billing.charges(acting_for(customer_id), customer_id)


@changes(pages, "POST", CHARGES, operator, ChargeBody, Made, 201)
def add_charge(key: str, body: dict[str, Any], customer_id: str) -> Made:
    """Put something on a customer's invoices."""
    acting_for(customer_id)  # NotFound for another's
    return Made(id=parts().billing.add_charge(acting(), key, customer_id, **body))


@changes(pages, "POST", "/charges/<id:charge_id>/end", operator, EndChargeBody)
def end_charge(key: str, body: dict[str, Any], charge_id: str) -> Done:
    """The last day of what recurs; what was invoiced of later days comes off the next invoice."""
    parts().billing.end_charge(acting(), key, charge_id, body["ends"])
    return DONE


@reads(pages, f"{ACCOUNT}/preview", Preview, console, PeriodQuery)
def preview(query: dict[str, Any], customer_id: str) -> Preview:
    """What the invoice of a month would be now, and what stands in its way."""
    return parts().billing.preview(acting_for(customer_id), customer_id, query["period"])


# Runs


@reads(pages, "/invoice-runs", list[Run], operator)
def runs() -> list[Run]:
    """The last 24 runs, newest first."""
    return parts().billing.runs(acting())


@changes(pages, "POST", "/invoice-runs", operator, RunBody, Made, 202)
def start_run(key: str, body: dict[str, Any]) -> Made:
    """Make a month's invoices, in the background; a customer who has theirs gets no other."""
    return Made(id=parts().billing.start_run(acting(), key, **body))


@reads(pages, RUN, Run, operator, RunQuery)
def run(query: dict[str, Any], run_id: str) -> Run:
    """How far a run is, and what became of its customers, 100 at a time."""
    return parts().billing.run(acting(), run_id, **query)


@changes(pages, "POST", f"{RUN}/stop", operator)
def stop_run(key: str, run_id: str) -> Done:
    """Stop it: invoices that have their number stay."""
    parts().billing.run(acting(), run_id)  # NotFound for one that is not there
    parts().billing.stop_run(acting(), key, run_id)
    return DONE


@changes(pages, "POST", f"{RUN}/collections", operator, CollectBody)
def collect(key: str, body: dict[str, Any], run_id: str) -> Done:
    """Make files for the bank, one per sender, of what is to be collected; the run then lists them."""
    parts().billing.run(acting(), run_id)  # NotFound for one that is not there
    parts().billing.collect(acting(), key, run_id, body["collect_on"])
    return DONE


@downloads(pages, f"{RUN}/collections/<id:batch_id>", XML, operator)
def collection(run_id: str, batch_id: str) -> Response:
    """A file for the bank: pain.008."""
    if not any(batch.id == batch_id for batch in parts().billing.run(acting(), run_id).batches):
        raise NotFound()
    return handed_on(parts().invoices.batch(acting(), batch_id), f"incasso-{batch_id[:8]}.xml", XML)


# Invoices


@reads(pages, "/issued-invoices", Archive, console, IssuedQuery)
def issued(query: dict[str, Any]) -> Archive:
    """Invoices of all customers within reach, 25 at a time; of one customer, or of one run."""
    sort, after = query.pop("sort") or FIRST_SORT, query.pop("after")
    return value(parts().invoices.archive(acting(), sort, after, **query))


@reads(pages, INVOICE, Invoice, console)
def show(invoice_id: str) -> Invoice:
    """One invoice: what it says, where it went, and what was credited of it."""
    return parts().invoices.invoice(acting(), invoice_id)


@downloads(pages, f"{INVOICE}/pdf", "application/pdf", console)
def pdf(invoice_id: str) -> Response:
    """The invoice as PDF/A-3, with the e-invoice in it."""
    return _file(invoice_id, "pdf")


@downloads(pages, f"{INVOICE}/ubl", XML, console)
def ubl(invoice_id: str) -> Response:
    """The e-invoice: UBL 2.1."""
    return _file(invoice_id, "ubl")


def _file(invoice_id: str, kind: str) -> Response:
    found = parts().invoices.file(acting(), invoice_id, kind)
    return handed_on(parts().invoices.pieces(acting(), found), found.name, found.media_type, found.size)


@changes(pages, "POST", f"{INVOICE}/credit", operator, CreditBody, Made, 201)
def credit(key: str, body: dict[str, Any], invoice_id: str) -> Made:
    """A credit note: of all that is left, or of lines."""
    show(invoice_id)  # NotFound for one that is not there
    lines = body["lines"] and [
        {"line": one["line"], "net": None if one["net"] is None else f"{one['net']:f}"}
        for one in body["lines"]
    ]
    return Made(id=parts().billing.credit(acting(), key, invoice_id, body["reason"], lines))


@changes(pages, "PUT", f"{INVOICE}/payment", operator, PaymentBody)
def set_paid(key: str, body: dict[str, Any], invoice_id: str) -> Done:
    """It was paid on a day, or not after all."""
    show(invoice_id)  # NotFound for one that is not there
    parts().billing.set_paid(acting(), key, invoice_id, body["on"])
    return DONE


@changes(pages, "POST", f"{INVOICE}/mail", operator)
def resend(key: str, invoice_id: str) -> Done:
    """Mail it once more to who gets invoices."""
    show(invoice_id)  # NotFound for one that is not there
    parts().billing.resend(acting(), key, invoice_id)
    return DONE
