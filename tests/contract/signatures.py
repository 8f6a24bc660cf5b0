"""What a release promises to the one beside it: its events, its calls and their answers, as plain values.

Two releases run side by side while one replaces the other. Then events of each are read by the other, and the
gateway of one calls services of the other.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from marshmallow import Schema, fields, validate

import gateway.models
from shared.bus.rpc import SafeRpc
from shared.events import EVENTS

SERVICES = ("identity", "cdr", "invoicing", "pbx", "mobile", "provisioning")
REFERENCE = "{name}"

Described = dict[str, Any]


def events() -> Described:
    """By name, the JSON schema of each event."""
    return _schemas(EVENTS)


def answers() -> Described:
    """By name, the JSON schema of each model that the gateway reads answers into."""
    found: dict[str, Any] = {}
    for module in pkgutil.iter_modules(gateway.models.__path__, "gateway.models."):
        for name, model in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(model, msgspec.Struct) and model.__module__ == module.name:
                found[f"{module.name.removeprefix('gateway.models.')}.{name}"] = model
    return _schemas(found)


def calls() -> Described:
    """By service and method: whose contexts it takes, and its fields."""
    return {service: dict(sorted(_methods(service))) for service in SERVICES}


def _schemas(types: Mapping[str, Any]) -> Described:
    made, parts = msgspec.json.schema_components(list(types.values()), ref_template=REFERENCE)
    whole = {name: _expanded(schema, parts, ()) for name, schema in zip(types, made, strict=True)}
    return dict(sorted(whole.items()))


def _expanded(schema: Any, parts: Mapping[str, Any], within: tuple[str, ...]) -> Any:
    """With parts in the place of their names, and without words for people."""
    if isinstance(schema, list):
        return [_expanded(one, parts, within) for one in schema]
    if not isinstance(schema, dict):
        return schema
    name = schema.get("$ref")
    if name in within:
        return {"type": "object"}  # itself again: said once
    if name is not None:
        return _expanded(parts[name], parts, (*within, name))
    kept = {key: value for key, value in schema.items() if key not in ("title", "description")}
    return {key: _expanded(value, parts, within) for key, value in sorted(kept.items())}


def _methods(service: str) -> Iterator[tuple[str, Described]]:
    module = importlib.import_module(f"services.{service}.entrypoints")
    (found,) = (
        one
        for _, one in inspect.getmembers(module, inspect.isclass)
        if getattr(one, "name", None) == service and one.__module__ == module.__name__
    )
    for name, method in inspect.getmembers(found, inspect.isfunction):
        for entrypoint in getattr(method, "nameko_entrypoints", ()):
            if isinstance(entrypoint, SafeRpc):
                yield name, {"kinds": sorted(entrypoint.kinds), "fields": _fields(entrypoint.schema)}


def _fields(schema: type[Schema] | Schema | None) -> Described:
    if schema is None:
        return {}
    made = schema() if isinstance(schema, type) else schema
    return {(field.data_key or name): _field(field, made) for name, field in sorted(made.load_fields.items())}


def _field(field: Any, within: Schema) -> Described:
    known = next(one for one in type(field).__mro__ if one.__module__ == "marshmallow.fields")
    found: Described = {"type": known.__name__, "required": field.required, "null": bool(field.allow_none)}
    choices = [
        sorted(map(str, rule.choices)) for rule in field.validators if isinstance(rule, validate.OneOf)
    ]
    if choices:
        found["choices"] = choices[0]
    if isinstance(field, fields.Nested) and type(field.schema) is not type(within):
        found["fields"] = _fields(field.schema)
    if isinstance(field, fields.List):
        found["each"] = _field(field.inner, within)
    return found
