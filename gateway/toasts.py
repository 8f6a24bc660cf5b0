"""Short messages on the next page: what was done, and how to undo it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from flask import flash, get_flashed_messages


@dataclass(frozen=True)
class Undo:
    """A button that takes the act back: the form's address and its hidden fields."""

    address: str
    fields: Mapping[str, str] = field(default_factory=dict)


def toast(title: str, sentence: str = "", undo: Undo | None = None) -> None:
    """Say on the next page that something was done."""
    _keep("done", title, sentence, undo)


def failed(title: str, sentence: str) -> None:
    """Say on the next page that something was not done; this stays until it is closed."""
    _keep("failed", title, sentence, None)


def toasts() -> list[Any]:
    """What is to be said on this page, once."""
    return list(get_flashed_messages())


def _keep(kind: str, title: str, sentence: str, undo: Undo | None) -> None:
    # As plain values: a session keeps nothing else.
    said: Any = {"kind": kind, "title": title, "sentence": sentence, "undo": asdict(undo) if undo else None}
    flash(said)
