"""Where sessions are kept: the gateway's own database. The only file here that imports pymongo."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, TypeVar

from pymongo.collection import Collection
from pymongo.errors import PyMongoError

from shared.errors import Unavailable
from shared.mongo import ping

Result = TypeVar("Result")

KEPT_SECONDS = 3600
"""An expired session stays this long, so that its user can be told why they must log in again."""


class SessionStore(Protocol):
    """Sessions by the hash of their token. Every method raises :class:`Unavailable` when it cannot."""

    def load(self, key: str) -> bytes | None:
        """What was saved. It may have expired: who asks decides that by the clock."""

    def insert(self, key: str, value: bytes, expires: datetime) -> None:
        """Save a new session."""

    def replace(self, key: str, value: bytes, expires: datetime) -> None:
        """Save a session again; one that was deleted meanwhile stays deleted."""

    def delete(self, key: str) -> None:
        """Forget a session."""

    def ready(self) -> None:
        """Raise unless sessions can be read and written."""


class MongoSessions:
    """Sessions in MongoDB. The indexes are made before the first use, not when this is made, so that
    the portal starts while the database is still away."""

    def __init__(self, collection: Collection[dict[str, Any]]) -> None:
        self._collection = collection
        self._indexed = False
        self._lock = threading.Lock()

    def load(self, key: str) -> bytes | None:
        found = self._bounded(lambda: self._collection.find_one({"id": key}))
        return bytes(found["val"]) if found else None

    def insert(self, key: str, value: bytes, expires: datetime) -> None:
        document = {"id": key, "val": value, "expiration": expires}
        self._bounded(lambda: self._collection.insert_one(document))

    def replace(self, key: str, value: bytes, expires: datetime) -> None:
        change = {"$set": {"val": value, "expiration": expires}}
        self._bounded(lambda: self._collection.update_one({"id": key}, change))

    def delete(self, key: str) -> None:
        self._bounded(lambda: self._collection.delete_one({"id": key}))

    def ready(self) -> None:
        ping(self._collection.database)

    def _bounded(self, work: Callable[[], Result]) -> Result:
        try:
            self._ensure_indexes()
            return work()
        except PyMongoError as problem:
            raise Unavailable() from problem

    def _ensure_indexes(self) -> None:
        if self._indexed:
            return
        with self._lock:
            self._collection.create_index("id", unique=True)
            self._collection.create_index("expiration", expireAfterSeconds=KEPT_SECONDS)
            self._indexed = True
