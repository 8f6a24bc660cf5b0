"""Subscriptions, and the numbers and SIM cards in use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from pymongo import ASCENDING, IndexModel, ReplaceOne
from pymongo.database import Database

from services.mobile.domain import shares
from services.mobile.domain.sim import SimState
from services.mobile.domain.subscriptions import Subscription
from services.mobile.domain.terms import Terms
from services.mobile.store import rows
from services.mobile.store.base import Reading, Transaction
from services.mobile.store.terms import TermsChanges
from shared import tenancy
from shared.mongo import Document

SHOWN = ("customer_id", "shown_number", "_id")
COUNTED = [("customer_id", ASCENDING), ("product", ASCENDING), ("ended_at", ASCENDING)]
INDEXES = {
    "subscriptions": [
        IndexModel([(field, ASCENDING) for field in SHOWN]),
        IndexModel(COUNTED),
        IndexModel([("numbers.number", ASCENDING)]),
        IndexModel([("sim_number", ASCENDING)]),
    ],
}


class SubscriptionChanges(TermsChanges, Transaction):
    """A command's view of subscriptions."""

    def hold(self, number: str) -> None:
        """Keep a number (of a telephone or a SIM card) to this transaction.

        The write is what makes two commands on one number collide, so that one of them runs again
        and sees what the other did: reading alone does not, under snapshot isolation.
        """
        self._db["numbers"].update_one(
            {"_id": number}, {"$inc": {"holds": 1}}, upsert=True, session=self._session
        )

    def with_number(self, number: str) -> list[Subscription]:
        """All subscriptions that ever had the number; hold it first."""
        return self._found({"numbers.number": number})

    def with_sim(self, sim_number: str) -> list[Subscription]:
        """All subscriptions whose last card this is; hold it first."""
        return self._found({"sim_number": sim_number}) if sim_number else []

    def subscription(self, subscription_id: str) -> Subscription | None:
        found = self._found(tenancy.own({"_id": subscription_id}))
        return found[0] if found else None

    def subscriptions(self, ids: Iterable[str]) -> list[Subscription]:
        return self._found(tenancy.own({"_id": {"$in": list(ids)}}))

    def next_of(self, customer_id: str | None, after: str, limit: int) -> list[Subscription]:
        """The next subscriptions by ID, of one customer or of all."""
        wanted: Document = {"_id": {"$gt": after}}
        if customer_id is not None:
            wanted["customer_id"] = customer_id
        found = self._db["subscriptions"].find(wanted, session=self._session)
        return [rows.subscription(row) for row in found.sort("_id", ASCENDING).limit(limit)]

    def save(self, *subscriptions: Subscription) -> None:
        """Store new or changed subscriptions of one customer and queue the events that tell of them."""
        self.store(*subscriptions)
        self.tell_of(*subscriptions)

    def store(self, *subscriptions: Subscription) -> None:
        """Store what others need not hear of."""
        wanted = [rows.row(each) for each in subscriptions]
        writes = [ReplaceOne(tenancy.own({"_id": row["_id"]}), row, upsert=True) for row in wanted]
        self._db["subscriptions"].bulk_write(writes, session=self._session)

    def tell_of(self, *subscriptions: Subscription) -> None:
        """Queue the events of subscriptions as they stand."""
        known: dict[str, Terms] = {}
        for each in subscriptions:
            if each.customer_id not in known:
                known[each.customer_id] = self.terms(each.customer_id)
            self.tell(each.customer_id, shares.changed(each, known[each.customer_id]))

    def set_sim_state(self, subscription_id: str, state: SimState) -> None:
        wanted, change = tenancy.own({"_id": subscription_id}), {"$set": {"sim_state": rows.sim_row(state)}}
        self._db["subscriptions"].update_one(wanted, change, session=self._session)

    def _found(self, wanted: Document) -> list[Subscription]:
        found = self._db["subscriptions"].find(wanted, session=self._session)
        return [rows.subscription(row) for row in found]


class SubscriptionReads(Reading):
    """Subscriptions as lists and pages."""

    def subscription(self, subscription_id: str) -> Subscription | None:
        found = self._db["subscriptions"].find_one(tenancy.own({"_id": subscription_id}))
        return rows.subscription(found) if found else None

    def subscriptions(self, customer_id: str | None, after: str | None, limit: int) -> list[Subscription]:
        """Of one customer or of all, by customer and number, ended ones too."""
        wanted: Document = {} if customer_id is None else {"customer_id": customer_id}
        return self._page(wanted, SHOWN, after, limit)

    def shown(
        self, customer_id: str, now: datetime, ended: bool, query: str, after: str | None, limit: int
    ) -> list[Subscription]:
        """A customer's, by number; ``query`` is part of a number, a SIM number or a label."""
        wanted: Document = {"customer_id": customer_id}
        if not ended:
            wanted |= _active(now)
        if query:
            wanted = {"$and": [wanted, {"$or": _matching(query)}]}
        return self._page(wanted, SHOWN, after, limit)

    def counts(self, customer_id: str, now: datetime) -> tuple[dict[str, int], int]:
        """How many are active (or will be) of each product, and how many have ended; of the index alone."""
        gone = {"$and": [{"$ne": ["$ended_at", None]}, {"$lte": ["$ended_at", now]}]}
        found = self._db["subscriptions"].aggregate(
            [
                {"$match": {"customer_id": customer_id}},
                {"$project": {"_id": 0, "product": 1, "ended_at": 1}},
                {"$group": {"_id": {"product": "$product", "gone": gone}, "count": {"$sum": 1}}},
            ],
            hint=dict(COUNTED),
        )
        rows = list(found)
        active = {row["_id"]["product"]: row["count"] for row in rows if not row["_id"]["gone"]}
        return active, sum(row["count"] for row in rows if row["_id"]["gone"])

    def _page(
        self, wanted: Document, order: tuple[str, ...], after: str | None, limit: int
    ) -> list[Subscription]:
        if after is not None:
            last = self._db["subscriptions"].find_one(tenancy.own({"_id": after}), dict.fromkeys(order, 1))
            if last is None:
                return []
            wanted = {"$and": [wanted, _later(last, order)]}
        found = self._db["subscriptions"].find(wanted).sort([(field, ASCENDING) for field in order])
        return [rows.subscription(row) for row in found.limit(limit)]


def complete(db: Database[Document]) -> None:
    """Give rows of before lists were by number what they sort by."""
    last = {"$ifNull": [{"$last": "$numbers.number"}, ""]}
    db["subscriptions"].update_many({"shown_number": {"$exists": False}}, [{"$set": {"shown_number": last}}])


def _active(now: datetime) -> Document:
    return {"$or": [{"ended_at": None}, {"ended_at": {"$gt": now}}]}


def _matching(query: str) -> list[Document]:
    """People write 06-12… for what is stored as +3161…"""
    text = {"$regex": re.escape(query), "$options": "i"}
    digits = re.sub(r"[^0-9]", "", query)
    found: list[Document] = [{"label": text}]
    if digits and not re.search(r"[^0-9 +()-]", query):
        part = digits[1:] if digits.startswith("0") and not digits.startswith("00") else digits.lstrip("0")
        found += [{"shown_number": {"$regex": part or "0"}}, {"sim_number": {"$regex": digits}}]
    return found


def _later(last: Document, order: tuple[str, ...]) -> Document:
    """What comes behind a row in this order."""
    equal = [{field: last.get(field) for field in order[:index]} for index in range(len(order))]
    return {
        "$or": [{**same, field: {"$gt": last.get(field)}} for same, field in zip(equal, order, strict=True)]
    }
