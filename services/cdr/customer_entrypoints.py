"""Calls about exports, charts, limits, the watch over fraud, and retention. The service class in
entrypoints.py takes them over."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from services.cdr import charts
from services.cdr.charts import ChartSource
from services.cdr.overage import NO_OVERAGE, overage
from services.cdr.schemas import exports as export_requests
from services.cdr.schemas import guard as requests
from services.cdr.store import Stores
from services.cdr.usecases import counting, exports, limits, retention, watch
from shared.acting import Acting
from shared.bus import rpc
from shared.errors import NotFound
from shared.jobs import listing

STAFF = ("staff",)
SERVICE = ("service",)

Reply = dict[str, Any]


def _now() -> datetime:
    return datetime.now(UTC)


class CustomerCalls:
    """For a customer's users; some for operator staff, one for other services."""

    stores: Stores

    # Exports

    @rpc(export_requests.StartExport)
    def start_export(self, acting: Acting, **fields: Any) -> Reply:
        return exports.start_export(self.stores.commands, self.stores.jobs, acting, **fields)

    @rpc(export_requests.OfExport)
    def export(self, acting: Acting, job_id: str) -> Reply:
        return exports.own_export(self.stores.jobs, acting, job_id).to_wire()

    @rpc()
    def exports(self, acting: Acting) -> list[Reply]:
        return exports.own_exports(self.stores.jobs, acting)

    @rpc(export_requests.OfExport)
    def cancel_export(self, acting: Acting, job_id: str) -> Reply:
        return exports.cancel_export(self.stores.commands, self.stores.jobs, acting, job_id)

    @rpc(export_requests.ExportChunk)
    def export_chunk(self, acting: Acting, job_id: str, index: int) -> Reply:
        result = exports.own_export(self.stores.jobs, acting, job_id).result
        if result is None:
            raise NotFound()
        piece = self._piece(result["file_id"], index)
        return {**piece, "last": index == result["pieces"] - 1}

    @rpc(export_requests.FileChunk, kinds=SERVICE)
    def file_chunk(self, acting: Acting, file_id: str, index: int) -> Reply:
        """Of a file that an event of ours referred to: for the service that mails it, and only on behalf
        of the customer whose event it was."""
        acting.require_service("identity")
        if acting.customer_id is None or not self.stores.files.is_of(file_id, acting.customer_id):
            raise NotFound()
        return self._piece(file_id, index)

    def _piece(self, file_id: str, index: int) -> Reply:
        piece = self.stores.files.piece(file_id, index)
        if piece is None:
            raise NotFound()
        return {"data": base64.b64encode(piece).decode()}

    # Charts

    @rpc(requests.Series)
    def series(self, acting: Acting, selection: Any, by: str) -> Reply:
        return charts.series(self._chart_source(), acting.require_customer(), selection, by)

    @rpc(requests.Top)
    def top(self, acting: Acting, selection: Any, of: str, limit: int) -> Reply:
        customer = acting.require_customer()
        above = NO_OVERAGE if of == "receiver" else overage(self.stores.lines, customer, selection)
        return charts.top(self._chart_source(), customer, selection, of, limit, above)

    def _chart_source(self) -> ChartSource:
        stores = self.stores
        return ChartSource(
            stores.counters,
            stores.charts,
            lambda customer, selection: stores.long_counts.is_long(counting.key_of(customer, selection)),
        )

    # Limits and fraud

    @rpc()
    def voip_limit(self, acting: Acting) -> Reply:
        stores = self.stores
        return limits.voip_limit(stores.limits, stores.counters.telephony, acting.require_customer(), _now())

    @rpc(requests.SetVoipLimit)
    def set_voip_limit(self, acting: Acting, **fields: Any) -> Reply:
        return limits.set_voip_limit(self.stores.commands, self.stores.limits, acting, _now(), **fields)

    @rpc()
    def fraud_watch(self, acting: Acting) -> Reply:
        return watch.fraud_watch(self.stores.watch, acting.require_customer())

    @rpc(requests.SetFraudWatch)
    def set_fraud_watch(self, acting: Acting, **fields: Any) -> Reply:
        return watch.set_fraud_watch(self.stores.commands, self.stores.watch, acting, _now(), **fields)

    @rpc(requests.LiftFraudAlert)
    def lift_fraud_alert(self, acting: Acting, **fields: Any) -> Reply:
        stores = self.stores
        return watch.lift_fraud_alert(stores.commands, stores.watch, stores.counters.by_day, acting, **fields)

    # For staff

    @rpc(requests.Jobs, kinds=STAFF)
    def jobs(self, acting: Acting, state: str | None, limit: int) -> list[Reply]:
        acting.require_staff()
        return listing(self.stores.jobs, state, limit)

    @rpc(requests.Retention, kinds=STAFF)
    def retention(self, acting: Acting, customer_id: str | None) -> Reply:
        """The terms, and what the next run would anonymise; nothing is changed."""
        _require(acting, customer_id)
        return retention.retention(self.stores.retention, customer_id, _now())

    @rpc(requests.SetRetention, kinds=STAFF)
    def set_retention(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return retention.set_retention(self.stores.commands, self.stores.retention, acting, **fields)


def _require(acting: Acting, customer_id: str | None) -> None:
    if customer_id is None:
        acting.require_staff()
    else:
        acting.require_staff_for(customer_id)
