"""What follows once an invoice has its number: its files, and the mail with them. Each can be done again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from itertools import islice

from services.invoicing.documents.appendix import MOST_CALLS
from services.invoicing.domain.invoice import CallRow, Invoice
from services.invoicing.domain.usage import call_row
from services.invoicing.drivers.cdr import Cdr
from services.invoicing.drivers.renderer import Renderer
from services.invoicing.store import Changes, Store
from services.invoicing.usecases.common import Clock
from shared.events import FileReference
from shared.events.notification import InvoicingNotificationRequested
from shared.mongo import Document

ATTACHED_UP_TO = 5_000_000
"""Bytes; what is larger is mailed as a link."""
REGISTRATION, TEMPLATE = "invoices_by_mail", "invoice"

Also = Callable[[Changes], None]


def finish(store: Store, cdr: Cdr, renderer: Renderer, clock: Clock, invoice_id: str, also: Also) -> None:
    """Draw and keep the files of an invoice, and have it mailed; nothing when that was done. ``also`` runs
    in the transaction that makes it so.

    Raises NotDrawn when it can not be drawn as it is, DependencyDown when cdr is away.
    """
    row = store.row_of(invoice_id)
    if row is None:
        return
    if row["files"] is None:
        invoice = store.full(row)
        drawn = renderer.draw(invoice, _calls(cdr, row, invoice))
        files = {
            "pdf": store.files.put(invoice_id, f"{invoice.number}.pdf", "application/pdf", drawn.pdf),
            "ubl": store.files.put(invoice_id, f"{invoice.number}.xml", "application/xml", drawn.ubl),
        }
        _keep(store, clock, row, files, also)
        row = store.row_of(invoice_id) or row
    else:
        store.in_one(clock(), also)
    store.files.keep_only(invoice_id, row["files"] or {})


def sweep(store: Store, since: datetime) -> int:
    """Remove files that no invoice names, of runs since then: what who lost a run wrote after it had ended,
    or left in one that was cancelled. How many invoices had such.

    Harms nobody who is drawing: an invoice that names its files never gets others.
    """
    swept = 0
    for run_id in store.runs_since(since):
        for left in store.left_over(run_id):
            if left["files"] is not None:
                store.files.keep_only(left["_id"], left["files"])
                swept += 1
    return swept


def _calls(cdr: Cdr, row: Document, invoice: Invoice) -> tuple[CallRow, ...]:
    """What the appendix shows, and one more so that it can tell that there are more."""
    if not row.get("wants_calls") or invoice.kind != "invoice":
        return ()
    return tuple(map(call_row, islice(cdr.rows(row["customer_id"], invoice.period), MOST_CALLS + 1)))


def _keep(store: Store, clock: Clock, row: Document, files: Document, also: Also) -> None:
    """Who is first keeps its files; the other's are removed."""

    def work(changes: Changes) -> None:
        also(changes)
        key = f"invoice:{row['_id']}"
        change: Document = {"$set": {"files": files}}
        if row.get("wants_mail"):
            change["$set"]["mail"] = mail_state(changes, key)
        if changes.change(row["_id"], change, files=None) and row.get("wants_mail"):
            changes.tell(row["customer_id"], notification({**row, "files": files}, key))

    store.in_one(clock(), work)


def mail_state(changes: Changes, *keys: str) -> Document:
    """That mail was asked for; answers come under the keys with the producer's name in front."""
    return {
        "keys": [f"invoicing:{key}" for key in keys],
        "asked_at": changes.at,
        "sent": [],
        "failed": [],
        "reason": "",
    }


def notification(row: Document, key: str) -> InvoicingNotificationRequested:
    """The mail to who is registered for invoices, with the PDF if it is not too large."""
    pdf = row["files"]["pdf"]
    total = Decimal(row["total"]).scaleb(-2)
    return InvoicingNotificationRequested(
        template=TEMPLATE,
        dedupe_key=key,
        registration=REGISTRATION,
        parameters={
            "number": row["number"],
            "date": row["issued_on"],
            "period": row["period"],
            "total": f"{total:.2f}",
        },
        files=(FileReference(service="invoicing", **pdf),) if pdf["size"] <= ATTACHED_UP_TO else (),
    )
