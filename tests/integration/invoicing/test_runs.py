"""A month becomes invoices: once, numbered without gaps, with files, events and mail (INV-02, INV-04)."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal
from typing import Any

import pytest

from services.invoicing.domain.charges import Charge, Subscription
from services.invoicing.domain.parties import Account, Customer
from services.invoicing.usecases.finishing import sweep
from shared.errors import Conflict, Invalid
from tests.integration.invoicing.conftest import NOVEMBER, Books
from tests.support.billing import customer, statement, type_sums

pytestmark = pytest.mark.feature("INV-02")


def october(*places: int, **more: Any) -> list[Customer]:
    """Customers since October: their first month."""
    return [customer(place, known_on=dt.date(2026, 10, 5), **more) for place in places]


def states(rows: dict[str, Any]) -> list[str]:
    return [row["state"] for row in rows.values()]


def test_a_run_makes_one_numbered_invoice_for_each_customer(books: Books) -> None:
    books.know(*october(3, 1, 2))
    rows = books.run()
    assert [(row["number"], row["state"]) for row in rows.values()] == [
        ("F2026-00001", "done"),
        ("F2026-00002", "done"),
        ("F2026-00003", "done"),
    ]
    assert list(rows) == ["Klant 1 B.V.", "Klant 2 B.V.", "Klant 3 B.V."]
    assert books.told("invoicing.invoice.issued.v1") == 3
    assert books.told("invoicing.notification.requested.v1") == 3
    assert len(books.cdr.closed) == 3
    invoice = books.store.full(books.db["invoices"].find_one({"number": "F2026-00002"}))
    shown = books.cdr.statement(f"{2:032x}", "2026-10").amount
    assert abs(invoice.net - shown) <= Decimal("0.005")
    assert invoice.total == invoice.net + invoice.vat


def test_a_run_again_makes_nothing_twice(books: Books) -> None:
    books.know(*october(1, 2))
    books.run()
    books.know(*october(3))
    assert states(books.run()) == ["already", "already", "done"]
    assert books.numbers() == ["F2026-00001", "F2026-00002", "F2026-00003"]
    assert books.told("invoicing.notification.requested.v1") == 3


def test_two_runs_at_once_make_each_invoice_once(books: Books) -> None:
    books.know(*october(*range(1, 13)))
    first, second = books.start(), books.start()
    threads = [threading.Thread(target=books.runner().run_once) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    books.work()
    assert books.numbers() == [f"F2026-{place:05d}" for place in range(1, 13)]
    assert books.told("invoicing.invoice.issued.v1") == 12
    made = [row["state"] for run_id in (first, second) for row in books.store.rows(run_id)]
    assert sorted(set(made)) == ["already", "done"] and made.count("done") == 12


def test_a_month_that_is_not_over_is_refused(books: Books) -> None:
    with pytest.raises(Conflict, match="November 2026 is nog niet voorbij"):
        books.start("2026-11")
    for day in (dt.date(2026, 10, 31), dt.date(2026, 11, 3)):
        with pytest.raises(Invalid):
            books.start(issued_on=day)
    with pytest.raises(Invalid):
        books.start("2026-13")


def test_who_can_not_be_invoiced_waits_with_a_sentence_and_the_rest_goes_on(books: Books) -> None:
    homeless, resting, unpriced, unrated, fine = october(1, 2, 3, 4, 5)
    homeless = customer(1, known_on=dt.date(2026, 10, 5), address=None)
    resting = customer(2, known_on=dt.date(2026, 9, 1))
    books.know(homeless, resting, unpriced, unrated, fine)
    books.store.keep_subscription(
        Subscription(
            id="s",
            customer_id=unpriced.id,
            revision=1,
            product="nieuw",
            number="+31600160001",
            starts=NOVEMBER - dt.timedelta(days=20),
        )
    )
    waiting = statement("2026-10", [type_sums("1.0000")], unrated=7)
    books.cdr.given = {(unrated.id, "2026-10"): waiting}
    rows = books.run()
    assert states(rows) == ["held", "held", "held", "held", "done"]
    sentences = [row["sentence"] for row in rows.values()]
    assert "heeft geen adres" in sentences[0]
    assert sentences[1] == "september 2026 is voor deze klant nog niet gefactureerd. Doe dat eerst."
    assert sentences[2].startswith("06-00 16 00 01 heeft geen prijs.")
    assert "nog 7 gesprekken op een tarief" in sentences[3]
    assert [each for each, _period in books.cdr.closed] == [fine.id], "a month that is held stays open"
    assert books.numbers() == ["F2026-00001"]
    assert states(books.run(accept_unrated=True))[3] == "done"


def test_a_dry_run_closes_and_numbers_nothing(books: Books) -> None:
    books.know(*october(1, 2))
    rows = books.run(dry_run=True)
    assert states(rows) == ["preview", "preview"]
    assert all(row["total"] > 0 for row in rows.values())
    assert (books.numbers(), books.cdr.closed) == ([], [])
    [first, _second] = books.run().values()
    assert first["total"] == rows["Klant 1 B.V."]["total"]


def test_who_is_billed_from_a_later_day_has_nothing_yet_and_keeps_the_month(books: Books) -> None:
    later = customer(1, known_on=dt.date(2026, 11, 1))
    books.know(later, *october(2))
    for dry_run, other in ((True, "preview"), (False, "done")):
        rows = books.run(dry_run=dry_run)
        assert states(rows) == ["nothing", other]
        assert rows["Klant 1 B.V."]["sentence"] == "Deze klant wordt pas vanaf 01-11-2026 gefactureerd."
    assert "2026-10" not in books.store.settled(later.id), "staff may still let it begin earlier"
    assert [each for each, _period in books.cdr.closed] == [f"{2:032x}"]


def test_nothing_to_bill_settles_the_month_without_an_invoice(books: Books) -> None:
    books.know(*october(1))
    books.cdr.given = {(f"{1:032x}", "2026-10"): statement("2026-10")}
    assert states(books.run()) == ["nothing"]
    books.now = dt.datetime(2026, 12, 2, 9, tzinfo=dt.UTC)
    [row] = books.run("2026-11").values()
    assert (row["state"], row["number"]) == ("done", "F2026-00001")


def test_a_charge_is_invoiced_once_and_a_later_end_is_given_back(books: Books) -> None:
    [one] = october(1)
    books.know(one)
    quiet = {(one.id, period): statement(period) for period in ("2026-10", "2026-11")}
    books.cdr.given = quiet
    charges = [
        Charge(
            id=kind,
            customer_id=one.id,
            kind=kind,
            description=kind,
            quantity=Decimal(1),
            price=Decimal("31.00"),
            starts=dt.date(2026, 10, 1),
        )
        for kind in ("recurring", "one_off")
    ]
    books.store.in_one(NOVEMBER, lambda changes: [changes.save_charge(each) for each in charges])
    assert books.run()["Klant 1 B.V."]["total"] == 7502
    ended = {"ends": "2026-10-21"}
    books.db["charges"].update_one({"_id": "recurring"}, {"$set": ended})
    books.now = dt.datetime(2026, 12, 2, 9, tzinfo=dt.UTC)
    books.run("2026-11")
    row = books.db["invoices"].find_one({"period": "2026-11"})
    assert [(str(line.net), line.detail) for line in books.store.full(row).lines] == [
        ("-10.00", "22-10 t/m 31-10, correctie oktober 2026")
    ]


def test_numbers_begin_anew_each_year_and_dates_go_up_with_them(books: Books) -> None:
    books.know(*october(1, 2))
    books.now = dt.datetime(2027, 1, 4, 9, tzinfo=dt.UTC)
    one, two = f"{1:032x}", f"{2:032x}"
    books.run(customer_ids=[one], issued_on=dt.date(2026, 11, 20))
    [row] = books.run(customer_ids=[two], issued_on=dt.date(2026, 11, 19)).values()
    assert row["state"] == "held" and "al een factuur van 2026-11-20" in row["sentence"]
    books.run("2026-11", customer_ids=[one])
    assert books.numbers() == ["F2026-00001", "F2027-00001"]


def test_cdr_that_is_away_makes_the_run_wait(books: Books) -> None:
    books.know(*october(1))
    run_id = books.start()
    books.cdr.away = True
    books.runner().run_once()
    job = books.store.jobs.get(run_id)
    assert job is not None and job.state.value == "queued"
    books.cdr.away = False
    books.db["jobs"].update_one({"_id": run_id}, {"$unset": {"not_before": ""}})
    books.work()
    assert books.numbers() == ["F2026-00001"]


def test_one_that_can_not_be_drawn_keeps_its_number_and_is_drawn_by_the_next_run(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.invoicing.drivers.renderer import NotDrawn

    books.know(*october(1, 2))
    draw = books.renderer.draw

    def fails_once(invoice: Any, calls: Any) -> Any:
        if invoice.number == "F2026-00001":
            monkeypatch.undo()
            raise NotDrawn("a logo that is none")
        return draw(invoice, calls)

    monkeypatch.setattr(books.renderer, "draw", fails_once)
    assert sorted(states(books.run())) == ["done", "undrawn"]
    assert states(books.run()) == ["already", "already"]
    assert books.db["invoices"].count_documents({"files": None}) == 0
    assert books.numbers() == ["F2026-00001", "F2026-00002"]


class Killed(BaseException):
    """The process ends here."""


def killed_before_tidying(books: Books, monkeypatch: pytest.MonkeyPatch, *, when: str) -> str:
    """A run of one customer whose first attempt left a file, and whose second was killed at that call of
    the files' store; its ID."""

    def dies(*_arguments: Any) -> None:
        raise Killed

    run_id = books.start()
    with monkeypatch.context() as until_then:
        until_then.setattr(books.store.files, when, dies)
        with pytest.raises(Killed):
            books.runner().run_once()
    [row] = books.store.rows(run_id)
    books.store.files.put(row["invoice_id"], "F2026-00001.pdf", "application/pdf", b"of an earlier attempt")
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    books.db["jobs"].update_one({"_id": run_id}, {"$set": {"until": long_ago}})
    return run_id


