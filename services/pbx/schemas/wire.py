"""Settings as JSON for the portal: every field is there, also what stands at its default."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from msgspec import Struct, structs


def full(value: Any) -> Any:
    """A value of the domain as JSON, whole."""
    if isinstance(value, Struct):
        fields = {field.name: full(getattr(value, field.name)) for field in structs.fields(value)}
        tag = value.__struct_config__.tag
        return {value.__struct_config__.tag_field: tag, **fields} if tag else fields
    if isinstance(value, Mapping):
        return {str(name): full(inner) for name, inner in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, tuple | list | set | frozenset):
        return [full(inner) for inner in value]
    return value
