"""A row of what a bundle covers is booked for nothing, and says what it was booked without."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.cdr.domain.amsterdam import epoch
from services.cdr.domain.explaining import explained
from services.cdr.domain.posting import Deltas
from services.cdr.domain.rate_plan import RatePlan
from services.cdr.domain.reference import FOREVER, Cover, Owned, Ownership, Versions
from services.cdr.domain.rerating import Fate
from services.cdr.usecases.ownership import covers_of
from services.cdr.usecases.rerating import rerated
from tests.unit.cdr.books import ANNA, ANNAS, MOBILE, NATIONAL, Facts, event
from tests.unit.cdr.builders import call, per_minute
from tests.unit.cdr.builders import voice as entry
from tests.unit.cdr.bundles import day, subscription, voice
from tests.unit.cdr.desk import Desk
from tests.unit.cdr.rerates import ChangingFacts, Rerating

pytestmark = pytest.mark.feature("MOB-02", "CDR-02", "CDR-03")

JANUARY, NOVEMBER, DECEMBER = (epoch(datetime(2026, month, 1, tzinfo=UTC)) for month in (1, 11, 12))


class Sim(Facts):
    """Anna's number is of a mobile subscription; what its bundles cover can change."""

    def __init__(self, *covers: Cover) -> None:
        super().__init__()
        self.told: list[Ownership] = []
        self.tell(*covers)

    def tell(self, *covers: Cover) -> None:
        owned = Owned("mobile:sub", ANNAS, JANUARY, FOREVER, ANNA, "mobile")
        self.told.append(Ownership("mobile:sub", len(self.told) + 1, (owned,), covers))

    def versions(self) -> Versions:
        return Versions(len(self.told), 1, 0)

    def ownerships(self, after: int) -> Sequence[Ownership]:
        return [one for one in self.told if one.sequence > after]


def booked(desk: Desk, **facts: Any) -> tuple[int, int | None]:
    """(amount, waived) of a minute."""
    desk.book(event("r", **facts))
    row = desk.store.rows["vasco|r|0"]
    return row["amount"], row.get("waived")


PERIOD = Cover("national", NOVEMBER, DECEMBER)


@pytest.mark.parametrize(
    ("covers", "facts", "expected"),
    [
        ([PERIOD], {}, (0, 50_000)),
        ([], {}, (50_000, None)),
        ([PERIOD], {"receiver": MOBILE}, (120_000, None)),
        ([PERIOD], {"day": "2026-10-31"}, (50_000, None)),
        ([PERIOD], {"day": "2026-12-01"}, (50_000, None)),
        ([PERIOD], {"seconds": 0}, (0, None)),
        ([Cover("sms", NOVEMBER, DECEMBER), PERIOD], {}, (0, 50_000)),
    ],
)
def test_a_row_that_a_bundle_covers_at_its_start_costs_nothing(
    covers: list[Cover], facts: dict[str, Any], expected: tuple[int, int | None]
) -> None:
    assert booked(Desk(Sim(*covers)), **facts) == expected


def test_a_bundle_that_is_gone_covers_nothing_that_comes_after() -> None:
    facts = Sim(PERIOD)
    desk = Desk(facts)
    facts.tell()
    desk.reference.refresh()
    assert booked(desk) == (50_000, None)


def test_corrections_take_back_what_was_waived_too() -> None:
    desk = Desk(Sim(PERIOD))
    desk.book(event("r"))
    desk.book(event("r", 2, seconds=120))
    rows = [desk.store.rows[f"vasco|r|{n}"] for n in range(3)]
    assert [(row["sign"], row["amount"], row["waived"]) for row in rows] == [
        (1, 0, 50_000),
        (-1, 0, -50_000),
        (1, 0, 70_000),
    ]
    deltas = Deltas()
    for row in rows:
        deltas.add(row, 20261120)
    ((key, sums),) = deltas.uses.items()
    assert (key, sums) == ((ANNA, "sub", 202611, 202611, "national"), [1, 120, 0, 0, 0, 70_000])


def test_rated_again_a_row_is_what_its_bundles_say_now() -> None:
    facts = Sim(PERIOD)
    desk = Desk(facts)
    desk.book(event("r"))
    row = desk.store.rows["vasco|r|0"]
    assert (rerated(row, desk.reference)["amount"], row["amount"]) == (0, 0)
    facts.tell()
    desk.reference.refresh()
    again = rerated(row, desk.reference)
    assert (again["amount"], "waived" in again) == (50_000, False)


class Corrected(Sim, ChangingFacts):
    """Its plan is corrected as well."""

    def versions(self) -> Versions:
        return Versions(len(self.told), self.plans, sum(map(len, self.closings.values())))


@pytest.mark.feature("CDR-08")
def test_rated_again_by_a_corrected_plan_a_row_waives_what_that_asks() -> None:
    """A minute of November is 0.05 and then 0.08; when no bundle covers it after all, it costs the latter."""
    facts = Corrected(PERIOD)
    desk = Desk(facts)
    desk.book(event("r"))
    facts.change("0,05")
    rerating = Rerating(desk)
    rerating.preview(202611)
    rerating.book()
    assert rerating.told == [(Fate.BOOKED, 0)]
    rows = [desk.store.rows[f"vasco|r|{n}"] for n in range(3)]
    assert [(row["amount"], row["waived"], row.get("hidden", False)) for row in rows] == [
        (0, 50_000, True),
        (0, -50_000, True),
        (0, 80_000, False),
    ]
    facts.tell()
    later = Rerating(desk, "later")
    later.preview(202611)
    later.book()
    assert later.told == [(Fate.BOOKED, 80_000)]


@pytest.mark.feature("CDR-08")
def test_in_a_closed_month_nothing_is_written_of_what_nobody_would_see() -> None:
    facts = Corrected(PERIOD)
    desk = Desk(facts)
    desk.book(event("r"))
    facts.closings = {ANNA: {202611}}
    facts.change("0,05")
    rerating = Rerating(desk)
    rerating.preview(202611)
    assert rerating.previews.changes == {}


def test_what_a_subscription_covers_and_when() -> None:
    november, december = (int(day(f"2026-{month}-05").timestamp()) for month in (11, 12))
    module = voice(1, module="eu", types=("international_eu",), begin="2026-11-05", end="2026-12-05")
    over = voice(1, begin="2026-12-20")
    one = subscription("one", module, module, over, end="2026-12-10")
    assert covers_of(one) == [Cover("international_eu", november, december)]


def test_the_explanation_takes_the_price_back_and_adds_up_to_nothing() -> None:
    plan = RatePlan((entry("+31", per_minute("0.02", fee="0.03")),))
    told = explained(call(NATIONAL, 61), plan, None, covered=True)
    parts = [Decimal(one[name]) for one in told["segments"] for name in ("fee", "cost")]
    assert told["corrections"][-1] == {"name": "bundle", "amount": f"{-Decimal('0.0503'):.8f}"}
    assert told["amount"] == "0.000000"
    assert sum(parts) + sum(Decimal(one["amount"]) for one in told["corrections"]) == 0
