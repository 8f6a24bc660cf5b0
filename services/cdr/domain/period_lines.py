"""What a billing period holds besides rows: a line for what is used above a bundle.

A line of the period's own month tells all that is over in it. A month of use is in one period; what
changes in it after that was closed is a line of the period that is open then: the difference between what
is over now and what all closed periods hold of that month. So the lines of all periods add up to what is
over, whenever months are closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.cdr.domain.bundles import Bundle, Key

TYPES = {"data": "bundle_data", "voice": "bundle_voice", "sms": "bundle_sms"}
"""Kind of bundle → the call type under which Totalen shows its line."""

PRODUCT = "mobile"

Months = Mapping[int, Mapping[Key, Bundle]]
Frozen = Mapping[int, Mapping[Key, int]]
"""Month of use → bundle → what closed periods hold of it, in millionths of a euro."""


@dataclass(frozen=True, slots=True)
class Line:
    """Use above a bundle in a ``month``, in a billing ``period``. Quantities are those of the month (bytes,
    seconds or messages); ``amount`` in millionths of a euro is all of it, or the ``difference``."""

    period: int
    month: int
    key: Key
    label: str
    used: int
    allowance: int
    over: int
    amount: int
    difference: bool

    @property
    def type(self) -> str:
        return TYPES[self.key.kind]


def lines_of(period: int, months: Months, frozen: Frozen, labels: Mapping[str, str]) -> list[Line]:
    """The lines of an open period, by month and bundle: of its own month, and of those ``months`` before it
    that are in a closed period what differs. Nothing that costs nothing. ``labels``: of subscriptions."""
    lines = []
    for month in sorted(months):
        now, before = months[month], frozen.get(month, {})
        for key in sorted({*now, *before}):
            bundle = now.get(key, Bundle())
            amount = bundle.amount - before.get(key, 0)
            if amount:
                label = labels.get(key.subscription, "")
                quantities = (bundle.used, bundle.allowance, bundle.over)
                lines.append(Line(period, month, key, label, *quantities, amount, month != period))
    return lines
