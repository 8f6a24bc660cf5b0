"""Subscriptions, as mobile tells of them, on invoices: each day at its product of that day (INV-02)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from services.invoicing.domain import periods
from services.invoicing.domain.charges import Product, Subscription
from services.invoicing.domain.composing import Basis, Draft, compose, obstacles
from services.invoicing.domain.parties import Account
from services.invoicing.domain.pricing import PriceList
from services.invoicing.domain.recurring import Billed
from services.invoicing.usecases.listening import subscription_changed
from services.mobile.domain import subscriptions as mobile
from services.mobile.domain.shares import changed
from services.mobile.domain.terms import Terms
from shared.days import midnight
from shared.events import MobileSubscriptionChanged, decode, encode, wrap
from tests.contract.golden import OLDER
from tests.contract.stored import of_documents
from tests.support.billing import ISSUER, customer, statement
from tests.unit.invoicing.memory_books import MemoryBooks
from tests.unit.mobile.people import subscription

pytestmark = pytest.mark.feature("INV-02")
BAKERY = customer(1)
FIRST, SECOND, MODULE = "mobile:zakelijk_mobiel", "mobile:mobiel_onbeperkt", "module:mobiel_internet_eu"
PRICES = {FIRST: "10.00", SECOND: "40.00", MODULE: "5.00"}
OCTOBER_1 = midnight(dt.date(2026, 10, 1))


def day(text: str) -> dt.datetime:
    return midnight(dt.date.fromisoformat(text))


def received(message: bytes) -> Subscription:
    """What invoicing keeps of an event."""
    kept: list[Subscription] = []

    class Kept:
        def keep_subscription(self, subscription: Subscription) -> None:
            kept.append(subscription)

    subscription_changed(Kept(), decode(message, MobileSubscriptionChanged))  # type: ignore[arg-type]
    return kept[0]


def told(subscription: mobile.Subscription) -> Subscription:
    return received(encode(wrap(changed(subscription, Terms()), customer_id=BAKERY.id)))


def told_before(subscription: mobile.Subscription) -> Subscription:
    """As the release before told it: the last product only."""
    message = json.loads(encode(wrap(changed(subscription, Terms()), customer_id=BAKERY.id)))
    del message["data"]["products"]
    return received(json.dumps(message).encode())


def module_from(start: str, end: str | None = None) -> mobile.Subscription:
    term = mobile.ModuleTerm("mobiel_internet_eu", day(start), day(end) if end else None)
    return subscription(modules=(term,))


class Ledger:
    """Invoices of one customer since October, one after the other."""

    def __init__(self, **prices: str) -> None:
        self.prices = {**PRICES, **prices}
        self.marks: dict[tuple[str, str], Billed] = {}

    def basis(self, period: str, known: Subscription) -> Basis:
        products = {
            code: Product(code=code, description=code.partition(":")[2], price=Decimal(price))
            for code, price in self.prices.items()
        }
        return Basis(
            period=period,
            customer=BAKERY,
            account=Account(customer_id=BAKERY.id, bills_from=dt.date(2026, 10, 1)),
            issuer=ISSUER,
            prices=PriceList(products=products),
            charges=(),
            requested=(),
            subscriptions=(known,),
            billed=tuple(self.marks.values()),
            statement=statement(period),
        )

    def bill(self, period: str, known: Subscription) -> list[tuple[str, str, str]]:
        """Product, amount and detail of the month's lines."""
        draft = compose(self.basis(period, known))
        self.keep(draft)
        return [(line.description.split(",")[0], str(line.net), line.detail) for line in draft.lines]

    def keep(self, draft: Draft) -> None:
        self.marks |= {(mark.key, mark.period): mark for mark in draft.billed}

    def forget_what_it_was(self) -> None:
        """Marks as the release before wrote them."""
        blank: dict[str, Any] = {"thing": "", "description": "", "vat": ""}
        self.marks = {
            key: Billed(**({name: getattr(mark, name) for name in mark.__struct_fields__} | blank))
            for key, mark in self.marks.items()
        }


def total(lines: list[tuple[str, str, str]]) -> Decimal:
    return sum((Decimal(net) for _what, net, _detail in lines), Decimal(0))


