"""Change some fields wherever they are in a configuration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from msgspec import Struct, structs

from services.pbx.domain.config import Config, Key, MenuSide, Voicemail

Fields = Mapping[type[Struct], tuple[str, ...]]
"""Which fields, by the type that they are in."""

SOUNDS: Fields = {
    Config: ("music",),
    Key: ("file",),
    MenuSide: ("greeting",),
    Voicemail: ("greeting_busy", "greeting_no_answer"),
}


def without_sounds(config: Config, known: Collection[str]) -> Config:
    """The configuration in which sounds that are not among ``known`` are the standard ones."""
    found: Config = mapped(config, SOUNDS, lambda file_id: file_id if file_id in known else None)
    return found


def mapped(value: Any, fields: Fields, change: Callable[[str], str | None]) -> Any:
    """A value in which each of ``fields`` that holds a text is changed; itself where nothing is."""
    if isinstance(value, Struct):
        return _mapped_struct(value, fields, change)
    if isinstance(value, tuple):
        new = tuple(mapped(inner, fields, change) for inner in value)
        return new if any(a is not b for a, b in zip(new, value, strict=True)) else value
    if isinstance(value, Mapping):
        found = {name: mapped(inner, fields, change) for name, inner in value.items()}
        return found if any(found[name] is not inner for name, inner in value.items()) else value
    return value


def _mapped_struct(value: Struct, fields: Fields, change: Callable[[str], str | None]) -> Struct:
    changed: dict[str, Any] = {}
    own = fields.get(type(value), ())
    for name in value.__struct_fields__:
        known = getattr(value, name)
        if name in own and isinstance(known, str):
            new: Any = change(known) if known else known
        else:
            new = mapped(known, fields, change)
        if new is not known:
            changed[name] = new
    return structs.replace(value, **changed) if changed else value
