"""MongoDB of mobile: subscriptions, the numbers in use, and the commands that have run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.mobile import domain
from services.mobile.domain import NumberTerm, Subscription
from shared import audit, commands, mongo, outbox
from shared.acting import Acting
from shared.events import wrap
from shared.events.audit import Subject
from shared.mongo import Document

PUBLISH_BATCH = 500

ORDER = ("customer_id", "active_from", "_id")
INDEXES = {
    "subscriptions": [
        IndexModel([(field, ASCENDING) for field in ORDER]),
        IndexModel([("numbers.number", ASCENDING)]),
    ],
}


class Changes:
    """What one command reads and writes, in its transaction."""

    def __init__(self, db: Database[Document], session: ClientSession, at: datetime) -> None:
        self._db = db
        self._session = session
        self.at = at

    def hold(self, number: str) -> None:
        """Keep a number to this transaction.

        The write is what makes two commands on one number collide, so that one of them runs again
        and sees what the other did: reading alone does not, under snapshot isolation.
        """
        self._db["numbers"].update_one(
            {"_id": number}, {"$inc": {"holds": 1}}, upsert=True, session=self._session
        )

    def with_number(self, number: str) -> list[Subscription]:
        """All subscriptions that ever had the number; hold it first."""
        rows = self._db["subscriptions"].find({"numbers.number": number}, session=self._session)
        return [_subscription(row) for row in rows]

    def subscription(self, subscription_id: str) -> Subscription | None:
        row = self._db["subscriptions"].find_one({"_id": subscription_id}, session=self._session)
        return _subscription(row) if row else None

    def save(self, subscription: Subscription) -> None:
        """Store a new or changed subscription and queue the event that tells of it."""
        row = _row(subscription)
        self._db["subscriptions"].replace_one({"_id": row["_id"]}, row, upsert=True, session=self._session)
        _queue(self._db, self._session, [subscription], self.at)

    def record(
        self,
        acting: Acting,
        customer_id: str | None,
        action: str,
        subject: Subject,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Tell the audit log what this command changed; ``customer_id`` None: of the house as a whole."""
        told = audit.entry(
            "mobile", acting, customer_id, action, subject, before=before, after=after, at=self.at
        )
        outbox.add(self._db, self._session, told)


class Store:
    """The service's database."""

    def __init__(self, db: Database[Document]) -> None:
        self._db = db

    @classmethod
    def open(cls) -> Store:
        """The store of this process, with its indexes."""
        store = cls(mongo.connect())

        def work() -> None:
            for collection, indexes in INDEXES.items():
                store._db[collection].create_indexes(indexes)
            commands.ensure_indexes(store._db)
            outbox.ensure_indexes(store._db)

        mongo.prepare(work)
        return store

    def once(
        self, command_id: str, request: tuple[object, ...], at: datetime, work: Callable[[Changes], Document]
    ) -> Document:
        """Run ``work`` in one transaction, at most once: see :func:`shared.commands.once`."""
        return commands.once(
            self._db, command_id, request, at, lambda session: work(Changes(self._db, session, at))
        )

    def publish_again(self, after: str, at: datetime) -> list[Subscription]:
        """Queue the events of the next subscriptions by ID, as they stand; empty when there are no more."""

        def run(session: ClientSession) -> list[Subscription]:
            rows = self._db["subscriptions"].find({"_id": {"$gt": after}}, session=session)
            batch = [_subscription(row) for row in rows.sort("_id", ASCENDING).limit(PUBLISH_BATCH)]
            if batch:
                _queue(self._db, session, batch, at)
            return batch

        return mongo.transact(self._db, run)

    def subscriptions(self, customer_id: str | None, after: str | None, limit: int) -> list[Subscription]:
        """Of one customer or of all, by customer and date, ended ones too."""
        wanted: Document = {} if customer_id is None else {"customer_id": customer_id}
        if after is not None:
            last = self._db["subscriptions"].find_one({"_id": after}, dict.fromkeys(ORDER, 1))
            if last is None:
                return []
            wanted = {"$and": [wanted, _later(last)]}
        rows = self._db["subscriptions"].find(wanted).sort([(field, ASCENDING) for field in ORDER])
        return [_subscription(row) for row in rows.limit(limit)]


def _later(last: Document) -> Document:
    """What comes behind a row in ORDER."""
    equal = [{field: last[field] for field in ORDER[:index]} for index in range(len(ORDER))]
    return {"$or": [{**same, field: {"$gt": last[field]}} for same, field in zip(equal, ORDER, strict=True)]}


def _queue(
    db: Database[Document], session: ClientSession, subscriptions: list[Subscription], at: datetime
) -> None:
    outbox.add(db, session, *(wrap(domain.changed(s), s.customer_id, at) for s in subscriptions))


def _row(subscription: Subscription) -> Document:
    return {
        "_id": subscription.id,
        "customer_id": subscription.customer_id,
        "product": subscription.product,
        "active_from": subscription.active_from,
        "ended_at": subscription.ended_at,
        "sim_number": subscription.sim_number,
        "label": subscription.label,
        "numbers": [
            {"number": t.number, "valid_from": t.start, "valid_to": t.end} for t in subscription.numbers
        ],
        "revision": subscription.revision,
    }


def _subscription(row: Document) -> Subscription:
    return Subscription(
        id=row["_id"],
        customer_id=row["customer_id"],
        product=row["product"],
        active_from=row["active_from"],
        ended_at=row["ended_at"],
        sim_number=row["sim_number"],
        label=row["label"],
        numbers=tuple(NumberTerm(n["number"], n["valid_from"], n["valid_to"]) for n in row["numbers"]),
        revision=row["revision"],
    )
