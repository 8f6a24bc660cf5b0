"""The one-line templates of profiles: ``{server}:{port}`` and ``{transport|transport}``.

``{name}`` is a value, ``{name|table}`` what the profile's table says for it, ``{{`` a brace. Nothing else can
be written, so a profile can neither compute nor escape what its emitter makes of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_PLACE = re.compile(r"\{\{|\}\}|\{([a-z_]+)(?:\|([a-z_]+))?\}", re.ASCII)
_ATTRIBUTES = re.compile(r"([^\[]+)\[(.*)\]", re.ASCII)

Tables = Mapping[str, Mapping[str, str]]


class Template:
    """A text with places in it."""

    def __init__(self, text: str, names: frozenset[str], tables: Tables) -> None:
        """Raises ValueError for a place that names what there is not."""
        self.text = text
        self._pieces: list[str | tuple[str, Mapping[str, str] | None]] = []
        end = 0
        for found in _PLACE.finditer(text):
            self._add(text[end : found.start()])
            self._pieces.append(_place(found, names, tables))
            end = found.end()
        self._add(text[end:])

    def _add(self, plain: str) -> None:
        if "{" in plain or "}" in plain:
            raise ValueError(f"{self.text!r} has a brace that is no place")
        self._pieces.append(plain)

    def fill(self, values: Mapping[str, str]) -> str:
        return "".join(
            piece if isinstance(piece, str) else _looked_up(values[piece[0]], piece[1])
            for piece in self._pieces
        )


def _place(
    found: re.Match[str], names: frozenset[str], tables: Tables
) -> str | tuple[str, Mapping[str, str] | None]:
    name, table = found[1], found[2]
    if name is None:
        return found[0][0]
    if name not in names:
        raise ValueError(f"there is no value {name!r}")
    if table is not None and table not in tables:
        raise ValueError(f"there is no table {table!r}")
    return name, tables[table] if table else None


def _looked_up(value: str, table: Mapping[str, str] | None) -> str:
    return value if table is None else table[value]


class Parameter(NamedTuple):
    """A setting of a profile: how its name, attributes and value are made, and whether an empty value
    leaves it out."""

    name: Template
    attributes: tuple[tuple[str, Template], ...]
    value: Template
    optional: bool


def parameter(name: str, value: str, names: frozenset[str], tables: Tables) -> Parameter:
    """From ``?name[attribute=…,attribute=…]`` and its value; ``?`` at the beginning: left out when empty.

    Square brackets with a plain number (``line[1]``) belong to the name. Raises ValueError.
    """
    optional, name = name.startswith("?"), name.removeprefix("?")
    found = _ATTRIBUTES.fullmatch(name)
    attributes: tuple[tuple[str, Template], ...] = ()
    if found and "=" in found[2]:
        name = found[1]
        pairs = (pair.partition("=") for pair in found[2].split(","))
        attributes = tuple((key, Template(text, names, tables)) for key, _equals, text in pairs)
    return Parameter(Template(name, names, tables), attributes, Template(value, names, tables), optional)
