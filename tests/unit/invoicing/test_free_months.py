"""What was free when its month was billed stays free (INV-02)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from services.invoicing.domain.charges import Product, Subscription
from services.invoicing.domain.parties import Account
from tests.support.billing import customer
from tests.unit.invoicing.memory_books import MemoryBooks

pytestmark = pytest.mark.feature("INV-02")
STANDBY = Product(code="mobile:reserve", description="Reserve-SIM", price=Decimal(0))


def standby(who: str) -> Subscription:
    return Subscription(
        id="s",
        customer_id=who,
        revision=1,
        product="reserve",
        number="+31600160001",
        starts=dt.datetime(2026, 8, 31, 22, tzinfo=dt.UTC),
    )


def test_a_month_with_nothing_but_what_has_no_price_waits_for_it() -> None:
    """Settled as nothing, it would come on a later invoice, and staff would not know why."""
    who = customer(1)
    books = MemoryBooks(who, Account(customer_id=who.id))
    books.know(standby(who.id))
    held = books.bill("2026-09")
    assert (held.state, "mobile:reserve" in held.sentence) == ("held", True)
    books.price(Product(code=STANDBY.code, description=STANDBY.description, price=Decimal(10)))
    assert books.bill("2026-09").state == "issued"


def test_free_months_are_not_charged_once_there_is_a_price() -> None:
    who = customer(1)
    books = MemoryBooks(who, Account(customer_id=who.id))
    books.know(standby(who.id))
    books.price(STANDBY)
    assert [books.bill(period).state for period in ("2026-09", "2026-10")] == ["nothing", "nothing"]
    books.price(Product(code=STANDBY.code, description=STANDBY.description, price=Decimal(10)))
    lines = books.invoice(books.bill("2026-11").invoice_id).lines
    assert [(str(line.net), line.detail) for line in lines] == [("10.00", "01-11 t/m 30-11")]
