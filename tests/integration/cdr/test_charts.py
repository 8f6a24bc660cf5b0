"""Series and top: what charts are drawn from, out of the counters (CDR-10)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.cdr import charts, usage_views, views
from services.cdr.charts import ChartSource
from services.cdr.domain.selection import Place, Selection
from services.cdr.store import Stores
from shared.errors import Invalid
from tests.integration.cdr.scene import Cdr
from tests.integration.cdr.shelf import CUSTOMER, NUMBER, book, row

pytestmark = pytest.mark.feature("CDR-10")

NOVEMBER = Selection(period=202611)
OTHER = "+31850001622"


def at(day: int, hour: int = 12, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.fixture
def source(db: Any) -> ChartSource:
    """Two days in November, one of it late from October, and one in October."""
    stores = Stores.on(db)
    book(
        stores,
        db,
        row(1, start=at(3), amount=100_000),
        row(2, start=at(3, 13), amount=250_000, type="national", number=OTHER, sender=OTHER),
        row(3, start=at(20), amount=500_000, receiver="+3220000012"),
        row(4, start=at(31, month=10), amount=70_000, late=True),
        row(5, start=at(12, month=10), amount=900_000, period=202610),
    )
    return ChartSource(stores.counters, stores.charts, lambda *_: False)


def by_day(parts: list[dict[str, Any]]) -> dict[str, tuple[int, int, str]]:
    return {part["day"]: (part["calls"], part["duration"], part["amount"]) for part in parts}


def test_a_period_by_day_beside_the_one_before(source: ChartSource) -> None:
    found = charts.series(source, CUSTOMER, NOVEMBER, "day")
    assert by_day(found["rows"]) == {"2026-11-03": (2, 120, "0.350000"), "2026-11-20": (1, 60, "0.500000")}
    assert by_day(found["previous"]) == {"2026-10-12": (1, 60, "0.900000")}
    assert found["late"] == {"calls": 1, "duration": 60, "amount": "0.070000"}
    assert found["complete"]


def test_days_of_a_choice_go_by_the_start(source: ChartSource) -> None:
    chosen = Selection(first=date(2026, 10, 31), last=date(2026, 11, 3))
    found = charts.series(source, CUSTOMER, chosen, "day")
    assert list(by_day(found["rows"])) == ["2026-10-31", "2026-11-03"]
    assert found["previous"] == [] and found["late"]["calls"] == 0


@pytest.mark.parametrize(
    "filters",
    [{"types": frozenset({"mobile"})}, {"sender": "1611"}, {"receiver": "06"}, {"product": "telephony"}],
    ids=lambda filters: next(iter(filters)),
)
def test_filters_count_as_on_the_page(source: ChartSource, filters: dict[str, Any]) -> None:
    """Whether counters or rows answer, the sums are those of Totalen."""
    found = charts.series(source, CUSTOMER, Selection(period=202611, **filters), "day")
    expected = {"types": 3, "sender": 3, "receiver": 3, "product": 4}[next(iter(filters))]
    assert sum(part["calls"] for part in found["rows"]) + found["late"]["calls"] == expected


def test_hours_of_a_few_days(source: ChartSource) -> None:
    found = charts.series(
        source, CUSTOMER, Selection(first=date(2026, 11, 3), last=date(2026, 11, 3)), "hour"
    )
    assert [(part["hour"], part["calls"]) for part in found["rows"]] == [
        ("2026-11-03T13:00", 1),
        ("2026-11-03T14:00", 1),
    ]


@pytest.mark.parametrize(
    ("of", "first", "other"),
    [
        ("type", ("mobile", "0.670000"), "0.250000"),
        ("sender", (NUMBER, "0.670000"), "0.250000"),
        ("receiver", ("+3220000012", "0.500000"), "0.420000"),
    ],
)
def test_the_largest_part_and_the_rest(
    source: ChartSource, of: str, first: tuple[str, str], other: str
) -> None:
    found = charts.top(source, CUSTOMER, NOVEMBER, of, 1)
    [largest] = found["rows"]
    assert (largest["key"], largest["amount"]) == first
    assert found["other"]["amount"] == other


@pytest.mark.parametrize(
    "selection",
    [
        NOVEMBER,
        Selection(period=202611, product="telephony", types=frozenset({"national"})),
        Selection(first=date(2026, 10, 1), last=date(2026, 11, 3)),
        Selection(period=202609),
    ],
)
def test_what_a_page_shows_together_is_what_its_parts_show_one_by_one(
    source: ChartSource, db: Any, selection: Selection
) -> None:
    stores, now = Stores.on(db), at(22)
    found = usage_views.figures(
        stores,
        CUSTOMER,
        selection,
        now,
        totals=["type", "number"],
        top=["sender", "type"],
        limit=1,
        dearest=2,
    )
    assert found["periods"] == views.periods(stores.periods, CUSTOMER, now)
    assert found["series"] == charts.series(source, CUSTOMER, selection, "day")
    for by in ("type", "number"):
        assert found["totals"][by] == usage_views.totals(stores, CUSTOMER, selection, by, now)
    for of in ("sender", "type"):
        assert found["top"][of] == charts.top(source, CUSTOMER, selection, of, 1)
    page = usage_views.details(stores, CUSTOMER, selection, Place(), 2, "amount", now)
    assert found["dearest"]["rows"] == page["rows"]


def test_a_filter_of_which_counters_know_nothing_is_no_question_for_figures(cdr: Cdr) -> None:
    with pytest.raises(Invalid):
        cdr.customer().ask("figures", selection={"receiver": "06"})


def test_through_the_door(cdr: Cdr) -> None:
    customer = cdr.customer()
    cdr.send(*(customer.call(f"{customer.id[:8]}-{n}") for n in range(3)))
    cdr.settle()
    assert [part["calls"] for part in customer.ask("series")["rows"]] == [3]
    top = customer.ask("top", of="sender")
    assert [(part["key"], part["calls"]) for part in top["rows"]] == [(customer.number, 3)]
    assert top["other"]["calls"] == 0
    figures = customer.ask("figures", selection={"period": "current"}, top=["sender"], totals=["total"])
    assert figures["top"]["sender"]["rows"] == top["rows"]
    assert figures["totals"]["total"]["total"]["calls"] == 3
