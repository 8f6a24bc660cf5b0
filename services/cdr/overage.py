"""What is used above and within bundles, as Totalen and the charts beside it show it: under call types of
their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.cdr.domain.period_lines import PRODUCT, Line
from services.cdr.domain.selection import Selection
from services.cdr.store.counters import Count, Reading
from services.cdr.store.period_lines import PeriodLineStore


@dataclass(frozen=True)
class Overage:
    """``counts`` have no number: a group's bundle belongs to none. ``left_out``: the customer has bundles,
    but the selection (a choice of days, or of a number) can not tell what is above and within them."""

    counts: tuple[Count, ...] = ()
    left_out: bool = False


NO_OVERAGE = Overage()


def overage(
    store: PeriodLineStore, customer: str, selection: Selection, reading: Reading | None = None
) -> Overage:
    """What a selection holds beside usage, as a ``reading`` sees it where there is one."""
    session = reading.session if reading else None
    if selection.product not in (None, PRODUCT) or not store.has_bundles(customer, session):
        return NO_OVERAGE
    if selection.period is None or selection.sender or selection.by_row:
        return Overage(left_out=True)
    lines = store.lines(customer, selection.period, session)
    counts = counts_of(lines)
    return Overage(tuple(one for one in counts if not selection.types or one.type in selection.types))


def counts_of(lines: Iterable[Line]) -> Iterable[Count]:
    """Lines have an amount and nothing else: what was used counts where it was."""
    for line in lines:
        for call_type, amount in line.parts():
            yield Count(0, line.month, line.period, "", PRODUCT, call_type, (0, 0, 0, 0, amount, 0))
