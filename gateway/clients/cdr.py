"""cdr: periods, totals and details. All parts of a page are asked for at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.clients import Rpc
from gateway.models.figures import Figures
from gateway.models.part import Part, convert
from gateway.models.selection import NEWEST, Place, Selection
from gateway.models.series import Series, Top
from gateway.models.usage import Counting, Details, Periods, Totals
from shared.acting import Acting
from shared.rpc_client import Part as Call

Count = int | None
"""A number of calls; None for some, when counting them all takes too long."""

ROWS_PER_PAGE = 50
ADVICE_SECONDS = 2.0
LARGEST = 5
"""How many numbers a chart names."""
ENDS = ("sender", "receiver")
COUNTING = {"counting": True}
"""What takes too long to wait for shall be counted in the background."""


@dataclass(frozen=True)
class ChartParts:
    """What the charts beside the totals are drawn from; each may fail alone."""

    series: Part[Series]
    types: Part[Totals]
    senders: Part[Top]
    receivers: Part[Top]


@dataclass(frozen=True)
class TotalsParts:
    """The page Totalen."""

    periods: Part[Periods]
    found: Part[Totals]
    charts: ChartParts


@dataclass(frozen=True)
class CdrClient:
    """Calls to cdr on behalf of a customer's user; the customer travels in ``acting`` only."""

    rpc: Rpc

    def periods(self, acting: Acting) -> Part[Periods]:
        """The billing periods to choose from."""
        (reply,) = self.rpc.parallel([("cdr", "periods", {})], acting)
        return Part.of(reply, Periods)

    def totals(self, acting: Acting, selection: Selection, by: str) -> TotalsParts:
        """The parts of the page Totalen; ``by`` is total, type, number or number_type."""
        if selection.by_row:
            return self._totals_of_rows(acting, selection, by)
        asked = selection.to_rpc()
        wanted = {"totals": sorted({"type", by}), "top": ["sender"], "limit": LARGEST}
        calls: list[Call] = [
            ("cdr", "figures", {"selection": asked, **wanted}),
            ("cdr", "top", {"selection": asked, "of": "receiver", "limit": LARGEST}),
        ]
        found, receivers = self.rpc.parallel(calls, acting)
        figures = Part.of(found, Figures)
        return TotalsParts(
            figures.piece(lambda known: known.periods),
            figures.piece(lambda known: known.totals[by]),
            ChartParts(
                figures.piece(lambda known: known.series),
                figures.piece(lambda known: known.totals["type"]),
                figures.piece(lambda known: known.top["sender"]),
                Part.of(receivers, Top),
            ),
        )

    def _totals_of_rows(self, acting: Acting, selection: Selection, by: str) -> TotalsParts:
        """The same where rows may have to be looked at: a call per part, as each takes its time."""
        asked = selection.to_rpc()
        calls: list[Call] = [
            ("cdr", "periods", {}),
            ("cdr", "series", {"selection": asked, "by": "day"}),
            *(("cdr", "top", {"selection": asked, "of": of, "limit": LARGEST}) for of in ENDS),
            ("cdr", "totals", {"selection": asked, "by": "type", **(COUNTING if by == "type" else {})}),
        ]
        if by != "type":  # else the rows of the table are those of the chart
            calls.append(("cdr", "totals", {"selection": asked, "by": by, **COUNTING}))
        periods, series, senders, receivers, types, *rest = self.rpc.parallel(calls, acting)
        return TotalsParts(
            Part.of(periods, Periods),
            Part.of(rest[0] if rest else types, Totals),
            ChartParts(
                Part.of(series, Series),
                Part.of(types, Totals),
                Part.of(senders, Top),
                Part.of(receivers, Top),
            ),
        )

    def summary(self, acting: Acting, selection: Selection) -> Part[Details]:
        """The sums of a selection (its newest row comes along)."""
        (found,) = self.rpc.parallel([_details(selection, NEWEST, limit=1)], acting)
        return Part.of(found, Details)

    def details(
        self, acting: Acting, selection: Selection, place: Place
    ) -> tuple[Part[Periods], Part[Details]]:
        """The parts of the page Details."""
        asked = _details(selection, place, counting=True)
        periods, found = self.rpc.parallel([("cdr", "periods", {}), asked], acting)
        return Part.of(periods, Periods), Part.of(found, Details)

    def counting(self, acting: Acting, selection: Selection) -> Counting | None:
        """How far cdr is with counting a selection that takes long; None when it does not (any more)."""
        reply = self.rpc.call("cdr", "counting", acting, selection=selection.to_rpc())
        return None if reply is None else convert(reply, Counting)

    def sums(self, acting: Acting, selection: Selection, by: str) -> Totals:
        """``by`` as in :meth:`totals`, without what the page draws beside it."""
        asked: dict[str, Any] = {"selection": selection.to_rpc(), "by": by, **COUNTING}
        return convert(self.rpc.call("cdr", "totals", acting, **asked), Totals)

    def series(self, acting: Acting, selection: Selection) -> Series:
        """Usage by day."""
        asked: dict[str, Any] = {"selection": selection.to_rpc(), "by": "day"}
        return convert(self.rpc.call("cdr", "series", acting, **asked), Series)

    def top(self, acting: Acting, selection: Selection, of: str, limit: int) -> Top:
        """The dearest ``limit`` of senders, receivers or types."""
        asked: dict[str, Any] = {"selection": selection.to_rpc(), "of": of, "limit": limit}
        return convert(self.rpc.call("cdr", "top", acting, **asked), Top)

    def rows(self, acting: Acting, selection: Selection, place: Place) -> Part[Details]:
        """The rows of one page of details, for the download."""
        (found,) = self.rpc.parallel([_details(selection, place)], acting)
        return Part.of(found, Details)

    def counts(self, acting: Acting, selections: Sequence[Selection]) -> list[Count]:
        """How many calls each selection finds."""
        calls = [_details(selection, NEWEST, limit=1) for selection in selections]
        replies = [Part.of(r, Details) for r in self.rpc.parallel(calls, acting, timeout=ADVICE_SECONDS)]
        return [_count(part.value) for part in replies]


def _count(found: Details | None) -> Count:
    if found is None or not found.rows:
        return 0
    return found.summary.calls if found.summary else None


def _details(selection: Selection, place: Place, limit: int = ROWS_PER_PAGE, counting: bool = False) -> Call:
    asked = {"selection": selection.to_rpc(), "limit": limit, **(COUNTING if counting else {})}
    return ("cdr", "details", {**asked, **place.to_rpc()})
