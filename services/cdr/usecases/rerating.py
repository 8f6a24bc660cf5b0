"""Giving usage that is booked the price that counts now: first to look at, then to book.

The preview changes nothing: it keeps a *change* for every row whose price, type or destination would
differ. Booking goes through those changes. Each batch is one transaction with the job's progress, so a
process that is killed repeats nothing; in it, every row is rated again from what stands at that moment,
so a carrier's correction that came in between is never undone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Protocol

from services.cdr.domain.amsterdam import epoch
from services.cdr.domain.calendar import calendar
from services.cdr.domain.call_types import counted_as
from services.cdr.domain.posting import Posted, Row, Standing, priced_the_same, restate, type_in_bundles
from services.cdr.domain.rating import NoRate
from services.cdr.domain.reference import Reference
from services.cdr.domain.rerating import Change, Fate, Scope, Settled, Sums
from services.cdr.store.rerating import Turn
from services.cdr.usecases.price import in_bundles, rating, usage_of
from services.cdr.usecases.record_usage import Books, StaleReference, Store


class Previews(Protocol):
    """store/rerating.py"""

    def begin(self, turn: Turn, customer: str) -> None: ...
    def standing_rows(self, customer: str, scope: Scope) -> Iterator[Sequence[Row]]: ...
    def keep(self, turn: Turn, changes: Sequence[tuple[Change, Row]]) -> None: ...
    def end(self, turn: Turn, customer: str, sums: Sums) -> None: ...


def preview_customer(
    turn: Turn,
    customer: str,
    scope: Scope,
    previews: Previews,
    reference: Reference,
    told: Callable[[int], None],
) -> Sums:
    """Work out a customer's changes and keep them; begins anew what an earlier process left half done.

    ``told`` hears after each page how many rows of this customer have been looked at.
    """
    sums, seen = Sums(), 0
    closed = reference.closed(customer)
    previews.begin(turn, customer)
    for page in previews.standing_rows(customer, scope):
        changes = []
        for row in page:
            if not scope.holds(row):
                continue
            change = _look(row, reference, closed, sums)
            if change is not None:
                changes.append((change, row))
                sums.closed += row["period"] in closed
        if changes:
            previews.keep(turn, changes)
        seen += len(page)
        told(seen)
    previews.end(turn, customer, sums)
    return sums


def _look(row: Row, reference: Reference, closed: Collection[int], sums: Sums) -> Change | None:
    """What a row would become; None when nothing that people see would change, or it has no price."""
    sums.rows += 1
    sums.old += row["amount"]
    try:
        rated = rerated(row, reference)
    except NoRate:
        sums.no_rate += 1
        sums.new += row["amount"]
        return None
    sums.new += rated["amount"]
    if priced_the_same(row, rated, closed):
        return None
    sums.changes += 1
    return Change(
        key=row["_id"].rpartition("|")[0],
        row=row["_id"],
        customer=row["customer"],
        old=row["amount"],
        new=rated["amount"],
        type=rated["type"],
        destination=rated["destination"],
    )


def rerated(row: Row, reference: Reference) -> Row:
    """The fields that a row's price decides, by what counts now. Raises NoRate."""
    moment = epoch(row["start"])
    day, month = calendar(moment)
    rated = rating(usage_of(row), row["customer"], day, reference)
    if "subscription" not in row:
        return rated
    before, counted = type_in_bundles(row), counted_as(rated["type"], row["kind"], row.get("roaming"))
    is_closed = month in reference.closed(row["customer"])  # then it stays in the bundle it was invoiced in
    if row["type"] == rated["type"] and (
        is_closed or not reference.in_a_bundle(row["subscription"], before, counted)
    ):
        counted = before
    return rated | in_bundles(rated, counted, row["subscription"], moment, reference)


def book_changes(
    changes: Sequence[Change],
    job: str,
    store: Store,
    reference: Reference,
    also: Callable[[Any, Sequence[Settled]], None],
) -> list[Settled]:
    """Book changes in one transaction, each once; ``also`` writes in it that it was done.

    Raises what the store raises when it is away, and what ``also`` raises: then nothing was booked.
    """
    reference.refresh()
    while True:
        try:
            return store.transact(lambda books: _book(changes, job, books, reference, also))  # type: ignore[no-any-return]
        except StaleReference:
            reference.refresh()


def _book(
    changes: Sequence[Change], job: str, books: Books, reference: Reference, also: Callable[..., None]
) -> list[Settled]:
    if books.enter() != reference.versions.closings:
        raise StaleReference
    known = books.standing([change.key for change in changes])
    posted = Posted()
    settled = [_settle(change, job, known.get(change.key), posted, reference) for change in changes]
    books.add(posted)
    also(books, settled)
    return settled


def _settle(
    change: Change, job: str, standing: Standing | None, posted: Posted, reference: Reference
) -> Settled:
    if standing is None or standing.row.get("anonymised"):  # without parties there is nothing to rate
        return Settled(change.key, change.customer, Fate.SAME, 0)
    old = standing.row
    try:
        rated = rerated(old, reference)
    except NoRate:
        return Settled(change.key, old["customer"], Fate.NO_RATE, 0)
    rows, unseen = restate(standing, rated, reference.closed(old["customer"]), job)
    if not rows:
        return Settled(change.key, old["customer"], Fate.SAME, 0)
    posted.rows += rows
    posted.unseen += unseen
    for row in rows:
        posted.deltas.add(row, standing.day)
    shown = (change.row, change.new, change.type, change.destination)
    now = (old["_id"], rated["amount"], rated["type"], rated["destination"])
    fate = Fate.BOOKED if now == shown else Fate.RECOMPUTED
    return Settled(change.key, old["customer"], fate, rated["amount"] - old["amount"])
