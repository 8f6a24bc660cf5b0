"""Calls of staff about a customer's telephony. The service class in entrypoints.py takes them over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.pbx.domain.parts import Part
from services.pbx.schemas import Reply, requests
from services.pbx.store import Store
from services.pbx.usecases import abroad, enabling, staff
from services.pbx.views import settings as views
from shared.acting import Acting
from shared.bus import rpc

STAFF = ("staff",)


def clock() -> datetime:
    return datetime.now(UTC)


class StaffCalls:
    """All are for staff who may work on the customer that they name."""

    store: Store

    @rpc(requests.StaffCommand, kinds=STAFF)
    def enable_pbx(self, acting: Acting, customer_id: str, **fields: Any) -> Reply:
        acting.require_staff_for(customer_id)
        return enabling.enable_pbx(self.store, clock, acting, customer_id=customer_id, **fields)

    @rpc(requests.StaffCommand, kinds=STAFF)
    def disable_pbx(self, acting: Acting, customer_id: str, **fields: Any) -> Reply:
        acting.require_staff_for(customer_id)
        return enabling.disable_pbx(self.store, clock, acting, customer_id=customer_id, **fields)

    @rpc(requests.StaffAdd, kinds=STAFF)
    def add_user(self, acting: Acting, customer_id: str, **fields: Any) -> Reply:
        acting.require_staff_for(customer_id)
        return staff.add_user(self.store, clock, acting, customer_id=customer_id, **fields)

    @rpc(requests.StaffRemove, kinds=STAFF)
    def remove_user(self, acting: Acting, customer_id: str, **fields: Any) -> Reply:
        acting.require_staff_for(customer_id)
        return staff.remove(self.store, clock, acting, part=Part.USER, customer_id=customer_id, **fields)

    @rpc(requests.StaffAdd, kinds=STAFF)
    def add_line(self, acting: Acting, customer_id: str, **fields: Any) -> Reply:
        acting.require_staff_for(customer_id)
        return staff.add_line(self.store, clock, acting, customer_id=customer_id, **fields)

    @rpc(requests.StaffChange, kinds=STAFF)
    def change_line(self, acting: Acting, customer_id: str, **fields: Any) -> Reply:
        acting.require_staff_for(customer_id)
        return staff.change_line(self.store, clock, acting, customer_id=customer_id, **fields)

    @rpc(requests.StaffRemove, kinds=STAFF)
    def remove_line(self, acting: Acting, customer_id: str, **fields: Any) -> Reply:
        acting.require_staff_for(customer_id)
        return staff.remove(self.store, clock, acting, part=Part.LINE, customer_id=customer_id, **fields)

    @rpc(requests.OfCustomer, kinds=STAFF)
    def config_of(self, acting: Acting, customer_id: str, which: str) -> Reply:
        acting.require_staff_for(customer_id)
        return views.exported(self.store, customer_id, which, abroad.preset(), clock())

    @rpc(requests.SetCallsAbroad, kinds=STAFF)
    def set_calls_abroad(self, acting: Acting, **fields: Any) -> Reply:
        """What calls abroad may cost is the operator's risk: no partner sets it."""
        acting.require_staff()
        return abroad.set_cap(self.store, clock, acting, abroad.preset(), **fields)

    @rpc(requests.Import, kinds=STAFF)
    def import_config(self, acting: Acting, customer_id: str, **fields: Any) -> Reply:
        acting.require_staff_for(customer_id)
        return staff.import_config(self.store, clock, acting, customer_id=customer_id, **fields)
