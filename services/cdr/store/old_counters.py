"""Counters as the first release wrote them (a field per sum, under the number and the type), moved to the
shelves of store/shelves.py when a process starts.

Some documents at a time, each lot in one transaction: whoever is killed in the middle goes on with the next
start, and two processes that do it at once collide and go on. Processes serve only when it is done.
"""

from __future__ import annotations

from collections.abc import Sequence

from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database

from services.cdr.domain.posting import SUMS
from services.cdr.store import shelves
from services.cdr.store.shelves import DAY, MONTH, Shelves
from shared.mongo import Document, transact

AT_ONCE = 400
_OLD: Document = {"numbers": {"$exists": True}}
_INDEX = "old"
_DEAD = {"customer_1_day_1", "customer_1_period_1", "customer_1_month_1"}


def ensure_indexes(db: Database[Document]) -> None:
    """An index of the old documents alone, so that it costs nothing to see that there are none."""
    for grain in (DAY, MONTH):
        db[shelves.collection(grain)].create_index(
            [("customer", ASCENDING)], name=_INDEX, partialFilterExpression=_OLD
        )


def move(db: Database[Document]) -> int:
    """Move all there are; how many."""
    moved = 0
    for grain in (DAY, MONTH):
        before = moved
        while some := transact(db, lambda session, grain=grain: _move(db, grain, session)):  # type: ignore[misc]
            moved += some
        if moved > before:
            _drop_indexes(db[shelves.collection(grain)])
    return moved


def _drop_indexes(target: Collection[Document]) -> None:
    """Those that only the first release read by."""
    for name in _DEAD & target.index_information().keys():
        target.drop_index(name)


def _move(db: Database[Document], grain: str, session: ClientSession) -> int:
    target = db[shelves.collection(grain)]
    some = list(target.find(_OLD, session=session).hint(_INDEX).limit(AT_ONCE))
    if some:
        # What a late process of that release wrote into a new shelf is beside its columns.
        target.update_many(
            {"_id": {"$in": [document["_id"] for document in some]}},
            {"$unset": {"numbers": ""}},
            session=session,
        )
        shelves.write(db, grain, shelves.with_types(_shelves(grain, some)), session)
    return len(some)


def _shelves(grain: str, documents: Sequence[Document]) -> Shelves:
    found = shelves.empty()
    for document in documents:
        customer, product, digit = shelves.layout_of(document)
        shelf = (customer, document[grain], document["period"], product, digit)
        for number, types in document["numbers"].items():
            for kind, sums in types.items():
                shelves.put(found, shelf, f"{number}|{kind}", [sums.get(name, 0) for name in SUMS])
    return found
