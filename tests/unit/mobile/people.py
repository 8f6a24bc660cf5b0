"""Subscriptions for tests: a customer with as many as wanted, since January 2026."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.mobile.domain.subscriptions import NumberTerm, ProductTerm, SimTerm, Subscription

START = datetime(2025, 12, 31, 23, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MONTH = "2026-11"


def subscription(id: str = "one", product: str = "zakelijk_mobiel", **fields: Any) -> Subscription:
    wanted: dict[str, Any] = {
        "id": id,
        "customer_id": "bakery",
        "active_from": START,
        "numbers": (NumberTerm("+31600000111", START),),
        "products": (ProductTerm(product, START),),
        "sims": (SimTerm("8931000000000000111", START),),
    }
    return Subscription(**{**wanted, **fields})
