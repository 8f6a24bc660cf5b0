"""A backup's files: every database of the house as it stood at one moment, and that set back elsewhere.

A folder holds ``manifest.json`` and, per collection, ``<database>/<collection>.bson.gz``: its documents by
``_id``, as BSON, one behind the other. All are read in one snapshot session: what one service has sent and
another has booked is in both or in neither. Needs an administrator's account; secrets are not in it.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from bson import json_util
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import OperationFailure, PyMongoError

from cli import mongo, topology
from cli.problems import Problem

FORM = 1
MANIFEST = "manifest.json"
BATCH_DOCUMENTS, BATCH_BYTES = 1_000, 8_000_000
SNAPSHOT_SECONDS = 4 * 3600
"""How long the server keeps what has changed since, while a dump reads; its own default is five minutes."""
TRIES = 3
_PACE = 3  # gzip's level: level 9 takes several times as long for a tenth less
_HISTORY = "minSnapshotHistoryWindowInSeconds"

Client = MongoClient[dict[str, Any]]
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One collection. ``sha256`` is of its BSON, uncompressed; the rest is extended JSON."""

    documents: int
    bytes: int
    sha256: str
    options: str
    indexes: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """``collections``: database → collection → what is kept; ``secrets``: name → fingerprint of its value."""

    form: int = FORM
    taken_at: datetime
    collections: dict[str, dict[str, Kept]]
    secrets: dict[str, str] = {}

    @property
    def documents(self) -> int:
        return sum(kept.documents for each in self.collections.values() for kept in each.values())

    @property
    def bytes(self) -> int:
        return sum(kept.bytes for each in self.collections.values() for kept in each.values())


class _Moved(Exception):
    """Collections came or went while the snapshot was taken."""


def databases(suffix: str = "") -> dict[str, str]:
    """Name in a backup → name on the server, of every database that the house has."""
    names = {user: f"{user}{suffix}" for user in topology.DATABASE_USERS}
    keeper = mongo.AUDIT_KEEPER
    return {**names, mongo.audit_database(keeper): mongo.audit_database(names[keeper])}


def fingerprints(values: Mapping[str, str]) -> dict[str, str]:
    """Enough to recognise a secret by; they are random, so nobody finds one from it."""
    return {name: hashlib.sha256(value.encode()).hexdigest()[:16] for name, value in sorted(values.items())}


