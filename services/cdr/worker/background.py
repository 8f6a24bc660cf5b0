"""The jobs of cdr: which kinds there are, and what each does. Each group has a thread of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from services.cdr import views
from services.cdr.domain.selection import Selection
from services.cdr.store import Stores
from services.cdr.usecases import counting, exports, plan_import
from services.cdr.worker.rerating import rerating_work
from shared.job_runner import Work


def work_of(stores: Stores, db: Any) -> Mapping[str, Mapping[str, Work]]:
    """Group → kind of job → its work."""

    def estimate(customer: str, selection: Selection) -> int | None:
        search = stores.details.search(customer, selection)
        counts = views.count(stores.counters, search, customer, selection)
        return None if counts is None else sum(count.sums[0] for count in counts)

    make_export = exports.make_export(stores.files, estimate, stores.commands.tell, lambda: datetime.now(UTC))
    check_plan = plan_import.check_work(stores.reference, lambda: datetime.now(UTC))
    return {
        "exports": {exports.KIND: make_export},
        "counting": {counting.KIND: counting.counting_work(stores, lambda: datetime.now(UTC))},
        "rerating": rerating_work(db),
        "plans": {plan_import.KIND: check_plan},
    }
