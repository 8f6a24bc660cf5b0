"""pbx's answers to staff: ranges, whose numbers are, what a customer has."""

from __future__ import annotations

from typing import Any

from shared.errors import NotFound
from tests.gateway import companies, telephony

RANGE, ASSIGNMENT, LATER, ENDED = "9a" * 16, "9b" * 16, "9c" * 16, "9d" * 16


def number_range(**more: Any) -> dict[str, Any]:
    ends = {"first": "+31850001600", "last": "+31850001699", "source": "sipproxy"}
    return {"id": RANGE, **ends, "size": 100, "assigned": 4} | more


def assignment(id: str, number: str, valid_from: str, **more: Any) -> dict[str, Any]:
    owner = {"id": id, "customer_id": companies.OURS, "number": number, "valid_from": valid_from}
    return {**owner, "valid_to": None, "subject": "none", "revision": 1} | more


def assignments() -> dict[str, Any]:
    rows = [
        assignment(ENDED, telephony.FREE, "2025-01-01", valid_to="2026-01-01"),
        assignment(ASSIGNMENT, telephony.MAIN, "2026-01-01", subject="menu"),
        assignment(LATER, telephony.FREE, "2027-01-01"),
        assignment("9e" * 16, telephony.LINE_NUMBER, "2026-01-01", subject="line"),
        assignment("9f" * 16, "+31850001690", "2026-01-01"),
    ]
    return {"rows": rows, "next": None}


def numbers_of_range(range_id: str, **more: Any) -> dict[str, Any]:
    if range_id != RANGE:
        raise NotFound()
    rows = [
        {"number": telephony.MAIN, "assignments": [assignment(ASSIGNMENT, telephony.MAIN, "2026-01-01")]},
        {"number": "+31850001630", "assignments": []},
        {"number": "+31850001631", "assignments": []},
    ]
    shown = [row for row in rows if not (more.get("free") and row["assignments"])]
    return {"range": number_range(), "rows": shown, "next": None}


def of_customer(**more: Any) -> dict[str, Any]:
    abroad = {"most": 5, "chosen": False, "preset": 5, "under_way": 2, "refused_at": None}
    config = telephony.config(**more)
    return {"enabled": True, "revision": telephony.REVISION, "config": config, "calls_abroad": abroad}


def of_one(id: str, **fields: Any) -> dict[str, Any]:
    """A change of one place or line: pbx knows what there is."""
    if id not in telephony.IDS:
        raise NotFound()
    return {"revision": telephony.REVISION + 1}


def answers() -> dict[tuple[str, str], Any]:
    changes = ("enable_pbx", "disable_pbx", "add_user", "add_line", "set_calls_abroad")
    return {
        ("pbx", "ranges"): {"rows": [number_range()]},
        ("pbx", "add_range"): number_range(),
        ("pbx", "range_with"): number_range(),
        ("pbx", "numbers_of_range"): numbers_of_range,
        ("pbx", "assignments"): assignments(),
        ("pbx", "assign_numbers"): {"assignments": [{}, {}]},
        ("pbx", "end_assignment"): {},
        ("pbx", "config_of"): of_customer(),
        **{("pbx", method): {"revision": telephony.REVISION + 1} for method in changes},
        **{("pbx", method): of_one for method in ("remove_user", "change_line", "remove_line")},
    }
