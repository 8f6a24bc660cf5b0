"""What a billing period is going to cost: the rule behind the expectation on Overzicht."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.models.forecast import Forecast, forecast
from gateway.models.series import DaySums

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))

amounts = st.decimals(min_value=0, max_value=10_000, places=4)


def days(first: date, last: date, working: str, weekend: str = "0") -> list[DaySums]:
    each = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [DaySums(day=day, amount=Decimal(weekend if day.weekday() > 4 else working)) for day in each]


def expected(today: date, own: list[DaySums], previous: list[DaySums]) -> Forecast | None:
    spent = sum((one.amount for one in own), Decimal(0))
    return forecast(spent, own, previous, FIRST, LAST, today)


@pytest.mark.feature("CDR-10")
@pytest.mark.parametrize(
    ("today", "own", "before", "low", "high"),
    [
        # 21 working days of € 10 in November 2026: both months alike.
        (date(2026, 11, 22), "10", "10", 210, 210),
        # 15 of 10 are spent; 6 to come at 10 by this month's habit, at 15 by the last one's.
        (date(2026, 11, 22), "10", "15", 210, 240),
        # In the first week only October is known: 5 days spent or today, 16 to come at 15.
        (date(2026, 11, 6), "10", "15", 290, 290),
        # Below a hundred euro: in whole euro. 15 days of 1,25 and 6 of 1,25 are 26,25.
        (date(2026, 11, 22), "1.25", "1.25", 26, 27),
    ],
)
def test_what_is_spent_stands_and_weekdays_repeat(
    today: date, own: str, before: str, low: int, high: int
) -> None:
    found = expected(today, days(FIRST, today, own), days(*OCTOBER, before))
    assert found is not None
    assert found.low == low
    assert found.high == high


def test_a_day_without_use_counts_as_nothing_not_as_unknown() -> None:
    own = [one for one in days(FIRST, date(2026, 11, 15), "10") if one.day.day != 2]
    found = expected(date(2026, 11, 16), own, [])
    assert found is not None
    # Mondays: the 2nd cost nothing and the 9th cost 10, so 5; two Mondays to come, and 8 other days.
    assert found.days[6] == Decimal(5)


@pytest.mark.parametrize("today", [date(2026, 11, 1), date(2026, 11, 7)])
def test_in_the_first_week_of_the_first_month_nothing_is_expected(today: date) -> None:
    assert expected(today, days(FIRST, today, "10"), []) is None


def test_on_the_last_day_nothing_is_left_to_expect() -> None:
    assert expected(LAST, days(FIRST, LAST, "10"), days(*OCTOBER, "10")) is None


@pytest.mark.feature("CDR-10")
@given(
    today=st.dates(FIRST, LAST - timedelta(days=1)),
    own=st.lists(amounts, min_size=30, max_size=30),
    before=st.lists(amounts, max_size=31),
)
def test_it_is_never_below_what_is_spent_and_its_ends_are_in_order(
    today: date, own: list[Decimal], before: list[Decimal]
) -> None:
    used = [DaySums(day=FIRST + timedelta(days=n), amount=one) for n, one in enumerate(own[: today.day])]
    earlier = [DaySums(day=OCTOBER[0] + timedelta(days=n), amount=one) for n, one in enumerate(before)]
    found = expected(today, used, earlier)
    if found is not None:
        spent = sum((one.amount for one in used), Decimal(0))
        assert found.low <= found.high
        assert found.high >= spent
        assert found.low > spent - 10
        assert len(found.days) == (LAST - today).days
        assert all(day >= 0 for day in found.days)