def test_a_planned_change_of_product_is_billed_when_it_comes() -> None:
    ledger = Ledger()
    planned = told(mobile.change_product(subscription(), "mobiel_onbeperkt", day("2027-01-01")))
    assert [ledger.bill(month, planned) for month in periods.between("2026-10", "2027-01")] == [
        [("zakelijk_mobiel", "10.00", "01-10 t/m 31-10")],
        [("zakelijk_mobiel", "10.00", "01-11 t/m 30-11")],
        [("zakelijk_mobiel", "10.00", "01-12 t/m 31-12")],
        [("mobiel_onbeperkt", "40.00", "01-01 t/m 31-01")],
    ]


def test_a_change_of_product_within_the_month_bills_each_for_its_days() -> None:
    ledger = Ledger()
    ledger.bill("2026-10", told(subscription()))
    changing = told(mobile.change_product(subscription(), "mobiel_onbeperkt", day("2026-11-16")))
    assert ledger.bill("2026-11", changing) == [
        ("zakelijk_mobiel", "5.00", "01-11 t/m 15-11"),
        ("mobiel_onbeperkt", "20.00", "16-11 t/m 30-11"),
    ]
    assert ledger.bill("2026-12", changing) == [("mobiel_onbeperkt", "40.00", "01-12 t/m 31-12")]


@pytest.mark.parametrize("release_before", [False, True])
def test_a_change_of_product_in_a_month_that_was_billed_comes_as_a_difference(release_before: bool) -> None:
    ledger = Ledger()
    ledger.bill("2026-11", told(subscription()))
    if release_before:
        ledger.forget_what_it_was()
    late = told(mobile.change_product(subscription(), "mobiel_onbeperkt", day("2026-11-16")))
    assert ledger.bill("2026-12", late) == [
        ("zakelijk_mobiel", "-5.00", "16-11 t/m 30-11, correctie november 2026"),
        ("mobiel_onbeperkt", "20.00", "16-11 t/m 30-11, november 2026"),
        ("mobiel_onbeperkt", "40.00", "01-12 t/m 31-12"),
    ]
    assert ledger.bill("2027-01", late) == [("mobiel_onbeperkt", "40.00", "01-01 t/m 31-01")]


def test_a_change_of_product_as_of_the_first_day_of_a_billed_month_takes_that_month_back() -> None:
    ledger = Ledger()
    ledger.bill("2026-10", told(subscription()))
    ledger.bill("2026-11", told(subscription()))
    late = told(mobile.change_product(subscription(), "mobiel_onbeperkt", day("2026-11-01")))
    lines = ledger.bill("2026-12", late)
    assert sorted(lines[:2]) == [
        ("mobiel_onbeperkt", "40.00", "01-11 t/m 30-11, november 2026"),
        ("zakelijk_mobiel", "-10.00", "01-11 t/m 30-11, correctie november 2026"),
    ]
    assert lines[2:] == [("mobiel_onbeperkt", "40.00", "01-12 t/m 31-12")]


def test_what_was_billed_before_its_history_was_told_is_not_billed_again() -> None:
    """The release before kept the last product alone, and did not write down of which a mark was."""
    ledger = Ledger()
    changing = mobile.change_product(subscription(), "mobiel_onbeperkt", day("2026-11-01"))
    ledger.bill("2026-11", told_before(changing))
    ledger.forget_what_it_was()
    ledger.prices[SECOND] = "45.00"
    assert ledger.bill("2026-12", told(changing)) == [("mobiel_onbeperkt", "45.00", "01-12 t/m 31-12")]


def test_an_event_of_before_has_one_product_for_good() -> None:
    path = OLDER / "mobile.subscription.changed.v1.2.json"
    kept = received(path.read_bytes())
    assert (kept.product, kept.products) == ("mobile-flex-5", ())
    plain = told_before(subscription())
    assert Ledger().bill("2026-10", plain) == [("zakelijk_mobiel", "10.00", "01-10 t/m 31-10")]


def test_a_product_without_a_price_holds_up_the_months_that_have_it() -> None:
    ledger = Ledger()
    del ledger.prices[SECOND]
    planned = told(mobile.change_product(subscription(), "mobiel_onbeperkt", day("2027-01-01")))
    assert obstacles(ledger.basis("2026-12", planned)) == []
    assert obstacles(ledger.basis("2027-01", planned)) == [
        "06-00 00 01 11 heeft geen prijs. Geef produkt mobile:mobiel_onbeperkt een prijs."
    ]


