"""MongoDB of mobile. A command's reads and writes are :class:`Changes`, in one transaction; the rest is
:class:`Store`. One file per concept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from pymongo.client_session import ClientSession

from services.mobile.store import limits, orders, subscriptions, terms, usage
from services.mobile.store.limits import LimitChanges, LimitReads, Place
from services.mobile.store.orders import OrderChanges, OrderReads
from services.mobile.store.subscriptions import SubscriptionChanges, SubscriptionReads
from services.mobile.store.terms import TermsReads
from services.mobile.store.usage import UsageChanges, UsageReads
from shared import commands, mongo, outbox
from shared.mongo import Document

__all__ = ["Changes", "Place", "Store"]

Result = TypeVar("Result")


class Changes(SubscriptionChanges, UsageChanges, LimitChanges, OrderChanges):
    """What one command or event reads and writes, in its transaction."""


class Store(SubscriptionReads, TermsReads, UsageReads, LimitReads, OrderReads):
    """The service's database."""

    @classmethod
    def open(cls) -> Store:
        """The store of this process, with its indexes."""
        store = cls(mongo.connect())

        def work() -> None:
            made = ("numbers", "customers", "defaults", "terms", "limits", "warnings", "subscription_months")
            mongo.make_collections(
                store._db, (*made, "customer_months", "orders", "stray_answers", "subscriptions")
            )
            for part in (subscriptions, terms, usage, limits, orders):
                for collection, indexes in part.INDEXES.items():
                    store._db[collection].create_indexes(indexes)
            subscriptions.complete(store._db)
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

    def in_one(self, at: datetime, work: Callable[[Changes], Result]) -> Result:
        """Run ``work`` in one transaction; it may be asked again, so its effect must be idempotent."""

        def run(session: ClientSession) -> Result:
            return work(Changes(self._db, session, at))

        return mongo.transact(self._db, run)
