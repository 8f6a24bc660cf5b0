"""Runs and what became of each customer in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne

from services.invoicing.domain.parties import Customer
from services.invoicing.store.base import Reading, Transaction
from services.invoicing.store.files import PIECES
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

_HAVE_FILES = ("done", "already")
_AT_A_TIME = 1_000
# A file is there as soon as its first piece is: GridFS writes the file's own document last.
_PIECES_OF_EACH: Document = {
    "$lookup": {
        "from": PIECES,
        "let": {"first": {"$concat": ["$_id", ":"]}, "behind": {"$concat": ["$_id", ";"]}},
        "pipeline": [
            {
                "$match": {
                    "$expr": {
                        "$and": [{"$gte": ["$files_id", "$$first"]}, {"$lt": ["$files_id", "$$behind"]}]
                    },
                    "n": 0,
                }
            },
            {"$project": {"_id": 0, "files_id": 1}},
        ],
        "as": "written",
    }
}
_MORE_THAN_NAMED: Document = {
    "$gt": [{"$size": "$written"}, {"$size": {"$objectToArray": {"$ifNull": ["$files", {}]}}}]
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

    def undrawn_row(self, run_id: str, customer_id: str, sentence: str) -> None:
        """The invoice could not be drawn, unless somebody else has done so meanwhile."""
        key = {"_id": f"{run_id}|{customer_id}", "state": {"$in": ["issued", "already"]}}
        values = {"state": "undrawn", "sentence": sentence}
        self._db["run_rows"].update_one(key, {"$set": values}, session=self.session)

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

    def runs_since(self, moment: datetime) -> list[str]:
        """IDs of the runs that were started after a moment."""
        found = self._db["runs"].find({"created_at": {"$gt": moment}}, {"_id": 1})
        return [row["_id"] for row in found]

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

    def left_over(self, run_id: str) -> Iterator[Document]:
        """Invoices of the run's customers that a killed process left without files, or with more than the
        invoice names: ``_id``, ``customer_id`` and ``files``. It asks indexes only, of some at a time."""
        more = {"$match": {"$expr": {"$or": [{"$eq": ["$files", None]}, _MORE_THAN_NAMED]}}}
        told = {"$project": {"customer_id": 1, "files": 1}}
        after = None
        while rows := self.rows(run_id, *_HAVE_FILES, after=after, limit=_AT_A_TIME):
            after = rows[-1]["customer_number"]
            these = {"$match": {"_id": {"$in": [row["invoice_id"] for row in rows if row["invoice_id"]]}}}
            yield from self._db["invoices"].aggregate([these, _PIECES_OF_EACH, more, told])

    def counts(self, run_id: str) -> dict[str, int]:
        """How many customers are in which state."""
        group = {"$group": {"_id": "$state", "count": {"$sum": 1}}}
        found = self._db["run_rows"].aggregate([{"$match": {"run_id": run_id}}, group])
        return {row["_id"]: row["count"] for row in found}
