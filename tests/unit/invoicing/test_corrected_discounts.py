"""What is corrected of a month that was billed comes with the discounts of that month (INV-02)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from services.invoicing.domain.charges import Charge
from services.mobile.domain import subscriptions as mobile
from tests.support.billing import FakeCdr, statement, type_sums
from tests.unit.invoicing.test_corrected_months import (
    NOVEMBER,
    WHO,
    WITH_MODULE,
    WITHOUT,
    billed_with,
    books,
    charge,
    nets,
    without_keys,
)
from tests.unit.invoicing.test_subscriptions_billed import day, told

pytestmark = pytest.mark.feature("INV-02")


def percent_off(percentage: str, **more: Any) -> Charge:
    return charge("discount", percentage=Decimal(percentage), description="Korting", **more)


def test_what_never_was_comes_back_less_the_discount_that_was_given_of_it() -> None:
    made = billed_with(percent_off("10"))
    made.know(told(mobile.end(WITH_MODULE, day("2026-10-01"))))
    back = made.billed("2026-11")
    assert sorted(nets(back)) == [
        ("Correctie oktober 2026: Korting", "1.50"),
        ("mobiel_internet_eu", "-5.00"),
        ("zakelijk_mobiel", "-10.00"),
    ]
    assert (back.lines[-1].quantity, back.lines[-1].unit_price) == (1, Decimal("1.50"))
    assert back.total == Decimal("-16.34"), "what October's was"


def test_what_was_free_by_a_discount_does_not_come_back() -> None:
    made = billed_with(percent_off("100", ends=dt.date(2026, 10, 31)))
    made.know(told(WITHOUT))
    assert made.billed("2026-11").total == Decimal("12.10")


def test_a_discount_takes_nothing_off_of_what_is_given_back_of_a_month_before_it() -> None:
    made = billed_with(percent_off("50", starts=NOVEMBER))
    made.know(told(WITHOUT))
    assert made.billed("2026-11").net == Decimal("0.00")


def test_usage_that_is_taken_back_late_comes_back_less_the_discount() -> None:
    made = books()
    made.charge(percent_off("10", of=("usage",)))
    used = statement("2026-10", [type_sums("100.00")])
    back = statement("2026-11", late=[type_sums("-100.00", calls=-10)])
    totals = [
        made.billed(each.period, FakeCdr(given={(WHO.id, each.period): each})).total for each in (used, back)
    ]
    assert totals == [Decimal("108.90"), Decimal("-108.90")]


def test_an_amount_off_comes_back_as_far_as_the_month_no_longer_has_it() -> None:
    """8.00 off of 15.00; of the 10.00 that are left it is still 8.00, of nothing it is nothing."""
    made = billed_with(charge("discount", price=Decimal(8), ends=dt.date(2026, 10, 31)))
    made.know(told(WITHOUT))
    assert made.billed("2026-11").net == Decimal("5.00")
    made.know(told(mobile.end(WITHOUT, day("2026-10-01"))))
    assert made.billed("2026-12").net == Decimal("-20.00") + Decimal("8.00")


def test_no_discount_is_taken_back_that_was_not_given() -> None:
    """It was put on the account, as of October, when October was billed."""
    made = billed_with()
    made.charge(percent_off("10"))
    made.know(told(WITHOUT))
    assert nets(made.billed("2026-11")) == [
        ("mobiel_internet_eu", "-5.00"),
        ("zakelijk_mobiel", "10.00"),
        ("Korting", "-1.00"),
    ]


def test_a_discount_that_is_ended_in_a_month_that_had_it_is_taken_back_with_what_it_was_given_of() -> None:
    made = billed_with(percent_off("10"))
    made.charge(percent_off("10", ends=dt.date(2026, 9, 30)))
    made.know(told(WITHOUT))
    assert made.billed("2026-11").net == Decimal("5.50")


def test_what_was_credited_of_a_discount_is_not_taken_back_again() -> None:
    made = billed_with(percent_off("10"))
    made.credit(made.db["invoices"].find_one()["_id"], (0, None), (2, None))
    made.know(told(mobile.end(WITH_MODULE, day("2026-10-01"))))
    assert nets(made.billed("2026-11")) == [("mobiel_internet_eu", "-5.00")]


def test_a_discount_of_an_invoice_of_the_release_before_is_known_by_its_name() -> None:
    made = billed_with(percent_off("10"))
    without_keys(made)
    made.know(told(WITHOUT))
    assert made.billed("2026-11").net == Decimal("-4.50") + Decimal("9.00")


def test_a_one_off_of_before_billing_began_has_the_discount_of_the_first_invoice() -> None:
    made = books()
    made.charge(percent_off("100", of=("one_off",)))
    made.charge(charge("one_off", price=Decimal(75), starts=dt.date(2026, 9, 28)))
    assert made.billed("2026-10").net == Decimal("0.00")


@pytest.mark.parametrize("of", [("usage",), ()])
def test_a_discount_that_was_never_given_asks_for_no_money(of: tuple[str, ...]) -> None:
    """It is new; what comes back is of a month without it."""
    made = books()
    made.charge(percent_off("10", of=of, starts=NOVEMBER))
    october = statement("2026-10", [type_sums("100.00")])
    november = statement("2026-11", [type_sums("20.00")], late=[type_sums("-100.00", calls=-10)])
    totals = [
        made.billed(each.period, FakeCdr(given={(WHO.id, each.period): each})).net
        for each in (october, november)
    ]
    assert totals == [Decimal("100.00"), Decimal("-80.00")]


def test_a_discount_that_replaces_another_leaves_that_its_room() -> None:
    """30.00 less 28.00; then it is 29.00 less, and only 10.00: what was paid comes back, and no more."""
    made = books()
    post = {"price": Decimal(20), "id": "letter"}
    made.charge(charge("recurring", **post), charge("recurring", price=Decimal(10)))
    made.charge(charge("discount", id="b", price=Decimal(28)))
    made.billed("2026-10")
    ended = {"ends": dt.date(2026, 9, 30)}
    made.charge(charge("recurring", **post, **ended), charge("discount", id="b", price=Decimal(28), **ended))
    made.charge(charge("discount", id="a", price=Decimal(29)))
    assert made.billed("2026-11").net == Decimal("-2.00")


def test_a_one_off_of_long_ago_is_not_given_a_discount_that_was_given_then() -> None:
    """Invoices are read a year back; 8.00 is off of the oldest of these months once only."""
    made = books()
    made.charge(charge("discount", price=Decimal(8)), charge("recurring", price=Decimal(10), id="post"))
    months = [f"2026-{month}" for month in (10, 11, 12)] + [f"2027-{month:02d}" for month in range(1, 13)]
    for period in months[:-1]:
        assert made.billed(period).net == Decimal("2.00")
    made.charge(charge("one_off", price=Decimal(30)))
    assert made.billed(months[-1]).net == Decimal("32.00")
