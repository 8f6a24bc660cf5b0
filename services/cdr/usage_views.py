"""The pages Totalen, Details and Overzicht of a customer's usage: what views.py and charts.py show of what
usecases/counting.py counts, and how far that is when it takes long."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from services.cdr import charts, views
from services.cdr.charts import ChartSource
from services.cdr.domain.selection import Place, Selection
from services.cdr.overage import Overage, overage
from services.cdr.store import Stores
from services.cdr.store.counters import Reading
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


def figures(
    stores: Stores,
    customer: str,
    selection: Selection,
    now: datetime,
    *,
    totals: Collection[str],
    top: Collection[str],
    limit: int,
    dearest: int = 0,
) -> Reply:
    """What a page shows of a selection whose filters counters know, all as of one moment: the periods, the
    selection by day, its sums by each of ``totals``, the ``limit`` largest of each of ``top``, and as many of
    its ``dearest`` rows. What several of them are made of is read once."""
    with stores.counters.reading() as reading:
        above = overage(stores.lines, customer, selection, reading)
        source = ChartSource(reading, stores.charts, lambda *_: False)
        reply: Reply = {
            "periods": views.periods(stores.periods, customer, now, reading),
            "series": charts.series(source, customer, selection, "day"),
            "totals": {by: _totals_of(reading, customer, selection, by, now, above) for by in totals},
            "top": {of: charts.top(source, customer, selection, of, limit, above) for of in top},
        }
    search = stores.details.search(customer, selection)
    rows = views.page(search, Place(), dearest, "amount") if dearest else {"rows": []}
    return {**reply, "dearest": rows}


def _totals_of(
    reading: Reading, customer: str, selection: Selection, by: str, now: datetime, above: Overage
) -> Reply:
    counts = views.counted(reading, customer, selection, numbers=by in views.BY_NUMBER)
    return {**views.totals(counts, selection, by, now, above), "counting": None}
