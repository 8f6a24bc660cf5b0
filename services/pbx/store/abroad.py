"""Calls abroad: one document per customer, so that whoever decides two calls at once collides there."""

from __future__ import annotations

import msgspec

from services.pbx.domain.abroad import Abroad, Place
from services.pbx.store.base import Reading, Transaction
from shared.mongo import Document

NAME = "calls_abroad"


class AbroadChanges(Transaction):
    """What decisions, records of calls and staff do with them."""

    def abroad(self, customer_id: str) -> Abroad:
        row = self._db[NAME].find_one({"_id": customer_id}, session=self._session)
        return _abroad(customer_id, row)

    def save_abroad(self, abroad: Abroad) -> None:
        """``abroad`` was read in this transaction: of two at once the second runs again."""
        self._db[NAME].replace_one(
            {"_id": abroad.customer_id}, _row(abroad), upsert=True, session=self._session
        )

    def with_places(self) -> list[Abroad]:
        """Of every customer who has a call abroad, or had when it was last counted."""
        rows = self._db[NAME].find({"places": {"$ne": []}}, session=self._session)
        return [_abroad(str(row["_id"]), row) for row in rows]


class AbroadReads(Reading):
    """What is shown of them."""

    def calls_abroad(self, customer_id: str) -> Abroad:
        return _abroad(customer_id, self._db[NAME].find_one({"_id": customer_id}))


def _row(abroad: Abroad) -> Document:
    places = [{"call": each.call, "since": each.since, "until": each.until} for each in abroad.places]
    return {
        "_id": abroad.customer_id,
        "most": abroad.most,
        "places": places,
        "refused_at": abroad.refused_at,
        "refused_over": abroad.refused_over,
    }


def _abroad(customer_id: str, row: Document | None) -> Abroad:
    if row is None:
        return Abroad(customer_id)
    places = msgspec.convert(row["places"], tuple[Place, ...])
    return Abroad(customer_id, row["most"], places, row["refused_at"], row["refused_over"])
