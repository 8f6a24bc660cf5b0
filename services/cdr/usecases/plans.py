"""Rate plans: imported whole, checked first, never changed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any, Protocol

from services.cdr.domain.plan_csv import parse_plan
from shared.errors import Conflict, NotFound

SHOWN_ERRORS = 200


class Plans(Protocol):
    """store/reference.py"""

    def plans(self) -> list[dict[str, Any]]: ...
    def save_plan(self, name: str, valid_from: date, precision: int, csv: bytes, by: str) -> str: ...
    def assign_plan(self, customer: str, plan: str) -> None: ...


def import_plan(
    store: Plans, name: str, valid_from: date, precision: int, csv: str, dry_run: bool, by: str
) -> dict[str, Any]:
    """Check a plan's CSV and, unless it is a dry run or has errors, keep it as the version from a day.

    Answers the number of lines, the errors per line, and the version when it was kept. Conflict when
    the plan has another version from that day already.
    """
    version = f"{name} {valid_from.isoformat()}"
    parsed = parse_plan(csv.encode(), precision, version)
    reply = {
        "lines": parsed.lines,
        "errors": [asdict(error) for error in parsed.errors[:SHOWN_ERRORS]],
        "version": None,
    }
    if dry_run or parsed.plan is None:
        return reply
    if any(known["_id"] == version for known in store.plans()):
        raise Conflict(f"{version} bestaat al. Een versie verandert nooit: kies een andere begindatum.")
    return {**reply, "version": store.save_plan(name, valid_from, precision, csv.encode(), by)}


def assign_plan(store: Plans, customer: str, plan: str) -> None:
    """Let a customer (or ``default``: everyone without a plan of their own) be rated by a plan."""
    if not any(known["name"] == plan for known in store.plans()):
        raise NotFound(f"Er is geen tariefplan dat {plan} heet.")
    store.assign_plan(customer, plan)
