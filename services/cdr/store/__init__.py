"""MongoDB as the cdr service uses it; the only place of this service that imports pymongo."""

from __future__ import annotations

from pymongo.database import Database

from services.cdr.store import counters, reference, usage
from shared import outbox
from shared.mongo import Document

# A transaction that makes a collection conflicts with every other one, so they are made beforehand.
_COLLECTIONS = ("gates", "ledger", "periods", "reference", "plan_assignments", "leases")


def prepare(db: Database[Document]) -> None:
    """Make collections and indexes; harmless when they are there."""
    there = set(db.list_collection_names())
    for name in _COLLECTIONS:
        if name not in there:
            db.create_collection(name, check_exists=False)
    for module in (usage, counters, reference):
        module.ensure_indexes(db)
    outbox.ensure_indexes(db)
