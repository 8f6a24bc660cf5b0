"""cdr's answers to staff about rate plans, in their contract's form."""

from __future__ import annotations

import base64
from typing import Any

from shared.errors import NotFound
from tests.gateway import companies, spending

NOW_VERSION, OLD_VERSION = "default 2026-11-01", "default 2026-01-01"
AT = "2026-11-22T14:00:00Z"
DRAFT = spending.EXPORT
"""The one ID of a job that every address is tried with is an upload as well."""
FILE = b"prefix;bestemming;tarief\r\n+31;Nederland;0,02\r\n"


def version(name: str = "default", valid_from: str = "2026-11-01", **more: Any) -> dict[str, Any]:
    return {
        "version": f"{name} {valid_from}",
        "name": name,
        "valid_from": valid_from,
        "precision": 4,
        "lines": 713,
        "imported_at": AT,
        "imported_by": "r.bakker",
        "reason": "Nieuwe inkoop",
        "file": "tarieven.csv",
        "counts": True,
        "is_default": name == "default",
        "customers": 2,
    } | more


def versions() -> list[dict[str, Any]]:
    """As cdr sorts them: by name and first day."""
    return [
        version(valid_from="2026-01-01", counts=False, lines=None, reason="", file=""),
        version(),
        version("zakelijk", "2026-12-01", counts=False, customers=0),
    ]


def line(**more: Any) -> dict[str, Any]:
    return {
        "line": 14,
        "kind": "voice",
        "prefix": "+316",
        "destination": "Nederland mobiel",
        "type": None,
        "valid_from": None,
        "valid_to": None,
        "days": "",
        "from": "",
        "to": "",
        "priority": 0,
        "connect_fee": "0.0395",
        "steps": [{"offset": 0, "rate": "0.069", "per": "min", "increment": "60/6"}],
        "minimum": "0.00",
        "maximum": None,
    } | more


def lines(version: str, query: str = "", **_fields: Any) -> dict[str, Any]:
    _known(version)
    peak = line(line=15, days="ma-vr", priority=10, destination="Nederland mobiel, piek") | {
        "from": "08:00",
        "to": "19:00",
    }
    number = query.startswith("06")
    uses = [{"kind": "voice", "product": "telephony", "lines": [peak | {"counts": False}, line(counts=True)]}]
    return {
        "total": 713,
        "found": 2,
        "party": "+31612345678" if number else None,
        "uses": uses if number else [],
        "rows": [] if number else [line(), peak],
        "next": None if number else 15,
    }


def comparison(before: str, after_version: str, **fields: Any) -> dict[str, Any]:
    _known(before), _known(after_version)
    dearer = line(steps=[{"offset": 0, "rate": "0.0759", "per": "min", "increment": "60/6"}])
    changed = {
        "change": "changed",
        "before": line(),
        "after": dearer,
        "fields": ["rate"],
        "percentage": "10.0",
    }
    belgium = line(prefix="+32", destination="=België")
    added = {"change": "added", "before": None, "after": belgium, "fields": [], "percentage": None}
    rows = [one for one in (changed, added) if fields.get("change") in (None, one["change"])]
    return {
        "counts": {"added": 1, "removed": 0, "changed": 1},
        "same": 711,
        "found": len(rows),
        "rows": rows,
        "next": None,
    }


def csv_piece(version: str, index: int) -> dict[str, Any]:
    _known(version)
    half = len(FILE) // 2
    piece = (FILE[:half], FILE[half:])[index]
    return {"data": base64.b64encode(piece).decode(), "last": index == 1}


def report(**more: Any) -> dict[str, Any]:
    warning = {
        "line": 14,
        "column": "prefix",
        "problem": "Deze regel zegt hetzelfde als +31 op regel 2.",
        "advice": "Zonder deze regel verandert er niets.",
        "value": "+316",
    }
    return {
        "lines": 50_000,
        "errors": [],
        "errors_total": 0,
        "warnings": [warning],
        "warnings_total": 1,
        "against": {"version": OLD_VERSION, "added": 3, "removed": 1, "changed": 12},
    } | more


def with_errors() -> dict[str, Any]:
    error = {
        "line": 7,
        "column": "tarief",
        "problem": "'duur' is geen bedrag.",
        "advice": "Schrijf het als 0,125.",
    }
    return report(errors=[error | {"value": "duur"}], errors_total=120, warnings=[], warnings_total=0)


def draft(draft_id: str = DRAFT, **more: Any) -> dict[str, Any]:
    """An upload that was checked and is in order."""
    return {
        "id": draft_id,
        "file": "nieuw.csv",
        "size": len(FILE),
        "name": "default",
        "valid_from": "2026-12-01",
        "precision": 4,
        "by": "r.bakker",
        "version": "default 2026-12-01",
        "at": AT,
        "expires_at": "2026-11-23T14:00:00Z",
        "saved": None,
        "exists": False,
        "job": {"state": "done", "done": 50_000, "total": 50_000, "started_at": AT, "error": ""},
        "report": report(),
    } | more


def draft_by_id(draft_id: str, **_fields: Any) -> dict[str, Any]:
    if draft_id != DRAFT:
        raise NotFound()
    return draft()


def saved(draft_id: str, **_fields: Any) -> dict[str, Any]:
    return {"version": draft_by_id(draft_id)["version"]}


def customer_plan(customer_id: str, **more: Any) -> dict[str, Any]:
    lines = [{"of": "all", "margin": "-10"}, {"of": "prefix", "key": "+32", "rate": "0,05", "kind": "voice"}]
    return {"plan": "zakelijk", "own": True, "version": None, "lines": lines, "revision": 4} | more


def _known(version: str) -> None:
    if version not in {one["version"] for one in versions()}:
        raise NotFound()


def answers() -> dict[tuple[str, str], Any]:
    return {
        ("cdr", "plans"): versions(),
        ("cdr", "plan_lines"): lines,
        ("cdr", "compare_plans"): comparison,
        ("cdr", "plan_csv"): csv_piece,
        ("cdr", "plan_template"): {"data": base64.b64encode(FILE).decode(), "last": True},
        ("cdr", "begin_import"): lambda **_fields: draft(job=None, report=None),
        ("cdr", "import_chunk"): {},
        ("cdr", "preview_import"): draft_by_id,
        ("cdr", "change_import"): draft_by_id,
        ("cdr", "save_import"): saved,
        ("cdr", "drop_import"): {},
        ("cdr", "import_drafts"): [draft(report=None)],
        ("cdr", "plan_customers"): {
            "rows": [{"customer_id": companies.OURS, "lines": [{"of": "all", "margin": "-10"}]}],
            "next": None,
        },
        ("cdr", "customer_plan"): customer_plan,
        ("cdr", "assign_plan"): None,
    }
