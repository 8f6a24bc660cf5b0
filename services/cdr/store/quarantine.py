"""Reading the quarantine; it is written where batches are booked (store/usage.py)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pymongo import ASCENDING
from pymongo.database import Database

from services.cdr.domain.refusal import Reason
from shared.mongo import Document


class QuarantineStore:
    def __init__(self, db: Database[Document]) -> None:
        self._quarantine = db["quarantine"]

    def page(self, reason: Reason, after: str = "", limit: int = 100) -> Sequence[dict[str, Any]]:
        """What waits for a reason, by ID, after the given ID."""
        query = {"reason": str(reason), "_id": {"$gt": after}}
        return list(self._quarantine.find(query).sort("_id", ASCENDING).limit(limit))

    def counts(self) -> dict[str, int]:
        """How many events wait, by reason."""
        groups = self._quarantine.aggregate([{"$group": {"_id": "$reason", "n": {"$sum": 1}}}])
        return {group["_id"]: group["n"] for group in groups}
