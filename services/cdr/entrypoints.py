"""The cdr service on the bus: calls in, ownership events in, closed periods out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.cdr import schemas, usage_views, views
from services.cdr.billing_entrypoints import BillingCalls
from services.cdr.customer_entrypoints import CustomerCalls
from services.cdr.plan_entrypoints import PlanCalls, open_stores
from services.cdr.staff_entrypoints import StaffCalls
from services.cdr.store import Stores
from services.cdr.usecases import counting, ownership, retention
from shared.acting import Acting
from shared.bus import Operations, OutboxRelay, Provide, listen, rpc
from shared.events import Envelope, MobileSubscriptionChanged, PbxNumberChanged

STAFF = ("staff",)


def _now() -> datetime:
    return datetime.now(UTC)


class CdrService(CustomerCalls, StaffCalls, PlanCalls, BillingCalls, Operations):
    """Usage, rating and call details."""

    name = "cdr"

    stores: Stores = Provide(open_stores)
    relay = OutboxRelay()

    @rpc()
    def periods(self, acting: Acting) -> dict[str, Any]:
        return views.periods(self.stores.periods, acting.require_customer(), _now())

    @rpc(schemas.TotalsRequest)
    def totals(self, acting: Acting, selection: Any, by: str, counting: bool) -> dict[str, Any]:
        customer, user = acting.require_customer(), str(acting.user_id) if counting else None
        return usage_views.totals(self.stores, customer, selection, by, _now(), user)

    @rpc(schemas.Figures)
    def figures(self, acting: Acting, selection: Any, **fields: Any) -> dict[str, Any]:
        return usage_views.figures(self.stores, acting.require_customer(), selection, _now(), **fields)

    @rpc(schemas.OfCustomer, kinds=STAFF)
    def periods_of(self, acting: Acting, customer_id: str) -> dict[str, Any]:
        acting.require_staff()
        return views.periods(self.stores.periods, customer_id, _now())

    @rpc(schemas.TotalsOfCustomer, kinds=STAFF)
    def totals_of(
        self, acting: Acting, customer_id: str, selection: Any, by: str, counting: bool = False
    ) -> dict[str, Any]:
        """For staff nothing is counted in the background, whatever ``counting`` says."""
        acting.require_staff()
        return usage_views.totals(self.stores, customer_id, selection, by, _now())

    @rpc(schemas.DetailsRequest)
    def details(
        self, acting: Acting, selection: Any, cursor: Any, limit: int, sort: str, counting: bool
    ) -> dict[str, Any]:
        customer, user = acting.require_customer(), str(acting.user_id) if counting else None
        stores = self.stores
        found = usage_views.details(stores, customer, selection, cursor, limit, sort, _now(), user)
        if not found["rows"]:
            found["removed"] = retention.removed(stores.retention, customer, selection)
        return found

    @rpc(schemas.CountingRequest)
    def counting(self, acting: Acting, selection: Any) -> dict[str, Any] | None:
        """How far the counting of a selection is that took too long to wait for; None when nobody counts."""
        return counting.progress(self.stores, acting.require_customer(), selection)

    @rpc(kinds=STAFF)
    def quarantine_counts(self, acting: Acting) -> dict[str, int]:
        acting.require_staff()
        return self.stores.quarantine.counts()

    @rpc(schemas.QuarantineRequest, kinds=STAFF)
    def quarantine(self, acting: Acting, reason: str, after: str, limit: int) -> list[dict[str, Any]]:
        acting.require_staff()
        return views.quarantine(self.stores.quarantine, reason, after, limit)

    @listen(PbxNumberChanged)
    def on_number_changed(self, envelope: Envelope[PbxNumberChanged]) -> None:
        ownership.learn_number(envelope, self.stores.reference)

    @listen(MobileSubscriptionChanged)
    def on_subscription_changed(self, envelope: Envelope[MobileSubscriptionChanged]) -> None:
        ownership.learn_subscription(envelope, self.stores.reference, self.stores.bundles, _now())
