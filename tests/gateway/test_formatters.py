"""Dutch notation: exact, rounded half up, without floats."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from gateway import formatters as f

AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=6, allow_nan=False, allow_infinity=False)


@pytest.fixture(autouse=True)
def _in_a_request(words: Flask) -> Iterator[None]:
    with words.test_request_context():
        yield


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "€\u00a00,00"),
        ("0.005", "€\u00a00,01"),
        ("2.345", "€\u00a02,35"),  # Babel would write 2,34
        ("1234.5", "€\u00a01.234,50"),
        ("1234567.891", "€\u00a01.234.567,89"),
        ("-12", "\u2212€\u00a012,00"),
        ("-0.004", "€\u00a00,00"),
    ],
)
def test_money(amount: str, shown: str) -> None:
    assert f.euros(Decimal(amount)) == shown


def test_call_amounts_have_four_decimals() -> None:
    assert f.number(Decimal("0.378000"), 4) == "0,3780"
    assert f.number(Decimal("-0.0975"), 4) == "\u22120,0975"


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0.000000", "0,0000"),
        ("0.378000", "0,3780"),
        ("0.012350", "0,01235"),
        ("-0.000325", "\u22120,000325"),
        ("1200", "1.200,0000"),
    ],
)
def test_exact_amounts_have_more_decimals_where_they_need_them(amount: str, shown: str) -> None:
    assert f.exact(Decimal(amount)) == shown


@given(AMOUNTS, st.integers(0, 6))
def test_what_is_written_is_the_amount_to_the_last_decimal(amount: Decimal, decimals: int) -> None:
    text = f.number(amount, decimals)
    read = Decimal(text.replace(".", "").replace(",", ".").replace("\u2212", "-"))
    assert abs(read - amount) * 2 <= Decimal(1).scaleb(-decimals)
    if abs(read - amount) * 2 == Decimal(1).scaleb(-decimals):
        assert abs(read) > abs(amount), "a half goes up, away from zero"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0:00:00"),
        (252, "0:04:12"),
        (103_866, "28:51:06"),
        (3_700_000, "1.027:46:40"),
        (-65, "\u22120:01:05"),
    ],
)
def test_duration(seconds: int, shown: str) -> None:
    assert f.duration(seconds) == shown


@given(st.integers(0, 10**10))
def test_a_duration_reads_back_as_its_seconds(seconds: int) -> None:
    hours, minutes, rest = f.duration(seconds).split(":")
    assert int(hours.replace(".", "")) * 3600 + int(minutes) * 60 + int(rest) == seconds
    assert (len(minutes), len(rest)) == (2, 2)


@pytest.mark.parametrize(
    ("volume", "shown"),
    [
        (0, "0,00 MB"),
        (350_000, "0,35 MB"),
        (12_400_000, "12,4 MB"),
        (1_003_000_000, "1.003 MB"),
        (999_500_000, "1.000 MB"),
    ],
)
def test_megabytes_are_a_million_bytes(volume: int, shown: str) -> None:
    assert f.megabytes(volume) == shown.replace(" ", "\u00a0")


def test_days() -> None:
    assert f.day_short(date(2026, 11, 2)) == "02-11-2026"
    assert f.day_long(date(2026, 11, 22)) == "zo 22 november 2026"
    assert f.month(date(2026, 10, 1)) == "oktober 2026"


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), "1 t/m 30 november 2026"),
        (date(2026, 10, 15), date(2026, 11, 14), "15 oktober t/m 14 november 2026"),
        (date(2025, 12, 15), date(2026, 1, 14), "15 december 2025 t/m 14 januari 2026"),
        (date(2026, 11, 22), date(2026, 11, 22), "22 november 2026"),
    ],
)
def test_periods(first: date, last: date, shown: str) -> None:
    assert f.period(first, last) == shown


def test_times_are_on_the_dutch_clock() -> None:
    summer, winter = datetime(2026, 7, 1, 22, 30, tzinfo=UTC), datetime(2026, 11, 22, 15, 38, 51, tzinfo=UTC)
    assert f.clock(winter) == "16:38:51"
    assert f.day_and_minute(summer) == "do 2 jul 00:30"


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        f.local(datetime(2026, 11, 22, 15, 38))


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 11, 22, 15, 40, tzinfo=UTC), "om 16:40"),
        (datetime(2026, 11, 21, 15, 2, tzinfo=UTC), "gisteren om 16:02"),
        (datetime(2026, 11, 20, 15, 2, tzinfo=UTC), "op 20-11-2026 om 16:02"),
        (datetime(2026, 11, 21, 23, 30, tzinfo=UTC), "om 00:30"),  # already today in the Netherlands
    ],
)
def test_how_long_ago(moment: datetime, shown: str) -> None:
    assert f.lately(moment, datetime(2026, 11, 22, 15, 42, tzinfo=UTC)) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(1, "1 seconde"), (20, "20 seconden"), (60, "1 minuut"), (61, "2 minuten"), (840, "14 minuten")],
)
def test_waiting_is_never_told_too_short(seconds: int, shown: str) -> None:
    assert f.wait(seconds) == shown
