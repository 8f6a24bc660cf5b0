"""The archive of invoices (INV-01), one invoice, and its files."""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from services.invoicing.store import PIECE, Store, cents
from services.invoicing.store.archive import wanted
from services.invoicing.usecases.common import own_invoice, whose
from services.invoicing.usecases.drafting import shown
from services.invoicing.views.replies import Reply, euro, invoice_row
from shared.acting import Acting
from shared.errors import Invalid, NotFound
from shared.mongo import Document
from shared.words import gettext as _


def archive(
    store: Store,
    now: datetime,
    acting: Acting,
    *,
    customer_id: str | None,
    sort: str,
    after: str | None,
    limit: int,
    **filters: Any,
) -> Reply:
    """A page of invoices. ``sort``: a column, with a minus for descending; ``next`` goes into ``after``."""
    customers = whose(store, acting, customer_id)
    query = wanted(customers, _stored(filters))
    column, descending = sort.removeprefix("-"), sort.startswith("-")
    rows = store.page(query, column, descending, _key(after), limit)
    replies = [invoice_row(row, now) for row in rows]
    if acting.kind == "staff":
        names = store.named({row["customer_id"] for row in rows})
        for reply in replies:
            number, name = names.get(reply["customer_id"], (None, ""))
            reply |= {"customer_number": number, "customer_name": name}
    last = rows[-1] if len(rows) == limit else None
    following = _written([last[column], last["_id"]]) if last else None
    return {"rows": replies, "next": following, "count": store.count(query)}


def _stored(filters: dict[str, Any]) -> Document:
    """Filters as the columns are stored: days as texts, amounts in cents."""
    found: Document = {}
    for name, value in filters.items():
        name = name.replace("amount_", "total_")
        if isinstance(value, date):
            value = value.isoformat()
        found[name] = cents(value) if isinstance(value, Decimal) else value
    return found


def _written(key: list[Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode()


def _key(after: str | None) -> Any:
    if after is None:
        return None
    try:
        value, row_id = msgspec.json.decode(
            base64.urlsafe_b64decode(after), type=tuple[str | int | None, str]
        )
    except (ValueError, binascii.Error) as problem:
        raise Invalid(fields={"after": [_("Dit is geen geldig kenmerk.")]}) from problem
    return value, row_id


def invoice(store: Store, now: datetime, acting: Acting, *, invoice_id: str) -> Reply:
    """One invoice, with all that it says; ``credited`` is what credit notes took of it."""
    row = own_invoice(store, acting, invoice_id)
    reply = invoice_row(row, now)
    notes = [invoice_row(note, now) for note in store.credit_notes(invoice_id)]
    return {
        **reply,
        "invoice": shown(store.full(row)),
        "credited": euro(row["credited"]["total"]),
        "credited_lines": row["credited"]["lines"],
        "credit_of": row["credit_of"],
        "credit_notes": notes,
        "run_id": row["run_id"],
        "mail_problem": (row["mail"] or {}).get("reason", ""),
    }


def file_info(store: Store, acting: Acting, *, invoice_id: str, kind: str) -> Reply:
    """What a file is called, and how to fetch it by :func:`file_chunk`. NotFound while it is not made."""
    file = _file(own_invoice(store, acting, invoice_id), kind)
    return {name: file[name] for name in ("id", "name", "media_type", "size", "sha256")}


def file_chunk(
    store: Store,
    acting: Acting,
    *,
    file_id: str | None,
    invoice_id: str | None,
    kind: str,
    index: int,
) -> Reply:
    """A piece of at most 512 KiB, in base64; by the file, or by the invoice and its kind."""
    if file_id is not None:
        invoice_id = file_id.partition(":")[0]
    row = own_invoice(store, acting, invoice_id or "")
    files = row["files"] or {}
    file = _file(row, kind) if file_id is None else None
    if file is None:
        file = next((each for each in files.values() if each["id"] == file_id), None)
    piece = store.files.piece(file["id"], index) if file else None
    if file is None or piece is None:
        raise NotFound()
    last = (index + 1) * PIECE >= file["size"]
    return {
        "data": base64.b64encode(piece).decode(),
        "last": last,
        "size": file["size"],
        "sha256": file["sha256"],
    }


def _file(row: Document, kind: str) -> Document:
    file: Document | None = (row["files"] or {}).get(kind)
    if file is None:
        raise NotFound(_("Dit bestand is nog niet gemaakt. Probeer het over een minuut opnieuw."))
    return file


def batch_chunk(store: Store, acting: Acting, *, batch_id: str, index: int) -> Reply:
    """A piece of a file for the bank, for staff of the operator."""
    acting.require_staff()
    batch = store.batch(batch_id)
    piece = store.files.piece(batch["file"]["id"], index) if batch else None
    if batch is None or piece is None:
        raise NotFound()
    file = batch["file"]
    last = (index + 1) * PIECE >= file["size"]
    told = {name: file[name] for name in ("name", "media_type", "size", "sha256")}
    return {"data": base64.b64encode(piece).decode(), "last": last, **told}
