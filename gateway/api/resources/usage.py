"""Calls, messages and data: periods, totals, details."""

from __future__ import annotations

from gateway.access import customers
from gateway.api.frame import reads, resource, value
from gateway.api.requests import DetailsQuery, SeriesQuery, TopQuery, TotalsQuery
from gateway.models.selection import Place, Selection
from gateway.models.series import Series, Top
from gateway.models.usage import Details, Periods, Totals
from gateway.pages.acting import acting
from gateway.parts import parts

pages = resource("usage", "Calls, text messages and data, and what they cost (euro excluding VAT).")


@reads(pages, "/periods", Periods, customers())
def periods() -> Periods:
    """The billing periods that can be asked for, newest first."""
    return value(parts().cdr.periods(acting()))


@reads(pages, "/totals", Totals, customers(), TotalsQuery)
def totals(query: dict[str, object]) -> Totals:
    """Sums of a selection: in all, by type, by number, or by both.

    `complete` is false while a sum that takes long is still being counted (`counting`): ask again later.
    """
    selection = query["selection"]
    assert isinstance(selection, Selection)
    return parts().cdr.sums(acting(), selection, str(query["by"]))


@reads(pages, "/details", Details, customers(), DetailsQuery)
def details(query: dict[str, object]) -> Details:
    """Rows of a selection, 50 at a time: newest first, or highest amount first.

    The page after this one is asked with `cursor` as `older` says; a page back as `newer` says.
    """
    selection, cursor = query["selection"], query["cursor"]
    assert isinstance(selection, Selection)
    place = Place(cursor=str(cursor) if cursor else None, sort=str(query["sort"]))
    return value(parts().cdr.rows(acting(), selection, place))


@reads(pages, "/series", Series, customers(), SeriesQuery)
def series(query: dict[str, object]) -> Series:
    """Usage by day, and that of the period before."""
    selection = query["selection"]
    assert isinstance(selection, Selection)
    return parts().cdr.series(acting(), selection)


@reads(pages, "/top", Top, customers(), TopQuery)
def top(query: dict[str, object]) -> Top:
    """The dearest own numbers, called numbers or call types, and the rest in one."""
    selection, limit = query["selection"], query["limit"]
    assert isinstance(selection, Selection) and isinstance(limit, int)
    return parts().cdr.top(acting(), selection, str(query["of"]), limit)