def loose_files(books: Books) -> set[str]:
    """What is written and no invoice names, of which GridFS has a document or only pieces."""
    named = {file["id"] for row in books.db["invoices"].find() for file in (row["files"] or {}).values()}
    written = books.db["documents.files"].distinct("_id") + books.db["documents.chunks"].distinct("files_id")
    assert named <= set(written)
    return set(written) - named


def test_who_takes_a_run_over_removes_what_a_killed_process_left_of_an_invoice_that_is_ready(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.know(*october(1))
    run_id = killed_before_tidying(books, monkeypatch, when="keep_only")
    assert states({"": books.store.rows(run_id)[0]}) == ["done"] and len(loose_files(books)) == 1
    books.work()
    assert books.store.jobs.get(run_id).state.value == "done"  # type: ignore[union-attr]
    assert loose_files(books) == set()


def test_a_run_that_found_an_invoice_without_files_and_was_killed_still_has_it_drawn(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    books.know(*october(1))
    books.store.jobs.cancel(killed_before_tidying(books, monkeypatch, when="put"))
    books.work()
    killed_before_tidying(books, monkeypatch, when="put")
    assert books.db["invoices"].count_documents({"files": None}) == 1
    books.work()
    assert books.db["invoices"].count_documents({"files": None}) == 0
    assert loose_files(books) == set()


def test_what_somebody_wrote_after_a_run_had_ended_is_tidied_away(books: Books) -> None:
    books.know(*october(1, 2))
    rows = books.run()
    books.store.files.put(rows["Klant 2 B.V."]["invoice_id"], "late.pdf", "application/pdf", b"late")
    assert sweep(books.store, NOVEMBER) == 0, "of older runs nothing is looked for"
    assert sweep(books.store, NOVEMBER - dt.timedelta(days=2)) == 1
    assert loose_files(books) == set()


@pytest.mark.feature("INV-04")
def test_mail_that_went_gives_the_day_of_sending_and_one_that_failed_is_told(books: Books) -> None:
    books.know(*october(1))
    account = Account(customer_id=f"{1:032x}", itemised=True)
    books.store.in_one(NOVEMBER, lambda changes: changes.save_account(account))
    [row] = books.run().values()
    key = f"invoicing:invoice:{row['invoice_id']}"
    books.store.mail_failed(key, "m1", "550 no such mailbox")
    assert books.store.row_of(row["invoice_id"])["mail"]["failed"] == ["m1"]  # type: ignore[index]
    for _again in range(2):
        books.store.mail_sent(key, "m2", dt.datetime(2026, 11, 2, 23, 30, tzinfo=dt.UTC))
    books.store.mail_sent(key, "m3", dt.datetime(2026, 11, 5, tzinfo=dt.UTC))
    found = books.store.row_of(row["invoice_id"])
    assert found is not None
    assert (found["sent_on"], found["mail"]["sent"]) == ("2026-11-03", ["m2", "m3"])
