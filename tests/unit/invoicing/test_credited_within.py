"""Credit notes stay between nothing and the invoice, and collecting goes by what is left (INV-06, INV-07)."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.invoicing.domain.charges import Charge
from services.invoicing.domain.parties import Account
from services.invoicing.usecases import payments
from shared.errors import Conflict, Invalid
from shared.ids import new_id
from tests.support.billing import STAFF, FakeCdr, customer, statement, type_sums, within
from tests.unit.invoicing.memory_books import NOW, MemoryBooks

pytestmark = pytest.mark.feature("INV-06")
WHO = customer(1)
COLLECTED = Account(
    customer_id=WHO.id,
    bills_from=dt.date(2026, 9, 1),
    pays_by="direct_debit",
    iban="NL37TEST0000016000",
    mandate_id="M-1",
    mandate_signed_on=dt.date(2026, 1, 1),
)
TEN_OFF: dict[str, Any] = {"price": Decimal(10), "kind": "discount"}


def charges(*prices: str, **discount: Any) -> list[Charge]:
    """One-offs of September, and a discount in September."""
    wanted = [{"kind": "one_off", "price": Decimal(price)} for price in prices]
    wanted += [{**discount, "ends": dt.date(2026, 9, 30)}] if discount else []
    return [
        Charge(
            id=f"c{place}",
            customer_id=WHO.id,
            description=f"Post {place}",
            quantity=Decimal(1),
            starts=dt.date(2026, 9, 1),
            **each,
        )
        for place, each in enumerate(wanted)
    ]


def billed(*found: Charge) -> tuple[MemoryBooks, str]:
    """Books with an invoice of September."""
    books = MemoryBooks(WHO, COLLECTED)
    books.store.in_one(NOW, lambda changes: [changes.save_charge(each) for each in found])
    invoice_id = books.bill("2026-09").invoice_id
    assert invoice_id is not None
    return books, invoice_id


def note(books: MemoryBooks, invoice_id: str, *lines: tuple[int, str | None]) -> str:
    """Credit these lines, or all that is left; the total of the credit note."""
    return books.credit(invoice_id, *lines)


def refusal(books: MemoryBooks, invoice_id: str, *lines: tuple[int, str | None]) -> str:
    with pytest.raises(Invalid) as refused:
        note(books, invoice_id, *lines)
    [sentence] = refused.value.fields["lines"]
    return sentence


def test_a_credit_note_is_never_more_than_is_left_of_the_invoice() -> None:
    """Lines 100.00 and a discount of 10.00: with VAT 108.90."""
    books, invoice_id = billed(*charges("100.00", **TEN_OFF))
    assert refusal(books, invoice_id, (0, None)) == (
        "Deze regels zijn samen € 121,00 met btw. Van deze factuur is nog € 108,90 te crediteren."
        " Kies minder of andere regels, of crediteer alles wat over is."
    )
    assert note(books, invoice_id, (0, "50.00")) == "60.50"
    assert "nog € 48,40 te crediteren" in refusal(books, invoice_id, (0, None))
    assert note(books, invoice_id) == "48.40"
    assert books.db["invoices"].find_one({"_id": invoice_id})["status"] == "credited"


def test_a_credit_note_never_asks_for_more_money() -> None:
    books, invoice_id = billed(*charges("100.00", **TEN_OFF))
    assert "samen € -12,10 met btw" in refusal(books, invoice_id, (1, None))
    note(books, invoice_id, (0, "50.00"))
    assert "samen € -12,10 met btw" in refusal(books, invoice_id, (1, None))


def test_of_an_invoice_below_nothing_no_more_is_taken_back_than_it_gave() -> None:
    books, invoice_id = billed(*charges("-100.00", "10.00"))
    assert refusal(books, invoice_id, (0, None)).startswith("Deze regels zijn samen € -121,00")
    assert note(books, invoice_id, (0, "-20.00")) == "-24.20"
    assert note(books, invoice_id) == "-84.70"


def test_a_wrong_line_can_be_credited_of_an_invoice_that_is_less_than_it() -> None:
    """-29.52 given back and 20.00 too much: -11.52 with VAT, where -35.72 was right."""
    books, invoice_id = billed(*charges("-29.52", "20.00"))
    assert note(books, invoice_id, (1, None)) == "24.20"
    assert refusal(books, invoice_id, (0, "-29.53")) == "Van regel 1 is nog € -29,52 te crediteren."
    assert note(books, invoice_id) == "-35.72"
    row = books.db["invoices"].find_one({"_id": invoice_id})
    assert (row["credited"]["total"], row["status"]) == (row["total"], "credited")


def test_what_a_bundle_covered_was_not_paid() -> None:
    """60.00 of usage, 50.00 of it within the bundle: 12.10 with VAT."""
    used = statement("2026-09", [type_sums("60.00")], lines=(within("50.00", "-50.00"),))
    books = MemoryBooks(WHO, COLLECTED)
    invoice_id = books.bill("2026-09", FakeCdr(given={(WHO.id, "2026-09"): used})).invoice_id
    assert invoice_id is not None
    assert "nog € 12,10 te crediteren" in refusal(books, invoice_id, (0, None))
    assert note(books, invoice_id, (0, "10.00")) == "12.10"


def test_what_an_invoice_gives_back_does_not_make_a_discount_disappear() -> None:
    """100.00 less a discount of 5.00, all that was left of the month: 114.95 with VAT."""
    books, invoice_id = billed(*charges("100.00", "-95.00", **TEN_OFF))
    assert "nog € 114,95 te crediteren" in refusal(books, invoice_id, (0, None))


def test_a_line_is_named_once() -> None:
    books, invoice_id = billed(*charges("100.00"))
    sentence = "Regel 1 staat er twee keer in. Noem elke regel één keer."
    assert refusal(books, invoice_id, (0, "10.00"), (0, "20.00")) == sentence
    assert note(books, invoice_id, (0, "10.00")) == "12.10"


@pytest.mark.feature("INV-07")
@pytest.mark.parametrize("left", [0, -1210])
def test_what_has_nothing_left_does_not_keep_the_rest_from_being_collected(left: int) -> None:
    """By a release before, more could be credited than there was."""
    books, spent = billed(*charges("100.00"))
    books.store.in_one(NOW, lambda changes: changes.save_charge(one_off_of_october()))
    other = books.bill("2026-10").invoice_id
    books.db["invoices"].update_one({"_id": spent}, {"$set": {"credited.total": 12_100 - left}})
    books.db["runs"].insert_one({"_id": "run"})
    asked = {"run_id": "run", "collect_on": dt.date(2027, 2, 15)}
    files: list[str] = []
    books.store.files = Files(files)  # type: ignore[assignment]
    made = payments.direct_debit_file(books.store, books.clock, STAFF, command_id=new_id(), **asked)
    assert [(batch["count"], batch["total"]) for batch in made["batches"]] == [(1, "60.50")]
    [xml] = files
    assert books.invoice(other).number in xml and books.invoice(spent).number not in xml
    assert books.db["invoices"].find_one({"_id": spent})["status"] == "open"


class Files:
    """GridFS is not in memory."""

    def __init__(self, kept: list[str]) -> None:
        self.kept = kept

    def put(self, _owner: str, name: str, _media_type: str, content: bytes) -> dict[str, Any]:
        self.kept.append(content.decode())
        return {"name": name, "size": len(content)}


def one_off_of_october() -> Charge:
    return Charge(
        id="october",
        customer_id=WHO.id,
        kind="one_off",
        description="Later",
        quantity=Decimal(1),
        price=Decimal("50.00"),
        starts=dt.date(2026, 10, 1),
    )


NETS = st.decimals(Decimal("-99.99"), Decimal("999.99"), places=2).filter(bool).map(str)
PARTS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 100)), min_size=1, max_size=3)


@settings(max_examples=50)
@given(st.lists(NETS, min_size=1, max_size=4), st.lists(PARTS, max_size=4))
def test_whatever_is_asked_what_was_credited_lies_between_nothing_and_what_was_asked_for(
    nets: list[str], asked: list[list[tuple[int, int]]]
) -> None:
    books, invoice_id = billed(*charges(*nets))
    for parts in asked:
        known = [(place, part) for place, part in parts if place < len(nets)]
        lines = [(place, f"{Decimal(nets[place]) * part / 100:.2f}") for place, part in known]
        with suppress(Invalid, Conflict):
            note(books, invoice_id, *lines)
        row = books.db["invoices"].find_one({"_id": invoice_id})
        assert min(0, row["total"]) <= row["credited"]["total"]
        # Each note rounds the VAT of what is left.
        asked_for = sum(Decimal(net) for net in nets if Decimal(net) > 0) * Decimal("1.21")
        assert row["credited"]["total"] <= max(row["total"], asked_for * 100 + len(asked))
    row = books.db["invoices"].find_one({"_id": invoice_id})
    if row["credited"]["lines"] != {str(place): str(Decimal(net)) for place, net in enumerate(nets)}:
        note(books, invoice_id)
    after = books.db["invoices"].find_one({"_id": invoice_id})
    assert (after["credited"]["total"], after["status"]) == (row["total"], "credited")
