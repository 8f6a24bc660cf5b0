"""Reading a form: what was typed, what it means, and what is to be said about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from marshmallow import Schema, ValidationError
from werkzeug.datastructures import MultiDict


@dataclass(frozen=True)
class Filled:
    """``typed`` stays in the fields after an error; ``values`` are the fields that could be read."""

    typed: Mapping[str, list[str]]
    values: Mapping[str, Any]
    errors: Mapping[str, list[str]] = field(default_factory=dict)

    def first(self, name: str) -> str:
        """What was typed in a field; empty when nothing was."""
        return (self.typed.get(name) or [""])[0]

    def all(self, name: str) -> list[str]:
        """Everything that was chosen in a field with several choices."""
        return self.typed.get(name, [])

    def with_errors(self, errors: Mapping[str, list[str]]) -> Filled:
        """The same input, with what a service said about it added."""
        names = dict.fromkeys([*self.errors, *errors])
        merged = {name: [*self.errors.get(name, []), *errors.get(name, [])] for name in names}
        return replace(self, errors=merged)


def read(schema: Schema, args: MultiDict[str, str]) -> Filled:
    """Read a query or form body with ``schema``; an empty field counts as one that is not there, and
    what is no field of the form is dropped at once (it must never get into the addresses we make).

    A field with the metadata ``exact`` (a password) is taken as it is and never shown again; one with
    ``several`` may have more than one value.
    """
    params = {f.data_key or name: f.metadata for name, f in schema.load_fields.items()}
    typed: dict[str, list[str]] = {}
    data: dict[str, Any] = {}
    for name in params.keys() & args.keys():
        if "exact" in params[name]:
            data[name] = args[name]
        elif kept := [value.strip() for value in args.getlist(name) if value.strip()]:
            typed[name] = kept
            data[name] = kept if "several" in params[name] else kept[0]
    data = {name: value for name, value in data.items() if value}
    try:
        return Filled(typed, schema.load(data))
    except ValidationError as problem:
        values = problem.valid_data if isinstance(problem.valid_data, dict) else {}
        return Filled(typed, values, _flat(problem.messages_dict))


def _flat(messages: Mapping[str, Any]) -> dict[str, list[str]]:
    """Messages by field; those of the items of a list join their list's, each once."""
    return {name: list(dict.fromkeys(_sentences(found))) for name, found in messages.items()}


def _sentences(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        for inner in found.values():
            yield from _sentences(inner)
    elif isinstance(found, list):
        for inner in found:
            yield from _sentences(inner)
    else:
        yield found if isinstance(found, str) else str(found)  # a lazy translation becomes words here
