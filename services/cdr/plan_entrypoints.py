"""Calls about rate plans: versions, imports, who has which. entrypoints.py takes them over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from eventlet import tpool

from services.cdr import plan_views
from services.cdr.schemas import OfCustomer
from services.cdr.schemas import plans as schemas
from services.cdr.store import Stores
from services.cdr.usecases import plan_import, plans
from shared.acting import Acting
from shared.bus import rpc

STAFF = ("staff",)

Reply = dict[str, Any]


def open_stores() -> Stores:
    """Reading a plan of fifty thousand lines takes too long for the event loop: a real thread does it."""
    return Stores.connect(tpool.execute)


def _now() -> datetime:
    return datetime.now(UTC)


class PlanCalls:
    """Every method is for operator staff only, unless it says otherwise."""

    stores: Stores

    @rpc(kinds=STAFF)
    def plans(self, acting: Acting) -> list[Reply]:
        acting.require_staff()
        return plan_views.plans(self.stores.reference, _now())

    @rpc(schemas.PlanLines, kinds=STAFF)
    def plan_lines(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return plan_views.plan_lines(self.stores.reference, tpool.execute, now=_now(), **fields)

    @rpc(schemas.ComparePlans, kinds=STAFF)
    def compare_plans(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return plan_views.compare_plans(self.stores.reference, **fields)

    @rpc(schemas.PlanCsv, kinds=STAFF)
    def plan_csv(self, acting: Acting, version: str, index: int) -> Reply:
        acting.require_staff()
        return plan_views.plan_csv(self.stores.reference.files, version, index)

    @rpc(kinds=STAFF)
    def plan_template(self, acting: Acting) -> Reply:
        acting.require_staff()
        return plan_views.plan_template()

    # Imports

    @rpc(schemas.ImportPlan, kinds=STAFF)
    def import_plan(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        stores = self.stores
        return plans.import_plan(stores.reference, stores.commands, tpool.execute, acting, **fields)

    @rpc(schemas.BeginImport, kinds=STAFF)
    def begin_import(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        stores = self.stores
        draft = plan_import.begin_import(stores.reference, stores.commands, acting, now=_now(), **fields)
        return plan_views.preview(stores.reference, stores.jobs, draft)

    @rpc(schemas.ImportChunk, kinds=STAFF)
    def import_chunk(self, acting: Acting, draft_id: str, index: int, data: bytes) -> Reply:
        acting.require_staff()
        plan_import.import_chunk(self.stores.reference.files, draft_id, index, data)
        return {}

    @rpc(schemas.PreviewImport, kinds=STAFF)
    def preview_import(self, acting: Acting, draft_id: str, **pages: int) -> Reply:
        """The first time, this begins the check; afterwards it says how far it is and what it found."""
        acting.require_staff()
        stores = self.stores
        files = stores.reference.files
        draft = plan_import.begin_check(files, stores.commands, stores.jobs, acting, draft_id)
        return plan_views.preview(stores.reference, stores.jobs, draft, **pages)

    @rpc(schemas.ChangeImport, kinds=STAFF)
    def change_import(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        stores = self.stores
        draft = plan_import.change_import(stores.reference, stores.commands, stores.jobs, acting, **fields)
        return plan_views.preview(stores.reference, stores.jobs, draft)

    @rpc(schemas.SaveImport, kinds=STAFF)
    def save_import(self, acting: Acting, draft_id: str, reason: str, command_id: str) -> Reply:
        acting.require_staff()
        stores = self.stores
        version = plan_import.save_import(
            stores.reference, stores.commands, acting, draft_id, reason, command_id
        )
        return {"version": version}

    @rpc(schemas.DropImport, kinds=STAFF)
    def drop_import(self, acting: Acting, draft_id: str, command_id: str) -> Reply:
        acting.require_staff()
        plan_import.drop_import(self.stores.reference.files, draft_id)
        return {}

    @rpc(kinds=STAFF)
    def import_drafts(self, acting: Acting) -> list[Reply]:
        acting.require_staff()
        return plan_views.drafts(self.stores.reference.files)

    # Who has which

    @rpc(schemas.AssignPlan, kinds=STAFF)
    def assign_plan(self, acting: Acting, **fields: Any) -> None:
        acting.require_staff()
        plans.assign_plan(self.stores.reference, self.stores.commands, acting, **fields)

    @rpc(schemas.PlanCustomers, kinds=STAFF)
    def plan_customers(self, acting: Acting, plan: str, after: str, limit: int) -> Reply:
        acting.require_staff()
        return plan_views.plan_customers(self.stores.reference, plan, after, limit)

    @rpc(OfCustomer, kinds=STAFF)
    def customer_plan(self, acting: Acting, customer_id: str) -> Reply:
        """For the operator, and for staff who work on this customer."""
        acting.require_staff_for(customer_id)
        return plan_views.customer_plan(self.stores.reference, customer_id, _now())
