"""Invoices: numbered and inserted in one transaction, never changed in what they say."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec
from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.invoicing.domain.composing import written_number
from services.invoicing.domain.invoice import Invoice, Line
from services.invoicing.domain.invoiced import Invoiced
from services.invoicing.domain.parties import Issuer
from services.invoicing.domain.periods import named
from services.invoicing.domain.recurring import Billed
from services.invoicing.store.base import Reading, Transaction, value_of
from shared import tenancy
from shared.mongo import Document

ORDERS = ("period", "number", "issued_on", "sent_on", "total", "status")
tenancy.common("letterheads")
"""Logos of issuers, by their digest."""

INDEXES = {
    "invoices": [
        IndexModel(
            [("customer_id", ASCENDING), ("period", ASCENDING)],
            unique=True,
            partialFilterExpression={"kind": "invoice"},
            name="one invoice a period",
        ),
        IndexModel([("issuer_id", ASCENDING), ("number", ASCENDING)], unique=True),
        IndexModel(
            [("issuer_id", ASCENDING), ("series", ASCENDING), ("year", ASCENDING), ("place", ASCENDING)],
            unique=True,
        ),
        *(
            IndexModel([("customer_id", ASCENDING), (order, DESCENDING), ("_id", DESCENDING)])
            for order in ORDERS
        ),
        # The operator's archive: of all customers.
        *(IndexModel([(order, DESCENDING), ("_id", DESCENDING)]) for order in ORDERS),
        IndexModel([("year", ASCENDING)]),
        IndexModel([("run_id", ASCENDING)]),
        IndexModel([("mail.keys", ASCENDING)]),
        IndexModel([("mandate_id", ASCENDING)]),
        IndexModel([("credit_of", ASCENDING)]),
    ],
    "billed": [IndexModel([("customer_id", ASCENDING), ("period", ASCENDING)])],
    "settled": [IndexModel([("customer_id", ASCENDING), ("period", ASCENDING)], unique=True)],
}
COLLECTIONS = ("counters", "letterheads")


class TooEarly(Exception):
    """The series has a later invoice already: numbers and dates go up together."""

    def __init__(self, issued_on: str) -> None:
        super().__init__(issued_on)
        self.issued_on = issued_on


class InvoiceChanges(Transaction):
    def next_number(self, issuer: Issuer, series: str, issued_on: dt.date) -> tuple[str, int]:
        """The number and the place in the series and year. Who commits it has it; who does not leaves no gap.

        Raises TooEarly when a later day was used in this series already.
        """
        key = f"{issuer.id}|{series}|{issued_on.year}"
        row: Document = self._db["counters"].find_one_and_update(
            {"_id": key},
            {"$inc": {"place": 1}, "$max": {"issued_on": issued_on.isoformat()}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=self.session,
        )  # type: ignore[assignment]
        if row["issued_on"] > issued_on.isoformat():
            raise TooEarly(row["issued_on"])
        return written_number(series, issued_on.year, row["place"]), int(row["place"])

    def insert_invoice(self, invoice: Invoice, place: int, **facts: Any) -> None:
        """``facts``: customer_id, issuer_id, run_id …: what we know of it beside what it says."""
        logo = self._keep_logo(invoice.seller.logo)
        row = {"_id": invoice.id, **_columns(invoice), "place": place, "logo": logo, **facts}
        row |= {"created_at": self.at, "document": _document(invoice)}
        self._db["invoices"].insert_one(row, session=self.session)

    def row(self, invoice_id: str) -> Document | None:
        return self._db["invoices"].find_one({"_id": invoice_id}, session=self.session)

    def change(self, invoice_id: str, change: Document, **wanted: Any) -> bool:
        """What happens to an invoice after it was made; whether it was as ``wanted``."""
        found = self._db["invoices"].update_one({"_id": invoice_id, **wanted}, change, session=self.session)
        return found.matched_count == 1

    def invoiced(self, customer_id: str, since: str, before: str, *, uncredited: bool) -> list[Invoiced]:
        """As :meth:`InvoiceReads.invoiced`."""
        return _invoiced(self._db, customer_id, (since, before), uncredited, self.session)

    def mark_billed(self, customer_id: str, marks: Iterable[Billed]) -> None:
        for mark in marks:
            row = {"_id": f"{customer_id}|{mark.key}|{mark.period}", "customer_id": customer_id}
            row |= msgspec.to_builtins(mark)
            self._db["billed"].replace_one({"_id": row["_id"]}, row, upsert=True, session=self.session)

    def settle(self, customer_id: str, period: str, invoice_id: str | None) -> bool:
        """The period is billed, or there was nothing to bill; False when it was settled before."""
        key = f"{customer_id}|{period}"
        row = {"customer_id": customer_id, "period": period, "invoice_id": invoice_id, "at": self.at}
        found = self._db["settled"].update_one(
            {"_id": key}, {"$setOnInsert": row}, upsert=True, session=self.session
        )
        return found.upserted_id is not None

    def has_collected(self, mandate_id: str) -> bool:
        """Whether an invoice was to be collected by this mandate before."""
        wanted = {"mandate_id": mandate_id}
        return self._db["invoices"].find_one(wanted, {"_id": 1}, session=self.session) is not None

    def _keep_logo(self, logo: bytes) -> str:
        """Once, however many invoices have it."""
        digest = hashlib.sha256(logo).hexdigest()
        if (
            logo
            and self._db["letterheads"].find_one({"_id": digest}, {"_id": 1}, session=self.session) is None
        ):
            self._db["letterheads"].insert_one({"_id": digest, "logo": logo}, session=self.session)
        return digest if logo else ""


class InvoiceReads(Reading):
    def row_of(self, invoice_id: str) -> Document | None:
        return self._db["invoices"].find_one(tenancy.own({"_id": invoice_id}))

    def invoice_of(self, customer_id: str, period: str) -> Document | None:
        """The customer's invoice of a period, if there is one."""
        return self._db["invoices"].find_one(
            {"customer_id": customer_id, "period": period, "kind": "invoice"}
        )

    def full(self, row: Document) -> Invoice:
        """The invoice as it was made, with its logo."""
        invoice = msgspec.json.decode(row["document"], type=Invoice)
        if not row["logo"]:
            return invoice
        found = self._db["letterheads"].find_one({"_id": row["logo"]}) or {}
        seller = msgspec.structs.replace(invoice.seller, logo=bytes(found.get("logo", b"")))
        return msgspec.structs.replace(invoice, seller=seller)

    def billed(self, customer_id: str, since: str) -> list[Billed]:
        rows = self._db["billed"].find({"customer_id": customer_id, "period": {"$gte": since}})
        return [value_of(row, Billed, "ignored") for row in rows]

    def invoiced(self, customer_id: str, since: str, before: str, *, uncredited: bool) -> list[Invoiced]:
        """The customer's invoices from ``since`` up to (not including) ``before``; where ``uncredited`` are
        not asked only those of which something was credited."""
        return _invoiced(self._db, customer_id, (since, before), uncredited, None)

    def settled(self, customer_id: str) -> set[str]:
        return {row["period"] for row in self._db["settled"].find({"customer_id": customer_id})}

    def to_collect(self, run_id: str) -> list[Document]:
        """Invoices of a run that are to be collected and have not been, and of which something is left."""
        wanted = {"run_id": run_id, "method": "direct_debit", "status": "open", "total": {"$gt": 0}}
        rows = self._db["invoices"].find(wanted).sort("number", ASCENDING)
        return [row for row in rows if left_of(row) > 0]


