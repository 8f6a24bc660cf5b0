"""Whether documents that are written now are read by the release before, as its own documents tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bson import Int64

MAPS = frozenset({"prices", "keys", "secrets", "last_answered", "parameters"})
"""Fields whose names within are data."""
NEW = "of_the_next_release"
Found = dict[str, set[str]]


def grown(value: Any) -> Any:
    """A document as a release that knows one field more would write it, at each level."""
    if isinstance(value, list):
        return [grown(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: inner if name in MAPS else grown(inner) for name, inner in value.items()} | {NEW: ["x"]}


def of_documents(then: Iterable[Any], now: Iterable[Any]) -> Iterator[str]:
    """What every document of before has and one of now has not, or has as another type. What was or is null
    tells nothing."""
    before = [_fields(row) for row in then]
    always = set.intersection(*map(set, before)) if before else set()
    kinds = {name: set().union(*(row[name] for row in before)) - {"null"} for name in always}
    for row in map(_fields, now):
        for name in sorted(always):
            inside = name.rpartition(".")[0]
            if name not in row:
                if not name.endswith("[]") and (not inside or "dict" in row.get(inside, ())):
                    yield f"{name} went"
            elif kinds[name] and row[name] - kinds[name] - {"null"}:
                yield f"{name} was {sorted(kinds[name])}, is {sorted(row[name])}"


def _fields(value: Any, at: str = "") -> Found:
    """The types at each path; of lists all elements together."""
    found: Found = {}
    if isinstance(value, dict) and at.rpartition(".")[2] not in MAPS:
        for name, inner in value.items():
            path = f"{at}.{name}" if at else name
            _add(found, {path: {_kind(inner)}})
            _add(found, _fields(inner, path))
    elif isinstance(value, list):
        for inner in value:
            _add(found, {f"{at}[]": {_kind(inner)}})
            _add(found, _fields(inner, f"{at}[]"))
    return found


def _add(found: Found, more: Found) -> None:
    for name, kinds in more.items():
        found.setdefault(name, set()).update(kinds)


def _kind(value: Any) -> str:
    """BSON's long and int are both a whole number."""
    if isinstance(value, Int64):
        return "int"
    return "null" if value is None else type(value).__name__
