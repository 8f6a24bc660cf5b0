"""What a billing period holds besides rows: a line for each bundle, of what is used above it and within it.

A line of the period's own month tells all that is over in it, and takes back what the rows that the bundle
covers cost by themselves. A month of use is in one period; what changes in it after that was closed is a
line of the period that is open then: the difference between what holds now and what all closed periods hold
of that month. So the lines of all periods add up to what is over less what is covered, whenever months are
closed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from services.cdr.domain.bundles import Bundle, Key

ABOVE = {"data": "bundle_data", "voice": "bundle_voice", "sms": "bundle_sms"}
WITHIN = {"data": "covered_data", "voice": "covered_voice", "sms": "covered_sms"}
"""Kind of bundle → the call type under which Totalen shows what is above it, and what it takes back."""

PRODUCT = "mobile"


class Held(NamedTuple):
    """What periods hold of a bundle, in millionths of a euro: what is over costs ``above``, and rows for
    ``covered`` are taken back."""

    above: int = 0
    covered: int = 0


Months = Mapping[int, Mapping[Key, Bundle]]
Frozen = Mapping[int, Mapping[Key, Held]]
"""Month of use → bundle → what closed periods hold of it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A bundle's ``month`` in a billing ``period``. Quantities are those of the month (bytes, seconds or
    messages). In millionths of a euro: what is ``above`` the bundle costs, the rows within it that are taken
    back (``covered``), and the ``amount`` of the line, the first less the second; all of it, or the
    ``difference``."""

    period: int
    month: int
    key: Key
    label: str
    used: int
    allowance: int
    over: int
    above: int
    covered: int
    difference: bool

    @property
    def amount(self) -> int:
        return self.above - self.covered

    @property
    def type(self) -> str:
        return ABOVE[self.key.kind]

    def parts(self) -> Iterator[tuple[str, int]]:
        """The call types that Totalen shows it under, and the amount of each."""
        if self.above:
            yield ABOVE[self.key.kind], self.above
        if self.covered:
            yield WITHIN[self.key.kind], -self.covered


def lines_of(period: int, months: Months, frozen: Frozen, labels: Mapping[str, str]) -> list[Line]:
    """The lines of an open period, by month and bundle: of its own month, and of those ``months`` before it
    that are in a closed period what differs. Nothing that changes no amount. ``labels``: of subscriptions."""
    lines = []
    for month in sorted(months):
        now, before = months[month], frozen.get(month, {})
        for key in sorted({*now, *before}):
            bundle, held = now.get(key, Bundle()), before.get(key, Held())
            above, covered = bundle.amount - held.above, bundle.covered - held.covered
            if above or covered:
                label = labels.get(key.subscription, "")
                quantities = (bundle.used, bundle.allowance, bundle.over)
                lines.append(Line(period, month, key, label, *quantities, above, covered, month != period))
    return lines
