"""What staff read of a run: also whose it is, for a preview's invoices are made for the same customers."""

from __future__ import annotations

import pytest

from services.invoicing.domain.parties import Account
from services.invoicing.store import Store
from services.invoicing.usecases.running import start_run
from services.invoicing.views import staff
from shared.ids import new_id
from tests.support.billing import STAFF, customer
from tests.unit.invoicing.memory_books import NOW, MemoryBooks

pytestmark = pytest.mark.feature("INV-02")
ONE = customer(1).id


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> MemoryBooks:
    monkeypatch.setattr(Store, "counts", lambda store, run_id: {})  # a database in memory adds nothing up
    return MemoryBooks(customer(1), Account(customer_id=ONE))


def previewed(books: MemoryBooks, customer_ids: list[str] | None) -> str:
    job = start_run(
        books.store,
        lambda: NOW,
        STAFF,
        period="2026-12",
        customer_ids=customer_ids,
        dry_run=True,
        accept_unrated=False,
        issued_on=None,
        mail=False,
        command_id=new_id(),
    )
    return str(job["id"])


def told(store: Store, run_id: str) -> list[dict[str, object]]:
    """By the run itself, and by the list."""
    return [staff.run(store, STAFF, run_id=run_id, state="", after=None, limit=10)] + [
        row for row in staff.runs(store, STAFF, limit=10) if row["id"] == run_id
    ]


@pytest.mark.parametrize("whose", [None, [ONE]])
def test_a_run_tells_for_whom_it_is(books: MemoryBooks, whose: list[str] | None) -> None:
    assert [row["customer_ids"] for row in told(books.store, previewed(books, whose))] == [whose, whose]


def test_of_a_run_that_does_not_hold_it_nothing_is_told(books: MemoryBooks) -> None:
    """Not known is something else than null, which is all of them."""
    run_id = previewed(books, [ONE])
    books.db["runs"].update_one({"_id": run_id}, {"$unset": {"customer_ids": ""}})
    assert [("customer_ids" in row) for row in told(books.store, run_id)] == [False, False]
