"""Long work that survives a restart: queued, claimed for a while, taken over when its process dies.

A job is a document of the service that does it. A :class:`Runner` claims one, keeps the claim alive
while the work goes on, and writes down what became of it; a claim that lapses (its process was killed)
is taken over by another runner, which gets the last ``checkpoint``. What the work writes beside its
progress in one transaction (``progress(..., session=...)``) therefore happens once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from pymongo import ASCENDING, DESCENDING, ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.database import Database

from shared import telemetry, tenancy
from shared.ids import new_id
from shared.logging import correlation_id
from shared.mongo import Document, transact
from shared.words import lazy_gettext as _l

KEEP = timedelta(days=30)
"""How long a job can be looked up after it has ended."""
LEASE = timedelta(seconds=20)
MAX_TRIES = 5
"""Claims without a new checkpoint in between; then the job itself is what kills its processes."""

GAVE_UP = _l("Deze taak is gestopt door een fout bij ons. Onze beheerders zien dit in hun logboek.")

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


class JobState(StrEnum):
    """Where a job is; the last three are for ever."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (JobState.QUEUED.value, JobState.RUNNING.value)


class Cancelled(Exception):
    """Somebody has cancelled the job; the work may clean up, and lets this pass."""


class Lost(Exception):
    """The claim has lapsed and another process has the job; the work must touch nothing any more."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """``done`` and ``total`` count whatever the kind of job counts; ``total`` is 0 while unknown.

    ``parameters`` say what to do, ``checkpoint`` how far it came (for the work only), ``result`` and
    ``error`` (a sentence for the user) what became of it.
    """

    id: str
    kind: str
    customer_id: str | None
    user_id: str | None
    state: JobState
    done: int
    total: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    parameters: Document
    checkpoint: Document
    result: Document | None
    error: str
    correlation_id: str = ""
    trace: str = ""
    """Of who asked for it: see :mod:`shared.telemetry`."""

    @property
    def percentage(self) -> int | None:
        """Whole per cents, 100 only when it is done; None while the total is unknown."""
        if self.state is JobState.DONE:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else None

    def to_wire(self) -> dict[str, Any]:
        """As RPC answers it; moments in RFC 3339."""
        return {
            "id": self.id,
            "kind": self.kind,
            "customer_id": self.customer_id,
            "user_id": self.user_id,
            "state": self.state.value,
            "done": self.done,
            "total": self.total,
            "percentage": self.percentage,
            "created_at": _written(self.created_at),
            "started_at": _written(self.started_at),
            "ended_at": _written(self.ended_at),
            "parameters": self.parameters,
            "result": self.result,
            "error": self.error,
        }


@dataclass(frozen=True)
class Outcome:
    """What a job came to. ``also`` runs in the transaction that marks it done (events, audit)."""

    result: Document = field(default_factory=dict)
    also: Callable[[ClientSession], None] | None = None


@dataclass(frozen=True)
class Claim:
    """A job in the hands of one process."""

    job: Job
    token: str
    tries: int
    cancel_wanted: bool


def ensure_indexes(db: Database[Document]) -> None:
    """The indexes of ``jobs``; call it where the service prepares its other collections."""
    jobs = db["jobs"]
    jobs.create_index([("state", ASCENDING), ("kind", ASCENDING), ("created_at", ASCENDING)])
    jobs.create_index([("customer_id", ASCENDING), ("kind", ASCENDING), ("created_at", DESCENDING)])
    jobs.create_index([("created_at", DESCENDING)])
    jobs.create_index([("expires_at", ASCENDING)], expireAfterSeconds=0)


class JobStore:
    """The jobs of one service."""

    def __init__(self, db: Database[Document], clock: Clock = _now, lease: timedelta = LEASE) -> None:
        self._db = db
        self._jobs = db["jobs"]
        self._clock = clock
        self.lease = lease

    def add(
        self,
        kind: str,
        parameters: Mapping[str, Any],
        *,
        customer_id: str | None = None,
        user_id: str | None = None,
        total: int = 0,
        session: ClientSession | None = None,
    ) -> Job:
        """Queue a job; with the ``session`` of the command that asks for it, it is queued once."""
        row = {
            "_id": new_id(),
            "kind": kind,
            "customer_id": customer_id,
            "user_id": user_id,
            "state": JobState.QUEUED.value,
            "done": 0,
            "total": total,
            "parameters": dict(parameters),
            "checkpoint": {},
            "result": None,
            "error": "",
            "created_at": self._clock(),
            "tries": 0,
            "correlation_id": correlation_id(),
            "trace": telemetry.current().get(telemetry.HEADER, ""),
        }
        self._jobs.insert_one(row, session=session)
        return _job(row)

    def get(self, job_id: str, customer_id: str | None = None, kind: str | None = None) -> Job | None:
        """The job, when it is this customer's and of this kind (where those are given)."""
        wanted: Document = tenancy.own({"_id": job_id})
        if customer_id is not None:
            wanted["customer_id"] = customer_id
        if kind is not None:
            wanted["kind"] = kind
        row = self._jobs.find_one(wanted)
        return _job(row) if row else None

    def page(self, state: str | None = None, limit: int = 50, **wanted: str) -> list[Job]:
        """Newest first; ``wanted`` may name a ``kind``, ``customer_id`` and ``user_id``."""
        query: Document = {**wanted, **({"state": state} if state else {})}
        return [_job(row) for row in self._jobs.find(query).sort("created_at", DESCENDING).limit(limit)]

    def open(self, kind: str, **wanted: str) -> int:
        """How many jobs of a kind have not ended; ``wanted`` as for :meth:`page`."""
        return self._jobs.count_documents({"kind": kind, **wanted, "state": {"$in": list(OPEN)}})

    def cancel(self, job_id: str, session: ClientSession | None = None) -> Job | None:
        """Stop a job that has not ended: at once when it waits, else as soon as its work notices.

        The job as it stands now (one that has ended stays as it is); None when there is none.
        """
        now = self._clock()
        ended = {"state": JobState.CANCELLED.value, "ended_at": now, "expires_at": now + KEEP}
        wanted = tenancy.own({"_id": job_id})
        waiting = wanted | {"state": JobState.QUEUED.value}
        running = wanted | {"state": JobState.RUNNING.value}
        if not self._jobs.update_one(waiting, {"$set": ended}, session=session).matched_count:
            self._jobs.update_one(running, {"$set": {"cancel_wanted": True}}, session=session)
        row = self._jobs.find_one(wanted, session=session)
        return _job(row) if row else None

    def claim(self, kinds: Collection[str]) -> Claim | None:
        """The oldest job of these kinds that waits or whose process has died; None when there is none."""
        now, token = self._clock(), new_id()
        waits = {"state": JobState.QUEUED.value, "not_before": {"$not": {"$gt": now}}}
        abandoned = {"state": JobState.RUNNING.value, "until": {"$lt": now}}
        row = self._jobs.find_one_and_update(
            {"kind": {"$in": sorted(kinds)}, "$or": [waits, abandoned]},
            {
                "$set": {"state": JobState.RUNNING.value, "claim": token, "until": now + self.lease},
                "$min": {"started_at": now},
                "$inc": {"tries": 1},
            },
            sort=[("created_at", ASCENDING)],
            return_document=ReturnDocument.AFTER,
        )
        return Claim(_job(row), token, row["tries"], row.get("cancel_wanted", False)) if row else None

    def beat(self, claim: Claim) -> bool:
        """Keep the claim for another lease; False when it was lost."""
        until = {"$set": {"until": self._clock() + self.lease}}
        return bool(self._jobs.update_one(_ours(claim), until).matched_count)

    def advance(
        self,
        claim: Claim,
        done: int,
        total: int | None = None,
        checkpoint: Mapping[str, Any] | None = None,
        session: ClientSession | None = None,
    ) -> None:
        """Write how far the work is. Raises :class:`Lost` or :class:`Cancelled`."""
        values: Document = {"done": done, "until": self._clock() + self.lease}
        if total is not None:
            values["total"] = total
        if checkpoint is not None:
            values |= {"checkpoint": dict(checkpoint), "tries": 1}
        row = self._jobs.find_one_and_update(
            _ours(claim), {"$set": values}, projection={"cancel_wanted": 1}, session=session
        )
        if row is None:
            raise Lost
        if row.get("cancel_wanted"):
            raise Cancelled

    def finish(self, claim: Claim, outcome: Outcome) -> None:
        """The work is done. Raises :class:`Lost`; then nothing of it counts."""

        def work(session: ClientSession) -> None:
            self._end(claim, JobState.DONE, {"result": dict(outcome.result)}, session)
            if outcome.also is not None:
                outcome.also(session)

        transact(self._db, work)

    def fail(self, claim: Claim, sentence: str) -> None:
        """It can not be done; ``sentence`` says why. Raises :class:`Lost`."""
        self._end(claim, JobState.FAILED, {"error": sentence})

    def stopped(self, claim: Claim) -> None:
        """It was cancelled. Raises :class:`Lost`."""
        self._end(claim, JobState.CANCELLED, {})

    def give_back(self, claim: Claim, after: timedelta = timedelta()) -> None:
        """Let another process go on from the last checkpoint, spending no try."""
        values = {"state": JobState.QUEUED.value, "not_before": self._clock() + after}
        change = {"$set": values, "$unset": {"claim": "", "until": ""}, "$inc": {"tries": -1}}
        self._jobs.update_one(_ours(claim), change)

    def _end(
        self, claim: Claim, state: JobState, values: Document, session: ClientSession | None = None
    ) -> None:
        now = self._clock()
        ended = {**values, "state": state.value, "ended_at": now, "expires_at": now + KEEP}
        change = {"$set": ended, "$unset": {"claim": "", "until": "", "checkpoint": ""}}
        if not self._jobs.update_one(_ours(claim), change, session=session).matched_count:
            raise Lost


def listing(store: JobStore, state: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """What a service's RPC method ``jobs`` answers to staff: newest first."""
    return [job.to_wire() for job in store.page(state, limit)]


def _ours(claim: Claim) -> Document:
    return {"_id": claim.job.id, "claim": claim.token}


def _job(row: Document) -> Job:
    return Job(
        id=row["_id"],
        kind=row["kind"],
        customer_id=row["customer_id"],
        user_id=row["user_id"],
        state=JobState(row["state"]),
        done=row["done"],
        total=row["total"],
        created_at=row["created_at"],
        started_at=row.get("started_at"),
        ended_at=row.get("ended_at"),
        parameters=row["parameters"],
        checkpoint=row.get("checkpoint", {}),
        result=row["result"],
        error=row["error"],
        correlation_id=row["correlation_id"],
        trace=row.get("trace", ""),
    )


def _written(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
