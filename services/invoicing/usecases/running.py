"""The run: every customer's invoice of a month, as a job that may be killed anywhere.

Numbers are given one customer after the other, in the order of customer numbers, in the transaction that
inserts the invoice; drawing follows in threads beside it, each with a child process. What became of a
customer is written in the transactions themselves, so whoever takes the job over goes on with the rest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from services.invoicing.domain import periods
from services.invoicing.domain.parties import Customer
from services.invoicing.drivers.cdr import Cdr
from services.invoicing.drivers.renderer import NotDrawn, Renderer
from services.invoicing.store import Changes, Store
from services.invoicing.usecases.billing import Billed, Order, bill_customer
from services.invoicing.usecases.common import Clock, may_see
from services.invoicing.usecases.finishing import finish
from services.invoicing.usecases.pool import Pool
from shared.acting import Acting
from shared.days import day_of
from shared.errors import Conflict, DependencyDown, Invalid, NotFound, TikkerError
from shared.events.audit import Subject
from shared.job_runner import Running, Work
from shared.jobs import Cancelled, Lost, Outcome
from shared.logging import get_logger
from shared.mongo import is_down
from shared.words import gettext as _

RUN, FINISH = "run", "finish"
OPEN_ROWS = ("waiting", "issued")

log = get_logger(__name__)


def start_run(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    period: str,
    customer_ids: list[str] | None,
    dry_run: bool,
    accept_unrated: bool,
    issued_on: dt.date | None,
    mail: bool,
    command_id: str,
) -> dict[str, Any]:
    """Queue a run. Conflict for a month that is not over, Invalid for a day that can not be its date."""
    acting.require_staff()
    now = clock()
    today = day_of(now)
    if not periods.is_over(periods.checked(period), now):
        raise Conflict(
            _(
                "%(month)s is nog niet voorbij en kan dus nog niet worden gefactureerd.",
                month=_capital(period),
            )
        )
    day = issued_on or today
    if not periods.last_day(period) < day <= today:
        raise Invalid(fields={"issued_on": [_("Kies een dag na de maand zelf en niet in de toekomst.")]})
    for customer_id in customer_ids or ():
        may_see(store, acting, customer_id)
    order = Order(period=period, issued_on=day, accept_unrated=accept_unrated, dry_run=dry_run, mail=mail)
    asked = {**msgspec.to_builtins(order), "customer_ids": customer_ids}
    who = {"kind": acting.kind, "scope": acting.scope, "username": acting.username, "user_id": acting.user_id}

    def work(changes: Changes) -> dict[str, Any]:
        job = store.jobs.add(RUN, {**asked, "by": who}, session=changes.session)
        changes.insert_run(job.id, {**asked, "by": acting.username or ""})
        subject = Subject(kind="invoice_run", id=job.id, name=period)
        changes.record(acting, None, "invoice_run.started", subject, after=asked)
        return job.to_wire()

    request = ("start_run", *sorted((name, str(value)) for name, value in asked.items()))
    return store.once(acting, command_id, request, now, work)


def cancel_run(store: Store, clock: Clock, acting: Acting, *, run_id: str, command_id: str) -> dict[str, Any]:
    """Stop a run: invoices that have their number stay; the rest is for a next run."""
    acting.require_staff()

    def work(changes: Changes) -> dict[str, Any]:
        job = store.jobs.cancel(run_id, changes.session)
        if job is None or job.kind != RUN:
            raise NotFound()
        subject = Subject(kind="invoice_run", id=run_id, name=job.parameters["period"])
        changes.record(acting, None, "invoice_run.cancelled", subject)
        return job.to_wire()

    return store.once(acting, command_id, ("cancel_run", run_id), clock(), work)


def _capital(period: str) -> str:
    name = periods.named(period)
    return name[:1].upper() + name[1:]


def make_run(store: Store, cdr: Cdr, renderers: Callable[[], Renderer], clock: Clock, threads: int) -> Work:
    """The work of a run; ``threads`` invoices are drawn at the same time."""

    def work(running: Running) -> Outcome:
        parameters = running.job.parameters
        run_id = running.job.id
        order = msgspec.convert({name: parameters[name] for name in Order.__struct_fields__}, Order)
        acting = Acting(**parameters["by"], correlation_id=running.job.correlation_id)
        if not running.job.checkpoint:
            store.enroll(run_id, store.customers(parameters["customer_ids"]))
            running.progress(0, len(store.rows(run_id)), {"enrolled": True})
        each = partial(_finish_row, store, cdr, clock, running)
        with Pool(renderers, each, threads) as pool:
            _bill_all(store, cdr, clock, acting, order, running, pool)
            pool.drain()
            # Rows are ready in the transaction that names the files; who was killed behind it, or behind
            # writing that there was an invoice already, is not asked for them again.
            for left in store.left_over(run_id):
                pool.put((left["customer_id"], left["_id"]))
            pool.drain()
        counts = store.counts(run_id)
        return Outcome({"counts": counts, "unrated": cdr.unrated(order.period)})

    return work


def _bill_all(
    store: Store, cdr: Cdr, clock: Clock, acting: Acting, order: Order, running: Running, pool: Pool
) -> None:
    run_id = running.job.id
    todo = store.rows(run_id, *OPEN_ROWS)
    customers = {each.id: each for each in store.customers([row["customer_id"] for row in todo])}
    done = running.job.total - len(todo) if running.job.total else 0
    for place, row in enumerate(todo, max(done, 0) + 1):
        running.progress(place - 1)
        if row["state"] == "waiting":
            billed = _bill_row(
                store, cdr, clock, acting, customers[row["customer_id"]], order, running, place
            )
        else:
            billed = Billed(state="issued", invoice_id=row["invoice_id"])
        if billed.state in ("issued", "already") and billed.invoice_id:
            pool.put((row["customer_id"], billed.invoice_id))
        pool.check()


def _bill_row(
    store: Store,
    cdr: Cdr,
    clock: Clock,
    acting: Acting,
    customer: Customer,
    order: Order,
    running: Running,
    place: int,
) -> Billed:
    """One customer; what goes wrong with it does not stop the others."""
    run_id = running.job.id
    told: list[Billed] = []

    def also(changes: Changes, billed: Billed) -> None:
        changes.set_row(run_id, customer.id, **billed.as_row())
        running.progress(place, checkpoint={"enrolled": True}, session=changes.session)
        told[:] = [billed]

    try:
        billed = bill_customer(store, cdr, clock, acting, customer, order, run_id, also)
    except TikkerError as problem:
        billed = Billed(state="held", sentence=str(problem))
    except (Lost, Cancelled, DependencyDown):
        raise
    except Exception as problem:
        if is_down(problem):
            raise
        log.exception("a customer could not be billed", customer_id=customer.id)
        sentence = _("Dit ging mis door een fout bij ons. Onze beheerders zien dit in hun logboek.")
        billed = Billed(state="held", sentence=sentence)
    if told != [billed]:
        store.in_one(clock(), lambda changes: also(changes, billed))
    return billed


def _finish_row(
    store: Store, cdr: Cdr, clock: Clock, running: Running, renderer: Renderer, item: tuple[str, str]
) -> None:
    """Files and mail of one invoice, and that it is ready."""
    customer_id, invoice_id = item
    run_id = running.job.id

    def also(changes: Changes) -> None:
        changes.finish_row(run_id, customer_id)

    try:
        finish(store, cdr, renderer, clock, invoice_id, also)
    except NotDrawn as problem:
        log.error("an invoice could not be drawn", invoice_id=invoice_id, reason=str(problem))
        sentence = _("De PDF kon niet worden gemaakt. De factuur zelf staat vast; start de run nog eens.")
        store.in_one(clock(), lambda changes: changes.undrawn_row(run_id, customer_id, sentence))


def make_finish(store: Store, cdr: Cdr, renderers: Callable[[], Renderer], clock: Clock) -> Work:
    """The work of a job that draws one invoice: a credit note, or one that was left without files."""

    def work(running: Running) -> Outcome:
        renderer = renderers()
        try:
            finish(store, cdr, renderer, clock, running.job.parameters["invoice_id"], lambda _changes: None)
        finally:
            renderer.close()
        return Outcome()

    return work
