"""Usage rows, the ledger of sums, the gates of the ingesters, and the quarantine."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, TypeVar

from bson import ObjectId
from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from services.cdr.domain.calendar import calendar
from services.cdr.domain.posting import Deltas, Head, Posted, Standing, row_id
from services.cdr.domain.refusal import DISCARDED, NotWaiting, Refused, case_of, shortened
from services.cdr.store.parties import Marks, Parties
from services.cdr.store.search import INDEXES
from shared.mongo import Document, transact

Result = TypeVar("Result")

CLOSINGS = "closings"
_DUPLICATE_KEY = 11000
_TRIES = 20
_WARY_BATCHES = 50
_GIVE_WAY_SECONDS = 1.0
_GLANCE_SECONDS = 0.02
_RANGES = 100
"""Records looked up per read."""


def ensure_indexes(db: Database[Document]) -> None:
    for keys in INDEXES:
        db["usage"].create_index(keys)
    db["quarantine"].create_index([("reason", ASCENDING), ("_id", ASCENDING)])
    db["quarantine"].create_index([("number", ASCENDING), ("reason", ASCENDING)])


class ClosingAhead(Exception):
    """Somebody wants to close a period: under load it would never find all gates untouched."""


class UsageStore:
    """Books batches; ``worker`` names this process among the ingesters."""

    def __init__(self, db: Database[Document], worker: str) -> None:
        self._db = db
        self._worker = worker
        self._wary = 0
        self._parties = Parties(db)

    def register(self) -> None:
        """Make this worker's gate; a closing under way either sees it or is made to start again."""

        def work(session: ClientSession) -> None:
            self._db["gates"].update_one(
                {"_id": CLOSINGS}, {"$inc": {"workers": 1}}, upsert=True, session=session
            )
            self._db["gates"].update_one(
                {"_id": self._worker}, {"$set": {"since": datetime.now(UTC)}}, upsert=True, session=session
            )

        transact(self._db, work)

    def transact(self, work: Callable[[Books], Result]) -> Result:
        """Run ``work`` on the books in one transaction; again when another worker was first.

        Lets a closing that is announced go first, for a second at most. The first try hopes that no
        record is known yet and looks nothing up: their IDs collide if it is wrong, and then this and
        the next batches look first.
        """
        tries, give_way_until = 0, time.monotonic() + _GIVE_WAY_SECONDS
        while True:
            try:
                gives_way = time.monotonic() < give_way_until
                result = self._try(work, gives_way)
                self._wary = max(0, self._wary - 1)
                return result
            except ClosingAhead:
                time.sleep(_GLANCE_SECONDS)
            except BulkWriteError as problem:
                tries += 1
                codes = {error["code"] for error in problem.details["writeErrors"]}
                if codes != {_DUPLICATE_KEY} or tries == _TRIES:
                    raise
                self._wary = _WARY_BATCHES

    def _try(self, work: Callable[[Books], Result], gives_way: bool) -> Result:
        def run(session: ClientSession) -> tuple[Result, Marks]:
            books = Books(self._db, session, self._parties, self._worker, gives_way, hopes=not self._wary)
            return work(books), books.learned

        result, learned = transact(self._db, run)
        self._parties.remember(learned)
        return result


