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
from pymongo.errors import DuplicateKeyError

from services.cdr.domain.amsterdam import epoch
from services.cdr.domain.rate_plan import RatePlan
from services.cdr.domain.reference import DEFAULT, FOREVER, Cover, Owned, Ownership, PlanVersion, Versions
from services.cdr.domain.terms import Terms, read_terms
from services.cdr.store.plan_files import PlanFiles, Run, at_once
from services.cdr.store.usage import CLOSINGS
from shared import outbox
from shared.errors import Conflict
from shared.events import Envelope
from shared.ids import new_id
from shared.mongo import Document, transact
from shared.words import gettext as _

_ONE = "versions"
_VERSIONS_KEPT = 4


def ensure_indexes(db: Database[Document]) -> None:
    db["owners"].create_index([("sequence", ASCENDING)])
    db["owners"].create_index([("customer", ASCENDING)])
    db["plans"].create_index([("name", ASCENDING), ("valid_from", ASCENDING)], unique=True)


class ReferenceStore:
    def __init__(self, db: Database[Document], run: Run = at_once) -> None:
        self._db = db
        self._run = run
        self.files = PlanFiles(db, run)
        self._versions: dict[str, RatePlan] = {}
        self._parsed: dict[str, PlanVersion] = {}

    def versions(self) -> Versions:
        found = self._db["reference"].find_one({"_id": _ONE}) or {}
        gate = self._db["gates"].find_one({"_id": CLOSINGS}) or {}
        return Versions(found.get("owners", 0), found.get("plans", 0), gate.get("closings", 0))

    def ownerships(self, after: int) -> Sequence[Ownership]:
        found = self._db["owners"].find({"sequence": {"$gt": after}}).sort("sequence", ASCENDING)
        return [_ownership(document) for document in found]

    def owned_by(self, customer: str) -> list[Owned]:
        """All numbers a customer has or had."""
        found = self._db["owners"].find({"customer": customer})
        return [owned for document in found for owned in _ownership(document).owned]

    def save_ownership(
        self,
        source: str,
        customer: str,
        product: str,
        revision: int,
        numbers: Any,
        covers: Sequence[Cover] = (),
    ) -> bool:
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
                "covers": [list(one) for one in covers],
            }
            owners.replace_one({"_id": source}, document, upsert=True, session=session)
            return True

        return transact(self._db, work)

    def plan_versions(self) -> Sequence[PlanVersion]:
        """All versions. Each is read once by this process: a version never changes."""
        known = list(self._db["plans"].find({}, {"name": 1, "valid_from": 1, "precision": 1}))
        for document in known:
            version = document["_id"]
            if version not in self._parsed:
                entries = self.files.entries(version)
                plan = self._run(RatePlan, entries, document["precision"], version)
                begin = date.fromisoformat(document["valid_from"])
                self._parsed[version] = PlanVersion(document["name"], begin, plan)
        return [self._parsed[document["_id"]] for document in known]

    def plan_version(self, version: str) -> RatePlan | None:
        """A version, to explain prices by; the last few are kept."""
        kept = self._versions.get(version)
        if kept is not None:
            return kept
        document = self._db["plans"].find_one({"_id": version}, {"precision": 1})
        entries = self.files.entries(version)
        if document is None or entries is None:
            return None
        if len(self._versions) >= _VERSIONS_KEPT:
            self._versions.pop(next(iter(self._versions)), None)
        plan: RatePlan = self._run(RatePlan, entries, document["precision"], version)
        self._versions[version] = plan
        return plan

    def plans(self) -> list[Document]:
        """The versions without their lines, by name and start."""
        return list(
            self._db["plans"].find({}, {"csv": 0}).sort([("name", ASCENDING), ("valid_from", ASCENDING)])
        )

    def save_plan(
        self, name: str, valid_from: date, precision: int, csv: bytes, by: str, *told: Envelope[Any]
    ) -> str:
        """Store a new version for ever; ``told`` are events that go with it. Conflict when that plan
        has one from that day."""

        def work(session: ClientSession) -> str:
            version = self.add_plan(session, name, valid_from, precision, csv, by)
            if told:
                outbox.add(self._db, session, *told)
            return version

        return str(transact(self._db, work))

    def add_plan(
        self,
        session: ClientSession,
        name: str,
        valid_from: date,
        precision: int,
        csv: bytes,
        by: str,
        **facts: Any,
    ) -> str:
        """The same within a transaction; ``facts`` (lines, reason, file) are shown with the version."""
        version = f"{name} {valid_from.isoformat()}"
        document = {
            "_id": version,
            "name": name,
            "valid_from": valid_from.isoformat(),
            "precision": precision,
            "csv": Binary(gzip.compress(csv, mtime=0)),
            "imported_by": by,
            "imported_at": datetime.now(UTC),
            **facts,
        }
        try:
            self._db["plans"].insert_one(document, session=session)
        except DuplicateKeyError as problem:  # somebody saved it at the same moment
            raise Conflict(_("%(version)s bestaat al.", version=version)) from problem
        self._next("plans", session)
        return version

    def assignments(self) -> Mapping[str, str]:
        return {document["_id"]: document["plan"] for document in self._db["plan_assignments"].find()}

    def terms(self) -> Mapping[str, Terms]:
        """The terms of the customers that have any, as they are now."""
        assigned = self._db["plan_assignments"].find({"terms": {"$gt": ""}})
        owner = {document["terms"]: document["_id"] for document in assigned}
        found = self._db["terms"].find({"_id": {"$in": list(owner)}})
        return {owner[document["_id"]]: _terms(document) for document in found}

    def terms_by_id(self, identity: str) -> Terms | None:
        """A version of somebody's terms, also when it counts no more."""
        found = self._db["terms"].find_one({"_id": identity})
        return _terms(found) if found else None

    def assignment(self, customer: str, session: ClientSession | None = None) -> Document | None:
        """``{plan, lines, revision}`` of a customer; None when they were never given a plan. An empty plan
        is the standard one."""
        found = self._db["plan_assignments"].find_one({"_id": customer}, session=session)
        if found is None:
            return None
        terms = self._db["terms"].find_one({"_id": found.get("terms") or ""}, session=session)
        lines = terms["lines"] if terms else []
        return {"plan": found["plan"], "lines": lines, "revision": found.get("revision", 1)}

    def customers_of(self, plan: str, after: str, limit: int) -> list[Document]:
        """Customers who were given a plan by name, by ID, each with the number of their own terms."""
        query = {"plan": plan, "_id": {"$gt": after, "$ne": DEFAULT}}
        found = list(self._db["plan_assignments"].find(query).sort("_id", ASCENDING).limit(limit))
        wanted = [one["terms"] for one in found if one.get("terms")]
        terms = {one["_id"]: one["lines"] for one in self._db["terms"].find({"_id": {"$in": wanted}})}
        return [{"customer": one["_id"], "lines": terms.get(one.get("terms"), [])} for one in found]

    def assign_plan(
        self,
        session: ClientSession,
        customer: str,
        plan: str,
        lines: Sequence[Mapping[str, str]],
        revision: int,
    ) -> None:
        """Rate a customer by a plan, and by the lines of their terms, from now on."""
        assigned: Document = {"plan": plan, "revision": revision}
        if lines:
            assigned["terms"] = new_id()
            document = {
                "_id": assigned["terms"],
                "customer": customer,
                "lines": [dict(line) for line in lines],
                "since": datetime.now(UTC),
            }
            self._db["terms"].insert_one(document, session=session)
        self._db["plan_assignments"].replace_one({"_id": customer}, assigned, upsert=True, session=session)
        self._next("plans", session)

    def closed_since(self, period: int) -> tuple[int, int]:
        """(customers with a closed month from ``period`` on, their last one); (0, 0) when there are none."""
        closed = self._db["periods"].find({"period": {"$gte": period}}, {"customer": 1, "period": 1})
        found = [(one["customer"], one["period"]) for one in closed]
        return len({customer for customer, _ in found}), max((month for _, month in found), default=0)

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


def _terms(document: Document) -> Terms:
    deviations, errors = read_terms(document["lines"], stored=True)
    if deviations is None:
        raise ValueError(f"stored terms {document['_id']} can no longer be read: {errors[:3]}")
    return Terms(document["_id"], deviations)


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
    covers = tuple(Cover(kind, int(begin), int(end)) for kind, begin, end in document.get("covers", ()))
    return Ownership(source, document["sequence"], owned, covers)