def test_a_number_is_on_the_invoice_from_its_month_on() -> None:
    planned = told(mobile.change_number(subscription(), "+31600000112", day("2027-01-01")))
    ledger = Ledger()
    names = {
        month: [line.description for line in compose(ledger.basis(month, planned)).lines][-1]
        for month in ("2026-11", "2027-01")
    }
    assert names == {
        "2026-11": "zakelijk_mobiel, 06-00 00 01 11",
        "2027-01": "zakelijk_mobiel, 06-00 00 01 12",
    }


GONE: list[tuple[str, Callable[[], mobile.Subscription], list[str]]] = [
    ("removed as if it never was", subscription, ["-5.00"]),
    ("begins later", lambda: module_from("2026-10-05"), ["-0.65"]),
    ("ended", lambda: module_from("2026-10-01", "2026-10-11"), ["-3.39"]),
    (
        "off, and on again",
        lambda: replace(
            subscription(),
            modules=(
                mobile.ModuleTerm("mobiel_internet_eu", OCTOBER_1, day("2026-10-11")),
                mobile.ModuleTerm("mobiel_internet_eu", day("2026-10-21")),
            ),
        ),
        ["-1.62"],
    ),
]


@pytest.mark.parametrize("release_before", [False, True])
@pytest.mark.parametrize(("then", "back"), [each[1:] for each in GONE], ids=[each[0] for each in GONE])
def test_a_billed_module_that_goes_or_moves_is_given_back(
    then: Callable[[], mobile.Subscription], back: list[str], release_before: bool
) -> None:
    ledger = Ledger()
    ledger.bill("2026-10", told(module_from("2026-10-01")))
    if release_before:
        ledger.forget_what_it_was()
    lines = ledger.bill("2026-11", told(then()))
    corrected = [line for line in lines if "oktober" in line[2]]
    assert {what for what, _net, _detail in corrected} == {"mobiel_internet_eu"}
    assert [str(total(corrected))] == back
    assert [line for line in ledger.bill("2026-12", told(then())) if "correctie" in line[2]] == []


def test_a_module_that_moves_is_billed_at_the_price_of_before_in_the_month_that_was_billed() -> None:
    ledger = Ledger()
    ledger.bill("2026-10", told(module_from("2026-10-01")))
    ledger.prices[MODULE] = "6.00"
    lines = ledger.bill("2026-11", told(module_from("2026-10-05")))
    assert total([line for line in lines if "oktober" in line[2]]) == Decimal("-0.65")
    assert ("mobiel_internet_eu", "6.00", "01-11 t/m 30-11") in lines


def test_a_subscription_that_never_was_is_given_back_with_its_modules() -> None:
    begun = replace(module_from("2026-10-01"), active_from=OCTOBER_1)
    begun = replace(begun, products=(mobile.ProductTerm("zakelijk_mobiel", OCTOBER_1),))
    ledger = Ledger()
    assert total(ledger.bill("2026-10", told(begun))) == Decimal("15.00")
    lines = ledger.bill("2026-11", told(mobile.end(begun, OCTOBER_1)))
    assert sorted((what, net) for what, net, _detail in lines) == [
        ("mobiel_internet_eu", "-5.00"),
        ("zakelijk_mobiel", "-10.00"),
    ]
    assert ledger.bill("2026-12", told(mobile.end(begun, OCTOBER_1))) == []


@pytest.mark.feature("GW-05")
def test_the_release_before_reads_what_is_written_now() -> None:
    books = MemoryBooks(BAKERY, Account(customer_id=BAKERY.id, bills_from=dt.date(2026, 10, 1)))
    for code, price in PRICES.items():
        books.price(Product(code=code, description=code, price=Decimal(price)))
    books.know(told(mobile.change_product(module_from("2026-10-05"), "mobiel_onbeperkt", day("2026-10-16"))))
    books.bill("2026-10")
    marks = list(books.db["billed"].find())
    assert len(marks) == 3
    mark = {"_id": "", "customer_id": "", "key": "", "period": "", "first": 1, "last": 1}
    assert list(of_documents([mark | {"price": "", "quantity": "", "net": ""}], marks)) == []
    kept = {"_id": "", "customer_id": "", "revision": 1, "product": "", "number": "", "label": ""}
    module = {"module": "", "starts": OCTOBER_1, "ends": None}
    kept |= {"starts": OCTOBER_1, "ends": None, "modules": [module]}
    assert list(of_documents([kept], books.db["subscriptions"].find())) == []
    assert books.db["subscriptions"].find_one()["product"] == "mobiel_onbeperkt"
