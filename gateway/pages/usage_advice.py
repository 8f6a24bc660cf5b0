"""What to do when nothing was found: which filter to drop, and what that would give."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.clients.cdr import CdrClient, Count
from gateway.models.selection import Query, Selection
from shared.acting import Acting


@dataclass(frozen=True)
class Without:
    """Dropping this filter finds so many calls (None: some)."""

    name: str
    calls: Count
    query: Query


@dataclass(frozen=True)
class Advice:
    """``dropping`` helps most first; ``unfiltered`` is what the period holds at all."""

    dropping: tuple[Without, ...]
    unfiltered: Count
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
        if calls != 0
    ]
    # The filter whose loss changes least comes first: it is the nearest to what was asked.
    found.sort(key=lambda one: (one.calls is None, one.calls))
    return Advice(tuple(found), unfiltered, filtered=True)
