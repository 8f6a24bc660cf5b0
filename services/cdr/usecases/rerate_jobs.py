"""Re-rating as jobs: asked for by staff, done by the worker, resumed when it is killed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from services.cdr.domain.periods import parse_period, written
from services.cdr.domain.reference import Reference
from services.cdr.domain.rerating import Scope
from services.cdr.store.commands import Changes, Commands
from services.cdr.store.rerating import RerateStore, Turn
from services.cdr.store.usage import UsageStore
from services.cdr.usecases.rerating import book_changes, preview_customer
from shared.acting import Acting
from shared.audit import entry
from shared.errors import Conflict, NotFound
from shared.events import Envelope
from shared.events.audit import Subject
from shared.job_runner import Running
from shared.jobs import Job, JobState, Outcome
from shared.money import to_wire
from shared.words import gettext as _

PREVIEW, BOOKING = "rerate_preview", "rerate"
BATCH = 100
"""Changes per transaction: one that takes longer than a claim's heartbeat collides with it."""
GOOD_FOR = timedelta(days=7)
"""For how long a preview may be booked."""


def start_preview(
    store: RerateStore, commands: Commands, acting: Acting, scope: Scope, command_id: str
) -> Job:
    """Queue a preview; it changes nothing, so it is not told to the audit log."""
    parameters = {"scope": scope_to_wire(scope), "by": acting.username}

    def work(change: Changes) -> dict[str, Any]:
        job = store.jobs.add(
            PREVIEW, parameters, customer_id=scope.customer, user_id=acting.user_id, session=change.session
        )
        return {"job": job.id}

    return _started(store, commands.once(acting, command_id, (PREVIEW, scope), work))


def start_booking(
    store: RerateStore,
    commands: Commands,
    acting: Acting,
    preview_id: str,
    reason: str,
    command_id: str,
    now: datetime,
) -> Job:
    """Queue the booking of a preview that is done. Conflict when it is booked already, or too old."""
    preview, result = _bookable(store, preview_id, now)
    parameters = {
        "preview": preview.id,
        "scope": preview.parameters["scope"],
        "reason": reason,
        "by": acting.username,
        "acting": msgspec.to_builtins(acting),
    }

    def work(change: Changes) -> dict[str, Any]:
        job = store.jobs.add(
            BOOKING,
            parameters,
            customer_id=preview.customer_id,
            user_id=acting.user_id,
            total=result["changes"],
            session=change.session,
        )
        if not store.claim_booking(preview.id, job.id, change.session):
            raise Conflict(_("Deze berekening is al geboekt."))
        change.tell(_told(acting, job, preview.customer_id, "rerating.started", reason, result))
        return {"job": job.id}

    return _started(store, commands.once(acting, command_id, (BOOKING, preview.id, reason), work))


def cancel_preview(store: RerateStore, job_id: str) -> None:
    """Stop a preview that has not ended. A booking is not stopped: it would stand half."""
    if store.jobs.get(job_id, kind=PREVIEW) is None:
        raise NotFound()
    store.jobs.cancel(job_id)


def _bookable(store: RerateStore, preview_id: str, now: datetime) -> tuple[Job, dict[str, Any]]:
    """A preview that may be booked, and its result."""
    preview = store.jobs.get(preview_id, kind=PREVIEW)
    if preview is None:
        raise NotFound()
    if preview.state is not JobState.DONE or preview.ended_at is None or preview.result is None:
        raise Conflict(_("Deze berekening is niet klaar en kan dus niet worden geboekt."))
    if now - preview.ended_at > GOOD_FOR:
        raise Conflict(_("Deze berekening is ouder dan een week. Bereken opnieuw, en boek die."))
    if not preview.result["changes"]:
        raise Conflict(_("Er is niets te boeken: geen enkel gesprek krijgt een ander bedrag."))
    return preview, preview.result


def _started(store: RerateStore, answer: dict[str, Any]) -> Job:
    job = store.jobs.get(answer["job"])
    if job is None:
        raise NotFound()
    return job