def write(
    client: Client, folder: Path, names: Mapping[str, str], secrets: Mapping[str, str] | None = None
) -> Manifest:
    """Dump ``names`` (:func:`databases`) into ``folder``, which must be empty. Raises Problem."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Problem(f"{folder} is not empty: name a new folder for this backup.")
    with _long_history(client):
        for attempt in range(1, TRIES + 1):
            try:
                taken_at, collections = _snapshot(client, folder, names)
                break
            except (_Moved, OperationFailure) as problem:
                if (
                    attempt == TRIES
                    or isinstance(problem, OperationFailure)
                    and problem.code not in (239, 246)
                ):
                    raise Problem(f"no snapshot could be read: {problem}") from None
    manifest = Manifest(taken_at=taken_at, collections=collections, secrets=fingerprints(dict(secrets or {})))
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Raises Problem when there is none of a form that we know."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as problem:
        raise Problem(f"{folder} holds no whole backup ({problem}).") from None
    if manifest.form != FORM:
        raise Problem(f"{folder} is a backup of form {manifest.form}; this is a version for form {FORM}.")
    return manifest


def check(folder: Path, manifest: Manifest) -> None:
    """Read all files against their digests. Raises Problem, with the first that is not what was written."""
    for database, collection, kept in _each(manifest):
        seen, size, digest = 0, 0, hashlib.sha256()
        for document in _documents(folder, database, collection):
            seen, size = seen + 1, size + len(document)
            digest.update(document)
        if (seen, size, digest.hexdigest()) != (kept.documents, kept.bytes, kept.sha256):
            raise Problem(
                f"{_file(folder, database, collection)} is not what was written: take another backup."
            )


def occupants(client: Client, names: Mapping[str, str]) -> list[str]:
    """Collections that hold something, leases aside: a process that has only started takes one."""
    held = []
    for database in names.values():
        for collection in _ordinary(client, database):
            if collection != "leases" and client[database][collection].find_one({}, {"_id": 1}) is not None:
                held.append(f"{database}.{collection}")
    return held


def restore(client: Client, folder: Path, manifest: Manifest, names: Mapping[str, str]) -> None:
    """Set a checked backup back. Raises Problem, before it writes anything, when the server is not empty."""
    held = occupants(client, names)
    if held:
        raise Problem(f"the database is not empty ({held[0]} holds documents): restore into a new one.")
    for database, collection, kept in _each(manifest):
        _restore_one(client, names[database], collection, kept, _documents(folder, database, collection))


def _restore_one(
    client: Client, database: str, collection: str, kept: Kept, documents: Iterator[bytes]
) -> None:
    """Documents first, then indexes: building one is faster than keeping it."""
    client[database].drop_collection(collection)
    client[database].create_collection(collection, **json_util.loads(kept.options))
    target = client[database].get_collection(collection, codec_options=_RAW)
    batch: list[RawBSONDocument] = []
    size = 0
    for document in documents:
        batch.append(RawBSONDocument(document, _RAW))
        size += len(document)
        if len(batch) >= BATCH_DOCUMENTS or size >= BATCH_BYTES:
            target.insert_many(batch)
            batch, size = [], 0
    if batch:
        target.insert_many(batch)
    indexes = json_util.loads(kept.indexes)
    if indexes:
        client[database].command("createIndexes", collection, indexes=indexes)


def _snapshot(
    client: Client, folder: Path, names: Mapping[str, str]
) -> tuple[datetime, dict[str, dict[str, Kept]]]:
    before = {name: _ordinary(client, database) for name, database in names.items()}
    with client.start_session(snapshot=True) as session:
        client["admin"]["system.version"].find_one(
            {}, session=session
        )  # the moment is that of the first read
        taken_at = datetime.now(UTC)
        if before != {name: _ordinary(client, database) for name, database in names.items()}:
            raise _Moved("collections came or went at that very moment")
        return taken_at, {
            name: {
                collection: _dump(client[names[name]][collection], _file(folder, name, collection), session)
                for collection in collections
            }
            for name, collections in before.items()
        }


def _dump(source: Collection[dict[str, Any]], file: Path, session: ClientSession) -> Kept:
    file.parent.mkdir(mode=0o700, exist_ok=True)
    raw = source.with_options(codec_options=_RAW)
    count, size, digest = 0, 0, hashlib.sha256()
    with gzip.open(file, "wb", compresslevel=_PACE) as target:
        for document in raw.find({}, session=session).hint("_id_").sort("_id", 1):
            target.write(document.raw)
            digest.update(document.raw)
            count, size = count + 1, size + len(document.raw)
    options = source.options()
    indexes = [dict(index) for index in source.list_indexes() if index["name"] != "_id_"]
    for index in indexes:
        index.pop("ns", None)
    return Kept(
        documents=count,
        bytes=size,
        sha256=digest.hexdigest(),
        options=json_util.dumps(options),
        indexes=json_util.dumps(sorted(indexes, key=lambda index: str(index["name"]))),
    )


def _ordinary(client: Client, database: str) -> list[str]:
    """Collections of our own; ``system.`` ones belong to the server."""
    names = client[database].list_collection_names(filter={"type": "collection"})
    return sorted(name for name in names if not name.startswith("system."))


def _each(manifest: Manifest) -> Iterator[tuple[str, str, Kept]]:
    for database, collections in manifest.collections.items():
        for collection, kept in collections.items():
            yield database, collection, kept


def _documents(folder: Path, database: str, collection: str) -> Iterator[bytes]:
    """BSON documents of a file; each begins with its own length."""
    file = _file(folder, database, collection)
    try:
        with gzip.open(file, "rb") as source:
            while head := source.read(4):
                yield head + _exactly(source, int.from_bytes(head, "little") - 4)
    except (OSError, EOFError, ValueError) as problem:
        raise Problem(f"{file} cannot be read: {problem}") from None


def _exactly(source: gzip.GzipFile, size: int) -> bytes:
    rest = source.read(size) if size > 0 else b""
    if size <= 0 or len(rest) != size:
        raise ValueError("it ends in the middle of a document")
    return rest


def _file(folder: Path, database: str, collection: str) -> Path:
    return folder / database / f"{collection}.bson.gz"


@contextmanager
def _long_history(client: Client) -> Iterator[None]:
    """While a dump reads, the server keeps its snapshot; where we may not set that, for its own time."""
    try:
        was = client.admin.command({"getParameter": 1, _HISTORY: 1})[_HISTORY]
        client.admin.command({"setParameter": 1, _HISTORY: max(was, SNAPSHOT_SECONDS)})
    except PyMongoError:
        yield
        return
    try:
        yield
    finally:
        client.admin.command({"setParameter": 1, _HISTORY: was})
