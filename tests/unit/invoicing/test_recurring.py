"""Recurring costs pro rata: parts of a month add up to its price, and what changed comes as a difference."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.invoicing.domain import periods
from services.invoicing.domain.invoice import Line
from services.invoicing.domain.recurring import Billed, Item, bill, part

pytestmark = pytest.mark.feature("INV-02")
JANUARY = dt.date(2026, 1, 1)
PRICES = st.decimals(0, 10_000, places=6)


def item(starts: str, ends: str | None = None, price: str = "31.00", **more: Any) -> Item:
    facts: dict[str, Any] = {"key": "charge:1", "description": "Telefoonlijn", "quantity": Decimal(1)}
    facts |= {"vat": "standard"} | more
    last = dt.date.fromisoformat(ends) if ends else None
    return Item(
        price=Decimal(price),
        starts=dt.date.fromisoformat(starts),
        ends=last,
        **facts,
    )


def billed(
    items: list[Item], period: str, known: list[Billed] | None = None
) -> tuple[list[Line], list[Billed]]:
    return bill(items, known or [], period, JANUARY, reverse_charge=False)


# Price of a month, days that count, days of the month, what they cost.
PARTS = [
    ("31.00", 1, 31, 31, "31.00"),
    ("31.00", 1, 1, 31, "1.00"),
    ("31.00", 31, 31, 31, "1.00"),
    ("10.00", 1, 10, 30, "3.33"),
    ("10.00", 11, 20, 30, "3.34"),
    ("10.00", 21, 30, 30, "3.33"),
    ("0.01", 1, 15, 30, "0.01"),
    ("0.01", 16, 30, 30, "0.00"),
    ("9.95", 12, 31, 31, "6.42"),
    ("9.95", 15, 28, 28, "4.97"),
    ("17.50", 1, 0, 30, "0.00"),
]


@pytest.mark.parametrize(("price", "first", "last", "days", "costs"), PARTS)
def test_a_part_of_a_month(price: str, first: int, last: int, days: int, costs: str) -> None:
    assert part(Decimal(price), first, last, days) == Decimal(costs)


@given(PRICES, st.integers(28, 31), st.sets(st.integers(1, 30), max_size=8))
def test_the_parts_of_a_month_add_up_to_its_price_however_it_is_split(
    price: Decimal, days: int, cuts: set[int]
) -> None:
    ends = sorted({cut for cut in cuts if cut < days} | {days})
    starts = [1, *(end + 1 for end in ends[:-1])]
    parts = [part(price, first, last, days) for first, last in zip(starts, ends, strict=True)]
    assert sum(parts) == part(price, 1, days, days)
    assert all(each >= 0 for each in parts)


def test_a_whole_month_a_start_and_an_end() -> None:
    items = [
        item("2026-01-01", key="a"),
        item("2026-10-12", key="b"),
        item("2026-05-01", "2026-10-10", key="c"),
        item("2026-11-01", key="d"),
        item("2026-01-01", "2026-09-30", key="e"),
    ]
    known = billed(items, "2026-09")[1]
    lines, _marks = billed(items, "2026-10", known)
    assert [(line.net, line.detail, line.quantity) for line in lines] == [
        (Decimal("31.00"), "01-10 t/m 31-10", Decimal(1)),
        (Decimal("20.00"), "12-10 t/m 31-10", Decimal("0.645161")),
        (Decimal("10.00"), "01-10 t/m 10-10", Decimal("0.322581")),
    ]


def test_what_started_in_a_month_that_was_billed_before_it_was_known_comes_later() -> None:
    lines, _marks = billed([item("2026-09-21")], "2026-10")
    assert [(line.net, line.detail) for line in lines] == [
        (Decimal("10.33"), "21-09 t/m 30-09, september 2026"),
        (Decimal("31.00"), "01-10 t/m 31-10"),
    ]


def test_an_end_that_becomes_known_after_the_month_was_billed_is_given_back() -> None:
    known = billed([item("2026-09-01")], "2026-09")[1]
    lines, marks = billed([item("2026-09-01", "2026-09-20")], "2026-10", known)
    [line] = lines
    assert (line.net, line.quantity, line.unit_price) == (
        Decimal("-10.33"),
        Decimal("-0.333333"),
        Decimal("31.00"),
    )
    assert line.detail == "21-09 t/m 30-09, correctie september 2026"
    assert billed([item("2026-09-01", "2026-09-20")], "2026-11", [*marks])[0] == []


def test_something_that_never_was_is_given_back_whole() -> None:
    known = billed([item("2026-09-01")], "2026-09")[1]
    lines, _marks = billed([item("2026-09-01", "2026-08-31")], "2026-10", known)
    assert [line.net for line in lines] == [Decimal("-31.00")]


def test_what_nobody_knows_any_more_is_given_back_as_what_it_was() -> None:
    known = billed([item("2026-09-01", key="module:1", description="Module", vat="reduced")], "2026-09")[1]
    [line], marks = billed([], "2026-10", known)
    assert (line.net, line.description, line.vat.percentage) == (Decimal("-31.00"), "Module", 9)
    assert (line.detail, line.from_) == ("01-09 t/m 30-09, correctie september 2026", dt.date(2026, 9, 1))
    assert billed([], "2026-11", marks) == ([], [])


def test_what_nobody_can_name_stays() -> None:
    """Billed by a release that did not write down what it was, and known by nobody."""
    [known] = billed([item("2026-09-01")], "2026-09")[1]
    unnamed = msgspec.structs.replace(known, description="", vat="")
    assert billed([], "2026-10", [unnamed]) == ([], [])


def test_another_price_does_not_reach_back() -> None:
    known = billed([item("2026-09-01")], "2026-09")[1]
    lines, _marks = billed([item("2026-09-01", price="62.00")], "2026-10", known)
    assert [line.net for line in lines] == [Decimal("62.00")]


def test_nothing_is_billed_of_the_days_before_billing_begins() -> None:
    lines, _marks = bill([item("2020-01-01")], [], "2026-10", dt.date(2026, 10, 11), reverse_charge=False)
    assert [(line.net, line.from_) for line in lines] == [(Decimal("21.00"), dt.date(2026, 10, 11))]


DAYS = st.dates(dt.date(2026, 3, 1), dt.date(2026, 8, 31))


@given(st.decimals(0, 500, places=2), DAYS, st.lists(DAYS, max_size=4), st.booleans())
def test_whatever_ends_become_known_the_invoices_together_bill_the_days_that_were(
    price: Decimal, starts: dt.date, ends: list[dt.date], open_end: bool
) -> None:
    """Each month another end is known; in the end the sum is that of who had known from the start."""
    known: dict[tuple[str, str], Billed] = {}
    total = Decimal(0)
    final: dt.date | None = None
    for place, period in enumerate(periods.between("2026-03", "2026-09")):
        final = ends[place] if place < len(ends) else (None if open_end else (ends[-1] if ends else None))
        each = item(str(starts), str(final) if final else None, str(price))
        lines, marks = bill([each], known.values(), period, JANUARY, reverse_charge=False)
        total += sum((line.net for line in lines), Decimal(0))
        known |= {(mark.key, mark.period): mark for mark in marks}
    last = item(str(starts), str(final) if final else None, str(price))
    once, _marks = bill([last], [], "2026-09", JANUARY, reverse_charge=False)
    assert total == sum((line.net for line in once), Decimal(0))


@given(st.decimals(0, 9_000, places=2), st.integers(1, 31), st.integers(1, 31))
def test_quantity_times_price_is_the_amount_within_two_cents(price: Decimal, first: int, last: int) -> None:
    """Peppol's rule R120 for e-invoices."""
    starts, ends = f"2026-10-{min(first, last):02d}", f"2026-10-{max(first, last):02d}"
    for line in billed([item(starts, ends, str(price))], "2026-10")[0]:
        assert abs(line.quantity * line.unit_price - line.net) <= Decimal("0.02")