class _Lines(msgspec.Struct):
    """What of an invoice's document is read here."""

    lines: tuple[Line, ...]


def _invoiced(
    db: Database[Document],
    customer_id: str,
    span: tuple[str, str],
    uncredited: bool,
    session: ClientSession | None,
) -> list[Invoiced]:
    months = {"$gte": span[0], "$lt": span[1]}
    wanted: Document = {"customer_id": customer_id, "period": months, "kind": "invoice"}
    if not uncredited:
        wanted["credited.lines"] = {"$ne": {}}
    told = {"period": 1, "document": 1, "credited": 1}
    rows = db["invoices"].find(wanted, told, session=session).sort("period", ASCENDING)
    return [
        Invoiced(
            period=row["period"],
            lines=msgspec.json.decode(row["document"], type=_Lines).lines,
            credited={int(place): Decimal(net) for place, net in row["credited"]["lines"].items()},
        )
        for row in rows
    ]


def cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))


def left_of(row: Document) -> int:
    """Cents of an invoice that were not credited, with VAT; below nothing for one of less than nothing."""
    return int(row["total"] - row["credited"]["total"])


def _document(invoice: Invoice) -> bytes:
    """Without the logo, which many invoices share, and without calls, which are read when it is drawn."""
    seller = msgspec.structs.replace(invoice.seller, logo=b"")
    return msgspec.json.encode(msgspec.structs.replace(invoice, seller=seller, calls=()))


def _columns(invoice: Invoice) -> Document:
    """What the archive filters and sorts by."""
    return {
        "kind": invoice.kind,
        "number": invoice.number,
        "series": invoice.series,
        "year": invoice.issued_on.year,
        "period": invoice.period,
        "period_text": f"{invoice.period} {named(invoice.period)} {invoice.period[5:]}-{invoice.period[:4]}",
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
        "sent_on": None,
        "net": cents(invoice.net),
        "vat": cents(invoice.vat),
        "total": cents(invoice.total),
        "status": "credit" if invoice.kind == "credit" else "open",
        "method": invoice.payment.method,
        "mandate_id": invoice.payment.mandate_id or None,
        "paid_on": None,
        "batch_id": None,
        "files": None,
        "mail": None,
        "credited": {"lines": {}, "vat": {}, "total": 0},
        "credit_of": None,
    }
