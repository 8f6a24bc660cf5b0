"""Two processes that look after the same at once, as when one was too slow to keep its lease: the real
stores, on a database in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest

from services.cdr.store.bundles import BundleStore
from services.cdr.store.commands import Commands
from services.cdr.store.counters import Count
from services.cdr.store.watch import Alert, WatchStore
from services.cdr.usecases.watch import check_fraud
from tests.support.meanwhile import Meanwhile
from tests.support.memory_mongo import Database
from tests.support.memory_server import Server
from tests.unit.cdr.books import ANNA, ANNAS

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)
MUCH = 900_000_000


def uses_of(day: date) -> Any:
    """Counts of a day of much use abroad, which the other guard has not seen yet."""

    def counts(customer: str, first: date, last: date) -> Sequence[Count]:
        if not first <= day <= last:
            return []
        sums = (9, 3600, 0, 0, MUCH, 0)
        found = int(f"{day:%Y%m%d}"), int(f"{day:%Y%m}"), 202611
        return [Count(*found, ANNAS, "telephony", "international_world", sums)]

    return counts


@pytest.mark.feature("CDR-11")
@pytest.mark.parametrize(("chosen", "alerts"), [(None, 2), (True, 1)])
def test_two_guards_that_see_two_days_of_much_use_tell_each_day_and_block_once(
    chosen: bool | None, alerts: int
) -> None:
    meanwhile = Meanwhile()
    db = cast(Any, Database(Server(meanwhile)))
    commands, store = Commands(db), WatchStore(db)
    if chosen is not None:
        commands.run(lambda changes: store.set_block(ANNA, chosen, changes))

    def guard(day: date) -> list[Alert]:
        return check_fraud(commands, store, uses_of(day), ANNA, NOW)

    found: list[Alert] = []
    meanwhile.before("find watches", lambda: found.extend(guard(TODAY - timedelta(days=1))))
    found += guard(TODAY)
    assert meanwhile.has_happened
    assert len(found) == len(store.alerts(ANNA)) == alerts
    assert store.blocks(ANNA) is bool(chosen)


@pytest.mark.feature("MOB-02")
def test_a_new_month_is_told_though_a_slow_process_has_just_told_of_the_one_before() -> None:
    db = cast(Any, Database(Server()))
    store = BundleStore(db)
    db["bundle_customers"].insert_one({"_id": ANNA, "n": 3, "unsent": {"from": 202611, "at": NOW}})
    marks = store.marks(ANNA)
    assert marks is not None
    store.begin_month(202612, NOW)
    store.sent(ANNA, marks["n"])
    assert store.unsent(NOW + timedelta(minutes=1), 10) == [ANNA]
    marks = store.marks(ANNA)
    assert marks is not None
    store.sent(ANNA, marks["n"])
    assert store.unsent(NOW + timedelta(minutes=1), 10) == []
