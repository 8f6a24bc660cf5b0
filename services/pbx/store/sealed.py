"""Where this service keeps sealed texts."""

from __future__ import annotations

from services.pbx.domain.secrets import SECRETS, about
from shared.mongo import Document
from shared.resealing import Sealed, Shelf


def _texts(row: Document) -> list[Sealed]:
    return [Sealed(kind, row[kind], about(row["_id"], kind)) for kind in SECRETS if kind in row]


SHELVES = (Shelf("user_secrets", _texts),)
