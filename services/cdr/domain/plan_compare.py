"""What differs between two versions of a rate plan, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from services.cdr.domain.plan_lines import to_wire
from services.cdr.domain.tariff import Entry

_COMPARED = (
    *("destination", "type", "connect_fee", "rate", "per", "increment", "steps"),
    *("minimum", "maximum"),
)
_TENTH = Decimal("0.1")

Key = tuple[str, str, int, str, str, str]


class Kind(StrEnum):
    """What became of a line."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """A line that is not the same in both; ``before`` is None for an added one, ``after`` for a removed."""

    before: Entry | None
    after: Entry | None

    @property
    def kind(self) -> Kind:
        if self.before is None:
            return Kind.ADDED
        return Kind.REMOVED if self.after is None else Kind.CHANGED

    @property
    def line(self) -> Entry:
        """The one that stands, else the one that stood."""
        found = self.after or self.before
        assert found is not None
        return found


def key_of(entry: Entry) -> Key:
    """What makes a line the same one in another version. No two lines of a plan share it: they would
    contradict each other. Sorting by it puts prefixes in order."""
    window = entry.window
    when = "" if window is None else f"{sorted(window.weekdays)}{window.holidays}{window.begin}-{window.end}"
    return (
        entry.kind,
        entry.prefix,
        entry.priority,
        entry.valid_from.isoformat() if entry.valid_from else "",
        entry.valid_to.isoformat() if entry.valid_to else "",
        when,
    )


def compare(before: Iterable[Entry], after: Iterable[Entry]) -> list[Difference]:
    """The differences in order of prefix. Where a line stands in its file does not count."""
    old, new = ({key_of(entry): entry for entry in entries} for entries in (before, after))
    found = []
    for key in sorted(old.keys() | new.keys()):
        one, other = old.get(key), new.get(key)
        if one is None or other is None or _meaning(one) != _meaning(other):
            found.append(Difference(one, other))
    return found


def _meaning(entry: Entry) -> tuple[Any, ...]:
    return entry.destination, entry.call_type, entry.tariff


def percentage(difference: Difference) -> Decimal | None:
    """How much more (or less, below zero) the first step costs per unit, in percents with one decimal;
    None where the price is the same, or there is nothing to compare with."""
    if difference.before is None or difference.after is None:
        return None
    one, other = difference.before.tariff.steps[0], difference.after.tariff.steps[0]
    old, new = one.rate * other.unit, other.rate * one.unit
    if old == new or not old:
        return None
    return (Decimal(100 * (new - old)) / old).quantize(_TENTH, ROUND_HALF_UP)


def difference_to_wire(difference: Difference) -> dict[str, Any]:
    """As RPC answers it: both lines, and the names of the fields that are not the same."""
    before = to_wire(difference.before) if difference.before else None
    after = to_wire(difference.after) if difference.after else None
    percents = percentage(difference)
    return {
        "change": difference.kind.value,
        "before": before,
        "after": after,
        "fields": _changed(before, after) if before and after else [],
        "percentage": None if percents is None else f"{percents:f}",
    }


def _changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Of one step, its parts by name; with more steps they are one thing."""
    one, other = _flat(before), _flat(after)
    return [name for name in _COMPARED if one.get(name) != other.get(name)]


def _flat(line: dict[str, Any]) -> dict[str, Any]:
    first, *more = line["steps"]
    return line | {name: first[name] for name in ("rate", "per", "increment")} | {"steps": more}
