"""Orders to carriers about SIM cards, and what carriers said that fits no order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.mobile.domain.sim import Order, OrderState
from services.mobile.store.base import Reading, Transaction
from shared import tenancy
from shared.ids import new_id
from shared.mongo import Document

KEEP_STRAYS = timedelta(days=90)
INDEXES = {
    "orders": [
        IndexModel([("subscription_id", ASCENDING), ("sequence", DESCENDING)], unique=True),
        IndexModel([("unsent", ASCENDING), ("_id", ASCENDING)], partialFilterExpression={"unsent": True}),
        IndexModel([("sim_number", ASCENDING)]),
        IndexModel([("state", ASCENDING), ("expires_at", ASCENDING)]),
        IndexModel([("requested_at", DESCENDING), ("_id", DESCENDING)]),
    ],
    "stray_answers": [
        IndexModel([("at", ASCENDING)], expireAfterSeconds=int(KEEP_STRAYS.total_seconds())),
    ],
}


class OrderChanges(Transaction):
    """What a command or an answer reads and writes of orders."""

    def orders(self, subscription_id: str) -> list[Order]:
        """All of a subscription, oldest first."""
        wanted = tenancy.own({"subscription_id": subscription_id})
        found = self._db["orders"].find(wanted, session=self._session)
        return [_order(row) for row in found.sort("sequence", ASCENDING)]

    def orders_of_sim(self, sim_number: str) -> list[Order]:
        """All of a card, whichever subscriptions have had it: not for answering a customer's person."""
        if not sim_number:
            return []
        found = self._db["orders"].find({"sim_number": sim_number}, session=self._session)
        return [_order(row) for row in found]

    def order(self, order_id: str) -> Order | None:
        row = self._db["orders"].find_one({"_id": order_id}, session=self._session)
        return _order(row) if row else None

    def add_order(self, order: Order) -> None:
        """Store a new order, which waits to be sent."""
        self._db["orders"].insert_one({**_row(order), "unsent": True}, session=self._session)

    def save_order(self, order: Order) -> None:
        """Store what became of an order. One that has not been sent and has an end is not sent any more."""
        row = _row(order)
        change: Document = {"$set": row}
        if order.state is not OrderState.REQUESTED:
            change["$unset"] = {"unsent": ""}
        self._db["orders"].update_one({"_id": row.pop("_id")}, change, session=self._session)

    def keep_stray(self, carrier: str, body: bytes, reason: str) -> None:
        """Keep an answer that is about no order of ours."""
        text = body[:2_000].decode("utf-8", "replace").replace("\x00", "")
        row = {"_id": new_id(), "carrier": carrier, "body": text, "reason": reason[:500], "at": self.at}
        self._db["stray_answers"].insert_one(row, session=self._session)


class OrderReads(Reading):
    """Orders for pages and for the worker."""

    def history(self, subscription_id: str, limit: int) -> list[Order]:
        """The newest orders of a subscription first."""
        found = self._db["orders"].find(tenancy.own({"subscription_id": subscription_id}))
        return [_order(row) for row in found.sort("sequence", DESCENDING).limit(limit)]

    def unsent(self, limit: int) -> list[Order]:
        found = self._db["orders"].find({"unsent": True}).sort("requested_at", ASCENDING)
        return [_order(row) for row in found.limit(limit)]

    def mark_sent(self, ids: Iterable[str], at: datetime) -> None:
        self._db["orders"].update_many(
            {"_id": {"$in": list(ids)}}, {"$set": {"sent_at": at}, "$unset": {"unsent": ""}}
        )

    def overdue(self, now: datetime, limit: int) -> list[str]:
        """IDs of orders whose time is up."""
        wanted = {"state": OrderState.REQUESTED.value, "expires_at": {"$lte": now}}
        return [str(row["_id"]) for row in self._db["orders"].find(wanted, {"_id": 1}).limit(limit)]

    def order_page(
        self, state: str | None, customer_id: str | None, after: str | None, limit: int
    ) -> list[tuple[Order, datetime | None]]:
        """The newest first, each with when it was sent."""
        wanted: Document = {}
        if state is not None:
            wanted["state"] = state
        if customer_id is not None:
            wanted["customer_id"] = customer_id
        if after is not None:
            last = self._db["orders"].find_one({"_id": after})
            if last is None:
                return []
            at = last["requested_at"]
            earlier = [{"requested_at": {"$lt": at}}, {"requested_at": at, "_id": {"$lt": after}}]
            wanted = {"$and": [wanted, {"$or": earlier}]}
        order = [("requested_at", DESCENDING), ("_id", DESCENDING)]
        found = self._db["orders"].find(wanted).sort(order).limit(limit)
        return [(_order(row), row.get("sent_at")) for row in found]

    def strays(self, limit: int) -> list[dict[str, Any]]:
        found = self._db["stray_answers"].find().sort("at", DESCENDING).limit(limit)
        return [dict(row) for row in found]


_FIELDS = (
    "sequence",
    "customer_id",
    "subscription_id",
    "number",
    "sim_number",
    "carrier",
    "block",
    "cost",
    "by",
) + ("requested_at", "expires_at", "answered_at", "reason", "charged")


def _row(order: Order) -> Document:
    return {
        "_id": order.id,
        "state": order.state.value,
        **{field: getattr(order, field) for field in _FIELDS},
    }


def _order(row: Document) -> Order:
    return Order(id=row["_id"], state=OrderState(row["state"]), **{field: row[field] for field in _FIELDS})