def _told(
    acting: Acting, job: Job, customer: str | None, action: str, reason: str, facts: dict[str, Any]
) -> Envelope[Any]:
    scope = job.parameters["scope"]
    name = scope["period"] or f"{scope['from']} – {scope['to']}"
    after = {"scope": scope, **facts}
    subject = Subject(kind="rerating", id=job.id, name=name)
    return entry("cdr", acting, customer, action, subject, after=after, reason=reason)


def preview_work(store: RerateStore, reference: Callable[[], Reference]) -> Callable[[Running], Outcome]:
    """What a preview's job does: customer by customer, each a checkpoint."""

    def work(running: Running) -> Outcome:
        job = running.job
        scope = scope_from_wire(job.parameters["scope"])
        customers = store.customers(scope)
        total = store.size(customers, scope)
        known = reference()
        done = int(job.checkpoint.get("done", 0))
        for customer in customers:
            if customer <= job.checkpoint.get("after", ""):
                continue
            looked = [0]

            def told(rows: int, before: int = done, looked: list[int] = looked) -> None:
                looked[0] = rows
                running.progress(before + rows, total)

            def claimed(session: Any, before: int = done, looked: list[int] = looked) -> None:
                running.progress(before + looked[0], total, session=session)

            preview_customer(Turn(job.id, claimed), customer, scope, store, known, told)
            done += looked[0]
            running.progress(done, total, {"after": customer, "done": done})
        return Outcome(_amounts(store.total(job.id)))

    return work


def _amounts(sums: dict[str, int]) -> dict[str, Any]:
    amounts = {name: to_wire(sums[name]) for name in ("old", "new")}
    return {**sums, **amounts, "difference": to_wire(sums["new"] - sums["old"])}


def booking_work(
    store: RerateStore, usage: UsageStore, reference: Callable[[], Reference]
) -> Callable[[Running], Outcome]:
    """What a booking's job does: batch by batch, each one transaction with its checkpoint."""

    def work(running: Running) -> Outcome:
        job, preview = running.job, running.job.parameters["preview"]
        known = reference()
        usage.register()
        done, after = int(job.checkpoint.get("done", 0)), job.checkpoint.get("after", "")
        while changes := store.changes_after(preview, after, BATCH):
            done, after = done + len(changes), changes[-1].key
            point = {"done": done, "after": after}

            def also(books: Any, settled: Any, done: int = done, point: Any = point) -> None:
                store.mark(preview, settled, books.session)
                running.progress(done, checkpoint=point, session=books.session)

            book_changes(changes, job.id, usage, known, also)
            running.progress(done)
        return _booked(store, job)

    return work


def _booked(store: RerateStore, job: Job) -> Outcome:
    """The result, and an entry in each customer's audit log."""
    fates, customers = store.fates(job.parameters["preview"])
    acting = msgspec.convert(job.parameters["acting"], Acting)
    reason = job.parameters["reason"]
    difference = sum(amount for _rows, amount in customers.values())
    told = [
        _told(
            acting,
            job,
            customer,
            "usage.rerated",
            reason,
            {"corrections": rows, "difference": to_wire(amount)},
        )
        for customer, (rows, amount) in customers.items()
    ]
    result = {
        **{name: fates.get(name, 0) for name in ("booked", "recomputed", "same", "no_rate")},
        "customers": len(customers),
        "difference": to_wire(difference),
    }
    return Outcome(result, lambda session: Changes(store.db, session).tell(*told) if told else None)


def scope_to_wire(scope: Scope) -> dict[str, Any]:
    """As it is kept in a job and answered by RPC."""
    return {
        "period": written(scope.period) if scope.period else None,
        "from": scope.first.isoformat() if scope.first else None,
        "to": scope.last.isoformat() if scope.last else None,
        "customer_id": scope.customer,
        "prefix": scope.prefix,
        "plan": scope.plan,
    }


def scope_from_wire(wire: dict[str, Any]) -> Scope:
    """The scope that :func:`scope_to_wire` wrote."""
    first, last = (date.fromisoformat(wire[name]) if wire[name] else None for name in ("from", "to"))
    period = parse_period(wire["period"]) if wire["period"] else None
    return Scope(period, first, last, wire["customer_id"], wire["prefix"], wire["plan"])
