"""What others tell: customers, their mobile subscriptions, costs that services ask for."""

from __future__ import annotations

from collections.abc import Collection

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from services.invoicing.domain.charges import Requested, Subscription
from services.invoicing.domain.parties import Customer
from services.invoicing.store.base import Reading, row_of, value_of
from shared.mongo import Document

INDEXES = {
    "customers": [IndexModel([("number", ASCENDING)]), IndexModel([("parent_id", ASCENDING)])],
    "subscriptions": [IndexModel([("customer_id", ASCENDING), ("starts", ASCENDING)])],
    "requested": [IndexModel([("customer_id", ASCENDING), ("day", ASCENDING)])],
}

BY_START = [("starts", ASCENDING), ("number", ASCENDING), ("_id", ASCENDING)]
"""The order of subscriptions on an invoice: as they began, and those of one day by number."""


class KnownStore(Reading):
    """Each write is of the newest revision only, so events may come again and in any order."""

    def keep_customer(self, customer: Customer) -> None:
        """The day on which we first heard of it stays."""
        row = row_of(customer)
        known_on = row.pop("known_on")
        self._newest("customers", row, {"$min": {"known_on": known_on}})

    def keep_subscription(self, subscription: Subscription) -> None:
        self._newest("subscriptions", row_of(subscription), {})

    def keep_requested(self, requested: Requested) -> None:
        """Once, whatever comes again."""
        row = row_of(requested)
        self._db["requested"].update_one({"_id": row["_id"]}, {"$setOnInsert": row}, upsert=True)

    def _newest(self, collection: str, row: Document, also: Document) -> None:
        older = {"_id": row["_id"], "revision": {"$lt": row["revision"]}}
        values = {name: value for name, value in row.items() if name != "_id"}
        try:
            self._db[collection].update_one(older, {"$set": values, **also}, upsert=True)
        except DuplicateKeyError:
            if also:  # a newer one is there, yet this event may be the first that happened
                self._db[collection].update_one({"_id": row["_id"]}, also)

    def customer(self, customer_id: str) -> Customer | None:
        row = self._db["customers"].find_one({"_id": customer_id})
        return value_of(row, Customer) if row else None

    def customers(self, ids: Collection[str] | None = None) -> list[Customer]:
        """These companies, or all customers that are billed; by number."""
        wanted: Document = {"kind": "customer"} if ids is None else {"_id": {"$in": list(ids)}}
        return [
            value_of(row, Customer) for row in self._db["customers"].find(wanted).sort("number", ASCENDING)
        ]

    def customers_of(self, partner_id: str) -> list[str]:
        """The IDs of a partner's customers and of itself."""
        wanted = {"$or": [{"parent_id": partner_id}, {"_id": partner_id}]}
        return [row["_id"] for row in self._db["customers"].find(wanted, {"_id": 1})]

    def named(self, ids: Collection[str]) -> dict[str, tuple[int, str]]:
        """Number and name by ID."""
        rows = self._db["customers"].find({"_id": {"$in": list(ids)}}, {"number": 1, "name": 1})
        return {row["_id"]: (row["number"], row["name"]) for row in rows}

    def subscriptions(self, customer_id: str) -> list[Subscription]:
        rows = self._db["subscriptions"].find({"customer_id": customer_id})
        return [value_of(row, Subscription) for row in rows.sort(BY_START)]

    def requested(self, customer_id: str) -> list[Requested]:
        rows = self._db["requested"].find({"customer_id": customer_id})
        return [value_of(row, Requested) for row in rows.sort([("day", ASCENDING), ("_id", ASCENDING)])]
