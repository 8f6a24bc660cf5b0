"""Reading the quarantine; what comes and goes is written where batches are booked (store/usage.py)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.cdr.domain.refusal import DISCARDED, Case, Reason, Refused, case_of, shortened
from shared.mongo import Document


class QuarantineStore:
    def __init__(self, db: Database[Document]) -> None:
        self._quarantine = db["quarantine"]

    def page(self, reason: Reason, after: str = "", limit: int = 100) -> Sequence[dict[str, Any]]:
        """What waits for a reason, by ID, after the given ID."""
        query = {"reason": str(reason), "_id": {"$gt": after}}
        return list(self._quarantine.find(query).sort("_id", ASCENDING).limit(limit))

    def waiting(self, ids: Sequence[str]) -> Sequence[dict[str, Any]]:
        """Those of these events that still wait, by ID, as they are now."""
        query = {"_id": {"$in": list(ids)}, "reason": {"$ne": DISCARDED}}
        return list(self._quarantine.find(query).sort("_id", ASCENDING))

    def reword(self, identity: str, reason: str, refused: Refused) -> None:
        """What was lacking (``reason``) has come, but now something else is lacking. What was put aside since
        it was read stays so."""
        sentence = shortened(refused.sentence)
        changed = {
            "reason": str(refused.reason),
            "sentence": sentence,
            "number": refused.number,
            "case": case_of(refused.reason, sentence, refused.number),
        }
        self._quarantine.update_one({"_id": identity, "reason": reason}, {"$set": changed})

    def counts(self) -> dict[str, int]:
        """How many events wait, by reason."""
        groups = self._quarantine.aggregate([{"$group": {"_id": "$reason", "n": {"$sum": 1}}}])
        return {group["_id"]: group["n"] for group in groups}

    def without_rate(self, numbers: Sequence[str] | None = None) -> Iterator[tuple[str, bytes]]:
        """(the number that pays, the event as it was taken) of what waits for a rate: of these numbers, or of
        all."""
        query: Document = {"reason": str(Reason.NO_RATE)}
        if numbers is not None:
            query["number"] = {"$in": list(numbers)}
        for one in self._quarantine.find(query, {"number": 1, "source": 1}):
            yield one["number"], bytes(one["source"])

    def cases(self) -> list[Document]:
        """What waits, grouped by what mends it: ``{_id: {reason, carrier, case}, n, oldest, newest}``, most
        first; what was discarded last."""
        key = {"reason": "$reason", "carrier": "$carrier", "case": {"$ifNull": ["$case", ""]}}
        group: Document = {"_id": key, "n": {"$sum": 1}}
        group |= {"oldest": {"$min": "$received_at"}, "newest": {"$max": "$received_at"}}
        found = list(self._quarantine.aggregate([{"$group": group}]))
        return sorted(found, key=lambda one: (one["_id"]["reason"] == DISCARDED, -one["n"], str(one["_id"])))

    def of_case(self, case: Case, after: str, limit: int) -> list[Document]:
        """The events of a case, by ID."""
        query = {**_query(case), "_id": {"$gt": after}}
        return list(self._quarantine.find(query).sort("_id", ASCENDING).limit(limit))

    def size(self, case: Case) -> int:
        return self._quarantine.count_documents(_query(case))

    def discard(self, case: Case, why: Document, session: ClientSession) -> int:
        """Put a case's events aside: they are kept, with why and what they waited for; how many."""
        changed = {"$set": {"reason": DISCARDED, "was": case.reason, "discarded": why}}
        return self._quarantine.update_many(_query(case), changed, session=session).modified_count


def _query(case: Case) -> Document:
    return {"reason": case.reason, "carrier": case.carrier, "case": case.key or {"$in": ["", None]}}
