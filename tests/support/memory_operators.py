"""What the operators of queries and updates mean, for the MongoDB in memory. Unknown ones raise KeyError."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from operator import add
from typing import Any

from bson import ObjectId

Document = dict[str, Any]
MISSING = object()
_PLAIN = frozenset((str, int, float, bool, bytes, type(None), ObjectId))


def copied(value: Any) -> Any:
    """A copy, as it comes back from a database: moments in whole milliseconds, tuples as lists."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        return {name: each if type(each) in _PLAIN else copied(each) for name, each in value.items()}
    if kind is list or kind is tuple:
        return [copied(each) for each in value]
    if isinstance(value, datetime):
        value = value if value.tzinfo is UTC else value.astimezone(UTC)
        return value.replace(microsecond=value.microsecond // 1000 * 1000)
    return {name: copied(each) for name, each in value.items()} if isinstance(value, Mapping) else value


def value_at(row: Any, path: str) -> Any:
    """The value under a dotted path, MISSING when there is none; of a list of documents a list of theirs."""
    name, _, rest = path.partition(".")
    if isinstance(row, list):
        return [found for each in row if (found := value_at(each, path)) is not MISSING]
    value = row.get(name, MISSING) if isinstance(row, dict) else MISSING
    return value_at(value, rest) if rest and value is not MISSING else value


def sort_key(row: Document, path: str) -> tuple[bool, Any]:
    """What is not there comes first."""
    value = value_at(row, path)
    return (False, 0) if value is MISSING or value is None else (True, value)


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Comparisons are within one type; what is not there is in none."""
    return lambda value, other: value is not MISSING and value is not None and test(value, other)


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": lambda value, other: _equals(value, other),
    "$ne": lambda value, other: not _equals(value, other),
    "$in": lambda value, other: any(_equals(value, each) for each in other),
    "$exists": lambda value, other: (value is not MISSING) is other,
    "$type": lambda value, other: type(value) is {"string": str}[other],
    "$not": lambda value, other: not _holds(value, other),
    "$lt": _ordered(lambda value, other: value < other),
    "$lte": _ordered(lambda value, other: value <= other),
    "$gt": _ordered(lambda value, other: value > other),
    "$gte": _ordered(lambda value, other: value >= other),
}


def matches(row: Document, wanted: Mapping[str, Any]) -> bool:
    for name, condition in wanted.items():
        if name == "$or":
            if not any(matches(row, each) for each in condition):
                return False
        elif name == "$and":
            if not all(matches(row, each) for each in condition):
                return False
        elif not _holds(row.get(name, MISSING) if "." not in name else value_at(row, name), condition):
            return False
    return True


def _holds(value: Any, condition: Any) -> bool:
    if type(condition) is dict and next(iter(condition), "").startswith("$"):
        return all(_TESTS[name](value, copied(other)) for name, other in condition.items())
    return _equals(value, copied(condition))


def _equals(value: Any, other: Any) -> bool:
    """A list also equals each of its elements; None what is not there."""
    if other is None:
        return value is MISSING or value is None
    return bool(value == other or (isinstance(value, list) and other in value))


def fields_of(wanted: Mapping[str, Any]) -> Document:
    """What a query says a new document has: its equalities."""
    found = {}
    for name, condition in wanted.items():
        is_test = isinstance(condition, Mapping) and next(iter(condition), "").startswith("$")
        if not name.startswith("$") and not is_test:
            found[name] = condition
    return found


def project(row: Document | None, projection: Any) -> Any:
    """Only the fields asked for, and the ID unless it is refused; whole ones, whatever is asked of them."""
    if not projection or row is None:
        return row
    names = {name.partition(".")[0] for name, wanted in projection.items() if wanted}
    if not names:
        return {name: value for name, value in row.items() if name not in projection}
    if projection.get("_id", 1):
        names.add("_id")
    return {name: value for name, value in row.items() if name in names}


def _set(row: Document, path: str, work: Callable[[Any], Any]) -> None:
    *parents, name = path.split(".")
    for parent in parents:
        row = row.setdefault(parent, {})
    new = work(row.get(name, MISSING))
    if new is MISSING:
        row.pop(name, None)
    else:
        row[name] = new


def _or(other: Any, work: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    return lambda value: other if value is MISSING else work(value, other)


def _each(value: Any) -> list[Any]:
    return list(value["$each"]) if isinstance(value, Mapping) and "$each" in value else [value]


def _added(value: Any, more: list[Any]) -> list[Any]:
    kept = [] if value is MISSING else list(value)
    return kept + [each for n, each in enumerate(more) if each not in kept and each not in more[:n]]


_CHANGES: dict[str, Callable[[Any], Callable[[Any], Any]]] = {
    "$set": lambda other: lambda value: other,
    "$setOnInsert": lambda other: lambda value: other,
    "$unset": lambda other: lambda value: MISSING,
    "$inc": lambda other: _or(other, add),
    "$min": lambda other: _or(other, min),
    "$max": lambda other: _or(other, max),
    "$push": lambda other: lambda value: [*([] if value is MISSING else value), *_each(other)],
    "$addToSet": lambda other: lambda value: _added(value, _each(other)),
}


def apply(row: Document, change: Mapping[str, Any], inserting: bool = False) -> Document:
    """The document after an update."""
    new: Document = copied(row)
    for operator, fields in change.items():
        if operator == "$setOnInsert" and not inserting:
            continue
        for path, other in fields.items():
            _set(new, path, _CHANGES[operator](copied(other)))
    return new
