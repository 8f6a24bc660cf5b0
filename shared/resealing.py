"""Putting all secrets of a service under its newest key, while it works (see shared/sealing.py).

A batch is read, sealed anew and written document by document, each by compare-and-set on the sealed texts
that were read: what changed meanwhile is left alone, as it is under the newest key already or seen by the
next run. Both keys open meanwhile. What is under the newest key is not touched, so a run that was broken off
can simply be run again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import ASCENDING
from pymongo.database import Database

from shared.mongo import Document
from shared.sealing import Sealer

BATCH = 200


@dataclass(frozen=True)
class Sealed:
    """One sealed text of a document: where it is (a dotted path), and what it is about."""

    path: str
    text: str
    about: str


@dataclass(frozen=True)
class Shelf:
    """A collection with sealed texts; ``find`` names those of a document."""

    collection: str
    find: Callable[[Document], Sequence[Sealed]]


def reseal(
    db: Database[Document], sealer: Sealer, shelves: Sequence[Shelf], after: str, batch: int = BATCH
) -> dict[str, Any]:
    """The next batch of documents: ``{seen, changed, missed, next}``. ``after`` is ``next`` of the answer
    before (empty at first), a place in one of the shelves; ``next`` None: that was all.

    Raises :class:`shared.sealing.Unreadable` for a text whose key is gone.
    """
    name, _, last = after.partition("|")
    at = next((n for n, shelf in enumerate(shelves) if shelf.collection == name), 0)
    shelf = shelves[at]
    rows = list(db[shelf.collection].find({"_id": {"$gt": last}}).sort("_id", ASCENDING).limit(batch))
    done = [_resealed(db, sealer, shelf, row) for row in rows]
    if len(rows) == batch:
        following: str | None = f"{shelf.collection}|{rows[-1]['_id']}"
    else:
        following = f"{shelves[at + 1].collection}|" if at + 1 < len(shelves) else None
    return {
        "seen": len(rows),
        "changed": done.count(True),
        "missed": done.count(False),
        "next": following,
    }


def _resealed(db: Database[Document], sealer: Sealer, shelf: Shelf, row: Mapping[str, Any]) -> bool | None:
    """Whether the document's texts could be replaced; None when they need not be."""
    old = [each for each in shelf.find(dict(row)) if sealer.is_outdated(each.text)]
    if not old:
        return None
    same = {"_id": row["_id"], **{each.path: each.text for each in old}}
    anew = {each.path: sealer.reseal(each.text, each.about) for each in old}
    return db[shelf.collection].update_one(same, {"$set": anew}).matched_count == 1
