"""Reads for staff: re-ratings, why usage costs what it does, what waits in quarantine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from services.cdr.domain.explaining import explained
from services.cdr.domain.periods import written
from services.cdr.domain.posting import Row
from services.cdr.domain.reference import Reference
from services.cdr.domain.refusal import DISCARDED, Case, shortened
from services.cdr.refusal_words import in_words
from services.cdr.store.details import DetailsStore
from services.cdr.store.quarantine import QuarantineStore
from services.cdr.store.reference import ReferenceStore
from services.cdr.store.rerating import RerateStore
from services.cdr.usecases.price import usage_of
from services.cdr.usecases.quarantine import attempt
from services.cdr.usecases.rerate_jobs import BOOKING, PREVIEW
from services.cdr.views import source_of
from shared.errors import Conflict, NotFound
from shared.jobs import Job
from shared.money import to_wire
from shared.words import gettext as _

Reply = dict[str, Any]

TRIED = 500
"""Events of a case that are tried beforehand."""


def rerating_job(job: Job) -> Reply:
    """A job without what is for the worker only."""
    reply = job.to_wire()
    reply["parameters"] = {name: value for name, value in job.parameters.items() if name != "acting"}
    return reply


def rerating(store: RerateStore, job_id: str) -> Reply:
    """A preview or a booking; with a preview the booking that it led to, if any."""
    job = _job(store, job_id)
    booking = store.booking(job.id) if job.kind == PREVIEW else None
    return {**rerating_job(job), "booking": booking}


def reratings(store: RerateStore, limit: int) -> list[Reply]:
    """Previews and bookings, newest first."""
    found = store.jobs.page(limit=limit, kind=PREVIEW) + store.jobs.page(limit=limit, kind=BOOKING)
    found.sort(key=lambda job: job.created_at, reverse=True)
    return [rerating_job(job) for job in found[:limit]]


def rerating_customers(
    store: RerateStore, job_id: str, customer_id: str | None, after: Any, limit: int
) -> Reply:
    """A preview's customers, the largest difference first."""
    del customer_id  # the list is of all customers
    found = store.sums_page(_job(store, job_id).id, after, limit + 1)
    rows = [
        {
            "customer_id": one["customer"],
            **{name: one[name] for name in ("rows", "changes", "closed", "no_rate")},
            "old": to_wire(one["old"]),
            "new": to_wire(one["new"]),
            "difference": to_wire(one["new"] - one["old"]),
        }
        for one in found[:limit]
    ]
    return {"rows": rows, "next": _after(found, limit)}


def rerating_rows(store: RerateStore, job_id: str, customer_id: str | None, after: Any, limit: int) -> Reply:
    """A preview's changes, the largest difference first, with what became of those that were booked."""
    found = store.changes_page(_job(store, job_id).id, customer_id, after, limit + 1)
    return {"rows": [_change(one) for one in found[:limit]], "next": _after(found, limit)}


def _change(one: dict[str, Any]) -> Reply:
    shown = one["shown"]
    return {
        "row_id": one["row"],
        "customer_id": one["customer"],
        **{name: shown[name] for name in ("number", "receiver", "kind", "quantity", "plan")},
        "start": shown["start"].isoformat().replace("+00:00", "Z"),
        "period": written(shown["period"]),
        "type_before": one["type_before"],
        "type": one["type"],
        "destination": one["destination"],
        "old": to_wire(one["old"]),
        "new": to_wire(one["new"]),
        "difference": to_wire(one["new"] - one["old"]),
        "fate": one.get("fate"),
    }


def _after(found: Sequence[dict[str, Any]], limit: int) -> Reply | None:
    if len(found) <= limit:
        return None
    last = found[limit - 1]
    return {"weight": last["weight"], "id": last["_id"]}


def _job(store: RerateStore, job_id: str) -> Job:
    job = store.jobs.get(job_id)
    if job is None or job.kind not in (PREVIEW, BOOKING):
        raise NotFound()
    return job


def explanation(row: Row, reference: ReferenceStore) -> Reply:
    """Why a row has its amount, by the version and the terms that it was rated by. Conflict when what it
    was rated by is there no more."""
    if row.get("anonymised"):
        raise Conflict(_("Van dit gesprek zijn de gegevens niet bewaard. Het bedrag staat vast."))
    plan = reference.plan_version(row["plan"])
    terms = reference.terms_by_id(row["terms"]) if row.get("terms") else None
    if plan is None:
        raise Conflict(_("De tariefversie %(version)s bestaat hier niet meer.", version=row["plan"]))
    reply = explained(usage_of(row), plan, terms.deviations if terms else None, covered="waived" in row)
    return {
        "row": _facts(row),
        "amount": to_wire(row["amount"]),
        "agrees": reply["amount"] == to_wire(row["sign"] * row["amount"]),
        "version": row["plan"],
        "precision": plan.precision,
        **{name: reply[name] for name in ("segments", "corrections", "margin", "replaced")},
    }


def _facts(row: Row) -> Reply:
    names = ("customer", "number", "sender", "receiver", "destination", "type", "kind", "direction")
    return {
        **{name: row[name] for name in (*names, "quantity", "sign", "revision", "prefix", "product")},
        "id": row["_id"],
        "start": row["start"].isoformat().replace("+00:00", "Z"),
        "period": written(row["period"]),
        "roaming": row.get("roaming"),
        "state": row.get("state") or ("late" if row.get("late") else None),
        "job": row.get("job"),
    }


def row_for_staff(details: DetailsStore, row_id: str) -> Row:
    """A row by its ID. Raises NotFound."""
    row = details.row(row_id)
    if row is None:
        raise NotFound()
    return row


def quarantine_cases(store: QuarantineStore) -> list[Reply]:
    """What waits, grouped by what mends it, most first."""
    return [
        {
            **{name: one["_id"][name] for name in ("reason", "carrier", "case")},
            "count": one["n"],
            "oldest": _moment(one["oldest"]),
            "newest": _moment(one["newest"]),
        }
        for one in store.cases()
    ]


def quarantine_case(
    store: QuarantineStore, reference: ReferenceStore, case: Case, after: str, limit: int, now: datetime
) -> Reply:
    """A page of a case's events, and what trying the first of them again would give (``tried`` of
    ``total``)."""
    known = _known(reference)
    known.refresh()
    trial = None if case.reason == DISCARDED else attempt(store.of_case(case, "", TRIED), known, now)
    found = store.of_case(case, after, limit + 1)
    total = store.size(case)
    return {
        "total": total,
        "events": [_event(document) for document in found[:limit]],
        "next": found[limit - 1]["_id"] if len(found) > limit else None,
        "trial": None
        if trial is None
        else {
            "tried": min(total, TRIED),
            "books": trial.books,
            "amount": to_wire(trial.amount),
            "closed": trial.closed,
            "stays": {str(reason): count for reason, count in trial.stays.items()},
        },
    }


@lru_cache(maxsize=1)
def _known(store: ReferenceStore) -> Reference:
    """What prices go by, kept between calls: reading all plans takes a while."""
    return Reference(store)


def _event(document: dict[str, Any]) -> Reply:
    why = document.get("discarded")
    return {
        "id": document["_id"],
        **{name: document[name] for name in ("carrier", "reason", "record", "number")},
        "sentence": in_words(shortened(document["sentence"])),
        "source": source_of(document),
        "received_at": _moment(document["received_at"]),
        "was": document.get("was"),
        "discarded": {**why, "at": _moment(why["at"])} if why else None,
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
