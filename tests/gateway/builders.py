"""Answers of the services, believable and in their contract's form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

USER = {
    "id": "3f0c9a4be1d24c55a6b7c8d9e0f1a2b3",
    "username": "sanne.dewit",
    "first_name": "Sanne",
    "infix": "de",
    "last_name": "Wit",
    "roles": [],
    "language": "nl",
    "theme": "system",
    "epoch": 1,
}
CUSTOMER = {
    "id": "9d1b7c6a5e4f40329182a3b4c5d6e7f8",
    "number": 10427,
    "name": "Bakkerij Voorbeeld B.V.",
    "products": ["voip", "pbx", "mobile"],
}


def account(scope: str = "customer", **user: Any) -> dict[str, Any]:
    """What identity says of a user."""
    return {"user": USER | user, "customer": CUSTOMER, "scope": scope}


def logged_in(**user: Any) -> dict[str, Any]:
    return {"ok": True, **account(**user)}


def refused(attempts_left: int = 0, wait_seconds: int = 0) -> dict[str, Any]:
    return {"ok": False, "attempts_left": attempts_left, "wait_seconds": wait_seconds}


def month(id: str, last_day: int, state: str = "closed") -> dict[str, Any]:
    return {"id": id, "from": f"{id}-01", "to": f"{id}-{last_day}", "state": state}


def periods() -> dict[str, Any]:
    return {
        "current": month("2026-11", 30, "open"),
        "recent": [month("2026-10", 31), month("2026-09", 30), month("2026-08", 31)],
    }


def sums(calls: int = 0, duration: int = 0, amount: str = "0", **more: Any) -> dict[str, Any]:
    """Sums whose cents are the amount rounded down, which is enough for a page."""
    cents = f"{Decimal(amount).quantize(Decimal('0.01')):.2f}"
    base = {"calls": calls, "duration": duration, "volume": 0, "messages": 0}
    return base | {"amount": amount, "cents": cents} | more


def totals(*rows: dict[str, Any], total: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    total = total or sums(1204, 313_866, "412.860000")
    whole = total | {"number": None, "type": None}
    reply = {"period": month("2026-11", 30, "open"), "rows": list(rows) or [whole]}
    return reply | {"total": total, "complete": True, "updated_at": "2026-11-22T15:40:00Z"} | more


def call(number: int = 1, **more: Any) -> dict[str, Any]:
    """A row of the details; ``number`` makes it differ from the others."""
    start = datetime(2026, 11, 22, 15, 38, 51, tzinfo=UTC) - timedelta(minutes=7 * (number - 1))
    return {
        "id": f"{number:032x}",
        "start": start.isoformat().replace("+00:00", "Z"),
        "product": "telephony",
        "type": "mobile",
        "sender": "+31850001611",
        "receiver": "+31600123456",
        "destination": None,
        "kind": "voice",
        "duration": 252,
        "volume": 0,
        "messages": 0,
        "amount": "0.378000",
        "precision": 4,
        "state": None,
    } | more


def details(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "rows": list(rows),
        "older": None,
        "newer": None,
        "summary": sums(486, 103_866, "291.470000"),
    } | more


def nothing_found() -> dict[str, Any]:
    return details(summary=sums())
