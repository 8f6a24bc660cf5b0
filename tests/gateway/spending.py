"""cdr's answers behind Overzicht, the charts, exports and Instellingen, in their contract's form."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from shared.errors import NotFound
from tests.gateway import builders
from tests.gateway.fakes import FakeRpc

TODAY = date(2026, 11, 22)
ALERT = "c" * 32
EXPORT = "e" * 32
"""The ID of an export of Sanne's; of any other cdr says that it is not there."""
MAILED = "b" * 32


def day(day: date, amount: str, calls: int = 20) -> dict[str, Any]:
    sums = {"calls": calls, "duration": calls * 180, "volume": 0, "amount": amount}
    return {"day": day.isoformat(), **sums}


def month(first: date, until: date, weekday: str = "24.10", weekend: str = "3.20") -> list[dict[str, Any]]:
    """Days of one month that differ by weekday only."""
    days = (first + timedelta(days=n) for n in range((until - first).days + 1))
    return [day(one, weekend if one.weekday() > 4 else weekday) for one in days]


def series(**more: Any) -> dict[str, Any]:
    """November until its 22nd, and all of October."""
    rows = month(date(2026, 11, 1), TODAY)
    return {"rows": rows, "previous": month(date(2026, 10, 1), date(2026, 10, 31))} | more


def top(*keys: str, other: str = "12.00") -> dict[str, Any]:
    """The numbers with a falling amount."""
    keys = keys or ("+31850001600", "+31850001611", "+31600160001")
    amounts = [f"{Decimal(120) / (n + 1):.6f}" for n in range(len(keys))]
    rows = [
        {"key": key, "calls": 40, "duration": 7200, "amount": amount}
        for key, amount in zip(keys, amounts, strict=True)
    ]
    return {"rows": rows, "other": {"calls": 3, "duration": 300, "amount": other}}


def by_type(*rows: tuple[str, str]) -> dict[str, Any]:
    """Totals by type: codes and amounts."""
    rows = rows or (("mobile", "232.10"), ("international_world", "117.04"), ("national", "63.72"))
    total = sum(Decimal(amount) for _, amount in rows)
    lines = [builders.sums(10, 600, amount) | {"number": None, "type": code} for code, amount in rows]
    return builders.totals(*lines, total=builders.sums(1204, 313_866, str(total)))


def totals(selection: dict[str, Any], by: str, **_more: bool) -> dict[str, Any]:
    return by_type() if by == "type" else builders.totals()


def figures(
    rpc: FakeRpc, selection: dict[str, Any], totals: list[str], top: list[str], limit: int, dearest: int = 0
) -> dict[str, Any]:
    """In one answer what the table's other methods of cdr answer one by one."""
    newest = {"selection": selection, "cursor": None, "limit": dearest, "sort": "amount"}
    return {
        "periods": rpc.answer("cdr", "periods"),
        "series": rpc.answer("cdr", "series", selection=selection, by="day"),
        "totals": {by: rpc.answer("cdr", "totals", selection=selection, by=by) for by in totals},
        "top": {of: rpc.answer("cdr", "top", selection=selection, of=of, limit=limit) for of in top},
        "dearest": rpc.answer("cdr", "details", **newest) if dearest else {"rows": []},
    }


def limit(limit: str | None = "600.00", used: str = "412.86", **more: Any) -> dict[str, Any]:
    return {"limit": limit, "used": used, "period": "2026-11", "reached_at": None} | more


def alert(**more: Any) -> dict[str, Any]:
    """Far too much to the wrong place, last night."""
    return {
        "id": ALERT,
        "at": "2026-11-22T02:14:00Z",
        "class": "international_world",
        "destination": "Fictieland",
        "amount": "86.400000",
        "usual": "2.100000",
        "minutes": 54,
        "state": "open",
        "blocked": True,
    } | more


def watch(*alerts: dict[str, Any], block: bool = False) -> dict[str, Any]:
    return {"block": block, "alerts": list(alerts)}


def job(**more: Any) -> dict[str, Any]:
    """A finished export of October, as a file."""
    return {
        "id": EXPORT,
        "kind": "usage_export",
        "customer_id": builders.CUSTOMER["id"],
        "user_id": builders.USER["id"],
        "state": "done",
        "done": 2840,
        "total": 2840,
        "percentage": 100,
        "created_at": "2026-11-22T14:00:00Z",
        "started_at": "2026-11-22T14:00:01Z",
        "ended_at": "2026-11-22T14:00:09Z",
        "parameters": {"selection": {"period": "2026-10"}, "sort": "start", "delivery": "file"},
        "result": {"name": "gespreksdetails-2026-10.csv", "size": 6, "rows": 2840},
        "error": "",
    } | more


def running(done: int = 710, total: int = 2840) -> dict[str, Any]:
    """Begun ten seconds ago."""
    began = (datetime(2026, 11, 22, 15, 42, tzinfo=UTC) - timedelta(seconds=10)).isoformat()
    state = {"state": "running", "done": done, "total": total, "percentage": 25}
    return job(**state, started_at=began.replace("+00:00", "Z"), ended_at=None, result=None)


def export(job_id: str) -> dict[str, Any]:
    """``cdr.export``: knows one's own only."""
    if job_id != EXPORT:
        raise NotFound()
    return job()


def chunk(job_id: str, index: int) -> dict[str, Any]:
    """``cdr.export_chunk``: a file of two pieces."""
    if job_id != EXPORT:
        raise NotFound()
    return {"data": ("YWJj", "ZGVm")[index], "last": index == 1}


def cancel(job_id: str) -> dict[str, Any]:
    return export(job_id)


def lift(alert_id: str, **fields: Any) -> dict[str, Any]:
    if alert_id != ALERT:
        raise NotFound()
    return {}


def answers() -> dict[tuple[str, str], Any]:
    """Every method on a quiet day."""
    return {
        ("cdr", "series"): series(),
        ("cdr", "top"): top(),
        ("cdr", "voip_limit"): limit(),
        ("cdr", "set_voip_limit"): limit(),
        ("cdr", "fraud_watch"): watch(alert(state="lifted", blocked=False)),
        ("cdr", "set_fraud_watch"): watch(),
        ("cdr", "lift_fraud_alert"): lift,
        ("cdr", "start_export"): job(state="queued", done=0, total=0, percentage=None, result=None),
        ("cdr", "exports"): [job()],
        ("cdr", "export"): export,
        ("cdr", "export_chunk"): chunk,
        ("cdr", "cancel_export"): cancel,
    }
