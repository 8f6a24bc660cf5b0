"""MongoDB as the cdr service uses it; the only place of this service that imports pymongo."""

from __future__ import annotations

from dataclasses import dataclass

from pymongo.database import Database

from services.cdr.store import counters, reference, usage
from services.cdr.store.counters import CounterStore
from services.cdr.store.details import DetailsStore
from services.cdr.store.periods import PeriodStore
from services.cdr.store.quarantine import QuarantineStore
from services.cdr.store.reference import ReferenceStore
from shared import mongo, outbox
from shared.mongo import Document

# A transaction that makes a collection conflicts with every other one, so they are made beforehand.
_COLLECTIONS = ("gates", "ledger", "periods", "reference", "plan_assignments", "leases")


def prepare(db: Database[Document]) -> None:
    """Make collections and indexes; harmless when they are there."""
    mongo.make_collections(db, _COLLECTIONS)
    for module in (usage, counters, reference):
        module.ensure_indexes(db)
    outbox.ensure_indexes(db)


@dataclass(frozen=True)
class Stores:
    """The stores a process of cdr works with, on one connection pool."""

    counters: CounterStore
    details: DetailsStore
    periods: PeriodStore
    quarantine: QuarantineStore
    reference: ReferenceStore

    @classmethod
    def connect(cls) -> Stores:
        """On the database of MONGO_URI, with its collections and indexes made."""
        db = mongo.connect()
        prepare(db)
        return cls(
            CounterStore(db), DetailsStore(db), PeriodStore(db), QuarantineStore(db), ReferenceStore(db)
        )
