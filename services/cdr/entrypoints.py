"""The cdr service on the bus: calls in, ownership events in, closed periods out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.cdr import schemas, views
from services.cdr.customer_entrypoints import CustomerCalls
from services.cdr.domain.periods import written
from services.cdr.plan_entrypoints import PlanCalls, open_stores
from services.cdr.staff_entrypoints import StaffCalls
from services.cdr.store import Stores
from services.cdr.usecases import ownership, retention
from services.cdr.usecases.close_period import close_period
from shared.acting import Acting
from shared.bus import Operations, OutboxRelay, Provide, listen, rpc
from shared.events import Envelope, MobileSubscriptionChanged, PbxNumberChanged
from shared.money import to_wire

STAFF = ("staff",)


def _now() -> datetime:
    return datetime.now(UTC)


class CdrService(CustomerCalls, StaffCalls, PlanCalls, Operations):
    """Usage, rating and call details."""

    name = "cdr"

    stores: Stores = Provide(open_stores)
    relay = OutboxRelay()

    @rpc()
    def periods(self, acting: Acting) -> dict[str, Any]:
        return views.periods(self.stores.periods, acting.require_customer(), _now())

    @rpc(schemas.TotalsRequest)
    def totals(self, acting: Acting, selection: Any, by: str) -> dict[str, Any]:
        customer = acting.require_customer()
        return views.totals(self.stores.counters, self.stores.details, customer, selection, by, _now())

    @rpc(schemas.OfCustomer, kinds=STAFF)
    def periods_of(self, acting: Acting, customer_id: str) -> dict[str, Any]:
        acting.require_staff()
        return views.periods(self.stores.periods, customer_id, _now())

    @rpc(schemas.TotalsOfCustomer, kinds=STAFF)
    def totals_of(self, acting: Acting, customer_id: str, selection: Any, by: str) -> dict[str, Any]:
        acting.require_staff()
        stores = self.stores
        return views.totals(stores.counters, stores.details, customer_id, selection, by, _now())

    @rpc(schemas.DetailsRequest)
    def details(self, acting: Acting, selection: Any, cursor: Any, limit: int, sort: str) -> dict[str, Any]:
        customer = acting.require_customer()
        stores = self.stores
        found = views.details(stores.details, stores.counters, customer, selection, cursor, limit, sort)
        if not found["rows"]:
            found["removed"] = retention.removed(stores.retention, customer, selection)
        return found

    @rpc(schemas.ClosePeriod, kinds=STAFF)
    def close_period(self, acting: Acting, customer_id: str, period: int) -> dict[str, Any]:
        acting.require_staff()
        closed = close_period(customer_id, period, self.stores.periods, _now(), acting)
        return {"period": written(period), "rows": closed.rows, "amount": to_wire(closed.amount)}

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
        ownership.learn_subscription(envelope, self.stores.reference)
