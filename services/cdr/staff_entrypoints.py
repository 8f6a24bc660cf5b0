"""Calls of operator staff: re-rating, prices, quarantine. entrypoints.py takes them over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.cdr import staff_views, usage_views
from services.cdr.schemas import DetailsOfCustomer
from services.cdr.schemas import quarantine as quarantine_schemas
from services.cdr.schemas import rerating as schemas
from services.cdr.store import Stores
from services.cdr.usecases import quarantine as mending
from services.cdr.usecases import rerate_jobs
from shared.acting import Acting
from shared.bus import rpc
from shared.errors import Forbidden, NotFound

STAFF = ("staff",)


class StaffCalls:
    """Every method is for operator staff only, unless it says otherwise."""

    stores: Stores

    @rpc(schemas.RerateScope, kinds=STAFF)
    def rerate_preview(self, acting: Acting, scope: Any, command_id: str) -> dict[str, Any]:
        acting.require_staff()
        stores = self.stores
        job = rerate_jobs.start_preview(stores.rerating, stores.commands, acting, scope, command_id)
        return staff_views.rerating_job(job)

    @rpc(schemas.RerateApply, kinds=STAFF)
    def rerate_apply(self, acting: Acting, job_id: str, reason: str, command_id: str) -> dict[str, Any]:
        acting.require_staff()
        stores, now = self.stores, datetime.now(UTC)
        job = rerate_jobs.start_booking(
            stores.rerating, stores.commands, acting, job_id, reason, command_id, now
        )
        return staff_views.rerating_job(job)

    @rpc(schemas.RerateCancel, kinds=STAFF)
    def cancel_rerate(self, acting: Acting, job_id: str, command_id: str) -> dict[str, Any]:
        acting.require_staff()
        rerate_jobs.cancel_preview(self.stores.rerating, job_id)
        return staff_views.rerating(self.stores.rerating, job_id)

    @rpc(schemas.RerateJob, kinds=STAFF)
    def rerating(self, acting: Acting, job_id: str) -> dict[str, Any]:
        acting.require_staff()
        return staff_views.rerating(self.stores.rerating, job_id)

    @rpc(schemas.RerateList, kinds=STAFF)
    def reratings(self, acting: Acting, limit: int) -> list[dict[str, Any]]:
        acting.require_staff()
        return staff_views.reratings(self.stores.rerating, limit)

    @rpc(schemas.ReratePage, kinds=STAFF)
    def rerating_customers(self, acting: Acting, **fields: Any) -> dict[str, Any]:
        acting.require_staff()
        return staff_views.rerating_customers(self.stores.rerating, **fields)

    @rpc(schemas.ReratePage, kinds=STAFF)
    def rerating_rows(self, acting: Acting, **fields: Any) -> dict[str, Any]:
        acting.require_staff()
        return staff_views.rerating_rows(self.stores.rerating, **fields)

    @rpc(DetailsOfCustomer, kinds=STAFF)
    def details_of(self, acting: Acting, customer_id: str, **fields: Any) -> dict[str, Any]:
        """For the operator, and for staff who work on this customer."""
        acting.require_staff_for(customer_id)
        fields.pop("counting")
        place, now = fields.pop("cursor"), datetime.now(UTC)
        return usage_views.details(self.stores, customer_id, place=place, now=now, **fields)

    @rpc(schemas.ExplainRow, kinds=STAFF)
    def explain(self, acting: Acting, row_id: str) -> dict[str, Any]:
        """For the operator, and for staff who work on the row's customer; to others it is not there."""
        row = staff_views.row_for_staff(self.stores.details, row_id)
        try:
            acting.require_staff_for(row["customer"])
        except Forbidden:
            raise NotFound() from None
        return staff_views.explanation(row, self.stores.reference)

    @rpc(kinds=STAFF)
    def quarantine_cases(self, acting: Acting) -> list[dict[str, Any]]:
        acting.require_staff()
        return staff_views.quarantine_cases(self.stores.quarantine)

    @rpc(quarantine_schemas.CasePage, kinds=STAFF)
    def quarantine_case(self, acting: Acting, case: Any, after: str, limit: int) -> dict[str, Any]:
        acting.require_staff()
        stores = self.stores
        return staff_views.quarantine_case(
            stores.quarantine, stores.reference, case, after, limit, datetime.now(UTC)
        )

    @rpc(quarantine_schemas.ReplayCase, kinds=STAFF)
    def replay(self, acting: Acting, case: Any, command_id: str) -> dict[str, Any]:
        acting.require_staff()
        stores = self.stores
        return mending.start_replay(
            stores.quarantine, stores.jobs, stores.commands, acting, case, command_id
        ).to_wire()

    @rpc(quarantine_schemas.DiscardCase, kinds=STAFF)
    def discard(self, acting: Acting, case: Any, reason: str, command_id: str) -> dict[str, int]:
        acting.require_staff()
        stores, now = self.stores, datetime.now(UTC)
        count = mending.discard(stores.quarantine, stores.commands, acting, case, reason, command_id, now)
        return {"discarded": count}

    @rpc(quarantine_schemas.ReplayJob, kinds=STAFF)
    def replay_job(self, acting: Acting, job_id: str) -> dict[str, Any]:
        acting.require_staff()
        job = self.stores.jobs.get(job_id, kind=mending.REPLAY)
        if job is None:
            raise NotFound()
        return job.to_wire()
