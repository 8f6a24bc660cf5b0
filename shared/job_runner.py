"""Doing the jobs of :mod:`shared.jobs`: one at a time per runner, in a thread or a process of its own.

What a kind of job does is a function of a :class:`Running` that answers an :class:`Outcome`. It calls
``progress`` at least every few seconds; that is also where it learns that it must stop.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from prometheus_client import Counter
from pymongo.client_session import ClientSession

from shared.errors import DependencyDown, TikkerError
from shared.handling import handling
from shared.jobs import GAVE_UP, MAX_TRIES, Cancelled, Claim, Job, JobStore, Lost, Outcome
from shared.logging import get_logger
from shared.mongo import is_down

log = get_logger(__name__)

IDLE_SECONDS = 0.5
TROUBLE_SECONDS = 2.0
AGAIN = timedelta(seconds=5)
WRITE_SECONDS = 0.5
"""Progress is written at most this often, but for checkpoints."""

ENDED = Counter("tikker_jobs_total", "Jobs by kind and what became of them", ["kind", "outcome"])
BAD_OUTCOMES = ("failed", "given up")
"""Counted from 0, not from the first one: Prometheus sees no increase in a series that begins at 1, so the
alert JobsFailed would miss the first failure of each process."""


class _Stopping(Exception):
    """This process ends; another one goes on with the job."""


class Running:
    """A job as its work sees it."""

    def __init__(self, store: JobStore, claim: Claim, stopping: threading.Event) -> None:
        self._store = store
        self._claim = claim
        self._stopping = stopping
        self._lost = threading.Event()
        self._written_at = 0.0

    @property
    def job(self) -> Job:
        """As it was when it was claimed, with the checkpoint to go on from."""
        return self._claim.job

    @property
    def token(self) -> str:
        """Another one at each claim: names what only this run writes."""
        return self._claim.token

    def progress(
        self,
        done: int,
        total: int | None = None,
        checkpoint: Mapping[str, Any] | None = None,
        session: ClientSession | None = None,
    ) -> None:
        """Say how far the work is, and learn by an exception that it must stop.

        A ``checkpoint`` is what another process goes on from. With ``session`` it is written in that
        transaction, so what was done and that it was done are one write.
        """
        if self._lost.is_set():
            raise Lost
        if self._stopping.is_set() and session is None and checkpoint is None:
            raise _Stopping
        now = time.monotonic()
        if checkpoint is None and session is None and now - self._written_at < WRITE_SECONDS:
            return
        self._store.advance(self._claim, done, total, checkpoint, session)
        self._written_at = now
        if self._stopping.is_set() and session is None:
            raise _Stopping

    def keep(self) -> None:
        """Extend the claim, for as long as the work goes on."""
        if not self._store.beat(self._claim):
            self._lost.set()


Work = Callable[[Running], Outcome]


class Runner:
    """Does jobs of the kinds that ``work`` names. Several runners share the work of a service."""

    def __init__(self, store: JobStore, work: Mapping[str, Work]) -> None:
        self._store = store
        self._work = dict(work)
        for kind in work:
            for outcome in BAD_OUTCOMES:
                ENDED.labels(kind, outcome)

    def run(self, stopping: threading.Event) -> None:
        """Do jobs until ``stopping`` is set; whatever goes wrong, go on with the next one."""
        while not stopping.is_set():
            try:
                busy = self.run_once(stopping)
                stopping.wait(0 if busy else IDLE_SECONDS)
            except Exception as problem:
                log.warning("jobs wait", reason=f"{type(problem).__name__}: {problem}"[:300])
                stopping.wait(TROUBLE_SECONDS)

    def start(self, stopping: threading.Event, name: str = "jobs") -> threading.Thread:
        """The same in a daemon thread."""
        thread = threading.Thread(target=self.run, args=(stopping,), name=name, daemon=True)
        thread.start()
        return thread

    def run_once(self, stopping: threading.Event | None = None) -> bool:
        """Take up one job and bring it as far as it gets; False when none waits."""
        claim = self._store.claim(self._work.keys())
        if claim is None:
            return False
        job = claim.job
        with handling(f"job {job.kind}", parent=job.trace, correlation_id=job.correlation_id):
            try:
                outcome = self._settle(claim, stopping or threading.Event())
            except Lost:
                outcome = "lost"
            ENDED.labels(job.kind, outcome).inc()
            log.info("job", job_id=job.id, kind=job.kind, outcome=outcome)
        return True

    def _settle(self, claim: Claim, stopping: threading.Event) -> str:
        if claim.cancel_wanted:
            self._store.stopped(claim)
            return "cancelled"
        if claim.tries > MAX_TRIES:
            self._store.fail(claim, str(GAVE_UP))
            return "given up"
        running = Running(self._store, claim, stopping)
        try:
            with self._heart(running):
                outcome = self._work[claim.job.kind](running)
            self._store.finish(claim, outcome)
            return "done"
        except Cancelled:
            self._store.stopped(claim)
            return "cancelled"
        except _Stopping:
            self._store.give_back(claim)
            return "given back"
        except TikkerError as problem:
            self._store.fail(claim, str(problem))
            return "refused"
        except Exception as problem:
            return self._stumbled(claim, problem)

    def _stumbled(self, claim: Claim, problem: Exception) -> str:
        if isinstance(problem, Lost):
            raise problem
        if isinstance(problem, DependencyDown) or is_down(problem):
            self._store.give_back(claim, AGAIN)
            return "waits"
        log.exception("a job failed", job_id=claim.job.id, kind=claim.job.kind)
        self._store.fail(claim, str(GAVE_UP))
        return "failed"

    @contextmanager
    def _heart(self, running: Running) -> Iterator[None]:
        """Keeps the claim alive beside the work, which may take its time between two steps."""
        ended = threading.Event()
        every = self._store.lease.total_seconds() / 4

        def beat() -> None:
            while not ended.wait(every):
                try:
                    running.keep()
                except Exception as problem:  # the database is away; the claim may yet survive
                    log.warning("a claim could not be extended", reason=str(problem)[:200])

        thread = threading.Thread(target=beat, name="job heart", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
