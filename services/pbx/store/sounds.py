"""Greetings and music: 8 kHz WAV files in GridFS, and uploads on their way in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

import msgspec
from gridfs import GridFSBucket
from pymongo import ASCENDING, IndexModel

from services.pbx.store.base import Reading, Transaction
from shared import tenancy
from shared.ids import new_id
from shared.mongo import Document

PIECE = 512 * 1024
"""Bytes of one GridFS chunk, and the most that goes into one message."""
BUCKET = "sounds"
UPLOAD_SECONDS = 3600
"""How long a broken-off upload is kept."""

tenancy.common(f"{BUCKET}.files", f"{BUCKET}.chunks")
"""Pieces have the name of their sound, which is looked up with the customer first."""

INDEXES = {
    "sound_files": [IndexModel([("customer_id", ASCENDING), ("name", ASCENDING)])],
    f"{BUCKET}.chunks": [IndexModel([("files_id", ASCENDING), ("n", ASCENDING)], unique=True)],
    "uploads": [
        IndexModel([("customer_id", ASCENDING), ("upload_id", ASCENDING), ("index", ASCENDING)]),
        IndexModel([("at", ASCENDING)], expireAfterSeconds=UPLOAD_SECONDS),
    ],
}


@dataclass(frozen=True)
class Sound:
    """A stored file: ``size`` in bytes, ``kind`` greeting or music, ``sha256`` in hexadecimal; ``spoken``: by
    telephone, and not uploaded; ``upload``: the name of the upload it was, ``came``: the SHA-256 of each of
    that one's pieces."""

    id: str
    customer_id: str
    kind: str
    name: str
    seconds: int
    size: int
    sha256: str
    at: datetime
    spoken: bool = False
    upload: str = ""
    came: tuple[str, ...] = ()

    @property
    def pieces(self) -> int:
        return max(1, -(-self.size // PIECE))


class SoundChanges(Transaction):
    """What commands do with sounds. The bytes are stored before (:meth:`SoundReads.store_bytes`) and
    removed after: GridFS knows no transactions."""

    def sound(self, customer_id: str, file_id: str) -> Sound | None:
        return _sound(self._db["sound_files"].find_one(_own(customer_id, file_id), session=self._session))

    def add_sound(self, sound: Sound) -> None:
        row = {"_id": sound.id, **{k: v for k, v in vars(sound).items() if k != "id"}}
        self._db["sound_files"].insert_one(row, session=self._session)

    def remove_sound(self, customer_id: str, file_id: str) -> None:
        self._db["sound_files"].delete_one(_own(customer_id, file_id), session=self._session)

    def sound_ids(self, customer_id: str) -> frozenset[str]:
        rows = self._db["sound_files"].find({"customer_id": customer_id}, {"_id": 1}, session=self._session)
        return frozenset(row["_id"] for row in rows)


class SoundReads(Reading):
    """Files, and uploads piece by piece."""

    def sounds(self, customer_id: str) -> list[Sound]:
        rows = self._db["sound_files"].find({"customer_id": customer_id}).sort("name", ASCENDING)
        return [sound for sound in map(_sound, rows) if sound]

    def sound(self, customer_id: str, file_id: str) -> Sound | None:
        return _sound(self._db["sound_files"].find_one(_own(customer_id, file_id)))

    def sound_piece(self, file_id: str, index: int) -> bytes | None:
        """A piece of a file; None when there is no such piece."""
        found = self._db[f"{BUCKET}.chunks"].find_one({"files_id": file_id, "n": index})
        return bytes(found["data"]) if found else None

    def uploaded(self, customer_id: str, upload: str) -> Sound | None:
        """What an upload has become; the release before gave it the name of the upload as its ID."""
        either: list[Document] = [{"upload": upload}, {"_id": upload}]
        return _sound(self._db["sound_files"].find_one({"customer_id": customer_id, "$or": either}))

    def store_bytes(self, source: str, wav: bytes) -> tuple[str, str]:
        """Keep the bytes of a file that is about to be added: its ID, another at each try, and their SHA-256.
        ``source`` is the name of what it is made of."""
        file_id = new_id()
        bucket = GridFSBucket(self._db, BUCKET, chunk_size_bytes=PIECE)
        bucket.upload_from_stream_with_id(file_id, source, wav)
        return file_id, hashlib.sha256(wav).hexdigest()

    def keep_only(self, source: str, file_id: str) -> None:
        """Remove what other tries at the same left behind."""
        others = {"filename": source, "_id": {"$ne": file_id}}
        for row in self._db[f"{BUCKET}.files"].find(others, {"_id": 1}):
            self.drop_bytes(row["_id"])

    def drop_bytes(self, file_id: str) -> None:
        self._db[f"{BUCKET}.files"].delete_one({"_id": file_id})
        self._db[f"{BUCKET}.chunks"].delete_many({"files_id": file_id})

    def keep_piece(self, customer_id: str, upload_id: str, index: int, data: bytes, at: datetime) -> None:
        """A piece of an upload; the same piece again replaces it."""
        row = {"customer_id": customer_id, "upload_id": upload_id, "index": index, "data": data, "at": at}
        where = {"_id": f"{customer_id}:{upload_id}:{index}"}
        self._db["uploads"].replace_one(where, row, upsert=True)

    def pieces(self, customer_id: str, upload_id: str) -> list[tuple[int, bytes]]:
        """What has come of an upload, in order."""
        rows = self._db["uploads"].find({"customer_id": customer_id, "upload_id": upload_id})
        return [(row["index"], bytes(row["data"])) for row in rows.sort("index", ASCENDING)]

    def pieces_waiting(self, customer_id: str) -> int:
        """Pieces of uploads that are not finished."""
        return self._db["uploads"].count_documents({"customer_id": customer_id})

    def drop_upload(self, customer_id: str, upload_id: str) -> None:
        self._db["uploads"].delete_many({"customer_id": customer_id, "upload_id": upload_id})


def _own(customer_id: str, file_id: str) -> Document:
    return {"_id": file_id, "customer_id": customer_id}


def _sound(row: Document | None) -> Sound | None:
    return msgspec.convert({**row, "id": row["_id"]}, Sound) if row else None
