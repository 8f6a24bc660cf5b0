"""A database of cdr of the test's own, without processes, and rows to put into it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from services.cdr.domain.calendar import calendar
from services.cdr.domain.posting import Deltas, Posted
from services.cdr.store import Stores
from services.cdr.store.usage import UsageStore

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CUSTOMER = "c0ffee00" * 4
NUMBER = "+31850001611"


def row(index: int, customer: str = CUSTOMER, **fields: Any) -> dict[str, Any]:
    """A call, each a second before the one with the index before."""
    values = {
        "_id": f"vasco|{customer[:8]}-{index}|0",
        "revision": 1,
        "fingerprint": index,
        "customer": customer,
        "product": "telephony",
        "number": NUMBER,
        "type": "mobile",
        "sender": NUMBER,
        "receiver": f"+316001{index % 100_000:05d}",
        "destination": "Nederland mobiel",
        "kind": "voice",
        "direction": "out",
        "start": NOON - timedelta(seconds=index),
        "quantity": 60,
        "amount": 378_000,
        "plan": "default 2020-01-01",
        "prefix": "+3160",
        "sign": 1,
        "period": 202611,
    }
    return values | fields


def book(stores: Stores, db: Any, *rows: dict[str, Any]) -> None:
    """Rows with their ledger document, folded, as ingester and worker leave them behind."""
    deltas = Deltas()
    for one in rows:
        deltas.add(one, calendar(int(one["start"].timestamp()))[0])
    UsageStore(db, "test").transact(lambda books: books.add(Posted(rows=list(rows), deltas=deltas)))
    while stores.counters.fold():
        pass
