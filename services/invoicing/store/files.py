"""Files of invoices in GridFS, in pieces of at most half a megabyte; written once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from gridfs import GridFSBucket
from pymongo import ASCENDING, IndexModel

from services.invoicing.store.base import Reading
from shared import tenancy
from shared.ids import new_id
from shared.mongo import Document

PIECE = 512 * 1024
"""Bytes of one GridFS chunk, and the most that goes into one message."""
BUCKET = "documents"
PIECES = f"{BUCKET}.chunks"
INDEXES = {PIECES: [IndexModel([("files_id", ASCENDING), ("n", ASCENDING)], unique=True)]}
COLLECTIONS = (f"{BUCKET}.files",)

tenancy.common(PIECES)
"""Pieces have the name of their file, which stands in an invoice that was looked up with the customer."""


class FileStore(Reading):
    """The ID of a file begins with that of its owner (an invoice, a batch), so that what a killed process
    left behind is found."""

    def put(self, owner_id: str, name: str, media_type: str, content: bytes) -> Document:
        """Write a file; what it is called, for the owner to keep: id, name, media_type, size, sha256."""
        file_id = f"{owner_id}:{new_id()}"
        bucket = GridFSBucket(self._db, BUCKET, chunk_size_bytes=PIECE)
        bucket.upload_from_stream_with_id(file_id, name, content)
        digest = hashlib.sha256(content).hexdigest()
        return {"id": file_id, "name": name, "media_type": media_type, "size": len(content), "sha256": digest}

    def keep_only(self, owner_id: str, files: Mapping[str, Document]) -> None:
        """Remove what else was written for this owner."""
        kept = [file["id"] for file in files.values()]
        begins = {"$gte": f"{owner_id}:", "$lt": f"{owner_id};"}
        self._db[f"{BUCKET}.files"].delete_many({"_id": {**begins, "$nin": kept}})
        self._db[PIECES].delete_many({"files_id": {**begins, "$nin": kept}})

    def piece(self, file_id: str, index: int) -> bytes | None:
        """A piece of a file; None when there is no such piece."""
        found = self._db[PIECES].find_one({"files_id": file_id, "n": index})
        return bytes(found["data"]) if found else None
