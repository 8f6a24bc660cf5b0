"""What happens to an invoice after it was sent: paid, collected, mailed again (INV-04, INV-07)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from services.invoicing.documents.direct_debit import Batch, Collection, Creditor, pain008
from services.invoicing.domain.invoice import Invoice
from services.invoicing.store import Changes, Store, left_of
from services.invoicing.usecases.common import Clock
from services.invoicing.usecases.finishing import mail_state, notification
from services.invoicing.views.replies import euro, invoice_row
from shared.acting import Acting
from shared.days import day_of
from shared.errors import Conflict, Invalid, NotFound
from shared.events.audit import Subject
from shared.ids import new_id
from shared.mongo import Document
from shared.words import gettext as _

Reply = dict[str, Any]
MEDIA_TYPE = "application/xml"


def set_paid(
    store: Store, clock: Clock, acting: Acting, *, invoice_id: str, on: dt.date | None, command_id: str
) -> Reply:
    """The day on which an invoice was paid; None takes that back. Conflict for one that was credited."""
    acting.require_staff()
    now = clock()

    def work(changes: Changes) -> Reply:
        row = _invoice(changes, invoice_id)
        if row["status"] in ("credited", "credit"):
            raise Conflict(_("Deze factuur is gecrediteerd, of is zelf een creditnota."))
        status = "paid" if on else "direct_debit" if row["batch_id"] else "open"
        values = {"status": status, "paid_on": on.isoformat() if on else None}
        changes.change(invoice_id, {"$set": values})
        subject = Subject(kind="invoice", id=invoice_id, name=row["number"])
        before = {name: row[name] for name in values}
        changes.record(acting, row["customer_id"], "invoice.payment_set", subject, before, values)
        return invoice_row({**row, **values}, now)

    return store.once(acting, command_id, ("set_paid", invoice_id, on), now, work)


def resend(store: Store, clock: Clock, acting: Acting, *, invoice_id: str, command_id: str) -> Reply:
    """Mail an invoice once more to who is registered. Conflict while its files are not made."""
    acting.require_staff()
    now = clock()

    def work(changes: Changes) -> Reply:
        row = _invoice(changes, invoice_id)
        if row["files"] is None:
            raise Conflict(
                _("De PDF van deze factuur is nog niet gemaakt. Probeer het over een minuut opnieuw.")
            )
        key = f"invoice:{invoice_id}:{command_id}"
        mail = mail_state(changes, f"invoice:{invoice_id}", key)
        changes.change(invoice_id, {"$set": {"mail": mail}})
        changes.tell(row["customer_id"], notification(row, key))
        subject = Subject(kind="invoice", id=invoice_id, name=row["number"])
        changes.record(acting, row["customer_id"], "invoice.mailed_again", subject)
        return invoice_row({**row, "mail": mail}, now)

    return store.once(acting, command_id, ("resend", invoice_id), now, work)


def direct_debit_file(
    store: Store, clock: Clock, acting: Acting, *, run_id: str, collect_on: dt.date, command_id: str
) -> Reply:
    """Files for the bank, one per issuer, of what is to be collected of a run; the invoices are collected
    from then on. Conflict when there is nothing (any more), Invalid for a day that is no day ahead."""
    acting.require_staff()
    now = clock()
    if store.run(run_id) is None:
        raise NotFound()
    if collect_on <= day_of(now):
        raise Invalid(fields={"collect_on": [_("Kies een dag na vandaag.")]})
    by_issuer: dict[str, list[tuple[Document, Invoice]]] = {}
    for row in store.to_collect(run_id):
        by_issuer.setdefault(row["issuer_id"], []).append((row, store.full(row)))
    batches = [_batch(store, each, collect_on, now) for each in by_issuer.values()]

    def work(changes: Changes) -> Reply:
        if not batches:
            raise Conflict(_("Er is niets te incasseren: alles is betaald, of is al in een bestand gezet."))
        return {"batches": [_keep(changes, acting, run_id, collect_on, *batch) for batch in batches]}

    return store.once(acting, command_id, ("direct_debit_file", run_id, collect_on), now, work)


def _batch(
    store: Store, members: list[tuple[Document, Invoice]], collect_on: dt.date, now: dt.datetime
) -> tuple[str, list[Document], Document]:
    """The ID, the invoices, and the file."""
    batch_id = new_id()
    seller = members[0][1].seller
    batch = Batch(
        id=batch_id,
        created_at=now,
        collect_on=collect_on,
        creditor=Creditor(name=seller.name, iban=seller.iban, bic=seller.bic, creditor_id=seller.creditor_id),
        collections=tuple(_collections(members)),
    )
    name = f"incasso-{collect_on}-{batch_id[:8]}.xml"
    file = store.files.put(batch_id, name, MEDIA_TYPE, pain008(batch))
    return batch_id, [row for row, _drawn in members], file


def _collections(members: Iterable[tuple[Document, Invoice]]) -> Iterable[Collection]:
    for row, drawn in members:
        payment = drawn.payment
        assert payment.mandate_signed_on is not None
        left = Decimal(left_of(row)).scaleb(-2)
        yield Collection(
            number=drawn.number,
            amount=left,
            name=drawn.buyer.name,
            iban=payment.iban,
            mandate_id=payment.mandate_id,
            mandate_signed_on=payment.mandate_signed_on,
            sequence=payment.sequence,
            remark=_("Factuur %(number)s", number=drawn.number),
        )


def _keep(
    changes: Changes,
    acting: Acting,
    run_id: str,
    collect_on: dt.date,
    batch_id: str,
    rows: list[Document],
    file: Document,
) -> Reply:
    for row in rows:
        values = {"$set": {"status": "direct_debit", "batch_id": batch_id}}
        if not changes.change(row["_id"], values, status="open", credited=row["credited"]):
            raise Conflict(_("Een van deze facturen is intussen gewijzigd. Probeer het opnieuw."))
    total = sum(map(left_of, rows))
    changes.insert_batch(
        {
            "_id": batch_id,
            "run_id": run_id,
            "collect_on": collect_on.isoformat(),
            "created_at": changes.at,
            "count": len(rows),
            "total": total,
            "file": file,
        }
    )
    subject = Subject(kind="direct_debit", id=batch_id, name=file["name"])
    told = {"invoices": len(rows), "total": euro(total), "collect_on": collect_on.isoformat()}
    changes.record(acting, None, "direct_debit.made", subject, after=told)
    return {
        "id": batch_id,
        "name": file["name"],
        "size": file["size"],
        "count": len(rows),
        "total": euro(total),
    }


def _invoice(changes: Changes, invoice_id: str) -> Document:
    row = changes.row(invoice_id)
    if row is None:
        raise NotFound()
    return row
