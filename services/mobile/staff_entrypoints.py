"""Calls of staff. The service class in entrypoints.py takes them over.

Numbers, products and prices are the operator's; SIM cards, modules and blocks also those of staff who may
work on the customer.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.mobile.schemas import Reply, requests
from services.mobile.store import Store
from services.mobile.usecases import limits, subscriptions, terms
from services.mobile.views import staff as views
from shared.acting import Acting
from shared.bus import rpc
from shared.sealing import Sealer

STAFF = ("staff",)


def clock() -> datetime:
    return datetime.now(UTC)


class StaffCalls:
    """What is about one subscription is NotFound for staff who may not work on its customer."""

    store: Store
    sealer: Sealer

    @rpc(requests.CreateSubscription, kinds=STAFF)
    def create_subscription(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return subscriptions.create_subscription(self.store, self.sealer, clock, acting, **fields)

    @rpc(requests.ChangeNumber, kinds=STAFF)
    def change_number(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return subscriptions.change_number(self.store, clock, acting, **fields)

    @rpc(requests.EndSubscription, kinds=STAFF)
    def end_subscription(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return subscriptions.end_subscription(self.store, clock, acting, **fields)

    @rpc(requests.ChangeProduct, kinds=STAFF)
    def change_product(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return subscriptions.change_product(self.store, clock, acting, **fields)

    @rpc(requests.ChangeSim, kinds=STAFF)
    def change_sim(self, acting: Acting, **fields: Any) -> Reply:
        return subscriptions.change_sim(self.store, self.sealer, clock, acting, **fields)

    @rpc(requests.AddModule, kinds=STAFF)
    def add_module(self, acting: Acting, **fields: Any) -> Reply:
        return subscriptions.add_module(self.store, clock, acting, **fields)

    @rpc(requests.EndModule, kinds=STAFF)
    def end_module(self, acting: Acting, **fields: Any) -> Reply:
        return subscriptions.end_module(self.store, clock, acting, **fields)

    @rpc(requests.SetBlocks, kinds=STAFF)
    def set_blocks(self, acting: Acting, **fields: Any) -> Reply:
        return subscriptions.set_blocks(self.store, clock, acting, **fields)

    @rpc(requests.Republish, kinds=STAFF)
    def republish(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return subscriptions.republish(self.store, clock, **fields)

    @rpc(kinds=STAFF)
    def products(self, acting: Acting) -> Reply:
        if acting.scope != "customer":
            acting.require_console()
        return views.products()

    @rpc(requests.OfCustomer, kinds=STAFF)
    def terms(self, acting: Acting, customer_id: str) -> Reply:
        acting.require_staff_for(customer_id)
        return views.terms(self.store, customer_id)

    @rpc(requests.SetTerms, kinds=STAFF)
    def set_terms(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return terms.set_terms(self.store, clock, acting, **fields)

    @rpc(requests.PartnerDefaults, kinds=STAFF)
    def partner_defaults(self, acting: Acting, **fields: Any) -> Reply:
        return views.partner_defaults(self.store, acting, **fields)

    @rpc(requests.SetPartnerDefaults, kinds=STAFF)
    def set_partner_defaults(self, acting: Acting, **fields: Any) -> Reply:
        return limits.set_partner_defaults(self.store, clock, acting, **fields)

    @rpc(requests.SimCommands, kinds=STAFF)
    def sim_commands(self, acting: Acting, **fields: Any) -> Reply:
        if fields.get("customer_id") is None:
            acting.require_staff()
        else:
            acting.require_staff_for(fields["customer_id"])
        return views.sim_commands(self.store, **fields)
