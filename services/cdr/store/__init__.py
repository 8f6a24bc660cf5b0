"""MongoDB as the cdr service uses it; the only place of this service that imports pymongo."""

from __future__ import annotations

from dataclasses import dataclass

from pymongo.database import Database

from services.cdr.store import (
    bundles,
    counters,
    exports,
    limits,
    long_counts,
    old_counters,
    old_rows,
    periods,
    plan_files,
    reference,
    rerating,
    subscription_use,
    usage,
    watch,
)
from services.cdr.store.bundles import BundleStore
from services.cdr.store.charts import ChartStore
from services.cdr.store.commands import Commands
from services.cdr.store.counters import CounterStore
from services.cdr.store.details import DetailsStore
from services.cdr.store.exports import ExportFiles
from services.cdr.store.limits import LimitStore
from services.cdr.store.long_counts import LongCounts
from services.cdr.store.parties import Parties
from services.cdr.store.period_lines import PeriodLineStore
from services.cdr.store.periods import PeriodStore
from services.cdr.store.plan_files import Run, at_once
from services.cdr.store.quarantine import QuarantineStore
from services.cdr.store.reference import ReferenceStore
from services.cdr.store.rerating import RerateStore
from services.cdr.store.retention import RetentionStore
from services.cdr.store.usage_rated import UsageRatedStore
from services.cdr.store.watch import WatchStore
from shared import commands as commands_run
from shared import jobs, mongo, outbox
from shared.jobs import JobStore
from shared.mongo import Document

# A transaction that makes a collection conflicts with every other one, so they are made beforehand.
_COLLECTIONS = (
    "gates",
    "counter_cells",
    "ledger",
    "periods",
    "reference",
    "plan_assignments",
    "terms",
    "plan_drafts",
    "plan_draft_pieces",
    "plan_tables",
    "leases",
    "rerate_bookings",
    "rerate_changes",
    "commands",
    "jobs",
    "long_counts",
    "export_files",
    "exports.files",
    "exports.chunks",
    "limits",
    "limit_passes",
    "watches",
    "alerts",
    "retention",
    "subscriptions",
    "bundle_customers",
    "subscription_use",
)


def prepare(db: Database[Document]) -> None:
    """Make collections and indexes; harmless when they are there."""

    def work() -> None:
        mongo.make_collections(db, _COLLECTIONS)
        for module in (usage, counters, reference, rerating, exports, limits, watch, commands_run, jobs):
            module.ensure_indexes(db)
        old_counters.ensure_indexes(db)
        for module in (bundles, subscription_use, long_counts, periods):
            module.ensure_indexes(db)
        plan_files.ensure_indexes(db)
        outbox.ensure_indexes(db)

    mongo.prepare(work)
    old_counters.move(db)
    old_rows.give_subscriptions(db)
    Parties(db).fill_if_new()


@dataclass(frozen=True)
class Stores:
    """The stores a process of cdr works with, on one connection pool."""

    counters: CounterStore
    details: DetailsStore
    periods: PeriodStore
    quarantine: QuarantineStore
    reference: ReferenceStore
    rerating: RerateStore
    commands: Commands
    jobs: JobStore
    long_counts: LongCounts
    files: ExportFiles
    charts: ChartStore
    limits: LimitStore
    watch: WatchStore
    retention: RetentionStore
    bundles: BundleStore
    lines: PeriodLineStore
    rated: UsageRatedStore

    @classmethod
    def connect(cls, run: Run = at_once) -> Stores:
        """On the database of MONGO_URI, with its collections and indexes made; ``run`` is where long work
        goes (store/plan_files.py)."""
        db = mongo.connect()
        prepare(db)
        return cls.on(db, run)

    @classmethod
    def on(cls, db: Database[Document], run: Run = at_once) -> Stores:
        """On a database that is, or will be, prepared."""
        return cls(
            counters=CounterStore(db),
            details=DetailsStore(db),
            periods=PeriodStore(db),
            quarantine=QuarantineStore(db),
            reference=ReferenceStore(db, run),
            commands=Commands(db),
            rerating=RerateStore(db),
            jobs=JobStore(db),
            long_counts=LongCounts(db),
            files=ExportFiles(db),
            charts=ChartStore(db),
            limits=LimitStore(db),
            watch=WatchStore(db),
            retention=RetentionStore(db),
            bundles=BundleStore(db),
            lines=PeriodLineStore(db),
            rated=UsageRatedStore(db),
        )
