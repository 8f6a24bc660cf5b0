"""Booking batches in threads, so that the next one is priced and encoded meanwhile.

Each thread has a gate of its own (see store/usage.py), so two batches never wait for each other; two
that hold the same record collide in the database, and one of them starts again.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from prometheus_client import Counter, Gauge, Histogram

from services.cdr.domain.posting import Posted, Priced
from services.cdr.domain.reference import Reference
from services.cdr.domain.refusal import Reason, Refused
from services.cdr.store.usage import UsageStore
from services.cdr.usecases.price import refuse_priced
from services.cdr.usecases.record_usage import record_usage
from shared import mongo
from shared.errors import DependencyDown
from shared.handling import handling
from shared.logging import get_logger

log = get_logger(__name__)

Batch = Sequence[Priced | Refused]

PAUSE_SECONDS = (0.2, 0.5, 1.0, 2.0)

EVENTS = Counter("tikker_usage_events_total", "Usage events by what became of them", ["outcome"])
BATCHES = Histogram("tikker_usage_batch_seconds", "How long a batch took to book")
PAUSED = Gauge("tikker_usage_paused", "1 while the database is away and nothing is taken in")


class Booker:
    """Books a batch per store at a time, and holds on to it for as long as the database is away."""

    def __init__(self, stores: Sequence[UsageStore], reference: Reference) -> None:
        self._reference = reference
        self._refresher = ThreadPoolExecutor(1, "refresher")
        self._desks = itertools.cycle([(store, ThreadPoolExecutor(1, "booker")) for store in stores])
        self.width = len(stores)
        self._stopping = threading.Event()

    def begin(self, batch: Batch) -> Future[None]:
        """Book a batch; the future is done when it is in the database. Its exception is DependencyDown
        when the process is to stop while the database is away: then the broker still has the batch."""
        store, thread = next(self._desks)
        return thread.submit(self._book, store, batch)

    def stop(self) -> None:
        """Wait for the database no longer."""
        self._stopping.set()

    def refresh(self) -> Future[None]:
        """Bring the reference data up to date, waiting for the database if need be; see :meth:`begin`."""
        return self._refresher.submit(self._until_there, self._reference.refresh)

    def _book(self, store: UsageStore, batch: Batch) -> None:
        with BATCHES.time(), handling("booked usage"):
            self._until_there(lambda: self._book_once(store, batch))

    def _book_once(self, store: UsageStore, batch: Batch) -> None:
        for posted in book_in_parts(batch, store, self._reference):
            for outcome, count in posted.tally.items():
                EVENTS.labels(outcome).inc(count)

    def _until_there(self, work: Callable[[], None]) -> None:
        for attempt in itertools.count():
            try:
                work()
                PAUSED.set(0)
                return
            except Exception as problem:
                if not mongo.is_down(problem):
                    raise
                PAUSED.set(1)
                log.warning("database away, holding on", reason=str(problem)[:200])
                if self._stopping.wait(PAUSE_SECONDS[min(attempt, len(PAUSE_SECONDS) - 1)]):
                    raise DependencyDown("stopped while the database was away") from problem


def book_in_parts(
    batch: Sequence[Priced | Refused], store: UsageStore, reference: Reference
) -> Iterator[Posted]:
    """Book a batch; should one event in it break the whole, book halves, down to that one event.

    What the database refuses for itself is kept in quarantine, so that it can never block the queue.
    """
    try:
        yield record_usage(batch, store, reference)
        return
    except Exception as problem:
        if mongo.is_down(problem):
            raise
        if len(batch) == 1:
            log.exception("an event could not be booked")
            yield record_usage([as_fault(batch[0], problem)], store, reference)
            return
    middle = len(batch) // 2
    yield from book_in_parts(batch[:middle], store, reference)
    yield from book_in_parts(batch[middle:], store, reference)


def as_fault(item: Priced | Refused, problem: Exception) -> Refused:
    """The event as one that waits for us to mend a fault."""
    if isinstance(item, Refused):
        raise problem  # not even the quarantine takes it: nothing but a person can help
    return refuse_priced(item, Reason.FAULT, f"{type(problem).__name__}: {problem}")
