"""A month that was billed and turns out otherwise: at the VAT it was billed with, less what was credited of
it by hand, and never without a price (INV-02)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from services.invoicing.domain.charges import Charge, Product
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.parties import Account
from services.mobile.domain import subscriptions as mobile
from tests.support.billing import FakeCdr, customer, statement
from tests.unit.invoicing.memory_books import MemoryBooks
from tests.unit.invoicing.test_subscriptions_billed import (
    FIRST,
    MODULE,
    PRICES,
    SECOND,
    day,
    module_from,
    told,
)
from tests.unit.mobile.people import subscription

pytestmark = pytest.mark.feature("INV-02")
WHO = customer(1)
OCTOBER, NOVEMBER, DECEMBER = (dt.date(2026, month, 1) for month in (10, 11, 12))
WITH_MODULE, WITHOUT = module_from("2026-10-01"), subscription()
"""10.00 a month and 5.00 for the module; and without it."""


def books(*unpriced: str, **account: Any) -> MemoryBooks:
    made = MemoryBooks(WHO, Account(customer_id=WHO.id, **({"bills_from": OCTOBER} | account)))
    for code, price in PRICES.items():
        if code not in unpriced:
            made.price(product(code, price))
    return made


def product(code: str, price: str, **more: Any) -> Product:
    return Product(code=code, description=code.partition(":")[2], price=Decimal(price), **more)


def charge(kind: Any, **facts: Any) -> Charge:
    plain = {"id": f"{kind}-1", "customer_id": WHO.id, "description": "Post", "quantity": Decimal(1)}
    return Charge(kind=kind, **(plain | {"starts": OCTOBER} | facts))


def nets(invoice: Invoice) -> list[tuple[str, str]]:
    return [(line.description.split(",")[0], str(line.net)) for line in invoice.lines]


def billed_with(*charges: Charge) -> MemoryBooks:
    """Books with an invoice of October, with the module."""
    made = books()
    for each in charges:
        made.charge(each)
    made.know(told(WITH_MODULE))
    made.billed("2026-10")
    return made


def without_keys(made: MemoryBooks) -> None:
    """Invoices and marks as the release before wrote them."""
    for row in list(made.db["invoices"].find()):
        invoice = made.store.full(row)
        plain = tuple(msgspec.structs.replace(line, key="") for line in invoice.lines)
        written = msgspec.json.encode(msgspec.structs.replace(invoice, lines=plain))
        made.db["invoices"].update_one({"_id": row["_id"]}, {"$set": {"document": written}})
    for row in list(made.db["billed"].find()):
        gone = {name: "" for name in ("thing", "description", "vat", "reverse", "lines")}
        made.db["billed"].update_one({"_id": row["_id"]}, {"$unset": gone})


# Prices.

NOT_LEFT_OUT: list[tuple[str, Callable[[], mobile.Subscription], str]] = [
    (
        SECOND,
        lambda: mobile.end(
            mobile.change_product(WITHOUT, "mobiel_onbeperkt", day("2026-11-16")), day("2026-12-01")
        ),
        "november 2026",
    ),
    (MODULE, lambda: module_from("2026-10-01", "2026-11-01"), "oktober 2026"),
]


@pytest.mark.parametrize(("code", "turns_out", "month"), NOT_LEFT_OUT)
def test_what_has_no_price_in_a_month_that_was_billed_holds_the_next_one_up(
    code: str, turns_out: Callable[[], mobile.Subscription], month: str
) -> None:
    made = books(code)
    made.know(told(WITHOUT))
    for period in ("2026-10", "2026-11"):
        made.billed(period)
    made.know(told(turns_out()))
    held = made.bill("2026-12")
    assert (held.state, held.sentence) == (
        "held",
        f"06-00 00 01 11 had in {month} iets zonder prijs. Geef produkt {code} een prijs; met een prijs van 0"
        " wordt die maand niet alsnog berekend.",
    )
    made.price(product(code, "0.00"))
    free = made.bill("2026-12")
    made.price(product(code, "30.00"))
    for after in (free, made.bill("2027-01")):
        assert after.state in ("issued", "nothing")
        if after.invoice_id:
            assert code.partition(":")[2] not in dict(nets(made.invoice(after.invoice_id)))


def test_what_has_no_price_on_days_that_are_not_billed_holds_nothing_up() -> None:
    """An account of before can begin within a month."""
    made = books(MODULE, bills_from=dt.date(2026, 10, 15))
    made.know(told(module_from("2026-10-01", "2026-10-10")))
    assert made.bill("2026-10").state == "issued"


class WhileClosing(FakeCdr):
    """Something becomes known while the month is closed."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__(given={(WHO.id, "2026-10"): statement("2026-10")})
        self.act = act

    def close_period(self, customer_id: str, period: str, command_id: str) -> None:
        self.act()
        super().close_period(customer_id, period, command_id)


def test_what_comes_in_without_a_price_while_a_month_is_closed_holds_it_up() -> None:
    made = books(MODULE)
    made.know(told(WITHOUT))
    held = made.bill("2026-10", WhileClosing(lambda: made.know(told(WITH_MODULE))))
    assert (held.state, MODULE in held.sentence) == ("held", True)
    made.price(product(MODULE, "5.00"))
    assert made.billed("2026-10").net == Decimal("15.00")


def test_the_first_costs_that_come_in_while_a_month_is_closed_wait_for_an_address() -> None:
    made = MemoryBooks(
        msgspec.structs.replace(WHO, address=None), Account(customer_id=WHO.id, bills_from=OCTOBER)
    )
    made.price(product(FIRST, "10.00"))
    held = made.bill("2026-10", WhileClosing(lambda: made.know(told(WITHOUT))))
    assert (held.state, "heeft geen adres" in held.sentence) == ("held", True)


