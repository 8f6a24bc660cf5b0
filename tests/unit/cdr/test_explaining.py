"""Why usage costs what it does: a table whose lines add up to the amount."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cdr.domain.explaining import explained, shown_parts
from services.cdr.domain.rate_plan import RatePlan
from services.cdr.domain.rating import Deviation, Deviations
from services.cdr.domain.terms import read_terms
from tests.unit.cdr.builders import call, hours, per_minute, tariff, voice

pytestmark = pytest.mark.feature("CDR-03")

TO = "+31850003000"


def why(entries: Any, seconds: int, start: str = "2026-11-20 12:00:00", **more: Any) -> dict[str, Any]:
    deviations = more.pop("deviations", None)
    return explained(call(TO, seconds, start), RatePlan(tuple(entries), **more), deviations)


def total(told: dict[str, Any]) -> Decimal:
    parts = [Decimal(one[name]) for one in told["segments"] for name in ("fee", "cost")]
    return sum([*parts, *(Decimal(one["amount"]) for one in told["corrections"])], Decimal())


def test_a_call_in_one_piece() -> None:
    told = why([voice("+31", per_minute("0.02", 60, fee="0.03"), name="Nederland", line=7)], 61)
    (segment,) = told["segments"]
    assert segment == {
        "offset": 0,
        "quantity": 61,
        "billed": 120,
        "rate": "0,02",
        "per": "min",
        "increment": 60,
        "from_offset": 0,
        "fee": "0.03000000",
        "cost": "0.04000000",
        "prefix": "+31",
        "destination": "Nederland",
        "line": 7,
        "priority": 0,
        "valid_from": None,
        "valid_to": None,
        "days": "",
        "from": "",
        "to": "",
        "minimum": None,
        "maximum": None,
    }
    assert (told["amount"], told["corrections"], told["margin"]) == ("0.070000", [], None)


def test_a_call_over_the_edge_of_a_window_has_a_line_on_either_side() -> None:
    evening = voice("+31", per_minute("0.01"), window=hours(19, 24), priority=1)
    told = why([voice("+31", per_minute("0.02")), evening], 120, "2026-11-20 18:59:00")
    assert [(s["offset"], s["billed"], s["rate"], s["from"]) for s in told["segments"]] == [
        (0, 60, "0,02", ""),
        (60, 60, "0,01", "19:00"),
    ]
    assert total(told) == Decimal(told["amount"])


def test_every_correction_has_its_line() -> None:
    rates = tariff((0, "0.013", 60, 1), least="0.05")
    deviations = Deviations({}, {}, Deviation(margin_ppm=-125_000))
    told = why([voice("+31", rates)], 7, deviations=deviations)
    assert [one["name"] for one in told["corrections"]] == ["minimum", "deviation", "rounding"]
    assert (told["margin"], told["amount"]) == ("-12.5000", "0.043800")
    assert total(told) == Decimal(told["amount"])


def test_a_tariff_of_ones_own_says_so() -> None:
    deviations, errors = read_terms([{"of": "prefix", "key": "+31", "rate": "0,01"}])
    assert not errors
    told = why([voice("+31", per_minute("0.02"))], 60, deviations=deviations)
    assert (told["replaced"], told["segments"][0]["rate"], told["amount"]) == (True, "0,01", "0.010000")


def test_a_call_of_no_seconds_has_no_lines_and_costs_nothing() -> None:
    told = why([voice("+31", per_minute("0.02", fee="0.03"))], 0)
    assert (told["amount"], told["segments"], told["corrections"]) == ("0.000000", [], [])


@given(st.integers(1, 10_000), st.integers(1, 99_999), st.sampled_from([1, 6, 60]), st.integers(-900, 900))
def test_what_is_shown_adds_up_to_the_amount(seconds: int, rate: int, increment: int, margin: int) -> None:
    rates = tariff((0, f"0.{rate:05d}", 60, increment), (90, "0.00071", 60, 1), fee="0.0455", most="3.3333")
    deviations = Deviations({}, {}, Deviation(margin_ppm=margin * 1000))
    told = why([voice("+31", rates)], seconds, deviations=deviations)
    assert total(told) == Decimal(told["amount"])


@given(st.lists(st.fractions(-10, 10, max_denominator=977), max_size=6))
def test_shown_parts_are_off_by_less_than_one_of_the_last_decimal(parts: list[Fraction]) -> None:
    grain = Fraction(1, 10**8)
    parts.append(-sum(parts, Fraction()) // grain * grain - sum(parts, Fraction()))
    shown = shown_parts(parts)
    assert sum(map(Fraction, shown)) == sum(parts)
    assert all(abs(Fraction(one) - part) < grain for one, part in zip(shown, parts, strict=True))
