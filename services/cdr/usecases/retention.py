"""Keeping call details no longer than the term (CDR-12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from services.cdr.domain.periods import bounds, period_of, shifted, written
from services.cdr.domain.retention import MONTHS, kept_from
from services.cdr.domain.selection import Selection
from services.cdr.store.commands import Changes, Commands
from services.cdr.store.retention import HOUSE, RetentionStore
from shared import audit
from shared.acting import Acting
from shared.events.audit import Subject

Due = tuple[str, int]
"""(customer, closed period) whose details are older than the term."""


def retention(store: RetentionStore, customer: str | None, now: datetime) -> dict[str, Any]:
    """The terms, and what the next run would anonymise: staff's dry run."""
    terms = store.terms()
    house = terms.get(HOUSE, MONTHS)
    own = terms.get(customer) if customer else None
    months = own or house
    return {
        "house": house,
        "own": own,
        "months": months,
        "kept_from": written(kept_from(period_of(now), months)),
        "due": [
            {"customer_id": whose, "period": written(period), "rows": store.rows(whose, period)}
            for whose, period in due(store, now, customer)
        ],
    }


def set_retention(
    commands: Commands,
    store: RetentionStore,
    acting: Acting,
    *,
    customer_id: str | None,
    months: int | None,
    reason: str,
    command_id: str,
) -> dict[str, Any]:
    """The term of a customer (None: of the house); ``months`` None puts back what is preset."""
    whose = customer_id or HOUSE

    def work(changes: Changes) -> dict[str, Any]:
        before = store.terms(changes).get(whose)
        store.set_term(whose, months, changes)
        subject = Subject(kind="retention", id=whose, name="Bewaartermijn")
        changes.tell(
            audit.entry(
                "cdr",
                acting,
                customer_id,
                "retention.changed",
                subject,
                before={"months": before},
                after={"months": months},
                reason=reason,
            )
        )
        return {"months": months}

    return commands.once(acting, command_id, ("set_retention", whose, months, reason), work)


def due(store: RetentionStore, now: datetime, customer: str | None = None) -> list[Due]:
    """The closed periods whose details are older than their customer's term, oldest first."""
    terms = store.terms()
    house = terms.get(HOUSE, MONTHS)
    current = period_of(now)
    return [
        (whose, period)
        for whose, period in store.closed(customer)
        if period < kept_from(current, terms.get(whose, house))
    ]


def anonymise_due(commands: Commands, store: RetentionStore, now: datetime, go_on: Callable[[], bool]) -> int:
    """Anonymise what is due in small batches, for as long as ``go_on``; how many rows. Events that were put
    aside are nobody's: the house's term holds for them."""
    total = 0
    house = store.terms().get(HOUSE, MONTHS)
    before = bounds(kept_from(period_of(now), house))[0]
    while store.anonymise_discarded(before) and go_on():
        pass
    for customer, period in due(store, now):
        rows, done = _anonymise(store, customer, period, go_on)
        total += rows
        if done:
            commands.run(partial(_finish, store, customer, period, rows, now))
    return total


def _anonymise(
    store: RetentionStore, customer: str, period: int, go_on: Callable[[], bool]
) -> tuple[int, bool]:
    """(how many rows, whether nothing of the period is left to do)."""
    rows = 0
    while go_on():
        batch = store.anonymise(customer, period)
        if not batch:
            store.anonymise_changes(customer, period)
            return rows, all(go_on() for _ in store.forget_parties(customer, period))
        rows += batch
    return rows, False


def _finish(
    store: RetentionStore, customer: str, period: int, rows: int, now: datetime, changes: Changes
) -> None:
    if not store.finish(customer, period, now, changes):
        return
    subject = Subject(kind="period", id=written(period), name=written(period))
    changes.tell(
        audit.entry(
            "cdr",
            Acting(kind="service"),
            customer,
            "usage.anonymised",
            subject,
            after={"rows": rows, "period": written(period)},
        )
    )


def removed(store: RetentionStore, customer: str, selection: Selection) -> dict[str, Any] | None:
    """Why a list of details can be empty: until which month they are no longer kept; None when that has
    nothing to do with this selection."""
    newest = store.newest_anonymised(customer)
    if newest is None:
        return None
    first = selection.period
    if first is None:
        assert selection.first is not None
        first = selection.first.year * 100 + selection.first.month
    if first > newest:
        return None
    terms = store.terms()
    return {
        "before": written(shifted(newest, 1)),
        "months": terms.get(customer, terms.get(HOUSE, MONTHS)),
    }
