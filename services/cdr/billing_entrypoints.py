"""Calls of whoever bills: closing a month, and what an invoice is made of. For the service invoicing and for
operator staff; entrypoints.py takes them over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.cdr import schemas, statements
from services.cdr.schemas import billing
from services.cdr.store import Stores
from services.cdr.usecases.close_period import close_period
from shared.acting import Acting
from shared.bus import rpc

BILLERS = ("staff", "service")

Reply = dict[str, Any]


class BillingCalls:
    stores: Stores

    @rpc(schemas.ClosePeriod, kinds=BILLERS)
    def close_period(self, acting: Acting, customer_id: str, period: int, command_id: str) -> Reply:
        """Closes once, so any repetition answers the same: ``command_id`` tells nothing more."""
        _require(acting)
        closed = close_period(customer_id, period, self.stores.periods, datetime.now(UTC), acting)
        return statements.closed_reply(closed)

    @rpc(billing.Statement, kinds=BILLERS)
    def statement(self, acting: Acting, customer_id: str, period: int) -> Reply:
        """All that a billing period holds; for ever the same once it is closed."""
        _require(acting)
        return statements.statement(self.stores, customer_id, period)

    @rpc(billing.StatementRows, kinds=BILLERS)
    def statement_rows(self, acting: Acting, customer_id: str, period: int, after: Any, limit: int) -> Reply:
        """The rows of a billing period, oldest first."""
        _require(acting)
        return statements.rows(self.stores.details, customer_id, period, after, limit)

    @rpc(billing.Unrated, kinds=BILLERS)
    def unrated(self, acting: Acting, period: int) -> Reply:
        """How many events of a period, or of before it, still wait for a rate."""
        _require(acting)
        return {"count": statements.unrated(self.stores, period)}


def _require(acting: Acting) -> None:
    if acting.kind == "service":
        acting.require_service("invoicing")
    else:
        acting.require_staff()