class Books:
    """The books as one transaction sees them; ``learned`` is what to remember once it is committed."""

    def __init__(
        self,
        db: Database[Document],
        session: ClientSession,
        parties: Parties,
        worker: str,
        gives_way: bool = False,
        hopes: bool = False,
    ) -> None:
        self._db = db
        self._session = session
        self._parties = parties
        self._worker = worker
        self._gives_way = gives_way
        self._hopes = hopes
        self.learned: Marks = {}

    @property
    def session(self) -> ClientSession:
        """Of the transaction, for what must be written with it."""
        return self._session

    def enter(self) -> int:
        gates = self._db["gates"]
        gates.update_one({"_id": self._worker}, {"$inc": {"batches": 1}}, upsert=True, session=self._session)
        closings = gates.find_one({"_id": CLOSINGS}, session=self._session) or {}
        now = datetime.now(UTC)
        if self._gives_way and any(until > now for until in closings.get("wanted", {}).values()):
            raise ClosingAhead
        return int(closings.get("closings", 0))

    def heads(self, keys: Sequence[str]) -> dict[str, Head]:
        if self._hopes:
            return {}
        found = self._db["usage"].find(
            {"_id": {"$in": [row_id(key, 0) for key in keys]}},
            {"revision": 1, "fingerprint": 1},
            session=self._session,
        )
        return {row["_id"].rpartition("|")[0]: (row["revision"], row["fingerprint"]) for row in found}

    def standing(self, keys: Sequence[str]) -> dict[str, Standing]:
        """The newest row of each record, many records per read."""
        newest: dict[str, Document] = {}
        for start in range(0, len(keys), _RANGES):
            ranges = [{"_id": {"$gte": f"{k}|", "$lt": f"{k}}}"}} for k in keys[start : start + _RANGES]]
            for row in self._db["usage"].find({"$or": ranges}, session=self._session):
                key = row["_id"].rpartition("|")[0]
                if key not in newest or ordinal(newest[key]["_id"]) < ordinal(row["_id"]):
                    newest[key] = row
        standing: dict[str, Standing] = {}
        for key, row in newest.items():
            day, _ = calendar(int(row["start"].timestamp()))
            standing[key] = Standing(row, day, ordinal(row["_id"]) + 1)
        return standing

    def add(self, posted: Posted) -> None:
        session = self._session
        if posted.rows:
            self.learned = self._parties.learn(posted.rows)
            self._db["usage"].insert_many(posted.rows, ordered=False, session=session)
            self._db["ledger"].insert_one(ledger_document(self._worker, posted.deltas), session=session)
        if posted.unseen:
            self._db["usage"].update_many(
                {"_id": {"$in": posted.unseen}}, {"$set": {"hidden": True}}, session=session
            )
        if posted.resolved:
            self._leave_quarantine(posted.resolved)
        if posted.refused:
            self._quarantine(posted.refused)

    def _leave_quarantine(self, ids: Sequence[str]) -> None:
        """Raises NotWaiting when not all of them wait."""
        wanted = {"_id": {"$in": list(ids)}, "reason": {"$ne": DISCARDED}}
        if self._db["quarantine"].delete_many(wanted, session=self._session).deleted_count < len(ids):
            raise NotWaiting

    def _quarantine(self, refused: Iterable[Refused]) -> None:
        """Keep each refused event once, however often it is sent."""
        documents = {document["_id"]: document for document in map(quarantine_document, refused)}
        quarantine = self._db["quarantine"]
        there = quarantine.find({"_id": {"$in": list(documents)}}, {"_id": 1}, session=self._session)
        for row in there:
            del documents[row["_id"]]
        if documents:
            quarantine.insert_many(list(documents.values()), ordered=False, session=self._session)


def ordinal(identity: str) -> int:
    return int(identity.rpartition("|")[2])


def ledger_document(worker: str, deltas: Deltas) -> Document:
    """All sums of a batch by customer, so that a reader takes its own customer's part only; ``uses`` is
    there when mobile subscriptions were used."""
    customers: dict[str, list[list[Any]]] = defaultdict(list)
    for (customer, *key), sums in deltas.sums.items():
        customers[customer].append([*key, *sums])
    document: Document = {"_id": ObjectId(), "worker": worker, "customers": dict(customers)}
    if deltas.uses:
        uses: dict[str, list[list[Any]]] = defaultdict(list)
        for (customer, *use), sums in deltas.uses.items():
            uses[customer].append([*use, *sums])
        document["uses"] = dict(uses)
    return document


def quarantine_document(refused: Refused) -> Document:
    """What is kept of an event that waits. Its source is at most 8 MiB (ingester/messages.py), half of what
    a document holds."""
    sentence = shortened(refused.sentence)
    identity = blake2b(refused.carrier.encode() + b"|" + refused.source, digest_size=16).hexdigest()
    return {
        "_id": identity,
        "carrier": refused.carrier,
        "reason": str(refused.reason),
        "sentence": sentence,
        "record": refused.record,
        "number": refused.number,
        "case": case_of(refused.reason, sentence, refused.number),
        "source": refused.source,
        "received_at": datetime.now(UTC),
    }
