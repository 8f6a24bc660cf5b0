"""Whatever becomes known when, what a customer has paid in the end is what would have been billed had all of
it been known at the time: of each month its costs less its discounts, at its VAT (INV-02)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.invoicing.domain import periods
from services.invoicing.domain.charges import Charge
from services.invoicing.domain.composing import Basis, compose
from services.invoicing.domain.invoice import VatRate
from services.invoicing.domain.invoiced import Invoiced, credits_of
from services.invoicing.domain.parties import Account
from services.invoicing.domain.pricing import PriceList, items_of_charges
from services.invoicing.domain.recurring import Billed, Item, bill
from shared.money import round_decimal
from tests.support.billing import ISSUER, customer, statement

pytestmark = pytest.mark.feature("INV-02")
WHO = customer(1)
FIRST = dt.date(2026, 3, 1)
MONTHS = periods.between("2026-03", "2026-06")
END = dt.date(2026, 6, 30)
VATS = st.sampled_from(["standard", "standard", "reduced", "exempt"])
DAYS = st.dates(FIRST, END)
PRICES = st.decimals(Decimal("0.01"), 100, places=2)
Known = list[list[Charge]]
"""What is known when each month is billed."""


def charge(charge_id: str, kind: str, **facts: object) -> Charge:
    plain = {"customer_id": WHO.id, "description": charge_id, "quantity": Decimal(1), "starts": FIRST}
    return Charge(id=charge_id, kind=kind, **(plain | facts))  # type: ignore[arg-type]


BASE = charge("base", "recurring", price=Decimal("9.95"))
"""So that each month was billed."""


@st.composite
def recurring(draw: st.DrawFn, place: int) -> Known:
    """A cost whose days are told anew each month, at first perhaps not at all; the last is the truth."""
    price, vat = draw(PRICES), draw(VATS)
    found: Known = []
    for _month in MONTHS:
        starts, ends = draw(DAYS), draw(st.none() | DAYS)
        told = charge(f"r{place}", "recurring", price=price, vat=vat, starts=starts, ends=ends)
        found.append(draw(st.sampled_from([[], [told], found[-1] if found else [told]])))
    if found[-1] == [] and any(found):
        found[-1] = [charge(f"r{place}", "recurring", price=price, vat=vat, starts=END, ends=FIRST)]
    return found


@st.composite
def one_off(draw: st.DrawFn, place: int) -> Known:
    """An item that becomes known in the month it is of or in a later one, and perhaps gives back."""
    starts, vat, sign = draw(DAYS), draw(VATS), draw(st.sampled_from([1, 1, -1]))
    told = [
        charge(f"o{place}", "one_off", price=draw(PRICES), vat=vat, starts=starts, quantity=Decimal(sign))
    ]
    known_in = draw(st.sampled_from([month for month in MONTHS if month >= periods.of(starts)]))
    return [told if month >= known_in else [] for month in MONTHS]


@st.composite
def discount(draw: st.DrawFn, place: int) -> Charge:
    starts, ends = draw(DAYS), draw(st.none() | DAYS)
    of = draw(st.sampled_from([(), ("subscription",), ("one_off",)]))
    if draw(st.booleans()):
        percentage = draw(st.sampled_from([Decimal(10), Decimal("33.3333"), Decimal(50), Decimal(100)]))
        return charge(f"d{place}", "discount", percentage=percentage, of=of, starts=starts, ends=ends)
    return charge(f"d{place}", "discount", price=draw(PRICES), starts=starts, ends=ends)


def invoices(known: Known, reverse: list[bool]) -> list[Invoiced]:
    """The invoices of the months, each by what was known then."""
    marks: dict[tuple[str, str], Billed] = {}
    found: list[Invoiced] = []
    on_one: set[str] = set()
    for month, charges, shifted in zip(MONTHS, known, reverse, strict=True):
        account = Account(customer_id=WHO.id, bills_from=FIRST, reverse_charge=shifted)
        basis = Basis(
            period=month,
            customer=WHO,
            account=account,
            issuer=ISSUER,
            prices=PriceList(products={}),
            charges=tuple(each for each in charges if each.id not in on_one),
            requested=(),
            subscriptions=(),
            billed=tuple(marks.values()),
            invoiced=tuple(found),
            statement=statement(month),
        )
        draft = compose(basis)
        marks |= {(mark.key, mark.period): mark for mark in draft.billed}
        on_one |= set(draft.charge_ids)
        found.append(Invoiced(period=month, lines=draft.lines))
    return found


def by_rate(found: list[Invoiced]) -> dict[tuple[str, Decimal], Decimal]:
    sums: dict[tuple[str, Decimal], Decimal] = {}
    for line in (line for each in found for line in each.lines):
        key = line.vat.category, line.vat.percentage
        sums[key] = sums.get(key, Decimal(0)) + line.net
    return {key: net for key, net in sums.items() if net}


@settings(max_examples=100)
@given(st.data())
def test_costs_that_become_known_later_come_with_the_discounts_of_their_month(data: st.DataObject) -> None:
    parts = [data.draw(recurring(place)) for place in range(2)]
    parts += [data.draw(one_off(place)) for place in range(data.draw(st.integers(0, 2)))]
    discounts = [data.draw(discount(place)) for place in range(data.draw(st.integers(0, 3)))]
    told = [[BASE, *(one for part in parts for one in part[at]), *discounts] for at in range(len(MONTHS))]
    found = invoices(told, [False] * len(MONTHS))
    at_once = invoices([told[-1]] * len(MONTHS), [False] * len(MONTHS))
    assert by_rate(found) == by_rate(at_once)
    assert all(line.unit_price >= 0 for each in found for line in each.lines)


@settings(max_examples=50)
@given(st.data(), st.lists(st.sampled_from(["10", "33.3333", "12.5"]), min_size=1, max_size=2))
def test_each_percentage_is_of_what_its_month_has_cost(data: st.DataObject, percentages: list[str]) -> None:
    """To the cent, per rate, whatever invoices the costs and the discounts of the month are on."""
    parts = [data.draw(recurring(place)) for place in range(2)]
    parts += [data.draw(one_off(0))]
    discounts = [
        charge(f"d{place}", "discount", percentage=Decimal(each), starts=data.draw(DAYS))
        for place, each in enumerate(percentages)
    ]
    told = [[BASE, *(one for part in parts for one in part[at]), *discounts] for at in range(len(MONTHS))]
    costs: dict[tuple[str, VatRate], Decimal] = {}
    given: dict[tuple[str, str, VatRate], Decimal] = {}
    for invoice in invoices(told, [False] * len(MONTHS)):
        for line in invoice.lines:
            month = periods.of(line.from_) if line.from_ else invoice.period
            if line.group == "discount":
                key = line.key, month, line.vat
                given[key] = given.get(key, Decimal(0)) - line.net
            else:
                costs[month, line.vat] = costs.get((month, line.vat), Decimal(0)) + line.net
    expected = {
        (each.id, month, vat): max(round_decimal(cost * each.percentage / 100), Decimal(0))
        for each in discounts
        for (month, vat), cost in costs.items()
        if each.percentage and periods.of(each.starts) <= month
    }
    assert {key: net for key, net in given.items() if net} == {
        key: net for key, net in expected.items() if net
    }


@settings(max_examples=50)
@given(st.data(), st.lists(st.booleans(), min_size=len(MONTHS), max_size=len(MONTHS)))
def test_costs_that_become_known_later_come_with_the_vat_of_their_month(
    data: st.DataObject, reverse: list[bool]
) -> None:
    parts = [data.draw(recurring(place)) for place in range(2)]
    percentage = charge("d", "discount", percentage=Decimal("12.5"))
    told = [[BASE, *(one for part in parts for one in part[at]), percentage] for at in range(len(MONTHS))]
    assert by_rate(invoices(told, reverse)) == by_rate(invoices([told[-1]] * len(MONTHS), reverse))


def paid(found: list[Invoiced]) -> dict[tuple[str, str], Decimal]:
    """What lines less credits come to, by key and month."""
    sums: dict[tuple[str, str], Decimal] = {}
    for each in found:
        for place, line in enumerate(each.lines):
            assert line.from_ is not None
            key = line.key, periods.of(line.from_)
            sums[key] = sums.get(key, Decimal(0)) + line.net - each.credited.get(place, Decimal(0))
    return {key: net for key, net in sums.items() if net}


@pytest.mark.feature("INV-06")
@settings(max_examples=100)
@given(st.data())
def test_what_staff_credit_before_it_is_known_is_not_given_back_again(data: st.DataObject) -> None:
    """Staff know the truth, and credit some of what is too much, before mobile tells it at last."""
    price = data.draw(PRICES)
    told = [recurring_from(price, data.draw(DAYS), data.draw(st.none() | DAYS)) for _month in (*MONTHS, "")]
    truth = paid([Invoiced(period="2026-07", lines=tuple(bill(told[-1], [], "2026-07", FIRST, False)[0]))])
    marks: dict[tuple[str, str], Billed] = {}
    found: list[Invoiced] = []
    for month, items in zip((*MONTHS, "2026-07"), told, strict=True):
        before = list(marks.values())
        lines, changed = bill(items, before, month, FIRST, False, credits_of(found, before))
        marks |= {(mark.key, mark.period): mark for mark in changed}
        found.append(Invoiced(period=month, lines=tuple(lines)))
        if month in MONTHS:
            found[-1] = msgspec.structs.replace(found[-1], credited=data.draw(too_much(found, truth)))
    assert paid(found) == truth


def recurring_from(price: Decimal, starts: dt.date, ends: dt.date | None) -> list[Item]:
    return items_of_charges([charge("r", "recurring", price=price, starts=starts, ends=ends)])


@st.composite
def too_much(
    draw: st.DrawFn, found: list[Invoiced], truth: dict[tuple[str, str], Decimal]
) -> dict[int, Decimal]:
    """Of lines of the last invoice, some of what was paid more of a month than it should be."""
    credited: dict[int, Decimal] = {}
    for place, line in enumerate(found[-1].lines):
        assert line.from_ is not None
        key = line.key, periods.of(line.from_)
        more = paid(found).get(key, Decimal(0)) - truth.get(key, Decimal(0))
        if more > 0 and line.net > 0:
            credited[place] = draw(st.decimals(0, min(more, line.net), places=2))
    return credited
