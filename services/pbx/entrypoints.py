"""The service pbx on the bus: numbers, and what cdr tells. Settings are in settings_entrypoints.py, what
staff set up in staff_entrypoints.py."""

from __future__ import annotations

from contextvars import copy_context
from datetime import UTC, datetime
from typing import Any

from eventlet import tpool

from services.pbx.edge_entrypoints import EdgeCalls
from services.pbx.schemas import Reply
from services.pbx.schemas import numbers as schemas
from services.pbx.settings_entrypoints import SettingsCalls
from services.pbx.staff_entrypoints import StaffCalls
from services.pbx.store import Store
from services.pbx.store.sealed import SHELVES
from services.pbx.usecases import fraud
from services.pbx.usecases import numbers as usecases
from services.pbx.views import numbers as views
from services.pbx.views.planning import Run
from shared.acting import Acting
from shared.bus import Operations, OutboxRelay, Provide, Resealing, listen, rpc
from shared.events import Envelope, FraudLifted, FraudSuspected
from shared.sealing import Sealer

STAFF = ("staff",)
USER = ("user",)


def clock() -> datetime:
    return datetime.now(UTC)


def beside() -> Run:
    """Runs what is pure in a real thread, in the language of who asks, so that the event loop turns on."""

    def run(function: Any, *arguments: Any) -> Any:
        return tpool.execute(copy_context().run, function, *arguments)

    return run


class PbxService(SettingsCalls, StaffCalls, EdgeCalls, Resealing, Operations):
    """See README.md for what each method takes and answers."""

    name = "pbx"
    shelves = SHELVES

    store: Store = Provide(Store.open)
    sealer: Sealer = Provide(Sealer.from_environment)
    run: Run = Provide(beside)
    relay = OutboxRelay()

    @rpc(schemas.AddRange, kinds=STAFF)
    def add_range(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return usecases.add_range(self.store, clock, acting, **fields)

    @rpc(kinds=STAFF)
    def ranges(self, acting: Acting) -> Reply:
        acting.require_staff()
        return views.ranges(self.store, clock())

    @rpc(schemas.AssignNumbers, kinds=STAFF)
    def assign_numbers(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return usecases.assign_numbers(self.store, clock, acting, **fields)

    @rpc(schemas.EndAssignment, kinds=STAFF)
    def end_assignment(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return usecases.end_assignment(self.store, clock, acting, **fields)

    @rpc(schemas.NumbersOfRange, kinds=STAFF)
    def numbers_of_range(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return views.numbers_of_range(self.store, clock(), **fields)

    @rpc(schemas.RangeWith, kinds=STAFF)
    def range_with(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return views.range_with(self.store, clock(), **fields)

    @rpc(schemas.Assignments, kinds=STAFF)
    def assignments(self, acting: Acting, customer_id: str | None = None, **fields: Any) -> Reply:
        if customer_id is None:
            acting.require_staff()
        else:
            acting.require_staff_for(customer_id)
        return views.assignments(self.store, customer_id=customer_id, **fields)

    @rpc(kinds=STAFF)
    def republish(self, acting: Acting) -> Reply:
        acting.require_staff()
        return usecases.republish(self.store, clock)

    @rpc(schemas.Page, kinds=USER)
    def numbers(self, acting: Acting, **fields: Any) -> Reply:
        return views.numbers(self.store, acting.require_customer(), clock(), **fields)

    @listen(FraudSuspected)
    def on_fraud_suspected(self, envelope: Envelope[FraudSuspected]) -> None:
        fraud.suspected(self.store, envelope)

    @listen(FraudLifted)
    def on_fraud_lifted(self, envelope: Envelope[FraudLifted]) -> None:
        fraud.lifted(self.store, envelope)
