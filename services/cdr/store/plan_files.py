"""Rate plans as files: uploads that wait to be saved, and the entries of versions, quick to read.

A version's CSV (collection ``plans``) is the truth. ``plan_tables`` holds what was read from it, so that a
page about fifty thousand lines need not read the file again; it is made anew where it is missing or of an
older release. An upload is kept for a day.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from bson import Binary
from pymongo import ASCENDING, DESCENDING, ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.cdr.domain.plan_compare import Difference, compare
from services.cdr.domain.plan_csv import parse_plan
from services.cdr.domain.plan_lines import Entries, packed, unpacked
from shared.mongo import Document

_TABLES_KEPT = 4

Value = TypeVar("Value")
Run = Callable[..., Any]
"""``run(work, *arguments)``: where work goes that takes the processor for seconds (a real thread, where
an event loop must go on)."""


def at_once(work: Callable[..., Value], *arguments: Any) -> Value:
    """Here and now."""
    return work(*arguments)


def ensure_indexes(db: Database[Document]) -> None:
    for name in ("plan_drafts", "plan_draft_pieces", "plan_tables"):
        db[name].create_index([("expires_at", ASCENDING)], expireAfterSeconds=0)
    db["plan_draft_pieces"].create_index([("draft", ASCENDING), ("n", ASCENDING)], unique=True)


class PlanFiles:
    def __init__(self, db: Database[Document], run: Run = at_once) -> None:
        self._db = db
        self._run = run
        self._read: dict[str, Entries] = {}
        self._compared: dict[tuple[str, str], list[Difference]] = {}

    # Uploads

    def begin(self, draft: Document, session: ClientSession) -> None:
        self._db["plan_drafts"].insert_one(draft, session=session)

    def draft(self, draft_id: str) -> Document | None:
        return self._db["plan_drafts"].find_one({"_id": draft_id})

    def drafts(self) -> list[Document]:
        """Uploads that were not saved, newest first, without their reports."""
        waiting = self._db["plan_drafts"].find({"saved": None}, {"report.errors": 0, "report.warnings": 0})
        return list(waiting.sort("at", DESCENDING).limit(20))

    def put_piece(self, draft: Document, index: int, data: bytes) -> None:
        """Keep a piece; the same one again takes its place."""
        key = {"draft": draft["_id"], "n": index}
        values = {"data": Binary(data), "expires_at": draft["expires_at"]}
        self._db["plan_draft_pieces"].update_one(key, {"$set": values}, upsert=True)

    def upload(self, draft: Document) -> bytes | None:
        """The whole file; None while pieces of it are missing."""
        found = self._db["plan_draft_pieces"].find({"draft": draft["_id"]}).sort("n", ASCENDING)
        data = b"".join(piece["data"] for piece in found)
        return data if len(data) == draft["size"] else None

    def arrived(self, draft: Document) -> bool:
        """Whether all pieces are here."""
        return bool(self._db["plan_draft_pieces"].count_documents({"draft": draft["_id"]}) == draft["pieces"])

    def checked_by(self, draft_id: str, job: str, session: ClientSession, **wanted: Any) -> bool:
        """Let a job check the upload, with other details if they are given; False when another one does."""
        known = {"_id": draft_id, "saved": None, **({} if wanted else {"job": None})}
        change = {"$set": {"job": job, "report": None, **wanted}}
        found = self._db["plan_drafts"].find_one_and_update(
            known, change, return_document=ReturnDocument.AFTER, session=session
        )
        return found is not None

    def report(self, draft_id: str, job: str, report: Mapping[str, Any], session: ClientSession) -> None:
        """What the check found, unless a newer check has begun."""
        self._db["plan_drafts"].update_one(
            {"_id": draft_id, "job": job}, {"$set": {"report": dict(report)}}, session=session
        )

    def saved(self, draft_id: str, version: str, session: ClientSession) -> None:
        """The upload became a version, whose entries need not be read again."""
        self._db["plan_drafts"].update_one({"_id": draft_id}, {"$set": {"saved": version}}, session=session)
        table = self._db["plan_tables"].find_one({"_id": draft_id}, session=session)
        if table is not None:
            self._db["plan_tables"].insert_one({"_id": version, "table": table["table"]}, session=session)

    def drop(self, draft_id: str) -> None:
        """Throw an upload away."""
        self._db["plan_drafts"].delete_one({"_id": draft_id, "saved": None})
        self._db["plan_draft_pieces"].delete_many({"draft": draft_id})
        self._db["plan_tables"].delete_one({"_id": draft_id})

    # Versions

    def csv(self, version: str) -> bytes | None:
        """The file that a version was imported from."""
        document = self._db["plans"].find_one({"_id": version}, {"csv": 1})
        return gzip.decompress(document["csv"]) if document else None

    def keep_entries(self, key: str, entries: Entries, expires_at: datetime | None = None) -> None:
        """Keep what was read of a version or an upload."""
        table: Document = {"table": Binary(self._run(_compressed, entries))}
        if expires_at is not None:
            table["expires_at"] = expires_at
        self._db["plan_tables"].replace_one({"_id": key}, table, upsert=True)

    def entries(self, version: str) -> Entries | None:
        """The entries of a version; the last few read are kept in memory, as a version never changes."""
        kept = self._read.get(version)
        if kept is not None:
            return kept
        found = self._kept_entries(version)
        if found is None:
            csv = self.csv(version)
            if csv is None:
                return None
            found = self._run(_parsed, csv, version)
            self.keep_entries(version, found)
        if len(self._read) >= _TABLES_KEPT:
            self._read.pop(next(iter(self._read)), None)
        self._read[version] = found
        return found

    def differences(self, before: str, after: str, old: Entries, new: Entries) -> list[Difference]:
        """What differs between two versions, whose entries these are; the last few answers are kept, since
        people page through them."""
        found = self._compared.get((before, after))
        if found is None:
            found = self._run(compare, old, new)
            if len(self._compared) >= _TABLES_KEPT:
                self._compared.pop(next(iter(self._compared)), None)
            self._compared[before, after] = found
        return found

    def _kept_entries(self, key: str) -> Entries | None:
        document = self._db["plan_tables"].find_one({"_id": key})
        if document is None:
            return None
        try:
            entries: Entries = self._run(_decompressed, bytes(document["table"]))
        except msgspec.ValidationError:  # of an older release
            return None
        return entries


def _compressed(entries: Entries) -> bytes:
    return gzip.compress(packed(entries), 6, mtime=0)


def _decompressed(data: bytes) -> Entries:
    return unpacked(gzip.decompress(data))


def _parsed(csv: bytes, version: str) -> Entries:
    parsed = parse_plan(csv, version=version, stored=True)
    if parsed.plan is None:
        raise ValueError(f"stored plan {version} can no longer be read: {parsed.errors[:3]}")
    return parsed.plan.entries
