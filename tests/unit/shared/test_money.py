"""Money is exact; it is rounded half up, once, and parts that are shown add up to their total."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared import money

MICROS = st.integers(-(10**15), 10**15)


def half_up(value: Fraction) -> int:
    """Half away from zero, by definition."""
    return floor(abs(value) + Fraction(1, 2)) * (-1 if value < 0 else 1)


@pytest.mark.parametrize(
    ("micro", "cents"),
    [
        (0, 0),
        (4_999, 0),
        (5_000, 1),
        (14_999, 1),
        (15_000, 2),
        (25_000, 3),  # half to even would say 2
        (-4_999, 0),
        (-5_000, -1),
        (-15_000, -2),
        (12_345_600, 1235),
    ],
)
def test_cents_are_rounded_half_up_away_from_zero(micro: int, cents: int) -> None:
    assert money.to_cents(micro) == cents


@pytest.mark.parametrize(
    ("micro", "decimals", "rounded"),
    [
        (1_234_550, 4, 1_234_600),
        (1_234_549, 4, 1_234_500),
        (1_234_567, 6, 1_234_567),
        (1_500_000, 0, 2_000_000),
        (-1_234_550, 4, -1_234_600),
    ],
)
def test_a_row_is_rounded_to_the_precision_of_its_plan(micro: int, decimals: int, rounded: int) -> None:
    assert money.round_micro(micro, decimals) == rounded


@given(MICROS, st.integers(1, 10**9))
@example(1, 2)
@example(-1, 2)
@example(-3, 2)
def test_division_is_rounded_half_up(numerator: int, denominator: int) -> None:
    assert money.divide_half_up(numerator, denominator) == half_up(Fraction(numerator, denominator))


@given(MICROS, st.integers(0, 6))
def test_rounding_moves_an_amount_by_half_a_unit_at_most_and_only_once(micro: int, decimals: int) -> None:
    rounded = money.round_micro(micro, decimals)
    assert 2 * abs(rounded - micro) <= 10 ** (6 - decimals)
    assert money.round_micro(rounded, decimals) == rounded


@given(st.lists(MICROS, max_size=40))
@example([5_000, 5_000])
@example([3_333, 3_333, 3_334])
@example([-5_000, 5_000])
@example([-1, -1, -1])
@example([])
def test_the_parts_that_are_shown_add_up_to_the_total_that_is_shown(parts: list[int]) -> None:
    total, shown = money.shown_cents(parts)
    assert total == half_up(Fraction(sum(parts), money.MICRO_PER_CENT))
    assert sum(shown) == total
    assert len(shown) == len(parts)
    for part, cents in zip(parts, shown, strict=True):
        assert abs(cents * money.MICRO_PER_CENT - part) < money.MICRO_PER_CENT


@given(st.lists(st.integers(0, 10**6).map(lambda cents: cents * money.MICRO_PER_CENT), max_size=20))
def test_parts_that_are_whole_cents_are_shown_as_they_are(parts: list[int]) -> None:
    assert money.shown_cents(parts)[1] == [part // money.MICRO_PER_CENT for part in parts]


def test_the_missing_cents_go_to_the_largest_remainders_and_the_first_of_equals() -> None:
    assert money.shown_cents([16_000, 17_000, 17_000]) == (5, [1, 2, 2])
    assert money.shown_cents([15_000, 15_000, 15_000, 15_000]) == (6, [2, 2, 1, 1])


@given(MICROS)
def test_an_amount_survives_the_bus(micro: int) -> None:
    text = money.to_wire(micro)
    assert len(text.partition(".")[2]) == 6
    assert money.micro_from_decimal(Decimal(text)) == micro


@pytest.mark.parametrize(
    ("micro", "text"),
    [(0, "0.000000"), (1, "0.000001"), (-378_000, "-0.378000"), (10**13, "10000000.000000")],
)
def test_an_amount_on_the_bus_is_plain_text(micro: int, text: str) -> None:
    assert money.to_wire(micro) == text


@pytest.mark.parametrize(
    ("cents", "text"), [(0, "0.00"), (5, "0.05"), (1235, "12.35"), (-1, "-0.01"), (10**9, "10000000.00")]
)
def test_cents_on_the_bus_are_plain_text(cents: int, text: str) -> None:
    assert money.cents_to_wire(cents) == text


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity", "0.0000001", "1E-7"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="an amount"):
        money.micro_from_decimal(Decimal(text))


@pytest.mark.parametrize("text", ["1E+3", "1000", "1000.000000", "1000.00000000"])
def test_an_amount_may_be_written_in_any_way(text: str) -> None:
    assert money.micro_from_decimal(Decimal(text)) == 1_000_000_000


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6))
def test_decimals_are_rounded_half_up_too(amount: Decimal) -> None:
    assert money.round_decimal(amount) == amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert money.to_cents(money.micro_from_decimal(amount)) == money.round_decimal(amount) * 100
