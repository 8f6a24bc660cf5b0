"""What was invoiced before, as far as the invoices that follow need it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from services.invoicing.domain import periods
from services.invoicing.domain.invoice import Line
from services.invoicing.domain.recurring import Billed
from services.invoicing.domain.vat import ZERO

_Facts = tuple[str, int, int, Decimal, Decimal]
"""Month, days, net amount and price."""


class Invoiced(msgspec.Struct, frozen=True, kw_only=True):
    """An invoice of a period: its lines, and what was credited of which (net, by place)."""

    period: str
    lines: tuple[Line, ...]
    credited: Mapping[int, Decimal] = {}


def credits_of(invoiced: Iterable[Invoiced], billed: Sequence[Billed]) -> dict[tuple[str, str], Decimal]:
    """What credit notes gave back of recurring costs, by key and month."""
    found: dict[tuple[str, str], Decimal] = {}
    alike: dict[_Facts, list[Billed]] = {}
    for mark in billed:
        alike.setdefault((mark.period, mark.first, mark.last, mark.net, mark.price), []).append(mark)
    for invoice in invoiced:
        for place, net in invoice.credited.items():
            line = invoice.lines[place]
            if line.group != "subscription" or line.from_ is None:
                continue
            month = periods.of(line.from_)
            key = line.key or _key_of(line, month, alike)
            found[key, month] = found.get((key, month), ZERO) + net
    return found


def _key_of(line: Line, month: str, alike: Mapping[_Facts, Sequence[Billed]]) -> str:
    """The key of a line of a release that did not write it: that of what was billed for the same days at the
    same price; of more than one such, that which is called the same. Empty when that does not tell."""
    assert line.from_ and line.to
    marks = alike.get((month, line.from_.day, line.to.day, line.net, line.unit_price), ())
    if len(marks) > 1:
        marks = [mark for mark in marks if mark.description == line.description]
    return marks[0].key if len(marks) == 1 else ""
