"""Whatever products, modules and prices a subscription turns out to have had, its invoices together bill the
days that were, each at the price that its product or module was first billed at in that month (INV-02)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.invoicing.domain import periods
from services.invoicing.domain.charges import Module, Product, ProductTerm, Subscription
from services.invoicing.domain.pricing import PriceList, items_of_subscriptions, named
from services.invoicing.domain.recurring import Billed, bill, part
from shared.days import midnight

pytestmark = pytest.mark.feature("INV-02")
FIRST = dt.date(2026, 3, 1)
MONTHS = periods.between("2026-03", "2026-07")
DAYS = sum(periods.days_in(month) for month in MONTHS)
PRODUCTS, MODULES = ("mobile:a", "mobile:b", "mobile:c"), ("module:x", "module:y")
Days = dict[str, set[int]]
"""Product or module → the days, counted from the first, on which it is there."""


def moment(day: int) -> dt.datetime:
    return midnight(FIRST + dt.timedelta(days=day))


days = st.integers(0, DAYS - 1)
spans = st.lists(days, max_size=4, unique=True).map(sorted)


@st.composite
def known(draw: st.DrawFn) -> Subscription:
    """A history as mobile could tell it: products without gaps, modules that come, go and come again, and
    perhaps an end, which may be the start."""
    starts = draw(st.lists(days, min_size=1, max_size=3, unique=True).map(sorted))
    codes = draw(st.lists(st.sampled_from(PRODUCTS), min_size=3, max_size=3))
    ends = draw(st.none() | st.integers(starts[0], DAYS))
    terms = [
        ProductTerm(product=code.partition(":")[2], starts=moment(start), ends=moment(end) if end else None)
        for code, start, end in zip(codes, starts, [*starts[1:], None], strict=False)
    ]
    modules = []
    for code in MODULES:
        edges = draw(spans)
        for start, end in zip(edges[::2], [*edges[1::2], None], strict=False):
            last = moment(end) if end else None
            modules.append(Module(module=code.partition(":")[2], starts=moment(start), ends=last))
    return Subscription(
        id="s",
        customer_id="c",
        revision=1,
        product=terms[-1].product,
        number="+31600160001",
        starts=moment(starts[0]),
        ends=None if ends is None else moment(ends),
        modules=tuple(modules),
        products=tuple(terms),
    )


prices = st.fixed_dictionaries({code: st.decimals(0, 100, places=2) for code in PRODUCTS + MODULES})


def held(each: Subscription) -> Days:
    """The days of each product and module, one by one."""
    found: Days = {}
    for day in range(DAYS):
        now = moment(day)
        if each.ends is not None and now >= each.ends:
            break
        terms = [("mobile:" + term.product, term) for term in each.products]
        for code, term in [*terms, *(("module:" + module.module, module) for module in each.modules)]:
            if term.starts <= now and (term.ends is None or now < term.ends):
                found.setdefault(code, set()).add(day)
    return found


def of_month(days: set[int], month: str) -> list[int]:
    """Those days that are of the month, as days of it."""
    first = (periods.first_day(month) - FIRST).days
    return sorted(day - first + 1 for day in days if 0 <= day - first < periods.days_in(month))


def cost(days: list[int], price: Decimal, month: str) -> Decimal:
    length = periods.days_in(month)
    return sum((part(price, day, day, length) for day in days), Decimal(0))


@settings(max_examples=100)
@given(st.data())
def test_the_invoices_together_bill_the_days_that_were(data: st.DataObject) -> None:
    marks: dict[tuple[str, str], Billed] = {}
    first_price: dict[tuple[str, str], Decimal] = {}
    total: dict[str, Decimal] = {}
    now = data.draw(known())
    for month in MONTHS:
        now = data.draw(st.just(now) | known())
        asked = data.draw(prices)
        products = {code: Product(code=code, description=code, price=each) for code, each in asked.items()}
        lists = PriceList(products=products)
        span = (periods.first_day(month), periods.last_day(month))
        items, unpriced = items_of_subscriptions([now], lists, span)
        before = named(marks.values(), [now], lists, span[1])
        lines, changed = bill(items, before, month, FIRST, reverse_charge=False)
        assert unpriced == []
        assert bill(items, (marks | by_key(changed)).values(), month, FIRST, False) == ([], [])
        marks |= by_key(changed)
        for line in lines:
            code = line.description.partition(",")[0]
            total[code] = total.get(code, Decimal(0)) + line.net
            assert abs(line.quantity * line.unit_price - line.net) <= Decimal("0.02")
        for code, on in held(now).items():
            for earlier in (each for each in MONTHS if each <= month and of_month(on, each)):
                first_price.setdefault((code, earlier), asked[code])
    found = held(now)
    for code in PRODUCTS + MODULES:
        expected = sum(
            (
                cost(of_month(on, month), first_price[code, month], month)
                for on in (found.get(code, set()),)
                for month in MONTHS
                if of_month(on, month)
            ),
            Decimal(0),
        )
        assert total.get(code, Decimal(0)) == expected, code


def by_key(marks: list[Billed]) -> dict[tuple[str, str], Billed]:
    return {(mark.key, mark.period): mark for mark in marks}
