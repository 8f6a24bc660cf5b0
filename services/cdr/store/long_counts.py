"""Selections that took too long to count while somebody waited: the job that counts, and what it found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.cdr.store.counters import Count
from shared import tenancy
from shared.mongo import Document

KEPT = timedelta(days=1)
"""For how long it is known that a selection takes long."""

tenancy.common("long_counts")
"""Their names are digests of the customer and the selection."""


@dataclass(frozen=True, slots=True)
class LongCount:
    """``counts`` is None until the job is done; ``at`` is when it began to count them."""

    job_id: str
    counts: list[Count] | None
    at: datetime | None


def ensure_indexes(db: Database[Document]) -> None:
    db["long_counts"].create_index([("expires_at", ASCENDING)], expireAfterSeconds=0)


class LongCounts:
    """By a key that stands for the customer and the selection."""

    def __init__(self, db: Database[Document]) -> None:
        self._found = db["long_counts"]

    def get(self, key: str, session: ClientSession | None = None) -> LongCount | None:
        row = self._found.find_one({"_id": key}, session=session)
        if row is None:
            return None
        counts = None if row["counts"] is None else from_plain(row["counts"])
        return LongCount(row["job_id"], counts, row["at"])

    def is_long(self, key: str) -> bool:
        """Whether counting it took longer than anybody waits, lately."""
        return self._found.find_one({"_id": key}, {"_id": 1}) is not None

    def begin(self, key: str, job_id: str, now: datetime, session: ClientSession) -> None:
        row = {"job_id": job_id, "counts": None, "at": None, "expires_at": now + KEPT}
        self._found.replace_one({"_id": key}, row, upsert=True, session=session)

    def keep(
        self, key: str, job_id: str, counts: Sequence[Count], at: datetime, session: ClientSession
    ) -> None:
        """What the job found, unless another one counts the same by now."""
        found = {"counts": to_plain(counts), "at": at}
        self._found.update_one({"_id": key, "job_id": job_id}, {"$set": found}, session=session)


def to_plain(counts: Sequence[Count]) -> list[list[Any]]:
    """As lists, for a document."""
    return [[one.number, one.product, one.type, *one.sums] for one in counts]


def from_plain(plain: Sequence[Sequence[Any]]) -> list[Count]:
    return [Count(0, 0, 0, number, product, kind, tuple(sums)) for number, product, kind, *sums in plain]
