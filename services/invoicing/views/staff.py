"""What staff read: products, issuers, accounts, charges, runs."""

from __future__ import annotations

from typing import Any

from services.invoicing.store import Store
from services.invoicing.usecases.common import may_see
from services.invoicing.usecases.drafting import set_up
from services.invoicing.views.replies import (
    Reply,
    account_reply,
    charge_reply,
    euro,
    issuer_reply,
    moment,
    product_reply,
)
from shared.acting import Acting
from shared.errors import NotFound
from shared.mongo import Document


def products(store: Store, acting: Acting) -> list[Reply]:
    acting.require_staff()
    return [product_reply(each) for each in store.products().values()]


def issuers(store: Store, acting: Acting) -> list[Reply]:
    """All of them; a partner sees its own."""
    partner = acting.require_console()
    found = store.issuers().values()
    return [issuer_reply(each) for each in found if partner is None or each.partner_id == partner]


def account(store: Store, acting: Acting, *, customer_id: str) -> Reply:
    """How a customer is billed, from which day on, and what keeps that from happening."""
    customer = may_see(store, acting, customer_id)
    found = store.account(customer_id)
    return {
        **account_reply(found),
        "begins": found.begins(customer).isoformat(),
        "obstacles": set_up(customer, found, store.issuers()),
    }


def charges(store: Store, acting: Acting, *, customer_id: str) -> Reply:
    """Charges of staff, and costs that services asked for."""
    may_see(store, acting, customer_id)
    requested = [
        {
            "id": each.id,
            "day": each.day.isoformat(),
            "description": each.description,
            "amount": f"{each.amount:f}",
            "invoice_id": each.invoice_id,
        }
        for each in store.requested(customer_id)
    ]
    return {"rows": [charge_reply(each) for each in store.charges(customer_id)], "requested": requested}


def runs(store: Store, acting: Acting, *, limit: int) -> list[Reply]:
    """Newest first."""
    acting.require_staff()
    return [_run(store, row) for row in store.runs(limit)]


def run(store: Store, acting: Acting, *, run_id: str, state: str, after: int | None, limit: int) -> Reply:
    """How far it is, and what became of each customer; ``next`` goes into ``after``."""
    acting.require_staff()
    found = store.run(run_id)
    if found is None:
        raise NotFound()
    states = [state] if state else []
    rows = store.rows(run_id, *states, after=after, limit=limit)
    last = rows[-1]["customer_number"] if len(rows) == limit else None
    return {**_run(store, found), "rows": [_row(each) for each in rows], "next": last}


def _run(store: Store, row: Document) -> Reply:
    """``customer_ids`` None: of all customers; it is absent where a run does not tell whose it is."""
    job = store.jobs.get(row["_id"])
    told: dict[str, Any] = {"state": "done", "done": None, "total": None, "percentage": 100, "error": ""}
    if job is not None:
        wire = job.to_wire()
        told = {name: wire[name] for name in told} | {"result": wire["result"]}
    asked = {name: row[name] for name in ("period", "issued_on", "dry_run", "accept_unrated", "mail", "by")}
    whose = {name: row[name] for name in ("customer_ids",) if name in row}
    batches = [
        {
            "id": each["_id"],
            "collect_on": each["collect_on"],
            "count": each["count"],
            "total": euro(each["total"]),
        }
        for each in store.batches(row["_id"])
    ]
    return {
        "id": row["_id"],
        "created_at": moment(row["created_at"]),
        **asked,
        **whose,
        **told,
        "counts": store.counts(row["_id"]),
        "batches": batches,
    }


def _row(row: Document) -> Reply:
    names = ("customer_id", "customer_number", "name", "state", "sentence", "invoice_id", "number")
    return {name: row[name] for name in names} | {"total": euro(row["total"])}
