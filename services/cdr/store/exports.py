"""Files of exports: in GridFS, in pieces of at most half a megabyte, gone when they expire."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridfs import GridFSBucket
from pymongo import ASCENDING
from pymongo.database import Database

from services.cdr.domain.posting import Row
from services.cdr.domain.selection import Selection
from services.cdr.store.details import SORTS, DetailsStore, beyond
from shared import tenancy
from shared.mongo import Document

PIECE = 512 * 1024
"""Bytes of one GridFS chunk, and the most that goes into one message."""
PAGE = 5_000
MOST_PIECES = 4
"""Pieces in memory at most. PyMongo itself would gather 32 MB of them, and has no setting for that: hence the
two names of its own in :class:`FileWriter`, which are those of the release that is pinned."""
BUCKET = "exports"

tenancy.common(f"{BUCKET}.chunks")
"""Pieces have the name of their file, which is looked up with the customer first."""

_COLUMNS = (
    *("start", "type", "sender", "receiver", "destination", "kind", "quantity"),
    *("sign", "amount", "state", "late"),
)


@dataclass(frozen=True)
class Stored:
    """A finished file: bytes, pieces, SHA-256 in hexadecimal."""

    id: str
    size: int
    pieces: int
    sha256: str


def ensure_indexes(db: Database[Document]) -> None:
    db[f"{BUCKET}.chunks"].create_index([("files_id", ASCENDING), ("n", ASCENDING)], unique=True)
    db["export_files"].create_index([("expires_at", ASCENDING)])


class FileWriter:
    """A file being written from its first byte to its last; cannot seek, so that nothing is kept."""

    def __init__(self, bucket: GridFSBucket, file_id: str) -> None:
        self._digest = hashlib.sha256()
        self._upload = bucket.open_upload_stream_with_id(file_id, file_id, chunk_size_bytes=PIECE)
        self._size = 0

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._upload.write(piece)
        if len(self._upload._buffered_docs) >= MOST_PIECES:
            self._upload._flush_data(b"", force=True)
        self._digest.update(piece)
        self._size += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Pieces go out when they are full."""

    def seekable(self) -> bool:
        return False

    def close(self) -> Stored:
        """Write what is left; nobody reads the file before."""
        self._upload.close()
        return Stored(
            str(self._upload._id), self._size, max(1, -(-self._size // PIECE)), self._digest.hexdigest()
        )

    def abort(self) -> None:
        """Take back what was written."""
        self._upload.abort()


class ExportFiles:
    """The rows that go into exports, and the files that come out."""

    def __init__(self, db: Database[Document]) -> None:
        self._db = db
        self._usage = db["usage"]
        self._details = DetailsStore(db)
        self._bucket = GridFSBucket(db, BUCKET, chunk_size_bytes=PIECE)

    def rows(self, customer: str, selection: Selection, sort: str) -> Iterator[list[Row]]:
        """The selection's rows page by page, in the order of ``sort`` (descending), by the index that pages
        of details have. A page is a query of its own, from the last row on, so no cursor has to live for
        minutes."""
        names = SORTS[sort]
        found = self._details.search(customer, selection).wanted(sort)
        if found is None:
            return
        wanted, index = found
        projection = dict.fromkeys((*_COLUMNS, *names), 1)
        order = [(name, -1) for name in names]
        query = wanted
        while True:
            cursor = self._usage.find(query, projection, batch_size=PAGE + 1).hint(index)
            page = list(cursor.sort(order).limit(PAGE))
            if page:
                yield page
            if len(page) < PAGE:
                return
            query = {"$and": [wanted, beyond(names, page[-1], "$lt")]}

    def create(self, file_id: str, job_id: str, customer: str, expires_at: datetime) -> FileWriter:
        """Begin a file; what earlier tries of the same job left behind goes."""
        self._remove({"job_id": job_id})
        known = {"_id": file_id, "job_id": job_id, "customer": customer, "expires_at": expires_at}
        self._db["export_files"].insert_one(known)
        return FileWriter(self._bucket, file_id)

    def is_of(self, file_id: str, customer: str) -> bool:
        """Whether there is such a file and it is this customer's."""
        return self._db["export_files"].find_one({"_id": file_id, "customer": customer}) is not None

    def discard(self, job_id: str) -> None:
        """Remove whatever there is of a job's file."""
        self._remove({"job_id": job_id})

    def piece(self, file_id: str, index: int) -> bytes | None:
        """A piece of a file; None when there is no such piece (any more)."""
        found = self._db[f"{BUCKET}.chunks"].find_one({"files_id": file_id, "n": index})
        return bytes(found["data"]) if found else None

    def expire(self, now: datetime) -> int:
        """Remove the files whose time is up, finished or not; how many."""
        return self._remove({"expires_at": {"$lte": now}})

    def _remove(self, which: Document) -> int:
        removed = 0
        for known in self._db["export_files"].find(which, {"_id": 1}):
            self._db[f"{BUCKET}.files"].delete_one({"_id": known["_id"]})
            self._db[f"{BUCKET}.chunks"].delete_many({"files_id": known["_id"]})
            removed += self._db["export_files"].delete_one({"_id": known["_id"]}).deleted_count
        return removed
