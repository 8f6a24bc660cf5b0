"""Runs and what became of each customer in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne

from services.invoicing.domain.parties import Customer
from services.invoicing.store.base import Reading, Transaction
from shared.jobs import JobStore
from shared.mongo import Document

INDEXES = {
    "runs": [IndexModel([("created_at", DESCENDING)])],
    "run_rows": [
        IndexModel([("run_id", ASCENDING), ("customer_number", ASCENDING)]),
        IndexModel([("run_id", ASCENDING), ("state", ASCENDING)]),
    ],
    "batches": [IndexModel([("run_id", ASCENDING)])],
}


class RunChanges(Transaction):
    def insert_run(self, run_id: str, values: Document) -> None:
        self._db["runs"].insert_one({"_id": run_id, "created_at": self.at, **values}, session=self.session)

    def set_row(self, run_id: str, customer_id: str, **values: Any) -> None:
        """What became of a customer: state, sentence, invoice_id, number, total (cents)."""
        key = {"_id": f"{run_id}|{customer_id}"}
        self._db["run_rows"].update_one(key, {"$set": values}, session=self.session)

    def finish_row(self, run_id: str, customer_id: str) -> None:
        """The invoice that this run made has its files."""
        key = {"_id": f"{run_id}|{customer_id}", "state": "issued"}
        self._db["run_rows"].update_one(key, {"$set": {"state": "done"}}, session=self.session)

    def add_job(self, kind: str, parameters: Document, customer_id: str) -> None:
        """Queue work that follows from this command."""
        JobStore(self._db).add(kind, parameters, customer_id=customer_id, session=self.session)

    def insert_batch(self, batch: Document) -> None:
        self._db["batches"].insert_one(batch, session=self.session)


class RunReads(Reading):
    def enroll(self, run_id: str, customers: Iterable[Customer]) -> None:
        """Put customers in a run; who is in it stays as they are."""
        rows = [
            UpdateOne(
                {"_id": f"{run_id}|{customer.id}"},
                {
                    "$setOnInsert": {
                        "run_id": run_id,
                        "customer_id": customer.id,
                        "customer_number": customer.number,
                        "name": customer.name,
                        "state": "waiting",
                        "sentence": "",
                        "invoice_id": None,
                        "number": "",
                        "total": None,
                    }
                },
                upsert=True,
            )
            for customer in customers
        ]
        if rows:
            self._db["run_rows"].bulk_write(rows, ordered=False)

    def run(self, run_id: str) -> Document | None:
        return self._db["runs"].find_one({"_id": run_id})

    def runs(self, limit: int) -> list[Document]:
        return list(self._db["runs"].find().sort("created_at", DESCENDING).limit(limit))

    def batches(self, run_id: str) -> list[Document]:
        return list(self._db["batches"].find({"run_id": run_id}))

    def batch(self, batch_id: str) -> Document | None:
        return self._db["batches"].find_one({"_id": batch_id})

    def rows(self, run_id: str, *states: str, after: int | None = None, limit: int = 0) -> list[Document]:
        """By customer number; ``limit`` 0 means all."""
        wanted: Document = {"run_id": run_id} | ({"state": {"$in": list(states)}} if states else {})
        if after is not None:
            wanted["customer_number"] = {"$gt": after}
        return list(self._db["run_rows"].find(wanted).sort("customer_number", ASCENDING).limit(limit))

    def counts(self, run_id: str) -> dict[str, int]:
        """How many customers are in which state."""
        group = {"$group": {"_id": "$state", "count": {"$sum": 1}}}
        found = self._db["run_rows"].aggregate([{"$match": {"run_id": run_id}}, group])
        return {row["_id"]: row["count"] for row in found}
