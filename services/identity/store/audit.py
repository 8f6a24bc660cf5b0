"""The audit log: a database of its own, in which identity's user may add and read, and no more.

So neither a fault of ours nor somebody with identity's password can change or remove an entry
(cli/mongo.py gives the rights). Only the head of a chain is overwritten.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from threading import Lock

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from services.identity.domain.audit import EMPTY, Content, Head, Key, Sought, head_at, sealed
from shared import mongo
from shared.mongo import Document

ORDER = ("at", "seq")
INDEXES = [
    IndexModel([("chain", ASCENDING), ("seq", ASCENDING)], unique=True),
    *(
        IndexModel([(name, ASCENDING) for name in ("chain", *filtered, *ORDER)])
        for filtered in ((), ("action",), ("subject.kind",))
    ),
]


class AuditBook:
    """All entries of all chains."""

    def __init__(self, db: Database[Document]) -> None:
        self._db = db.client.get_database(f"{db.name}_audit", codec_options=db.codec_options)
        self._entries = self._db["audit"]
        self._heads = self._db["heads"]
        self._turn = Lock()

    def prepare(self) -> None:
        """Make collections and indexes; harmless when they are there."""
        mongo.make_collections(self._db, ("audit", "heads"))
        self._entries.create_indexes(INDEXES)

    def append(self, content: Content) -> bool:
        """Put an entry at the end of its chain, unless it is in the log; whether it was new.

        Two writers on one chain collide on its head, and one begins again. The writers of this process
        wait for each other instead.
        """
        chain = content["chain"]
        with self._turn:
            self._ensure_head(chain)
            return mongo.transact(self._db, lambda session: self._append(content, chain, session))

    def _append(self, content: Content, chain: str, session: ClientSession) -> bool:
        if self._entries.find_one({"_id": content["_id"]}, {"_id": 1}, session=session):
            return False
        head = _head(self._heads.find_one({"_id": chain}, session=session))
        entry = sealed(content, head)
        self._entries.insert_one(entry, session=session)
        moved = {"$set": {"seq": entry["seq"], "hash": entry["hash"], "at": entry["at"]}}
        self._heads.update_one({"_id": chain}, moved, session=session)
        return True

    def _ensure_head(self, chain: str) -> None:
        """A document that both of two first writers make would be refused, not tried again."""
        if self._heads.find_one({"_id": chain}, {"_id": 1}):
            return
        try:
            self._heads.insert_one({"_id": chain, "seq": EMPTY.seq, "hash": EMPTY.hash})
        except DuplicateKeyError:
            return

    def page(
        self, sought: Sought, limit: int, after: Key | None = None, before: Key | None = None
    ) -> list[Document]:
        """Newest first: those older than ``after``, or the nearest that are newer than ``before``."""
        wanted = [_wanted(sought)]
        if after or before:
            wanted.append(_beyond(after, "$lt") if after else _beyond(before, "$gt"))
        way = ASCENDING if before else DESCENDING
        rows = self._entries.find({"$and": wanted}).sort([(name, way) for name in ORDER]).limit(limit)
        found = list(rows)
        return found[::-1] if before else found

    def any_newer(self, sought: Sought, key: Key) -> bool:
        wanted = {"$and": [_wanted(sought), _beyond(key, "$gt")]}
        return self._entries.find_one(wanted, {"_id": 1}) is not None

    def links(self, chain: str, after: int, limit: int) -> tuple[Head, Head, Sequence[Document]]:
        """The head of a chain, its entry number ``after`` and those that follow, at one moment."""

        def read(session: ClientSession) -> tuple[Head, Head, Sequence[Document]]:
            head = _head(self._heads.find_one({"_id": chain}, session=session))
            known = self._entries.find_one({"chain": chain, "seq": after}, session=session)
            rows = self._entries.find({"chain": chain, "seq": {"$gt": after}}, session=session)
            return head, head_at(known) if known else EMPTY, list(rows.sort("seq", ASCENDING).limit(limit))

        return mongo.transact(self._db, read)

    def hash_at(self, chain: str, seq: int) -> str | None:
        row = self._entries.find_one({"chain": chain, "seq": seq}, {"hash": 1})
        return row["hash"] if row else None

    def heads(self, after: str, limit: int) -> list[tuple[str, Head]]:
        """Chains by name, behind ``after``, each with its head."""
        rows = self._heads.find({"_id": {"$gt": after}}).sort("_id", ASCENDING).limit(limit)
        return [(row["_id"], head_at(row)) for row in rows]


def _head(row: Document | None) -> Head:
    return head_at(row) if row else EMPTY


def _wanted(sought: Sought) -> Document:
    wanted: Document = {"chain": sought.chain}
    if sought.first or sought.end:
        limits = {"$gte": sought.first, "$lt": sought.end}
        wanted["at"] = {operator: moment for operator, moment in limits.items() if moment}
    if sought.what:
        wanted["action" if "." in sought.what else "subject.kind"] = sought.what
    for name, part in (("who", sought.who), ("words", sought.query)):
        if part:
            wanted[name] = {"$regex": re.escape(part.casefold())}
    return wanted


def _beyond(key: Key | None, operator: str) -> Document:
    assert key
    return {"$or": [{"at": {operator: key.at}}, {"at": key.at, "seq": {operator: key.seq}}]}
