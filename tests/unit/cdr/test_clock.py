"""Nights with 23 and 25 hours, holidays, and the months that bills are for."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cdr.domain import amsterdam, periods
from services.cdr.domain.rate_plan import RatePlan
from services.cdr.domain.rating import rate
from tests.unit.cdr.builders import AMSTERDAM, call, hours, local, per_minute, voice

moments = st.integers(946_684_800, 4_102_444_799)  # 2000 up to and including 2099


@given(moments)
def test_the_table_of_offsets_is_the_time_zone_database(moment: int) -> None:
    clock = datetime.fromtimestamp(moment, UTC).astimezone(AMSTERDAM)
    assert timedelta(seconds=amsterdam.utc_offset(moment)) == clock.utcoffset()
    assert amsterdam.local_day(moment) == clock.date()
    change = amsterdam.next_clock_change(moment)
    assert amsterdam.utc_offset(change - 1) == amsterdam.utc_offset(moment) != amsterdam.utc_offset(change)


@pytest.mark.feature("CDR-03")
@pytest.mark.parametrize(
    ("what", "start", "seconds", "micro"),
    [
        # Night rate 0.01 from 2:00 to 3:00, else 0.06 a minute.
        ("an ordinary night", "2026-03-28 01:59:00", 120, 70_000),
        ("the hour that does not exist costs nothing extra", "2026-03-29 01:59:00", 120, 120_000),
        ("the hour that comes twice counts twice", "2026-10-25 01:59:00", 60 + 7200, 60_000 + 1_200_000),
        (
            "and ends at the second three o'clock",
            "2026-10-25 01:59:00",
            60 + 7200 + 60,
            60_000 + 1_200_000 + 60_000,
        ),
    ],
)
def test_windows_go_by_the_wall_clock(what: str, start: str, seconds: int, micro: int) -> None:
    night = voice("+31", per_minute("0.01"), window=hours(2, 3), priority=1)
    plan = RatePlan((voice("+31", per_minute("0.06")), night))
    assert rate(call("+31850001611", seconds, start), plan).amount_micro == micro, what


@pytest.mark.feature("CDR-03")
@pytest.mark.parametrize("night", ["2026-03-28", "2026-03-29", "2026-10-25"])
@pytest.mark.parametrize(
    ("start", "micro"), [("00:59:00", 70_000), ("04:59:00", 70_000), ("03:59:00", 20_000)]
)
def test_a_window_around_the_change_ends_by_the_new_clock(night: str, start: str, micro: int) -> None:
    window = voice("+31", per_minute("0.01"), window=hours(1, 5), priority=1)
    plan = RatePlan((voice("+31", per_minute("0.06")), window))
    evening_before = call("+31850001611", 1, f"{night} 00:00:00")
    assert rate(evening_before, plan).amount_micro == 1_000
    assert rate(call("+31850001611", 120, f"{night} {start}"), plan).amount_micro == micro


@pytest.mark.feature("CDR-03")
@pytest.mark.parametrize(
    ("year", "days"),
    [
        (
            2025,
            "1-1 20-4 21-4 26-4 5-5 29-5 8-6 9-6 25-12 26-12",
        ),  # King's Day moved from Sunday; a lustrum year
        (2026, "1-1 5-4 6-4 27-4 14-5 24-5 25-5 25-12 26-12"),
        (2027, "1-1 28-3 29-3 27-4 6-5 16-5 17-5 25-12 26-12"),
        (2030, "1-1 21-4 22-4 27-4 5-5 30-5 9-6 10-6 25-12 26-12"),
    ],
)
def test_holidays_of_a_tariff(year: int, days: str) -> None:
    listed = {date(year, int(month), int(day)) for day, month in (text.split("-") for text in days.split())}
    assert amsterdam.public_holidays(year) == listed


@pytest.mark.parametrize("moment", [0, 4_133_980_800 + 366 * 86_400])
def test_moments_far_away_are_refused(moment: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        amsterdam.utc_offset(moment)
    with pytest.raises(ValueError, match="outside"):
        periods.period_at(moment)


@pytest.mark.feature("CDR-05")
@pytest.mark.parametrize(
    ("start", "period"),
    [
        ("2026-10-31T22:59:59Z", 202610),
        ("2026-10-31T23:00:00Z", 202611),
        ("2026-06-30T21:59:59.999999Z", 202606),
        ("2026-06-30T22:00:00Z", 202607),
        ("2026-12-31T23:00:00Z", 202701),
        ("2026-11-01T00:30:00+09:00", 202610),
    ],
)
def test_the_period_of_a_call_is_the_month_in_amsterdam(start: str, period: int) -> None:
    assert periods.period_of(datetime.fromisoformat(start)) == period


@given(moments)
def test_a_moment_lies_within_its_period(moment: int) -> None:
    at = datetime.fromtimestamp(moment, UTC)
    period = periods.period_of(at)
    begin, end = periods.bounds(period)
    assert begin <= at < end
    assert periods.first_day(period) <= periods.day_of(at) <= periods.last_day(period)
    assert periods.day_of(at) in periods.days(period)
    assert periods.bounds(periods.following(period))[0] == end
    assert periods.preceding(periods.following(period)) == period
    assert periods.parse_period(periods.written(period)) == period


def test_the_days_of_a_period() -> None:
    assert [len(periods.days(period)) for period in (202602, 202802, 202611, 202612)] == [28, 29, 30, 31]
    begin, end = periods.bounds(202603)
    assert end - begin == timedelta(days=31) - timedelta(hours=1)


def test_days_from_and_to_are_both_included() -> None:
    begin, end = periods.day_bounds(date(2026, 11, 1), date(2026, 11, 1))
    assert (begin.isoformat(), end.isoformat()) == ("2026-10-31T23:00:00+00:00", "2026-11-01T23:00:00+00:00")


@pytest.mark.feature("CDR-02")
@pytest.mark.parametrize(
    ("closed", "booked"),
    [
        (set(), 202611),
        ({202610}, 202611),
        ({202611}, 202612),
        ({202611, 202612}, 202701),
        ({202611, 202701}, 202702),  # 202612 was passed over, and can never be closed any more
        ({202612}, 202701),
    ],
)
def test_late_usage_goes_to_the_first_period_that_can_still_be_closed(closed: set[int], booked: int) -> None:
    assert periods.book(202611, closed) == booked


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "2026-1", "202611", "1234-01", "2026-11\n", "２０２６-11"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no period"):
        periods.parse_period(text)


def test_seconds_are_rounded_down() -> None:
    assert amsterdam.epoch(datetime(2026, 11, 20, 12, 0, 0, 999_999, AMSTERDAM)) == local(
        "2026-11-20 12:00:00"
    )
