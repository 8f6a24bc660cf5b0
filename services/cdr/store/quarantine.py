"""Reading the quarantine; what comes and goes is written where batches are booked (store/usage.py)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pymongo import ASCENDING
from pymongo.database import Database

from services.cdr.domain.refusal import Reason, Refused
from shared.mongo import Document


class QuarantineStore:
    def __init__(self, db: Database[Document]) -> None:
        self._quarantine = db["quarantine"]

    def page(self, reason: Reason, after: str = "", limit: int = 100) -> Sequence[dict[str, Any]]:
        """What waits for a reason, by ID, after the given ID."""
        query = {"reason": str(reason), "_id": {"$gt": after}}
        return list(self._quarantine.find(query).sort("_id", ASCENDING).limit(limit))

    def reword(self, identity: str, refused: Refused) -> None:
        """What was lacking has come, but now something else is lacking."""
        changed = {"reason": str(refused.reason), "sentence": refused.sentence, "number": refused.number}
        self._quarantine.update_one({"_id": identity}, {"$set": changed})

    def counts(self) -> dict[str, int]:
        """How many events wait, by reason."""
        groups = self._quarantine.aggregate([{"$group": {"_id": "$reason", "n": {"$sum": 1}}}])
        return {group["_id"]: group["n"] for group in groups}
