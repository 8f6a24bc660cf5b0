"""MongoDB of invoicing. A command's reads and writes are :class:`Changes`, in one transaction; the rest is
:class:`Store`. One file per concept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.invoicing.store import archive, catalogue, files, invoices, known, runs
from services.invoicing.store.archive import ArchiveReads
from services.invoicing.store.catalogue import CatalogueChanges, CatalogueReads
from services.invoicing.store.files import PIECE, FileStore
from services.invoicing.store.invoices import InvoiceChanges, InvoiceReads, TooEarly, cents, left_of
from services.invoicing.store.known import KnownStore
from services.invoicing.store.runs import RunChanges, RunReads
from shared import commands, jobs, mongo, outbox
from shared.abandoned import keep_aborting
from shared.acting import Acting
from shared.jobs import JobStore
from shared.mongo import Document

__all__ = ["PIECE", "Changes", "JobStore", "Store", "TooEarly", "cents", "left_of"]

Result = TypeVar("Result")


class Changes(CatalogueChanges, InvoiceChanges, RunChanges):
    """What one command reads and writes, in its transaction."""


class Store(CatalogueReads, KnownStore, InvoiceReads, ArchiveReads, RunReads):
    """The service's database."""

    def __init__(self, db: Database[Document]) -> None:
        super().__init__(db)
        self.files = FileStore(db)
        self.jobs = JobStore(db)

    @classmethod
    def open(cls, timeout_ms: int = mongo.TIMEOUT_MS) -> Store:
        """The store of this process, with its indexes."""
        store = cls(mongo.connect(timeout_ms=timeout_ms))
        store.prepare()
        return store

    def prepare(self) -> None:
        """Make collections and indexes; harmless when they are there."""

        def work() -> None:
            for part in (catalogue, known, invoices, archive, files, runs):
                for collection, indexes in part.INDEXES.items():
                    self._db[collection].create_indexes(indexes)
            made = (*catalogue.COLLECTIONS, *invoices.COLLECTIONS, *files.COLLECTIONS)
            mongo.make_collections(self._db, (*made, "jobs", "commands", "leases"))
            commands.ensure_indexes(self._db)
            jobs.ensure_indexes(self._db)
            outbox.ensure_indexes(self._db)

        mongo.prepare(work)

    def keep_aborting(self) -> None:
        """End what processes that were killed have left open: see shared/abandoned.py."""
        keep_aborting(self._db)

    def ping(self) -> None:
        mongo.ping(self._db)

    def once(
        self,
        acting: Acting,
        command_id: str,
        request: tuple[object, ...],
        at: datetime,
        work: Callable[[Changes], Document],
    ) -> Document:
        """Run ``work`` in one transaction, at most once: see :func:`shared.commands.once`. Each person has
        command IDs of their own."""
        key = f"{acting.kind}:{acting.customer_id or ''}:{acting.user_id or acting.username}:{command_id}"
        return commands.once(self._db, key, request, at, lambda session: work(Changes(self._db, session, at)))

    def in_one(self, at: datetime, work: Callable[[Changes], Result]) -> Result:
        """Run ``work`` in one transaction; it may be asked again, so its effect must be idempotent."""

        def run(session: ClientSession) -> Result:
            return work(Changes(self._db, session, at))

        return mongo.transact(self._db, run)
