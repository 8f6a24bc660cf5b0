"""One customer's month becomes an invoice: closed, drawn up, numbered and stored, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from services.invoicing.domain import periods
from services.invoicing.domain.composing import Basis, Draft, compose, unpriced
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.parties import Customer
from services.invoicing.drivers.cdr import Cdr
from services.invoicing.store import Changes, Store, TooEarly, cents
from services.invoicing.usecases.common import Clock
from services.invoicing.usecases.drafting import (
    draw_up,
    gather,
    invoices_before,
    unrated_sentence,
    unsettled,
    why_not,
)
from shared.acting import Acting
from shared.errors import Conflict
from shared.events import InvoiceIssued
from shared.events.audit import Subject
from shared.ids import new_id
from shared.mongo import Document
from shared.words import gettext as _

TRIES = 5
State = Literal["issued", "nothing", "held", "already", "preview"]


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is asked to do."""

    period: str
    issued_on: dt.date
    accept_unrated: bool = False
    dry_run: bool = False
    mail: bool = True


class Billed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a customer; ``sentence`` is for staff, ``total`` in cents with VAT."""

    state: State
    sentence: str = ""
    invoice_id: str | None = None
    number: str = ""
    total: int | None = None

    def as_row(self) -> Document:
        return {name: value for name, value in msgspec.structs.asdict(self).items()}


class _Changed(Exception):
    """A charge went, or was billed, between reading and writing: start again."""


def bill_customer(
    store: Store,
    cdr: Cdr,
    clock: Clock,
    acting: Acting,
    customer: Customer,
    order: Order,
    run_id: str,
    also: Callable[[Changes, Billed], None],
) -> Billed:
    """Make this customer's invoice of the period, unless there is one. ``also`` runs in the transaction that
    settles the month. Raises what cdr refuses, and DependencyDown."""
    for _attempt in range(TRIES):
        try:
            return _bill(store, cdr, clock, acting, customer, order, run_id, also)
        except _Changed:
            continue
    raise Conflict(_("De kosten van %(name)s wijzigen nu. Probeer het opnieuw.", name=customer.name))


def _bill(
    store: Store,
    cdr: Cdr,
    clock: Clock,
    acting: Acting,
    customer: Customer,
    order: Order,
    run_id: str,
    also: Callable[[Changes, Billed], None],
) -> Billed:
    if order.period in store.settled(customer.id):
        return _settled_before(store, customer, order, run_id)
    basis = gather(store, cdr, customer, order.period, None)
    begins = basis.account.begins(customer)
    if begins > periods.last_day(order.period):
        sentence = _("Deze klant wordt pas vanaf %(day)s gefactureerd.", day=f"{begins:%d-%m-%Y}")
        return Billed(state="nothing", sentence=sentence)
    held = _held(basis, order)
    if held:
        return Billed(state="held", sentence=held)
    if order.dry_run:
        return _previewed(basis, order)
    if basis.statement.state != "closed":
        cdr.close_period(customer.id, order.period, f"invoice:{customer.id}:{order.period}")
        # What came in between is in it now, and may lack a price or an address. Closing again is harmless.
        basis = gather(store, cdr, customer, order.period, None)
        held = _held(basis, order)
        if held:
            return Billed(state="held", sentence=held)
    draft = compose(basis)
    return _settle(store, clock, acting, basis, draft, order, run_id, also)


def _settled_before(store: Store, customer: Customer, order: Order, run_id: str) -> Billed:
    row = store.invoice_of(customer.id, order.period)
    if row is None:
        return Billed(state="nothing", sentence=_("Er was niets te factureren."))
    # A run that was killed behind the transaction finds its own work again.
    state: State = "issued" if row["run_id"] == run_id else "already"
    return Billed(
        state=state,
        sentence="" if state == "issued" else _("Deze factuur was er al."),
        invoice_id=row["_id"],
        number=row["number"],
        total=row["total"],
    )


def _held(basis: Basis, order: Order) -> str:
    """Why this customer has to wait; empty when nothing stands in the way."""
    earlier = unsettled(basis)
    if earlier and not order.dry_run:
        return _(
            "%(month)s is voor deze klant nog niet gefactureerd. Doe dat eerst.",
            month=periods.named(earlier[0]),
        )
    if basis.statement.unrated and not order.accept_unrated:
        return unrated_sentence(basis.statement.unrated)
    draft = compose(basis)
    return " ".join(why_not(basis, draft, order.issued_on) if draft.lines else unpriced(basis))


def _previewed(basis: Basis, order: Order) -> Billed:
    draft = compose(basis)
    if draft.is_empty:
        return Billed(state="preview", sentence=_("Er is niets te factureren."))
    return Billed(state="preview", total=cents(draw_up(basis, draft, order.issued_on).total))


def _settle(
    store: Store,
    clock: Clock,
    acting: Acting,
    basis: Basis,
    draft: Draft,
    order: Order,
    run_id: str,
    also: Callable[[Changes, Billed], None],
) -> Billed:
    """The transaction: number, invoice, what it settles, event and audit; all of it or nothing."""
    invoice_id, now = new_id(), clock()

    def work(changes: Changes) -> Billed:
        settled = None if draft.is_empty else invoice_id
        if not changes.settle(basis.customer.id, order.period, settled):
            raise _Changed
        changes.one_by_one(basis.customer.id)
        before = invoices_before(changes, basis.customer.id, order.period, basis.charges)
        if before != basis.invoiced:
            raise _Changed  # something was credited
        # Also of an empty month: what was free in it stays free.
        changes.mark_billed(basis.customer.id, draft.billed)
        result = Billed(state="nothing", sentence=_("Er was niets te factureren."))
        if not draft.is_empty:
            result = _insert(changes, acting, basis, draft, order, run_id, invoice_id)
        also(changes, result)
        return result

    try:
        return store.in_one(now, work)
    except TooEarly as problem:
        raise Conflict(
            _(
                "In deze reeks is al een factuur van %(day)s. Kies die dag of een latere.",
                day=problem.issued_on,
            )
        ) from problem


def _insert(
    changes: Changes,
    acting: Acting,
    basis: Basis,
    draft: Draft,
    order: Order,
    run_id: str,
    invoice_id: str,
) -> Billed:
    customer, issuer = basis.customer, basis.issuer
    assert issuer is not None
    first = bool(basis.account.mandate_id) and not changes.has_collected(basis.account.mandate_id)
    number, place = changes.next_number(issuer, issuer.series, order.issued_on)
    drawn = draw_up(basis, draft, order.issued_on, invoice_id=invoice_id, number=number, first=first)
    changes.insert_invoice(
        drawn,
        place,
        customer_id=customer.id,
        issuer_id=issuer.id,
        run_id=run_id,
        wants_calls=basis.account.itemised,
        wants_mail=order.mail,
    )
    taken = changes.take_charges(draft.charge_ids, invoice_id)
    if not (taken and changes.take_requested(draft.requested_ids, invoice_id)):
        raise _Changed
    tell_issued(changes, acting, customer.id, drawn)
    return Billed(state="issued", invoice_id=invoice_id, number=number, total=cents(drawn.total))


def tell_issued(changes: Changes, acting: Acting, customer_id: str, drawn: Invoice, reason: str = "") -> None:
    """The event, and the entry of the audit log."""
    event = InvoiceIssued(
        invoice_id=drawn.id,
        number=drawn.number,
        kind=drawn.kind,
        period=drawn.period,
        issued_on=drawn.issued_on.isoformat(),
        due_on=drawn.due_on.isoformat(),
        net=f"{drawn.net:.2f}",
        vat=f"{drawn.vat:.2f}",
        total=f"{drawn.total:.2f}",
    )
    changes.tell(customer_id, event)
    told: dict[str, Any] = {"number": drawn.number, "period": drawn.period, "total": event.total}
    action = "invoice.issued" if drawn.kind == "invoice" else "invoice.credited"
    subject = Subject(kind="invoice", id=drawn.id, name=drawn.number)
    changes.record(acting, customer_id, action, subject, after=told, reason=reason)
