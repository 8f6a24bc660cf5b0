"""MongoDB as every service uses it: one client per process, majority writes, bounded in time."""

from __future__ import annotations

import itertools
import os
import random
import socket
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from bson.codec_options import CodecOptions
from prometheus_client import Gauge
from pymongo import MongoClient, ReturnDocument, timeout
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import (
    AutoReconnect,
    ConnectionFailure,
    DuplicateKeyError,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference
from pymongo.write_concern import WriteConcern

from shared import tenancy
from shared.config import setting

TIMEOUT_MS = 3000
COLLISION_SECONDS = 20.0
"""Less than a process has for draining."""
ABORT_SECONDS = 0.5
PREPARE_SECONDS = 60
PREPARE_TRIES = 3
_NAMESPACE_EXISTS = 48
MAJORITY = WriteConcern("majority", wtimeout=TIMEOUT_MS)

HELD = Gauge("tikker_lease_held", "1 while this process is the one that does the job", ["job"])

Document = dict[str, Any]
Result = TypeVar("Result")

_TRANSIENT, _COMMIT_IN_DOUBT = "TransientTransactionError", "UnknownTransactionCommitResult"
_DOWN = (
    AutoReconnect,
    ConnectionFailure,
    NotPrimaryError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)
_INTERRUPTED = 11601
"""Somebody ended our session: shared/abandoned.py does, of a process that is so slow that it seems dead."""
# Shut down, stepping down, no primary, write concern not met in time: the same write may pass later.
_DOWN_CODES = frozenset(
    {6, 7, 50, 64, 89, 91, 189, 262, 9001, 10107, 11600, _INTERRUPTED, 11602, 13435, 13436}
)


def connect(uri: str | None = None, *, timeout_ms: int = TIMEOUT_MS, **options: Any) -> Database[Document]:
    """The database named in the URI (default: the setting MONGO_URI); nothing connects yet."""
    listeners = [tenancy.TenantListener(), *options.pop("event_listeners", ())]
    client: MongoClient[Document] = MongoClient(
        uri or setting("MONGO_URI"),
        tz_aware=True,
        timeoutMS=timeout_ms,
        serverSelectionTimeoutMS=timeout_ms,
        connectTimeoutMS=timeout_ms,
        waitQueueTimeoutMS=timeout_ms,
        w="majority",
        readConcernLevel="majority",
        event_listeners=listeners,
        appname=os.environ.get("TIKKER_ISSUER", "tikker"),
        **options,
    )
    return client.get_default_database(codec_options=CodecOptions(tz_aware=True))


def is_down(error: BaseException) -> bool:
    """Whether to try again later, unchanged: MongoDB is away, or a transaction collides again and again;
    as opposed to MongoDB refusing this very write."""
    if isinstance(error, _DOWN) or (isinstance(error, PyMongoError) and error.has_error_label(_TRANSIENT)):
        return True
    if isinstance(error, OperationFailure):
        return error.code in _DOWN_CODES
    return isinstance(error, PyMongoError) and error.timeout


@dataclass(frozen=True)
class _Patience:
    """How long a transaction is tried, from ``began``; ``seconds``: of who cannot wait as long as others."""

    began: float
    seconds: float | None = None

    def is_over(self, problem: PyMongoError) -> bool:
        limit = COLLISION_SECONDS if isinstance(problem, OperationFailure) else TIMEOUT_MS / 1000
        return time.monotonic() - self.began >= (self.seconds or limit)

    def hurry(self) -> AbstractContextManager[object]:
        """For what the server is asked meanwhile."""
        if self.seconds is None:
            return nullcontext()
        return timeout(max(self.began + self.seconds - time.monotonic(), 0.001))


def transact(
    db: Database[Document], work: Callable[[ClientSession], Result], patience: float | None = None
) -> Result:
    """Run ``work`` in one transaction: snapshot reads, majority writes, repeated when it collides.

    What it gives, and what it raises, rests on what a majority has: reads behind it see that as well.
    ``work`` may run more than once, so it must not touch anything but the database. It is given up,
    with an error for which :func:`is_down` is true, when the server is away for TIMEOUT_MS or when it
    still collides after COLLISION_SECONDS; pymongo's ``with_transaction`` goes on for two minutes.
    ``patience``: seconds after which it is given up whatever the trouble.
    """
    limit = _Patience(time.monotonic(), patience)
    with db.client.start_session() as session:
        for attempt in itertools.count():
            try:
                return _once(db, session, work, limit)
            except PyMongoError as problem:
                if not _has(_TRANSIENT, problem) or limit.is_over(problem):
                    raise
            time.sleep(random.uniform(0, min(0.5, 0.005 * 1.5**attempt)))
    raise AssertionError("never reached")


def _once(
    db: Database[Document],
    session: ClientSession,
    work: Callable[[ClientSession], Result],
    limit: _Patience,
) -> Result:
    session.start_transaction(ReadConcern("snapshot"), WriteConcern("majority"), ReadPreference.PRIMARY)
    try:
        with limit.hurry():
            result = work(session)
        tenancy.check()
    except BaseException as problem:
        with timeout(ABORT_SECONDS):  # a server that is away ends the transaction by itself
            session.abort_transaction()
        if isinstance(problem, Exception) and not is_down(problem):
            _catch_up(db, session, limit)
        raise
    while True:
        try:
            with limit.hurry():
                session.commit_transaction()
            return result
        except PyMongoError as problem:
            if not _has(_COMMIT_IN_DOUBT, problem) or limit.is_over(problem):
                raise


def _catch_up(db: Database[Document], session: ClientSession, limit: _Patience) -> None:
    """Wait until a majority has what was refused for. A transaction sees what another committed a moment
    before others do: who read again because of a refusal would else find nothing changed."""
    if session.operation_time is None:
        return  # it had read nothing
    with suppress(PyMongoError), limit.hurry():
        db["leases"].find_one({}, {"_id": 1}, session=session)  # a session reads no older than it has read


def _has(label: str, problem: PyMongoError) -> bool:
    """The driver gives no label to what was interrupted, though a commit may have come through even so."""
    return problem.has_error_label(label) or getattr(problem, "code", None) == _INTERRUPTED


def make_collections(db: Database[Document], names: Iterable[str]) -> None:
    """Make what is missing; several processes may do so at once."""
    for name in set(names) - set(db.list_collection_names()):
        try:
            db.create_collection(name, check_exists=False)
        except OperationFailure as problem:
            if problem.code != _NAMESPACE_EXISTS:
                raise


def prepare(work: Callable[[], None]) -> None:
    """Make collections and indexes at the start of a process: ``work`` may take PREPARE_SECONDS, as it does
    on a busy server, and runs again when its connection breaks, so it must be harmless when repeated."""
    with timeout(PREPARE_SECONDS):
        for attempts_left in reversed(range(PREPARE_TRIES)):
            try:
                return work()
            except AutoReconnect:
                if not attempts_left:
                    raise


def ping(db: Database[Document]) -> None:
    """Raise unless a primary answers within a second (for ``/readyz``)."""
    with timeout(1.0):
        db.client.admin.command("ping")
        if not db.client.is_primary:
            raise ConnectionFailure("no primary")


class Lease:
    """At most one process at a time does a job: the holder of the lease, until it lets it lapse.

    The holder writes when a third of it is over: asked five times a second by every process of the house,
    that write was half of what an idle database did.
    """

    def __init__(self, db: Database[Document], job: str, seconds: float = 10.0) -> None:
        self._leases: Collection[Document] = db["leases"]
        self._job = job
        self._seconds = seconds
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{time.monotonic_ns()}"
        self._written: datetime | None = None

    def hold(self) -> bool:
        """Take or extend the lease; False while another process holds it."""
        now = datetime.now(UTC)
        if self._written and self._written <= now < self._written + timedelta(seconds=self._seconds / 3):
            return True
        self._written = None
        try:
            self._leases.find_one_and_update(
                {"_id": self._job, "$or": [{"owner": self._owner}, {"until": {"$lt": now}}]},
                {"$set": {"owner": self._owner, "until": now + timedelta(seconds=self._seconds)}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            HELD.labels(self._job).set(0)
            return False
        HELD.labels(self._job).set(1)
        self._written = now
        return True

    def release(self) -> None:
        """Let another process take over at once."""
        self._written = None
        HELD.labels(self._job).set(0)
        self._leases.delete_one({"_id": self._job, "owner": self._owner})
