"""The archive: invoices by filter, in any order, page by page; and what mail says of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.invoicing.store.base import Reading
from shared import tenancy
from shared.days import day_of
from shared.mongo import Document

INDEXES: dict[str, list[IndexModel]] = {}
_RANGES = ("issued_on", "sent_on", "total")
_MOST_COUNTED = 100_000
_COLUMNS = (
    *("customer_id", "number", "kind", "period", "issued_on", "due_on", "sent_on", "net", "vat", "total"),
    *("status", "paid_on", "method", "mail", "files", "run_id", "credit_of", "created_at", "batch_id"),
)


def wanted(customers: Collection[str] | None, filters: Mapping[str, Any]) -> Document:
    """The query of a selection; ``customers`` None: everybody's."""
    query: Document = {} if customers is None else {"customer_id": _one_of(customers)}
    for name, text in (("period_text", filters.get("period")), ("number", filters.get("number"))):
        if text:
            query[name] = {"$regex": re.escape(text), "$options": "i"}
    for name in _RANGES:
        bounds = {"$gte": filters.get(f"{name}_from"), "$lte": filters.get(f"{name}_to")}
        given = {sign: value for sign, value in bounds.items() if value is not None}
        if given:
            query[name] = given
    for name in ("kind", "status", "run_id"):
        if filters.get(name):
            query[name] = filters[name]
    return query


def _one_of(customers: Collection[str]) -> Any:
    return next(iter(customers)) if len(customers) == 1 else {"$in": list(customers)}


class ArchiveReads(Reading):
    def page(self, query: Document, order: str, descending: bool, after: Any, limit: int) -> list[Document]:
        """``after`` is (value of the order's column, ID) of the last row of the page before."""
        way = DESCENDING if descending else ASCENDING
        if after is not None:
            query = {"$and": [query, _beyond(order, after, descending)]}
        rows = self._db["invoices"].find(query, dict.fromkeys(_COLUMNS, 1))
        return list(rows.sort([(order, way), ("_id", way)]).limit(limit))

    def credit_notes(self, invoice_id: str) -> list[Document]:
        notes = tenancy.own({"credit_of": invoice_id})
        return list(self._db["invoices"].find(notes).sort("number", ASCENDING))

    def count(self, query: Document) -> int:
        return self._db["invoices"].count_documents(query, limit=_MOST_COUNTED)

    def mail_sent(self, key: str, mail_id: str, at: datetime) -> None:
        """A mail about an invoice went out; the first one says when it was sent."""
        day = day_of(at).isoformat()
        self._db["invoices"].update_one(
            {"mail.keys": key, "sent_on": None},
            {"$set": {"sent_on": day}, "$addToSet": {"mail.sent": mail_id}},
        )
        self._db["invoices"].update_one({"mail.keys": key}, {"$addToSet": {"mail.sent": mail_id}})

    def mail_failed(self, key: str, mail_id: str, reason: str) -> None:
        change = {"$addToSet": {"mail.failed": mail_id}, "$set": {"mail.reason": reason[:300]}}
        self._db["invoices"].update_one({"mail.keys": key}, change)

    def expired(self, before_year: int) -> list[str]:
        """IDs of invoices of the years before that one, some hundreds at a time."""
        old = {"year": {"$lt": before_year}}
        return [row["_id"] for row in self._db["invoices"].find(old, {"_id": 1}).limit(500)]

    def remove_invoices(self, ids: list[str]) -> None:
        """Their files go before them, so that none is left behind that nobody finds."""
        self._db["invoices"].delete_many({"_id": {"$in": ids}})


def _beyond(order: str, after: tuple[Any, str], descending: bool) -> Document:
    """What comes behind a row. An empty value (no sending date) sorts before every other one."""
    value, row_id = after
    sign = "$lt" if descending else "$gt"
    same = {order: value, "_id": {sign: row_id}}
    if value is None:
        return same if descending else {"$or": [same, {order: {"$ne": None}}]}
    further: Document = {order: {sign: value}}
    if descending:  # comparisons leave out what is empty
        further = {"$or": [further, {order: None}]}
    return {"$or": [same, further]}
