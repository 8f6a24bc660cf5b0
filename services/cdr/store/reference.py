"""What rating needs: number owners, rate plans and who has which, closed periods.

Each change also grows a number in the one document of ``reference``, in the same transaction, so
that a process with this data in memory learns by one small read whether it must read again.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from bson import Binary
from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.cdr.domain.amsterdam import epoch
from services.cdr.domain.plan_csv import parse_plan
from services.cdr.domain.reference import FOREVER, Owned, Ownership, PlanVersion, Versions
from services.cdr.store.usage import CLOSINGS
from shared.mongo import Document, transact

_ONE = "versions"


def ensure_indexes(db: Database[Document]) -> None:
    db["owners"].create_index([("sequence", ASCENDING)])
    db["plans"].create_index([("name", ASCENDING), ("valid_from", ASCENDING)], unique=True)


class ReferenceStore:
    def __init__(self, db: Database[Document]) -> None:
        self._db = db

    def versions(self) -> Versions:
        found = self._db["reference"].find_one({"_id": _ONE}) or {}
        gate = self._db["gates"].find_one({"_id": CLOSINGS}) or {}
        return Versions(found.get("owners", 0), found.get("plans", 0), gate.get("closings", 0))

    def ownerships(self, after: int) -> Sequence[Ownership]:
        found = self._db["owners"].find({"sequence": {"$gt": after}}).sort("sequence", ASCENDING)
        return [_ownership(document) for document in found]

    def save_ownership(self, source: str, customer: str, product: str, revision: int, numbers: Any) -> bool:
        """Keep what a source says of its numbers unless a newer revision is known; whether it was news.

        ``numbers`` are ``(number, valid_from, valid_to or None)`` with aware moments.
        """

        def work(session: ClientSession) -> bool:
            owners = self._db["owners"]
            known = owners.find_one({"_id": source}, {"revision": 1}, session=session)
            if known is not None and known["revision"] >= revision:
                return False
            document = {
                "customer": customer,
                "product": product,
                "revision": revision,
                "sequence": self._next("owners", session),
                "numbers": [{"number": n, "valid_from": begin, "valid_to": end} for n, begin, end in numbers],
            }
            owners.replace_one({"_id": source}, document, upsert=True, session=session)
            return True

        return transact(self._db, work)

    def plan_versions(self) -> Sequence[PlanVersion]:
        return [_plan_version(document) for document in self._db["plans"].find()]

    def plans(self) -> list[Document]:
        """The versions without their lines, by name and start."""
        return list(
            self._db["plans"].find({}, {"csv": 0}).sort([("name", ASCENDING), ("valid_from", ASCENDING)])
        )

    def save_plan(self, name: str, valid_from: date, precision: int, csv: bytes, by: str) -> str:
        """Store a new version for ever. DuplicateKeyError when that plan has one from that day."""
        version = f"{name} {valid_from.isoformat()}"

        def work(session: ClientSession) -> None:
            self._db["plans"].insert_one(
                {
                    "_id": version,
                    "name": name,
                    "valid_from": valid_from.isoformat(),
                    "precision": precision,
                    "csv": Binary(gzip.compress(csv, mtime=0)),
                    "imported_by": by,
                    "imported_at": datetime.now(UTC),
                },
                session=session,
            )
            self._next("plans", session)

        transact(self._db, work)
        return version

    def assignments(self) -> Mapping[str, str]:
        return {document["_id"]: document["plan"] for document in self._db["plan_assignments"].find()}

    def assign_plan(self, customer: str, plan: str) -> None:
        def work(session: ClientSession) -> None:
            self._db["plan_assignments"].replace_one(
                {"_id": customer}, {"plan": plan}, upsert=True, session=session
            )
            self._next("plans", session)

        transact(self._db, work)

    def closed_periods(self) -> Mapping[str, frozenset[int]]:
        closed: dict[str, set[int]] = defaultdict(set)
        for document in self._db["periods"].find({}, {"customer": 1, "period": 1}):
            closed[document["customer"]].add(document["period"])
        return {customer: frozenset(periods) for customer, periods in closed.items()}

    def _next(self, name: str, session: ClientSession) -> int:
        reference = self._db["reference"]
        reference.update_one({"_id": _ONE}, {"$inc": {name: 1}}, upsert=True, session=session)
        found = reference.find_one({"_id": _ONE}, session=session)
        assert found is not None
        return int(found[name])


def _ownership(document: Document) -> Ownership:
    source = str(document["_id"])
    owned = tuple(
        Owned(
            source=source,
            number=n["number"],
            begin=epoch(n["valid_from"]),
            end=epoch(n["valid_to"]) if n["valid_to"] else FOREVER,
            customer=document["customer"],
            product=document["product"],
        )
        for n in document["numbers"]
    )
    return Ownership(source, document["sequence"], owned)


def _plan_version(document: Document) -> PlanVersion:
    parsed = parse_plan(gzip.decompress(document["csv"]), document["precision"], document["_id"])
    if parsed.plan is None:
        raise ValueError(f"stored plan {document['_id']} can no longer be read: {parsed.errors[:3]}")
    return PlanVersion(document["name"], date.fromisoformat(document["valid_from"]), parsed.plan)
