"""mobile for staff: a customer's subscriptions, terms, defaults, orders to carriers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.clients import Rpc
from gateway.models.mobile_staff import Catalogue, Defaults, SimOrders, Subscriptions, Terms
from gateway.models.part import convert
from shared.acting import Acting

ROWS = 100


@dataclass(frozen=True)
class MobileStaffClient:
    """Making, ending and pricing are the operator's; cards, modules and blocks also the partner's whose
    customer it is. ``command`` makes a change happen once."""

    rpc: Rpc

    def catalogue(self, acting: Acting) -> Catalogue:
        return convert(self.rpc.call("mobile", "products", acting), Catalogue)

    def subscriptions(self, acting: Acting, customer_id: str, after: str | None = None) -> Subscriptions:
        fields: dict[str, Any] = {"customer_id": customer_id, "after": after, "limit": ROWS}
        return convert(self.rpc.call("mobile", "subscriptions", acting, **fields), Subscriptions)

    def change(self, acting: Acting, command: str, method: str, **fields: Any) -> Mapping[str, Any]:
        """``method`` is one of the changes in the service's README. Raises Invalid, Conflict, NotFound."""
        reply: Mapping[str, Any] = self.rpc.call("mobile", method, acting, command_id=command, **fields)
        return reply

    def terms(self, acting: Acting, customer_id: str) -> Terms:
        return convert(self.rpc.call("mobile", "terms", acting, customer_id=customer_id), Terms)

    def defaults(self, acting: Acting, partner_id: str | None) -> Defaults:
        """``partner_id``: for the operator; partners get their own."""
        fields: dict[str, Any] = {"partner_id": partner_id} if partner_id else {}
        return convert(self.rpc.call("mobile", "partner_defaults", acting, **fields), Defaults)

    def orders(self, acting: Acting, state: str | None, after: str | None) -> SimOrders:
        fields: dict[str, Any] = {"state": state, "after": after}
        return convert(self.rpc.call("mobile", "sim_commands", acting, **fields), SimOrders)
