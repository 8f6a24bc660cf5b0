"""Where an event becomes a row: once, whatever is repeated, late, corrected or killed in between.

A batch is one transaction: the rows, one ledger document with all sums to add, and what was refused.
Only when it has been committed are the messages acked, so a crash in between repeats the batch, and
the repeat finds its rows already there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from services.cdr.domain.periods import book
from services.cdr.domain.posting import Contradiction, Head, Posted, Priced, Standing, correct, new_row
from services.cdr.domain.reference import Reference
from services.cdr.domain.refusal import Reason, Refused
from services.cdr.domain.usage import BadEvent, UsageEvent
from services.cdr.usecases.price import price, refuse_priced


class Books(Protocol):
    """What the store must do within one transaction (store/usage.py)."""

    def enter(self) -> int:
        """Touch the worker's gate; the number of closings so far."""
        ...

    def heads(self, keys: Sequence[str]) -> dict[str, Head]: ...
    def standing(self, keys: Sequence[str]) -> dict[str, Standing]: ...
    def add(self, posted: Posted) -> None: ...


class Store(Protocol):
    def transact(self, work: Any) -> Any: ...


class StaleReference(Exception):
    """A period was closed since the reference data was read: read again, and book anew."""


def price_all(
    carrier: str, items: Iterable[UsageEvent | BadEvent], reference: Reference
) -> list[Priced | Refused]:
    """Price the items of one message."""
    return [price(carrier, item, reference) for item in items]


def record_usage(
    batch: Sequence[Priced | Refused], store: Store, reference: Reference, resolved: Sequence[str] = ()
) -> Posted:
    """Book a batch, exactly once. ``resolved`` are quarantine IDs that this batch was made from.

    Raises NotWaiting when not all of those wait: then nothing has been booked. Raises what the store raises
    when it is away; then nothing of the batch has been booked, or all of it, and the same batch can be given
    again.
    """
    while True:
        try:
            return store.transact(lambda books: _record(batch, books, reference, resolved))  # type: ignore[no-any-return]
        except StaleReference:
            reference.refresh()


def _record(
    batch: Sequence[Priced | Refused], books: Books, reference: Reference, resolved: Sequence[str]
) -> Posted:
    if books.enter() != reference.versions.closings:
        raise StaleReference
    posted = Posted(resolved=resolved)
    priced: list[Priced] = []
    for item in batch:
        if isinstance(item, Priced):
            priced.append(item)
        else:
            posted.refused.append(item)
    heads = books.heads([p.key for p in priced])
    known = books.standing([p.key for p in priced if p.revision > heads.get(p.key, (p.revision, 0))[0]])
    for event in priced:
        _post(event, posted, heads, known, reference)
    books.add(posted)
    return posted


def _post(
    event: Priced, posted: Posted, heads: dict[str, Head], known: dict[str, Standing], reference: Reference
) -> None:
    head = heads.get(event.key)
    closed = reference.closed(event.fields["customer"])
    if head is None:
        row = new_row(event, 0, book(event.month, closed))
        posted.rows.append(row)
        posted.deltas.add(row, event.day)
        heads[event.key] = (event.revision, event.fingerprint)
        known[event.key] = Standing(row, event.day, 1)
        return
    if event.revision <= head[0]:  # not newer than the first row, so nothing newer has to be looked at
        if head == (event.revision, event.fingerprint) or event.revision < head[0]:
            posted.duplicates += 1
        else:
            posted.refused.append(_contradiction(event))
        return
    standing = known[event.key]
    try:
        rows, unseen = correct(event, standing, closed, reference.closed(standing.row["customer"]))
    except Contradiction:
        posted.refused.append(_contradiction(event))
        return
    if not rows:
        posted.duplicates += 1
        return
    back, row = rows
    posted.rows += rows
    posted.deltas.add(back, standing.day)
    posted.deltas.add(row, event.day)
    if standing.row["_id"] in unseen:
        standing.row["hidden"] = True  # counts when it is of this very batch; else by the ID below
        posted.unseen += unseen
    known[event.key] = Standing(row, event.day, standing.next_ordinal + 2)


def _contradiction(event: Priced) -> Refused:
    sentence = f"revision {event.revision} of this record came before with other content."
    return refuse_priced(event, Reason.CONTRADICTION, sentence)
