"""The service pbx on the bus."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.pbx import schemas, usecases, views
from services.pbx.schemas import Reply
from services.pbx.store import Store
from shared.acting import Acting
from shared.bus import OutboxRelay, Provide, rpc

STAFF = ("staff",)
USER = ("user",)


def clock() -> datetime:
    return datetime.now(UTC)


class PbxService:
    """See README.md for what each method takes and answers."""

    name = "pbx"

    store: Store = Provide(Store.open)
    relay = OutboxRelay()

    @rpc(schemas.AddRange, kinds=STAFF)
    def add_range(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return usecases.add_range(self.store, clock, **fields)

    @rpc(kinds=STAFF)
    def ranges(self, acting: Acting) -> Reply:
        acting.require_staff()
        return views.ranges(self.store, clock())

    @rpc(schemas.AssignNumbers, kinds=STAFF)
    def assign_numbers(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return usecases.assign_numbers(self.store, clock, **fields)

    @rpc(schemas.EndAssignment, kinds=STAFF)
    def end_assignment(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return usecases.end_assignment(self.store, clock, **fields)

    @rpc(schemas.Assignments, kinds=STAFF)
    def assignments(self, acting: Acting, **fields: Any) -> Reply:
        acting.require_staff()
        return views.assignments(self.store, **fields)

    @rpc(kinds=STAFF)
    def republish(self, acting: Acting) -> Reply:
        acting.require_staff()
        return usecases.republish(self.store, clock)

    @rpc(schemas.Page, kinds=USER)
    def numbers(self, acting: Acting, **fields: Any) -> Reply:
        return views.numbers(self.store, acting.require_customer(), clock(), **fields)
