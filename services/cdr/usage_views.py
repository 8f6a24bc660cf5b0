"""The pages Totalen and Details of a customer's usage: what views.py shows of what usecases/counting.py
counts, and how far that is when it takes long."""

from __future__ import annotations

from datetime import datetime

from services.cdr import views
from services.cdr.domain.selection import Place, Selection
from services.cdr.overage import overage
from services.cdr.store import Stores
from services.cdr.usecases import counting
from services.cdr.views import Reply


def totals(
    stores: Stores, customer: str, selection: Selection, by: str, now: datetime, user: str | None = None
) -> Reply:
    """The sums, and in ``counting`` the job that counts them, if it does: with a ``user`` who asks for it."""
    search, numbers = stores.details.search(customer, selection), by in views.BY_NUMBER
    found = counting.count(stores, search, customer, selection, now, numbers=numbers, user=user)
    above = overage(stores.lines, customer, selection)
    reply = views.totals(found.counts, selection, by, found.at, above)
    return {**reply, "counting": found.progress}


def details(
    stores: Stores,
    customer: str,
    selection: Selection,
    place: Place,
    limit: int,
    sort: str,
    now: datetime,
    user: str | None = None,
) -> Reply:
    """One page of rows, and the sums of the whole selection (None while they are not known)."""
    search = stores.details.search(customer, selection)
    rows = views.page(search, place, limit, sort)
    found = counting.count(stores, search, customer, selection, now, numbers=False, user=user)
    return {**rows, "summary": views.summary_of(found.counts), "counting": found.progress}
