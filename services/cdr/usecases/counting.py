"""Counting a selection that only rows know: at once where two seconds are enough, else as a job.

Totalen and the sums above Details come from counters, unless a filter looks at what counters do not know
(a receiver, an amount, a duration). Over millions of rows that takes longer than a page may; then the worker
counts day by day, the page shows how far it is, and what was found is kept for a while.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from services.cdr import views
from services.cdr.domain.periods import bounds, day_bounds, days
from services.cdr.domain.selection import Selection
from services.cdr.schemas.exports import selection_from_wire, selection_to_wire
from services.cdr.store.commands import Changes, Commands
from services.cdr.store.counters import Count, CounterStore
from services.cdr.store.details import SCAN_MS, DetailsStore, Search
from services.cdr.store.long_counts import LongCount, LongCounts, from_plain, to_plain
from shared.job_runner import Running, Work
from shared.jobs import OPEN, Job, JobStore, Outcome

KIND = "counting"
MOST_OPEN = 3
"""Jobs of one user; whoever asks for more waits until one has ended."""
FRESH = timedelta(minutes=15)
"""For how long what was found is shown again; usage may have come in since."""
CHECKPOINT_SECONDS = 5.0


class Stores(Protocol):
    """The stores of this service that counting needs (store/__init__.py)."""

    @property
    def counters(self) -> CounterStore: ...
    @property
    def details(self) -> DetailsStore: ...
    @property
    def long_counts(self) -> LongCounts: ...
    @property
    def jobs(self) -> JobStore: ...
    @property
    def commands(self) -> Commands: ...


@dataclass(frozen=True, slots=True)
class Counted:
    """What a selection holds, as it was ``at``; or, while ``counts`` is None, the job that counts it (None
    as well when nobody does)."""

    counts: Sequence[Count] | None
    at: datetime
    job: Job | None = None

    @property
    def progress(self) -> dict[str, Any] | None:
        """How far the job is, for the page; days are what it counts."""
        return None if self.job is None else progress_of(self.job)


def key_of(customer: str, selection: Selection) -> str:
    """The name of a customer's selection."""
    asked = json.dumps(selection_to_wire(selection), sort_keys=True)
    return hashlib.sha256(f"{customer} {asked}".encode()).hexdigest()


def count(
    stores: Stores,
    search: Search,
    customer: str,
    selection: Selection,
    now: datetime,
    *,
    numbers: bool,
    user: str | None = None,
) -> Counted:
    """Count a selection by product and type, and by number if that is wanted. With a ``user`` who asks for
    it, what takes too long goes on as a job."""
    found = None if selection.by_row else views.counted(stores.counters, customer, selection, numbers)
    if found is not None:
        return Counted(found, now)
    key = key_of(customer, selection)
    known = _known(stores, key, now)
    if known is not None:
        return known
    found = search.sums(SCAN_MS)
    if found is not None or user is None:
        return Counted(found, now)
    return Counted(None, now, _begin(stores, key, customer, user, selection, now))


def progress(stores: Stores, customer: str, selection: Selection) -> dict[str, Any] | None:
    """How far the job of a selection is; None when there is none (any more)."""
    known = stores.long_counts.get(key_of(customer, selection))
    job = known and stores.jobs.get(known.job_id, customer_id=customer, kind=KIND)
    return progress_of(job) if job else None


def progress_of(job: Job) -> dict[str, Any]:
    wire = job.to_wire()
    return {name: wire[name] for name in ("state", "done", "total", "started_at", "error")}


def _known(stores: Stores, key: str, now: datetime) -> Counted | None:
    """What was found lately, or the job that is under way."""
    known = stores.long_counts.get(key)
    if known is None:
        return None
    if known.counts is not None and known.at is not None and now - known.at < FRESH:
        return Counted(known.counts, known.at)
    job = _under_way(stores, known)
    return Counted(None, now, job) if job else None


def _under_way(stores: Stores, known: LongCount) -> Job | None:
    job = stores.jobs.get(known.job_id, kind=KIND)
    return job if job is not None and job.state.value in OPEN else None


def _begin(
    stores: Stores, key: str, customer: str, user: str, selection: Selection, now: datetime
) -> Job | None:
    """Queue it, once however many pages ask; None when the user has too many under way."""

    def work(changes: Changes) -> Job | None:
        known = stores.long_counts.get(key, changes.session)
        job = known and _under_way(stores, known)
        if job:
            return job
        if stores.jobs.open(KIND, customer_id=customer, user_id=user) >= MOST_OPEN:
            return None
        asked = {"selection": selection_to_wire(selection)}
        job = stores.jobs.add(
            KIND,
            asked,
            customer_id=customer,
            user_id=user,
            total=len(list(stretches(selection))),
            session=changes.session,
        )
        stores.long_counts.begin(key, job.id, now, changes.session)
        return job

    begun: Job | None = stores.commands.run(work)
    return begun


def counting_work(stores: Stores, clock: Callable[[], datetime]) -> Work:
    """The work of a job: day by day, going on where a process that was killed has left it."""

    def work(running: Running) -> Outcome:
        job, customer = running.job, running.job.customer_id
        assert customer is not None
        selection = selection_from_wire(job.parameters["selection"])
        at = job.started_at or clock()
        search = stores.details.search(customer, selection)
        parts = list(stretches(selection))
        done = int(job.checkpoint.get("done", 0))
        sums = _Sums(from_plain(job.checkpoint.get("counts", ())))
        written = time.monotonic()
        for starts in parts[done:]:
            sums.add(search.sums(None, starts) or ())
            done += 1
            due = time.monotonic() - written > CHECKPOINT_SECONDS
            running.progress(
                done, len(parts), {"done": done, "counts": to_plain(sums.counts)} if due else None
            )
            written = time.monotonic() if due else written
        key, counts = key_of(customer, selection), sums.counts
        return Outcome({}, lambda session: stores.long_counts.keep(key, job.id, counts, at, session))

    return work


def stretches(selection: Selection) -> Iterator[dict[str, datetime]]:
    """The days of a selection as conditions on the start; of a billing period first what is of before it."""
    if selection.period is not None:
        yield {"$lt": bounds(selection.period)[0]}
        wanted = days(selection.period)
    else:
        assert selection.first is not None and selection.last is not None
        length = (selection.last - selection.first).days + 1
        wanted = tuple(selection.first + timedelta(days=n) for n in range(length))
    for day in wanted:
        begin, end = day_bounds(day, day)
        yield {"$gte": begin, "$lt": end}


class _Sums:
    """Counts added together by number, product and type."""

    def __init__(self, counts: Sequence[Count]) -> None:
        self._sums = {(one.number, one.product, one.type): list(one.sums) for one in counts}

    def add(self, counts: Sequence[Count]) -> None:
        for one in counts:
            into = self._sums.setdefault((one.number, one.product, one.type), [0] * len(one.sums))
            for index, value in enumerate(one.sums):
                into[index] += value

    @property
    def counts(self) -> list[Count]:
        return from_plain([[*key, *sums] for key, sums in self._sums.items()])
