"""One setting on its way into a file."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """``name`` in the vendor's own notation, ``attributes`` where its format has them."""

    name: str
    value: str
    attributes: tuple[tuple[str, str], ...] = ()
