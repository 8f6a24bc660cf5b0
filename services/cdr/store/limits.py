"""Warning limits of customers, and which were passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pymongo import ASCENDING
from pymongo.database import Database

from services.cdr.store.commands import Changes
from shared.mongo import Document


@dataclass(frozen=True, slots=True)
class Limit:
    """Millionths of a euro per billing period; 0 for none."""

    customer: str
    amount: int
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Pass:
    """A period's use has passed a limit, and the customer was told."""

    limit: int
    at: datetime


def ensure_indexes(db: Database[Document]) -> None:
    db["limit_passes"].create_index([("customer", ASCENDING), ("period", ASCENDING)])
    db["limits"].create_index([("due", ASCENDING)], sparse=True)


class LimitStore:
    def __init__(self, db: Database[Document]) -> None:
        self._limits = db["limits"]
        self._passes = db["limit_passes"]

    def get(self, customer: str, changes: Changes | None = None) -> Limit | None:
        row = self._limits.find_one({"_id": customer}, session=changes.session if changes else None)
        return Limit(row["_id"], row["amount"], row["set_at"]) if row and row["amount"] else None

    def put(self, customer: str, amount: int, now: datetime, changes: Changes) -> None:
        """``due`` has the worker look at it at once."""
        values = {"amount": amount, "set_at": now, "due": True}
        self._limits.update_one({"_id": customer}, {"$set": values}, upsert=True, session=changes.session)

    def customers(self) -> set[str]:
        """Who has a limit."""
        return {row["_id"] for row in self._limits.find({"amount": {"$gt": 0}}, {"_id": 1})}

    def take_due(self) -> set[str]:
        """Whose limit was set since the last look; each is told until :meth:`looked_at`."""
        return {row["_id"] for row in self._limits.find({"due": True}, {"_id": 1})}

    def looked_at(self, limit: Limit) -> None:
        """Unless it was set again meanwhile."""
        self._limits.update_one({"_id": limit.customer, "set_at": limit.set_at}, {"$unset": {"due": ""}})

    def passes(self, customer: str, period: int, changes: Changes | None = None) -> list[Pass]:
        found = self._passes.find(
            {"customer": customer, "period": period}, session=changes.session if changes else None
        )
        return [Pass(row["limit"], row["at"]) for row in found]

    def add_pass(self, customer: str, period: int, limit: int, now: datetime, changes: Changes) -> None:
        """One per limit and period: the unique ID decides who tells it (DuplicateKeyError)."""
        row = {
            "_id": f"{customer}|{period}|{limit}",
            "customer": customer,
            "period": period,
            "limit": limit,
            "at": now,
        }
        self._passes.insert_one(row, session=changes.session)
