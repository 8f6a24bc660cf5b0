"""The archive and what happens to invoices afterwards: filters, pages, tenants, credit notes, collection."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from services.invoicing.domain.parties import Account
from services.invoicing.schemas.requests import Archive
from services.invoicing.store import Store
from services.invoicing.store.invoices import ORDERS
from services.invoicing.usecases import crediting, payments
from services.invoicing.views import archive as views
from services.invoicing.worker.background import expire
from shared.acting import Acting
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.ids import new_id
from tests.integration.invoicing.conftest import NOVEMBER, Books
from tests.support.billing import STAFF, customer

PARTNER = "9" * 32
OWN, OTHER = customer(1, parent_id=PARTNER, name="Bakkerij Voorbeeld B.V."), customer(2)
USER = Acting(kind="user", scope="customer", customer_id=OWN.id, user_id="u", roles=("invoices",))
MANDATE: dict[str, Any] = {
    "pays_by": "direct_debit",
    "iban": "NL37TEST0000016000",
    "mandate_id": "M-1",
    "mandate_signed_on": dt.date(2026, 1, 1),
}


@pytest.fixture
def filled(books: Books) -> Iterator[Books]:
    """Two customers with invoices of two months; one of them is collected."""
    books.know(OWN, OTHER)
    since = {"bills_from": dt.date(2026, 9, 1)}
    accounts = (Account(customer_id=OWN.id, **MANDATE, **since), Account(customer_id=OTHER.id, **since))
    books.store.in_one(NOVEMBER, lambda changes: [changes.save_account(each) for each in accounts])
    books.run("2026-09", issued_on=dt.date(2026, 10, 2))
    books.run("2026-10")
    yield books


def page(store: Store, acting: Acting = USER, **wanted: Any) -> dict[str, Any]:
    return views.archive(store, NOVEMBER, acting, **Archive().load(wanted))


def found(store: Store, **wanted: Any) -> list[str]:
    return [row["number"] for row in page(store, **wanted)["rows"]]


@pytest.mark.feature("INV-01")
def test_filters_sorting_and_pages(filled: Books) -> None:
    store = filled.store
    assert found(store) == ["F2026-00003", "F2026-00001"]
    assert found(store, sort="number") == ["F2026-00001", "F2026-00003"]
    assert found(store, period="oktober") == found(store, period="2026-10") == ["F2026-00003"]
    assert found(store, number="0001") == ["F2026-00001"]
    assert found(store, issued_to="2026-10-31") == ["F2026-00001"]
    assert found(store, issued_from="2026-10-03", issued_to="2026-11-02") == ["F2026-00003"]
    assert found(store, status="paid") == []
    amounts = {row["number"]: row["total"] for row in page(store)["rows"]}
    least = min(amounts, key=lambda number: Decimal(amounts[number]))
    assert found(store, amount_to=amounts[least]) == [least]
    for sort in ("-issued_on", "sent_on", "-total", "period"):
        first = page(store, sort=sort, limit=1)
        second = page(store, sort=sort, limit=1, after=first["next"])
        assert first["count"] == second["count"] == 2
        assert {each["rows"][0]["number"] for each in (first, second)} == {"F2026-00001", "F2026-00003"}


def used(books: Books, ask: Callable[[], object]) -> set[str]:
    """Names of the indexes by which the database answered."""

    def counted() -> dict[str, int]:
        found = books.db["invoices"].aggregate([{"$indexStats": {}}])
        return {one["name"]: int(one["accesses"]["ops"]) for one in found}

    before = counted()
    ask()
    return {name for name, count in counted().items() if count > before[name]}


@pytest.mark.feature("INV-01")
def test_the_operators_archive_and_what_expired_are_read_by_an_index(filled: Books) -> None:
    """Of all customers, in any order; the second is asked by each worker, each hour."""
    for order in ORDERS:
        for descending in (True, False):
            ask = partial(filled.store.page, {}, order, descending, None, 25)
            assert used(filled, ask) == {f"{order}_-1__id_-1"}
    assert used(filled, lambda: filled.store.expired(2020)) == {"year_1"}


@pytest.mark.feature("INV-01")
def test_a_tenant_sees_its_own_and_somebody_elses_does_not_exist(filled: Books) -> None:
    store = filled.store
    mine, theirs = (filled.db["invoices"].find_one({"customer_id": each.id})["_id"] for each in (OWN, OTHER))
    assert views.invoice(store, NOVEMBER, USER, invoice_id=mine)["invoice"]["buyer"]["name"] == OWN.name
    partner = Acting(kind="staff", scope="partner", customer_id=PARTNER)
    assert len(page(store, partner)["rows"]) == 2
    assert len(page(store, STAFF)["rows"]) == 4
    mailing = Acting(kind="service", customer_id=OWN.id, issuer="identity")
    for acting in (USER, partner, mailing):
        for wanted in (theirs, new_id()):
            with pytest.raises(NotFound):
                views.invoice(store, NOVEMBER, acting, invoice_id=wanted)
            with pytest.raises(NotFound):
                views.file_chunk(store, acting, file_id=None, invoice_id=wanted, kind="pdf", index=0)
    without = Acting(kind="user", scope="customer", customer_id=OWN.id, user_id="u")
    with pytest.raises(Forbidden):
        page(store, without)
    with pytest.raises(NotFound):
        page(store, partner, customer_id=OTHER.id)


@pytest.mark.feature("INV-01", "INV-05")
def test_files_come_in_pieces_also_by_the_reference_in_a_mail(filled: Books) -> None:
    row = filled.db["invoices"].find_one({"customer_id": OWN.id})
    info = views.file_info(filled.store, USER, invoice_id=row["_id"], kind="ubl")
    assert (info["name"], info["media_type"]) == (f"{row['number']}.xml", "application/xml")
    by_kind = {"file_id": None, "invoice_id": row["_id"], "kind": "pdf", "index": 0}
    by_file = {**by_kind, "file_id": row["files"]["pdf"]["id"], "invoice_id": None}
    for which in (by_kind, by_file):
        piece = views.file_chunk(filled.store, USER, **which)  # type: ignore[arg-type]
        assert base64.b64decode(piece["data"]).startswith(b"%PDF") and piece["last"]


def credit(books: Books, number: str, lines: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    row = books.db["invoices"].find_one({"number": number})
    asked = {"lines": lines, "reason": "Storing", "mail": False, "issued_on": None, "command_id": new_id()}
    return crediting.credit(books.store, books.clock, STAFF, invoice_id=row["_id"], **asked)


@pytest.mark.feature("INV-06")
def test_credit_notes_together_are_exactly_the_invoice(filled: Books) -> None:
    row = filled.db["invoices"].find_one({"number": "F2026-00003"})
    before = filled.store.full(row)
    first = credit(filled, "F2026-00003", [{"line": 0, "net": Decimal("1.00")}])
    with pytest.raises(Invalid):
        credit(filled, "F2026-00003", [{"line": 0, "net": before.lines[0].net}])
    second = credit(filled, "F2026-00003")
    filled.work()
    assert (first["number"], second["number"]) == ("C2026-00001", "C2026-00002")
    assert Decimal(first["total"]) + Decimal(second["total"]) == before.total
    after = filled.store.row_of(row["_id"])
    assert after is not None and after["status"] == "credited"
    assert filled.store.full(after) == before, "what was sent says the same for ever"
    with pytest.raises(Conflict):
        credit(filled, "F2026-00003")
    with pytest.raises(Conflict):
        credit(filled, "C2026-00001")
    note = filled.store.full(filled.db["invoices"].find_one({"number": "C2026-00001"}))
    assert note.credits is not None and note.credits.number == "F2026-00003"
    assert filled.db["invoices"].count_documents({"files": None}) == 0


@pytest.mark.feature("INV-07")
def test_a_run_is_collected_once_the_first_time_by_a_new_mandate(filled: Books) -> None:
    run_id = filled.db["invoices"].find_one({"number": "F2026-00001"})["run_id"]
    asked = {"run_id": run_id, "collect_on": dt.date(2026, 11, 20)}

    def collect() -> dict[str, Any]:
        return payments.direct_debit_file(filled.store, filled.clock, STAFF, command_id=new_id(), **asked)

    [batch] = collect()["batches"]
    assert batch["count"] == 1
    piece = views.batch_chunk(filled.store, STAFF, batch_id=batch["id"], index=0)
    xml = base64.b64decode(piece["data"]).decode()
    assert "F2026-00001" in xml and "FRST" in xml and batch["total"] in xml
    with pytest.raises(Conflict):
        collect()
    assert found(filled.store, status="direct_debit") == ["F2026-00001"]
    second = filled.store.full(filled.db["invoices"].find_one({"number": "F2026-00003"}))
    assert second.payment.sequence == "RCUR"


@pytest.mark.feature("INV-07")
def test_paid_and_not_paid_after_all(filled: Books) -> None:
    row = filled.db["invoices"].find_one({"number": "F2026-00001"})

    def pay(on: dt.date | None) -> Any:
        fields = {"invoice_id": row["_id"], "on": on, "command_id": new_id()}
        return payments.set_paid(filled.store, filled.clock, STAFF, **fields)["status"]

    assert (pay(dt.date(2026, 10, 20)), pay(None)) == ("paid", "open")


@pytest.mark.feature("INV-04")
def test_mailing_again_is_another_mail(filled: Books) -> None:
    row = filled.db["invoices"].find_one({"number": "F2026-00001"})
    before = filled.told("invoicing.notification.requested.v1")
    payments.resend(filled.store, filled.clock, STAFF, invoice_id=row["_id"], command_id=new_id())
    assert filled.told("invoicing.notification.requested.v1") == before + 1


@pytest.mark.feature("CDR-12")
def test_invoices_are_kept_for_seven_years(filled: Books) -> None:
    assert expire(filled.store, dt.datetime(2033, 12, 31, tzinfo=dt.UTC)) == 0
    assert expire(filled.store, dt.datetime(2034, 1, 1, tzinfo=dt.UTC)) == 4
    assert filled.db["documents.files"].count_documents({}) == 0
