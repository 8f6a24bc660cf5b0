"""Reads about rate plans, for staff."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from services.cdr.domain.amsterdam import epoch, midnight
from services.cdr.domain.periods import day_of
from services.cdr.domain.plan_compare import Difference, Kind, difference_to_wire
from services.cdr.domain.plan_export import example
from services.cdr.domain.plan_file import PIECE
from services.cdr.domain.plan_lines import Entries, Use, for_number, found_by, party_of, to_wire
from services.cdr.domain.reference import DEFAULT
from services.cdr.store.plan_files import PlanFiles, Run
from services.cdr.store.reference import ReferenceStore
from services.cdr.usecases.plan_import import Draft
from services.cdr.usecases.plans import default_plan, version_of
from shared.errors import NotFound
from shared.jobs import JobStore
from shared.words import gettext as _

Reply = dict[str, Any]

_NOON = 12 * 3600


def plans(store: ReferenceStore, now: datetime) -> list[Reply]:
    """The versions of every plan by name and start, who has which, and which count today."""
    assigned = store.assignments()
    today, found = day_of(now).isoformat(), store.plans()
    counting = {one["name"]: one["_id"] for one in found if one["valid_from"] <= today}
    return [
        {
            "version": one["_id"],
            "name": one["name"],
            "valid_from": one["valid_from"],
            "precision": one["precision"],
            "lines": one.get("lines"),
            "imported_at": _moment(one["imported_at"]),
            "imported_by": one["imported_by"],
            "reason": one.get("reason", ""),
            "file": one.get("file", ""),
            "counts": counting.get(one["name"]) == one["_id"],
            "is_default": assigned.get(DEFAULT, DEFAULT) == one["name"],
            "customers": sum(c != DEFAULT and plan == one["name"] for c, plan in assigned.items()),
        }
        for one in found
    ]


def plan_lines(
    store: ReferenceStore, run: Run, version: str, query: str, after: int, limit: int, now: datetime
) -> Reply:
    """A page of a version's lines, in the order of its file; for a whole number also those that count."""
    entries = _entries(store, version)
    party = party_of(query) if query else None
    found, uses = run(_search, entries, query, party, _moment_in(version, now))
    page = [entry for entry in found if entry.line > after][: limit + 1]
    return {
        "total": len(entries),
        "found": len(found),
        "party": party,
        "uses": [_use(one) for one in uses],
        "rows": [to_wire(entry) for entry in page[:limit]],
        "next": page[limit - 1].line if len(page) > limit else None,
    }


def _search(entries: Entries, query: str, party: str | None, moment: int) -> tuple[Entries, list[Use]]:
    found = tuple(sorted(filter(found_by(query), entries), key=lambda entry: entry.line))
    return found, for_number(entries, party, moment) if party else []


def _use(use: Use) -> Reply:
    lines = [{**to_wire(entry), "counts": entry is use.counts} for entry in use.fitting]
    return {"kind": use.kind, "product": use.product, "lines": lines}


def _moment_in(version: str, now: datetime) -> int:
    """Now; for a version that is yet to come, noon of its first day."""
    begin = midnight(date.fromisoformat(version[-10:]))
    return max(epoch(now), begin + _NOON) if epoch(now) < begin else epoch(now)


def compare_plans(
    store: ReferenceStore,
    before: str,
    after_version: str,
    query: str,
    change: str | None,
    after: int,
    limit: int,
) -> Reply:
    """A page of the differences between two versions by prefix, and how many there are of each kind."""
    old, new = _entries(store, before), _entries(store, after_version)
    differences = store.files.differences(before, after_version, old, new)
    counts = {kind.value: sum(one.kind is kind for one in differences) for kind in Kind}
    wanted = _wanted(query, change)
    found = [one for one in differences if wanted(one)]
    page = found[after : after + limit]
    return {
        "counts": counts,
        "same": len(new) - counts[Kind.ADDED] - counts[Kind.CHANGED],
        "found": len(found),
        "rows": [difference_to_wire(one) for one in page],
        "next": after + limit if len(found) > after + limit else None,
    }


def _wanted(query: str, change: str | None) -> Callable[[Difference], bool]:
    finds = found_by(query)
    return lambda one: (
        (change is None or one.kind.value == change)
        and any(finds(line) for line in (one.before, one.after) if line)
    )


def _entries(store: ReferenceStore, version: str) -> Entries:
    found = store.files.entries(version)
    if found is None:
        raise NotFound(_("Er is geen tariefversie die %(version)s heet.", version=version))
    return found


def plan_csv(files: PlanFiles, version: str, index: int) -> Reply:
    """A piece of the file that a version was imported from."""
    data = files.csv(version)
    if data is None or index * PIECE > len(data):
        raise NotFound(_("Er is geen tariefversie die %(version)s heet.", version=version))
    piece = data[index * PIECE : (index + 1) * PIECE]
    return {"data": base64.b64encode(piece).decode(), "last": (index + 1) * PIECE >= len(data)}


def plan_template() -> Reply:
    """An example of a plan's file, to fill in."""
    return {"data": base64.b64encode(example().encode("utf-8-sig")).decode(), "last": True}


def plan_customers(store: ReferenceStore, plan: str, after: str, limit: int) -> Reply:
    """Customers who were given this plan, with their own terms."""
    found = store.customers_of(plan, after, limit + 1)
    return {
        "rows": [{"customer_id": one["customer"], "lines": one["lines"]} for one in found[:limit]],
        "next": found[limit - 1]["customer"] if len(found) > limit else None,
    }


def customer_plan(store: ReferenceStore, customer_id: str, now: datetime) -> Reply:
    """Which plan rates a customer, the version of today, and their own terms."""
    assigned = store.assignment(customer_id) or {"plan": "", "lines": [], "revision": 0}
    name, today = assigned["plan"] or default_plan(store), day_of(now).isoformat()
    versions = [one["_id"] for one in store.plans() if one["name"] == name and one["valid_from"] <= today]
    return {
        "plan": name,
        "own": bool(assigned["plan"]),
        "version": versions[-1] if versions else None,
        "lines": assigned["lines"],
        "revision": assigned["revision"],
    }


def drafts(files: PlanFiles) -> list[Reply]:
    """Uploads that were not saved, newest first."""
    return [_draft(one) for one in files.drafts()]


def preview(
    store: ReferenceStore,
    jobs: JobStore,
    draft: Draft,
    errors_after: int = 0,
    warnings_after: int = 0,
    limit: int = 100,
) -> Reply:
    """An upload: how far its check is (``job``), or what it found (``report``, with a page of each list);
    ``exists``: there is such a version already."""
    job = jobs.get(draft["job"]) if draft["job"] else None
    report = draft["report"]
    if report is not None:
        pages = {"errors": errors_after, "warnings": warnings_after}
        report = {**report, **{name: report[name][at : at + limit] for name, at in pages.items()}}
    version = version_of(draft["name"], date.fromisoformat(draft["valid_from"]))
    exists = any(one["_id"] == version for one in store.plans())
    return {**_draft(draft), "job": job.to_wire() if job else None, "report": report, "exists": exists}


def _draft(draft: Draft) -> Reply:
    names = ("file", "size", "name", "valid_from", "precision", "by", "saved")
    return {
        "id": draft["_id"],
        **{name: draft[name] for name in names},
        "version": f"{draft['name']} {draft['valid_from']}",
        "at": _moment(draft["at"]),
        "expires_at": _moment(draft["expires_at"]),
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
