"""identity's answers about the audit log."""

from __future__ import annotations

from typing import Any

ACTOR = {
    "kind": "user",
    "scope": "customer",
    "user_id": "3f0c9a4be1d24c55a6b7c8d9e0f1a2b3",
    "username": "sanne.dewit",
    "address": "203.0.113.7",
    "viewed_by": "",
}


def entry(number: int = 1, **more: Any) -> dict[str, Any]:
    """A line of the log; ``number`` makes it differ from the others."""
    base = {
        "id": f"{number:032x}",
        "seq": number,
        "at": "2026-11-22T15:38:51.250Z",
        "service": "identity",
        "action": "user.roles_changed",
        "actor": ACTOR,
        "subject": {"kind": "user", "id": "a" * 32, "name": "p.jonker"},
        "before": {"roles": ["invoices"]},
        "after": {"roles": ["invoices", "settings"]},
        "reason": "",
    }
    return base | more


def page(*rows: dict[str, Any], next: str | None = None, newer: str | None = None) -> dict[str, Any]:
    return {"rows": list(rows), "next": next, "newer": newer}


def answers() -> dict[tuple[str, str], Any]:
    return {("identity", "audit"): page(entry())}
