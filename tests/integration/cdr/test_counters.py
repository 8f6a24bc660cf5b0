"""Counters in the database: by number and by type alike, folded or not, and those of the first release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from services.cdr import store
from services.cdr.domain.posting import SUMS, Deltas, Posted
from services.cdr.store import Stores
from services.cdr.store.counters import Count, Span
from services.cdr.store.usage import UsageStore
from tests.integration.cdr.shelf import CUSTOMER, NUMBER, book, row

pytestmark = pytest.mark.feature("CDR-05")

OTHER = "+31850001622"
NOVEMBER, OCTOBER = Span(period=202611), Span(months=[202610])
LATE_OCTOBER = datetime(2026, 10, 30, 12, tzinfo=UTC)


def by(counts: Iterable[Count], *fields: str) -> dict[Any, tuple[int, ...]]:
    """Sums by fields of the counts, empty ones left out."""
    found: dict[Any, list[int]] = defaultdict(lambda: [0] * len(SUMS))
    for count in counts:
        into = found[tuple(getattr(count, field) for field in fields)]
        for index, value in enumerate(count.sums):
            into[index] += value
    return {key: tuple(sums) for key, sums in found.items() if any(sums)}


def some_rows(first: int, customer: str = CUSTOMER) -> list[dict[str, Any]]:
    return [
        row(first, customer),
        row(first + 1, customer, number=OTHER, sender="+31600000001", type="forwarded", amount=-2),
        row(first + 2, customer, type="sms", kind="sms", quantity=3, product="mobile"),
        row(first + 3, customer, start=LATE_OCTOBER, late=True),
        row(first + 4, customer, sign=-1, amount=-378_000, period=202612),
    ]


def test_what_is_folded_and_what_is_not_yet_add_up_by_number_and_by_type(db: Any) -> None:
    stores = Stores.on(db)
    rows = some_rows(0) + some_rows(10)
    book(stores, db, *rows[:6])
    deltas = Deltas()
    for one in rows[6:]:
        deltas.add(one, int(f"{one['start']:%Y%m%d}"))
    UsageStore(db, "test").transact(lambda books: books.add(Posted(rows=rows[6:], deltas=deltas)))
    expected = {
        (NUMBER, "telephony", "mobile"): (4, 240, 0, 0, 4 * 378_000, 0),
        (OTHER, "telephony", "forwarded"): (2, 120, 0, 0, -4, 2),
        (NUMBER, "mobile", "sms"): (2, 0, 0, 6, 2 * 378_000, 0),
    }
    for _ in range(2):
        found = stores.counters.sums(CUSTOMER, NOVEMBER, numbers=True)
        assert by(found, "number", "product", "type") == expected
        types = stores.counters.sums(CUSTOMER, NOVEMBER, numbers=False)
        assert {count.number for count in types} == {""}
        assert by(types, "type") == by(found, "type")
        days = stores.counters.each(CUSTOMER, Span(days=[(20261030, 20261120)]), numbers=False)
        assert by(days, "day", "period", "type")[20261030, 202611, "mobile"] == (2, 120, 0, 0, 756_000, 0)
        assert by(days, "day", "period", "type")[20261120, 202612, "mobile"] == (-2, -120, 0, 0, -756_000, 0)
        assert by(stores.counters.sums(CUSTOMER, OCTOBER, numbers=False), "type").keys() == {("mobile",)}
        while stores.counters.fold():
            pass


def test_counters_of_the_first_release_are_moved_at_the_start_and_nothing_is_counted_twice(db: Any) -> None:
    """The same usage once as it wrote it and once as it is written now; a late process of the old release
    has written beside the new sums of a shelf."""
    stores, old, new = Stores.on(db), "0" * 32, "1" * 32
    book(stores, db, *some_rows(0, new), *some_rows(20, new))
    book(stores, db, *some_rows(0, old))
    write_as_before(db, some_rows(20, old))
    store.prepare(db)
    store.prepare(db)
    for span in (NOVEMBER, OCTOBER, Span(days=[(20261030, 20261120)])):
        for numbers in (True, False):
            fields = ("day", "month", "period", "number", "product", "type")
            moved, written = (by(stores.counters.each(c, span, numbers), *fields) for c in (old, new))
            assert moved == written != {}
    assert not any(
        db[name].find_one({"numbers": {"$exists": True}}) for name in ("counters_day", "counters_month")
    )


def write_as_before(db: Any, rows: list[dict[str, Any]]) -> None:
    deltas = Deltas()
    for one in rows:
        deltas.add(one, int(f"{one['start']:%Y%m%d}"))
    for (customer, day, period, number, product, kind), sums in deltas.sums.items():
        added = {f"numbers.{number}.{kind}.{n}": v for n, v in zip(SUMS, sums, strict=True) if v}
        for grain, when in (("day", day), ("month", day // 100)):
            name = f"{customer}|{when}|{period}|{product}|{number[-1]}"
            fixed = {"customer": customer, grain: when, "period": period, "product": product}
            change = {"$inc": added, "$setOnInsert": fixed}
            db[f"counters_{grain}"].update_one({"_id": name}, change, upsert=True)
