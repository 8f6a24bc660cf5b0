"""Nobody can ask a service to sort by anything, or for too much at once (docs/hardening.md, 16)."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import ValidationError, fields, validate

import services
from shared.schema import Base

MOST_AT_ONCE = 5_000
MONEY = {"SetVoipLimit"}
"""Their limit is an amount."""
LIMIT, ORDERS = "limit", ("sort", "order", "by")


def schemas() -> Iterator[type[Base]]:
    """What comes in by RPC, of all services."""
    for service in pkgutil.iter_modules(services.__path__, "services."):
        package = importlib.import_module(f"{service.name}.schemas")
        for part in pkgutil.iter_modules(getattr(package, "__path__", ()), f"{package.__name__}."):
            importlib.import_module(part.name)
    waiting = Base.__subclasses__()
    while waiting:
        schema = waiting.pop()
        waiting += schema.__subclasses__()
        if schema.__module__.startswith("services."):
            yield schema


def named(*names: str) -> list[Any]:
    found = {(schema, name): field for schema in schemas() for name, field in schema._declared_fields.items()}
    return [
        pytest.param(schema, name, field, id=f"{schema.__module__}.{schema.__name__}.{name}")
        for (schema, name), field in sorted(found.items(), key=lambda item: (str(item[0][0]), item[0][1]))
        if name in names and schema.__name__ not in MONEY
    ]


@pytest.mark.parametrize(("schema", "name", "field"), named(LIMIT))
def test_a_page_has_a_largest_size(schema: type[Base], name: str, field: fields.Field[Any]) -> None:
    largest = [v.max for v in field.validators if isinstance(v, validate.Range)]
    assert any(isinstance(most, int) and most <= MOST_AT_ONCE for most in largest)
    for refused in (-1, MOST_AT_ONCE + 1, "all", 1.5):
        with pytest.raises(ValidationError) as problem:
            schema(only=[name]).load({name: refused})
        assert set(problem.value.normalized_messages()) == {name}


@pytest.mark.parametrize(("schema", "name", "field"), named(*ORDERS))
def test_what_is_sorted_by_is_of_a_list(schema: type[Base], name: str, field: fields.Field[Any]) -> None:
    assert any(isinstance(v, validate.OneOf) for v in field.validators)
    for refused in ("$where", "customer_id", "", "start;", {"$gt": ""}):
        with pytest.raises(ValidationError):
            schema(only=[name]).load({name: refused})


def test_there_are_such_requests() -> None:
    assert len(named(LIMIT)) > 10 and len(named(*ORDERS)) >= 5


@pytest.mark.parametrize("schema", [s for s in schemas() if s.__name__ == "DetailsRequest"])
def test_a_filter_is_one_of_ours(schema: type[Base]) -> None:
    for unknown in ("$where", "filter", "query", "customer_id", "pipeline"):
        with pytest.raises(ValidationError) as problem:
            schema().load({unknown: {"$ne": None}})
        assert unknown in problem.value.normalized_messages()
