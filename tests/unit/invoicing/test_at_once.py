"""Two who do something at the same moment: the second knows of the first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.invoicing.domain.parties import Account
from services.invoicing.usecases.catalogue import save_issuer
from tests.support.billing import STAFF, customer
from tests.unit.invoicing.memory_books import MemoryBooks
from tests.unit.invoicing.test_corrected_months import billed_with, nets
from tests.unit.invoicing.test_subscriptions_billed import told
from tests.unit.mobile.people import subscription


def before(books: MemoryBooks, operation: str, act: Callable[[], object]) -> None:
    """``act`` happens once, just before the next operation of that name."""
    waiting = [act]

    def step(name: str) -> None:
        if name == operation and waiting:
            waiting.pop()()

    books.db.server.step = step


@pytest.mark.feature("INV-06")
@pytest.mark.parametrize("operation", ["update settled", "update turns"])
def test_a_credit_note_while_a_month_is_billed_is_known_to_it(operation: str) -> None:
    books = billed_with()
    first = books.db["invoices"].find_one()["_id"]
    books.know(told(subscription()))
    before(books, operation, lambda: books.credit(first, (1, None)))
    assert nets(books.billed("2026-11")) == [("zakelijk_mobiel", "10.00")]


@pytest.mark.feature("INV-04")
def test_of_two_first_issuers_at_once_one_is_the_default() -> None:
    books = MemoryBooks(customer(1), Account(customer_id=customer(1).id))
    books.db["issuers"].delete_many({})

    def add(name: str) -> None:
        seller = {"name": name, "street": "x", "house_number": "1", "postcode": "9999 AA", "city": "y"}
        asked: dict[str, Any] = {"issuer_id": None, "revision": 0, "logo": None, "partner_id": None}
        save_issuer(books.store, books.clock, STAFF, seller=seller, command_id=f"add {name}", **asked)

    before(books, "update turns", lambda: add("B"))
    add("A")
    kept = {row["seller"]["name"]: row["is_default"] for row in books.db["issuers"].find()}
    assert kept == {"A": False, "B": True}


@pytest.mark.feature("INV-03")
@pytest.mark.parametrize(
    ("was", "becomes"), [("issued", "undrawn"), ("already", "undrawn"), ("done", "done"), ("held", "held")]
)
def test_who_could_not_draw_an_invoice_does_not_overwrite_who_did(was: str, becomes: str) -> None:
    who = customer(1)
    books = MemoryBooks(who, Account(customer_id=who.id))
    books.store.enroll("run", [who])
    books.store.in_one(books.clock(), lambda changes: changes.set_row("run", who.id, state=was))
    books.store.in_one(books.clock(), lambda changes: changes.undrawn_row("run", who.id, "Dat ging mis."))
    row = books.db["run_rows"].find_one()
    assert row["state"] == becomes
