"""The service mobile on the bus: what customers ask, and what others tell. Staff's calls are in
staff_entrypoints.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from services.mobile.domain.sim import ANSWER_WITHIN
from services.mobile.schemas import Reply, requests
from services.mobile.staff_entrypoints import StaffCalls
from services.mobile.store import Store
from services.mobile.store.sealed import SHELVES
from services.mobile.usecases import limits, orders, own, terms, usage
from services.mobile.views import overview, settings
from services.mobile.views import subscriptions as views
from shared.acting import Acting
from shared.bus import Operations, OutboxRelay, Provide, Resealing, listen, rpc
from shared.config import setting
from shared.events import CustomerChanged, Envelope, UsageRated
from shared.sealing import Sealer

USER = ("user",)
BOTH = ("user", "staff")


def clock() -> datetime:
    return datetime.now(UTC)


def carrier() -> str:
    """The carrier whose SIM cards these are: who gets the orders."""
    return setting("MOBILE_CARRIER", "mobi")


def patience() -> timedelta:
    """How long a carrier has to answer."""
    seconds = setting("SIM_ANSWER_SECONDS", str(int(ANSWER_WITHIN.total_seconds())))
    return timedelta(seconds=float(seconds))


class MobileService(StaffCalls, Resealing, Operations):
    """See README.md for what each method takes and answers."""

    name = "mobile"
    shelves = SHELVES

    store: Store = Provide(Store.open)
    sealer: Sealer = Provide(Sealer.from_environment)
    carrier: str = Provide(carrier)
    patience: timedelta = Provide(patience)
    relay = OutboxRelay()

    @rpc(requests.Overview, kinds=BOTH)
    def overview(self, acting: Acting, **fields: Any) -> Reply:
        return overview.overview(self.store, acting, clock(), **fields)

    @rpc(requests.Subscriptions, kinds=BOTH)
    def subscriptions(self, acting: Acting, **fields: Any) -> Reply:
        return views.subscriptions(self.store, acting, clock(), **fields)

    @rpc(requests.OneSubscription, kinds=BOTH)
    def subscription(self, acting: Acting, **fields: Any) -> Reply:
        return views.subscription(self.store, acting, clock(), **fields)

    @rpc(requests.ChangeLabel, kinds=BOTH)
    def change_label(self, acting: Acting, **fields: Any) -> Reply:
        return own.change_label(self.store, clock, acting, **fields)

    @rpc(requests.ShowPuk, kinds=BOTH)
    def show_puk(self, acting: Acting, **fields: Any) -> Reply:
        return own.show_puk(self.store, self.sealer, clock, acting, **fields)

    @rpc(requests.OneSubscription, kinds=BOTH)
    def limits(self, acting: Acting, **fields: Any) -> Reply:
        return settings.limits(self.store, acting, clock(), **fields)

    @rpc(requests.SetCustomerLimit, kinds=USER)
    def set_customer_limit(self, acting: Acting, **fields: Any) -> Reply:
        return limits.set_customer_limit(self.store, clock, acting, **fields)

    @rpc(requests.SetLimit, kinds=BOTH)
    def set_limit(self, acting: Acting, **fields: Any) -> Reply:
        return limits.set_limit(self.store, clock, acting, **fields)

    @rpc(requests.OneSubscription, kinds=BOTH)
    def blocks(self, acting: Acting, **fields: Any) -> Reply:
        return settings.blocks(self.store, acting, clock(), **fields)

    @rpc(requests.RequestSimBlock, kinds=BOTH)
    def request_sim_block(self, acting: Acting, **fields: Any) -> Reply:
        return orders.request_sim_block(self.store, clock, acting, self.carrier, self.patience, **fields)

    @listen(UsageRated)
    def on_usage_rated(self, envelope: Envelope[UsageRated]) -> None:
        usage.usage_rated(self.store, clock, envelope)

    @listen(CustomerChanged)
    def on_customer_changed(self, envelope: Envelope[CustomerChanged]) -> None:
        terms.customer_changed(self.store, envelope)
