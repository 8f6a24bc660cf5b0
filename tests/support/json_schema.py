"""A validator for the part of JSON Schema 2020-12 that our schemas use; any other keyword is an error."""

from __future__ import annotations

import re
from typing import Any

_ANNOTATIONS = {"$schema", "$id", "$defs", "title", "description", "default", "examples"}
_TYPES: dict[str, type] = {"object": dict, "array": list, "string": str, "integer": int, "null": type(None)}


class UnknownKeyword(Exception):
    """The schema says something that this validator does not understand."""


def is_valid(value: Any, schema: dict[str, Any], root: dict[str, Any] | None = None) -> bool:
    """Whether a value, as ``json.loads`` gives it, fits. Whole numbers are Python's int: 12.0 is none."""
    root = root or schema
    return all(_holds(keyword, value, schema, root) for keyword in schema if keyword not in _ANNOTATIONS)


def _holds(keyword: str, value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    rule = schema[keyword]
    if keyword == "$ref":
        return is_valid(value, root["$defs"][rule.removeprefix("#/$defs/")], root)
    if keyword == "allOf":
        return all(is_valid(value, part, root) for part in rule)
    if keyword == "if":
        branch = schema.get("then" if is_valid(value, rule, root) else "else", {})
        return is_valid(value, branch, root)
    if keyword in ("then", "else"):
        return True  # judged with their "if"
    if keyword == "type":
        return any(_has_type(value, name) for name in ([rule] if isinstance(rule, str) else rule))
    if keyword in ("enum", "const"):
        return value in rule if keyword == "enum" else bool(value == rule)
    if isinstance(value, dict):
        return _object_holds(keyword, value, schema, root)
    if isinstance(value, list):
        return _list_holds(keyword, value, rule, root)
    return _scalar_holds(keyword, value, rule)


def _has_type(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and not isinstance(value, bool)


def _object_holds(keyword: str, value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any]) -> bool:
    rule = schema[keyword]
    if keyword == "required":
        return all(name in value for name in rule)
    if keyword == "properties":
        return all(is_valid(value[name], part, root) for name, part in rule.items() if name in value)
    if keyword == "additionalProperties" and rule is False:
        return set(value) <= set(schema["properties"])
    return _known(keyword)


def _list_holds(keyword: str, value: list[Any], rule: Any, root: dict[str, Any]) -> bool:
    if keyword == "minItems":
        return len(value) >= int(rule)
    if keyword == "maxItems":
        return len(value) <= int(rule)
    if keyword == "items":
        return all(is_valid(item, rule, root) for item in value)
    return _known(keyword)


def _scalar_holds(keyword: str, value: Any, rule: Any) -> bool:
    if isinstance(value, str) and keyword == "pattern":
        # In JSON Schema "$" is the very end; Python's also matches before a line end.
        return re.search(re.sub(r"\$\Z", r"\\Z", rule), value) is not None
    if isinstance(value, str) and keyword in ("minLength", "maxLength"):
        return len(value) >= int(rule) if keyword == "minLength" else len(value) <= int(rule)
    if isinstance(value, int) and keyword in ("minimum", "maximum"):
        return value >= int(rule) if keyword == "minimum" else value <= int(rule)
    return _known(keyword)


_FOR_OTHER_TYPES = {"required", "properties", "additionalProperties", "minItems", "maxItems", "items"} | {
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
}


def _known(keyword: str) -> bool:
    """A keyword of another type says nothing about this value."""
    if keyword not in _FOR_OTHER_TYPES:
        raise UnknownKeyword(keyword)
    return True
