"""What to do when nothing was found: which filter to drop, and what that would give."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.clients.cdr import CdrClient
from gateway.models.selection import Query, Selection
from shared.acting import Acting


@dataclass(frozen=True)
class Without:
    """Dropping this filter finds so many calls."""

    name: str
    calls: int
    query: Query


@dataclass(frozen=True)
class Advice:
    """``dropping`` helps most first; ``unfiltered`` is what the period holds at all."""

    dropping: tuple[Without, ...]
    unfiltered: int
    filtered: bool


def advise(cdr: CdrClient, acting: Acting, selection: Selection) -> Advice:
    """Look for what each single filter keeps away. Asks cdr only when there are filters."""
    filters = selection.filters()
    if not filters:
        return Advice((), 0, filtered=False)
    loosened = [selection.without(one.field) for one in filters]
    *counts, unfiltered = cdr.counts(acting, [*loosened, selection.unfiltered()])
    found = [
        Without(str(one.name), calls, fewer.to_query())
        for one, fewer, calls in zip(filters, loosened, counts, strict=True)
        if calls
    ]
    # The filter whose loss changes least comes first: it is the nearest to what was asked.
    return Advice(tuple(sorted(found, key=lambda one: one.calls)), unfiltered, filtered=True)