# Credit notes.


@pytest.mark.feature("INV-06")
@pytest.mark.parametrize("release_before", [False, True])
@pytest.mark.parametrize(("credited", "back"), [("5.00", None), ("2.00", "-3.00")])
def test_what_staff_gave_back_is_not_given_back_again(
    credited: str, back: str | None, release_before: bool
) -> None:
    made = billed_with()
    made.credit(made.db["invoices"].find_one()["_id"], (1, credited))
    if release_before:
        without_keys(made)
    made.know(told(WITHOUT))
    assert dict(nets(made.billed("2026-11"))).get("mobiel_internet_eu") == back
    assert nets(made.billed("2026-12")) == [("zakelijk_mobiel", "10.00")]


# The last day of the module in October, known one after the other; and what that month is billed each time.
DAYS_AFTER_2_00_OF_5_00 = [
    ("fewer days, worth less than the credit", ["2026-10-26"], ["0"]),
    ("fewer days, worth more", ["2026-10-11"], ["-1.39"]),
    ("fewer, and fewer still", ["2026-10-26", "2026-10-11"], ["0", "-1.39"]),
    ("fewer, and all again", ["2026-10-26", "2026-11-01"], ["0", "0.97"]),
]


@pytest.mark.feature("INV-06")
@pytest.mark.parametrize(
    ("ends", "expected"),
    [each[1:] for each in DAYS_AFTER_2_00_OF_5_00],
    ids=[each[0] for each in DAYS_AFTER_2_00_OF_5_00],
)
def test_days_that_change_after_part_was_credited(ends: list[str], expected: list[str]) -> None:
    made = billed_with()
    made.credit(made.db["invoices"].find_one()["_id"], (1, "2.00"))
    found = []
    for end, period in zip(ends, ("2026-11", "2026-12"), strict=False):
        made.know(told(module_from("2026-10-01", end)))
        lines = made.billed(period).lines
        found.append(sum(line.net for line in lines if line.from_ and line.from_.month == 10))
    assert found == [Decimal(each) for each in expected]


@pytest.mark.feature("INV-06")
@pytest.mark.parametrize("begins", ["2026-10-02", "2026-10-05"])
def test_what_was_credited_and_then_moved_is_not_billed_again(begins: str) -> None:
    made = billed_with()
    made.credit(made.db["invoices"].find_one()["_id"], (1, None))
    made.know(told(module_from(begins)))
    assert made.billed("2026-11").net == Decimal("15.00")
    made.know(told(WITHOUT))
    assert made.billed("2026-12").net == Decimal("10.00") - Decimal("5.00"), "November's goes, not October's"


@pytest.mark.feature("INV-06")
def test_what_was_credited_in_part_and_then_moved_is_billed_less_that_part() -> None:
    """5.00 less 2.00; from the fifth it is 4.35."""
    made = billed_with()
    made.credit(made.db["invoices"].find_one()["_id"], (1, "2.00"))
    made.know(told(module_from("2026-10-05")))
    october = [line.net for line in made.billed("2026-11").lines if line.from_ and line.from_.month == 10]
    assert sum(october) == Decimal("4.35") - Decimal("2.00") - Decimal("3.00")


# VAT.


@pytest.mark.parametrize("reverse", [False, True])
def test_what_comes_back_has_the_vat_that_was_paid(reverse: bool) -> None:
    made = books(reverse_charge=reverse)
    made.know(told(WITH_MODULE))
    made.billed("2026-10")
    made.change_account(reverse_charge=not reverse)
    made.know(told(WITHOUT))
    back, now = made.billed("2026-11").lines
    assert (back.net, back.vat.category, now.vat.category) == (
        Decimal("-5.00"),
        *(("AE", "S") if reverse else ("S", "AE")),
    )


def test_what_moves_within_a_month_keeps_the_vat_of_that_month() -> None:
    made = billed_with()
    made.price(product(MODULE, "5.00", vat="exempt"))
    made.know(told(module_from("2026-10-05")))
    found = {str(line.net): line.vat.category for line in made.billed("2026-11").lines}
    assert found == {"-5.00": "S", "4.35": "S", "10.00": "S", "5.00": "E"}


# Where billing begins.


def test_billing_that_is_said_to_begin_later_gives_nothing_back() -> None:
    made = billed_with()
    made.change_account(bills_from=DECEMBER)
    assert made.billed("2026-12").net == Decimal("15.00")


def test_a_month_that_was_billed_is_corrected_though_billing_begins_later() -> None:
    made = billed_with()
    made.change_account(bills_from=DECEMBER)
    made.know(told(module_from("2026-10-05")))
    assert made.billed("2026-12").net == Decimal("15.00") - Decimal("0.65")


def test_what_is_told_later_of_before_billing_begins_is_not_billed() -> None:
    """Post was, for then billing began in October."""
    made = books()
    made.charge(charge("recurring", price=Decimal(3)))
    for period in ("2026-10", "2026-11"):
        made.billed(period)
    made.change_account(bills_from=DECEMBER)
    made.know(told(WITHOUT))
    assert sorted(nets(made.billed("2026-12"))) == [("Post", "3.00"), ("zakelijk_mobiel", "10.00")]


def test_days_before_billing_began_are_never_billed() -> None:
    made = books(bills_from=dt.date(2026, 10, 15))
    made.know(told(WITH_MODULE))
    made.billed("2026-10")
    made.know(told(WITHOUT))
    made.billed("2026-11")
    made.change_account(bills_from=DECEMBER)
    assert nets(made.billed("2026-12")) == [("zakelijk_mobiel", "10.00")]
