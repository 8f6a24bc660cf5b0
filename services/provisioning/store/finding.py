"""All telephones as staff look through them: by whose they are, what is searched for, and how they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from pymongo import DESCENDING
from pymongo.database import Database

from services.provisioning.domain.device import Device
from services.provisioning.domain.finding import NEVER_FETCHED, NOT_REGISTERED, Sought
from services.provisioning.domain.registrations import REGISTERED
from services.provisioning.store import rows
from shared.mongo import Document

MOST_NAMES = 500
"""Customers and people whose telephones one search shows; who sees so many has to say more."""


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """A customer as identity told it last; ``parent_id`` is its partner's, or the operator's."""

    id: str
    revision: int
    number: int
    name: str
    parent_id: str = ""


class Finding:
    """Reads for the list of staff."""

    def __init__(self, db: Database[Document]) -> None:
        self._db = db

    def keep(self, customer: Customer) -> None:
        """Keep what identity told, unless something newer is known."""
        row = msgspec.to_builtins(customer)
        row["_id"] = row.pop("id")
        older = {"_id": customer.id, "revision": {"$lt": customer.revision}}
        if self._db["customers"].replace_one(older, row).matched_count == 0:
            self._db["customers"].update_one({"_id": customer.id}, {"$setOnInsert": row}, upsert=True)

    def customers(self, ids: Sequence[str]) -> dict[str, Customer]:
        """By ID; absent: identity told nothing of it yet."""
        found = self._db["customers"].find({"_id": {"$in": list(set(ids))}})
        return {row["_id"]: msgspec.convert({**row, "id": row["_id"]}, Customer) for row in found}

    def of_partner(self, partner_id: str) -> list[str]:
        """The IDs of a partner's customers."""
        return [row["_id"] for row in self._db["customers"].find({"parent_id": partner_id}, {"_id": 1})]

    def devices(
        self,
        customer_ids: Sequence[str] | None,
        looked_for: Sought,
        state: str | None,
        now: datetime,
        after: str | None,
        limit: int,
    ) -> list[Device]:
        """The newest first. ``customer_ids`` None: everybody's."""
        wanted: list[Document] = []
        if customer_ids is not None:
            wanted.append({"customer_id": {"$in": list(customer_ids)}})
        if looked_for.anything:
            wanted.append({"$or": self._meant(looked_for)})
        if state == NEVER_FETCHED:
            wanted.append({"fetched": None, "mac": {"$exists": True}})
        if after is not None:
            wanted.append(self._behind(after))
        steps: list[Document] = [
            {"$match": {"$and": wanted} if wanted else {}},
            {"$sort": {"created_at": DESCENDING, "_id": DESCENDING}},
            *(_not_registered(now) if state == NOT_REGISTERED else ()),
            {"$limit": limit},
            {"$project": {**rows.SHOWN, "contacts": 0}},
        ]
        found = self._db["devices"].aggregate(steps)
        return [rows.shown_device_of(row) for row in found]

    def _behind(self, device_id: str) -> Document:
        last = self._db["devices"].find_one({"_id": device_id}, {"created_at": 1})
        if last is None:
            return {"_id": ""}
        at = last["created_at"]
        return {"$or": [{"created_at": {"$lt": at}}, {"created_at": at, "_id": {"$lt": device_id}}]}

    def _meant(self, looked_for: Sought) -> list[Document]:
        """The telephones that a search may mean."""
        ways: list[Document] = [{"label": _contains(looked_for.words)}]
        if looked_for.mac:
            ways.append({"mac": {"$regex": re.escape(looked_for.mac)}})
        customers: list[Document] = [{"name": _contains(looked_for.words)}]
        people: list[Document] = [{"name": _contains(looked_for.words)}]
        if looked_for.customer:
            customers.append({"number": looked_for.customer})
        if looked_for.number:
            people.append({"number": {"$regex": f"{re.escape(looked_for.number)}$"}})
        if looked_for.extension:
            people.append({"extension": looked_for.extension})
        owners = self._ids("people", people)
        ways.append({"customer_id": {"$in": self._ids("customers", customers)}})
        return [*ways, {"user_id": {"$in": owners}}, {"line_id": {"$in": owners}}]

    def _ids(self, collection: str, ways: list[Document]) -> list[str]:
        found = self._db[collection].find({"$or": ways}, {"_id": 1}).limit(MOST_NAMES)
        return [row["_id"] for row in found]


def _contains(words: str) -> Document:
    return {"$regex": re.escape(words), "$options": "i"}


def _not_registered(now: datetime) -> list[Document]:
    """Keep telephones that may register and have no contact that is live."""
    alive: dict[str, Any] = {
        "state": REGISTERED,
        "$or": [{"expires_at": None}, {"expires_at": {"$gt": now}}],
    }
    return [
        {
            "$lookup": {
                "from": "registrations",
                "localField": "sip_user",
                "foreignField": "_id",
                "as": "contacts",
                "pipeline": [{"$match": {"contacts": {"$elemMatch": alive}}}, {"$project": {"_id": 1}}],
            }
        },
        {
            "$match": {
                "contacts": [],
                "enabled": True,
                "$or": [{"user_id": {"$ne": ""}}, {"line_id": {"$ne": ""}}],
            }
        },
    ]
