"""The service mobile on the bus."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.mobile import schemas, usecases, views
from services.mobile.schemas import Reply
from services.mobile.store import Store
from shared.acting import Acting
from shared.bus import Operations, OutboxRelay, Provide, rpc

STAFF = ("staff",)


def clock() -> datetime:
    return datetime.now(UTC)


class MobileService(Operations):
    """See README.md for what each method takes and answers."""

    name = "mobile"

    store: Store = Provide(Store.open)
    relay = OutboxRelay()

    @rpc(schemas.CreateSubscription, kinds=STAFF)
    def create_subscription(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return usecases.create_subscription(self.store, clock, acting, **fields)

    @rpc(schemas.ChangeNumber, kinds=STAFF)
    def change_number(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return usecases.change_number(self.store, clock, acting, **fields)

    @rpc(schemas.EndSubscription, kinds=STAFF)
    def end_subscription(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return usecases.end_subscription(self.store, clock, acting, **fields)

    @rpc(kinds=STAFF)
    def republish(self, acting: Acting) -> Reply:
        acting.require_staff()
        return usecases.republish(self.store, clock)

    @rpc(schemas.Subscriptions, kinds=("user", "staff"))
    def subscriptions(self, acting: Acting, **fields: Any) -> Reply:
        return views.subscriptions(self.store, acting, clock(), **fields)
