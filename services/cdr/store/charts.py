"""Sums of rows by hour, day or receiver, for charts that the counters can not answer."""

from __future__ import annotations

from dataclasses import dataclass

from pymongo.database import Database
from pymongo.errors import ExecutionTimeout

from services.cdr.domain.selection import Selection
from services.cdr.store.details import SCAN_MS, match
from shared.mongo import Document

_LOCAL = {"date": "$start", "timezone": "Europe/Amsterdam"}
_KEYS: dict[str, object] = {
    "hour": {"$dateToString": {**_LOCAL, "format": "%Y-%m-%dT%H:00"}},
    "day": {"$dateToString": {**_LOCAL, "format": "%Y-%m-%d"}},
    "receiver": "$receiver",
    "sender": "$number",
    "type": "$type",
}


def _signed(kind: str) -> Document:
    return {"$sum": {"$cond": [{"$eq": ["$kind", kind]}, {"$multiply": ["$sign", "$quantity"]}, 0]}}


@dataclass(frozen=True, slots=True)
class Part:
    """The sums of one key: calls, seconds, bytes, millionths of a euro."""

    key: str
    calls: int
    duration: int
    volume: int
    amount: int


class ChartStore:
    def __init__(self, db: Database[Document]) -> None:
        self._usage = db["usage"]

    def parts(self, customer: str, selection: Selection, by: str) -> list[Part] | None:
        """The selection's rows summed by hour, day, receiver, sender (own number)
        or type; None when that takes too long."""
        group = {
            "_id": _KEYS[by],
            "calls": {"$sum": "$sign"},
            "duration": _signed("voice"),
            "volume": _signed("data"),
            "amount": {"$sum": "$amount"},
        }
        pipeline: list[Document] = [{"$match": match(customer, selection)}, {"$group": group}]
        try:
            found = list(self._usage.aggregate(pipeline, maxTimeMS=SCAN_MS))
        except ExecutionTimeout:
            return None
        return [Part(g["_id"], g["calls"], g["duration"], g["volume"], g["amount"]) for g in found]
