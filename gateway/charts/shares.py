"""Shares of a total as bars that lie: at most five kinds, the rest is *Overig*."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from gateway.charts.model import Measure, Value
from gateway.charts.svg import element, percent
from gateway.formatters import number
from gateway.words import gettext as _

MOST_KINDS = 5


@dataclass(frozen=True)
class Share:
    """One kind: its name, its value, and where it leads."""

    label: str
    value: Value
    href: str = ""


@dataclass(frozen=True)
class ShareRow:
    """A row as the page draws it; ``part`` is its percentage of the total in words."""

    label: str
    words: str
    part: str
    bar: Markup
    href: str = ""


@dataclass(frozen=True)
class Shares:
    """For the macro ``shares`` of ``components/chart.html``."""

    title: str
    rows: Sequence[ShareRow]
    total: str


def shares(title: str, kinds: Sequence[Share], measure: Measure, rest: Value = 0) -> Shares:
    """The largest five kinds; all others and ``rest`` are *Overig*. Nothing and less has no bar."""
    largest = sorted(kinds, key=lambda kind: -kind.value)
    shown, others = largest[:MOST_KINDS], largest[MOST_KINDS:]
    left = rest + sum(kind.value for kind in others)
    if left:
        shown.append(Share(_("Overig"), left))
    total = sum((Decimal(kind.value) for kind in shown), Decimal(0))
    highest = max((Decimal(kind.value) for kind in shown), default=Decimal(0))
    rows = [
        ShareRow(
            kind.label,
            measure.show(kind.value),
            _part(kind.value, total),
            bar(kind.value, highest),
            kind.href,
        )
        for kind in shown
    ]
    return Shares(title, rows, measure.show(total))


def bar(value: Value, highest: Value) -> Markup:
    """A bar of accent in its track; the words beside it say the same."""
    track = element("rect", class_="tk-track", width="100%", height=6, rx=3)
    fill = element("rect", class_="tk-fill", width=percent(max(value, 0), highest), height=6, rx=3)
    return element("svg", track, fill, class_="tk-bar", aria_hidden="true")


def _part(value: Value, total: Decimal) -> str:
    return f"{number(Decimal(value) * 100 / total, 1)} %" if total > 0 else ""
