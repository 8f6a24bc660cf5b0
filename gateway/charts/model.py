"""What a chart is made of, and what the page draws of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from gateway.formatters import duration, euros, megabytes, number
from gateway.words import lazy_gettext as _l

Value = Decimal | int


@dataclass(frozen=True)
class Measure:
    """What is counted: its name, how a value is written, and how one beside a grid line.

    ``whole``: grid lines stand at whole numbers only. ``unit`` is how many of the values go in one of
    the axis (3600 seconds in an hour).
    """

    name: Any
    show: Callable[[Any], str]
    axis: Callable[[Decimal], str]
    whole: bool = False
    unit: int = 1


def plain(value: Decimal) -> str:
    """A value at a grid line, with the decimals that it has."""
    exponent = value.normalize().as_tuple().exponent
    return number(value, max(0, -exponent) if isinstance(exponent, int) else 0)


EUROS = Measure(_l("Kosten (€)"), euros, plain)
HOURS = Measure(_l("Duur (uur)"), duration, plain, unit=3600)
CALLS = Measure(_l("Gesprekken"), number, plain, whole=True)
MEGABYTES = Measure(_l("Data (MB)"), megabytes, plain, unit=1_000_000)


@dataclass(frozen=True)
class Point:
    """A bar: its name in a sentence (``di 17 november``), its ``tick`` below (``17``) and its value.

    ``value`` is None for what is still to come. ``sunken`` for weekends; ``now`` is unfinished.
    """

    name: str
    tick: str
    value: Value | None
    sunken: bool = False
    now: bool = False


@dataclass(frozen=True)
class Line:
    """Another series over the same points, or a limit: its name and its values."""

    name: str
    values: Sequence[Value | None] = ()


@dataclass(frozen=True)
class Limit:
    """A dashed line with its words on it."""

    value: Value
    words: str


@dataclass(frozen=True)
class Key:
    """A line of the legend; ``mark`` is bar, line, before or expected."""

    mark: str
    words: str


@dataclass(frozen=True)
class Table:
    """The same as figures: *Toon als tabel*. The first cell of a row is its head."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Chart:
    """For ``components/chart.html``: ``sentence`` is what the picture tells who does not see it."""

    title: str
    sentence: str
    picture: Markup
    table: Table
    keys: Sequence[Key] = ()
    note: str = ""
    empty: bool = field(default=False)
