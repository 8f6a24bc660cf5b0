"""The stores a process of cdr works with, on one connection pool."""

from __future__ import annotations

from dataclasses import dataclass

from services.cdr import store
from services.cdr.store.counters import CounterStore
from services.cdr.store.details import DetailsStore
from services.cdr.store.periods import PeriodStore
from services.cdr.store.quarantine import QuarantineStore
from services.cdr.store.reference import ReferenceStore
from shared import mongo


@dataclass(frozen=True)
class Stores:
    counters: CounterStore
    details: DetailsStore
    periods: PeriodStore
    quarantine: QuarantineStore
    reference: ReferenceStore

    @classmethod
    def connect(cls) -> Stores:
        """On the database of MONGO_URI, with its collections and indexes made."""
        db = mongo.connect()
        store.prepare(db)
        return cls(
            CounterStore(db), DetailsStore(db), PeriodStore(db), QuarantineStore(db), ReferenceStore(db)
        )
