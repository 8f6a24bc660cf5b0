"""Whether what a release promises still holds for the one before it: nothing went, nothing new is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Described = dict[str, Any]


def of_schemas(old: Any, new: Any, at: str = "") -> Iterator[str]:
    """What keeps one of two JSON schemas from being read as the other, in both directions."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        if old != new:
            yield f"{at}: {old} became {new}"
        return
    if "properties" in old and "properties" in new:
        yield from _of_objects(old, new, at)
        return
    for key in sorted(old.keys() | new.keys()):
        if key == "default":
            continue
        if key not in old or key not in new:
            yield f"{at}: {key} {'came' if key in new else 'went'}"
        elif isinstance(old[key], dict):
            yield from of_schemas(old[key], new[key], f"{at}/{key}")
        elif key in ("anyOf", "enum", "required"):
            yield from _of_choices(old[key], new[key], f"{at}/{key}")
        elif old[key] != new[key]:
            yield f"{at}: {key} was {old[key]}, is {new[key]}"


def _of_objects(old: Described, new: Described, at: str) -> Iterator[str]:
    for name, known in old["properties"].items():
        if name not in new["properties"]:
            yield f"{at}.{name} went: the release before reads it"
        else:
            yield from of_schemas(known, new["properties"][name], f"{at}.{name}")
    for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield f"{at}.{name} is required: the release before does not send it"


def _of_choices(old: list[Any], new: list[Any], at: str) -> Iterator[str]:
    """In any order; an object among them is compared field by field."""
    objects = [[one for one in choices if _is_object(one)] for choices in (old, new)]
    if len(objects[0]) == len(objects[1]) == 1:
        yield from of_schemas(objects[0][0], objects[1][0], at)
        old, new = ([one for one in choices if not _is_object(one)] for choices in (old, new))
    if sorted(map(_plain, old)) != sorted(map(_plain, new)):
        yield f"{at}: was {old}, is {new}"


def _is_object(schema: Any) -> bool:
    return isinstance(schema, dict) and "properties" in schema


def _plain(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def of_calls(old: Described, new: Described) -> Iterator[str]:
    """What the gateway of the release before may ask that a service of this one does not take."""
    for service, methods in old.items():
        for method, known in methods.items():
            at, now = f"{service}.{method}", new.get(service, {}).get(method)
            if now is None:
                yield f"{at} went"
                continue
            for kind in sorted(set(known["kinds"]) - set(now["kinds"])):
                yield f"{at} refuses {kind}"
            yield from _of_fields(known["fields"], now["fields"], at)


def _of_fields(old: Described, new: Described, at: str) -> Iterator[str]:
    for name, known in old.items():
        if name not in new:
            yield f"{at}.{name} is not taken any more"
        else:
            yield from _of_field(known, new[name], f"{at}.{name}")
    for name in sorted(new.keys() - old.keys()):
        if new[name]["required"]:
            yield f"{at}.{name} is required: the release before does not send it"


def _of_field(old: Described, new: Described, at: str) -> Iterator[str]:
    if old["type"] != new["type"]:
        yield f"{at} was {old['type']}, is {new['type']}"
    if new["required"] and not old["required"]:
        yield f"{at} is required now"
    if old["null"] and not new["null"]:
        yield f"{at} cannot be null any more"
    gone = set(old.get("choices", ())) - set(new.get("choices", old.get("choices", ())))
    if gone or "choices" in new and "choices" not in old:
        yield f"{at} does not take {sorted(gone) or 'everything'} any more"
    if "each" in old and "each" in new:
        yield from _of_field(old["each"], new["each"], f"{at}[]")
    if "fields" in old and "fields" in new:
        yield from _of_fields(old["fields"], new["fields"], at)
