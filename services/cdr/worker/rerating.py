"""The worker's part in what staff ask for: re-rating, and trying quarantine again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.cdr.domain.reference import Reference
from services.cdr.store.quarantine import QuarantineStore
from services.cdr.store.reference import ReferenceStore
from services.cdr.store.rerating import RerateStore
from services.cdr.store.usage import UsageStore
from services.cdr.usecases.quarantine import REPLAY, replay_work
from services.cdr.usecases.rerate_jobs import BOOKING, PREVIEW, booking_work, preview_work
from shared.job_runner import Work


def rerating_work(db: Any) -> Mapping[str, Work]:
    """The kinds of job, each with what does it; the gate of its bookings is named ``rerate``."""
    store = RerateStore(db)

    def known() -> Reference:
        reference = Reference(ReferenceStore(db))
        reference.refresh()
        return reference

    return {
        PREVIEW: preview_work(store, known),
        BOOKING: booking_work(store, UsageStore(db, "rerate"), known),
        REPLAY: replay_work(QuarantineStore(db), UsageStore(db, "rerate"), known),
    }
