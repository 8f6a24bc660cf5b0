"""Where this service keeps sealed texts: the secrets of second steps, confirmed or not yet."""

from __future__ import annotations

from services.identity.domain.second_steps import about
from shared.mongo import Document
from shared.resealing import Sealed, Shelf


def _texts(row: Document) -> list[Sealed]:
    kept = {"sealed": row.get("sealed"), "pending.sealed": (row.get("pending") or {}).get("sealed")}
    return [Sealed(path, text, about(row["_id"])) for path, text in kept.items() if text]


SHELVES = (Shelf("second_steps", _texts),)
