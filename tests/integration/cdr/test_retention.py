"""Old details are anonymised; what they add up to stays (CDR-12)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo.read_concern import ReadConcern

from services.cdr import staff_views, usage_views
from services.cdr.domain.selection import Place, Selection
from services.cdr.store import Stores
from services.cdr.store import parties as parties_store
from services.cdr.store import retention as retention_store
from services.cdr.store.parties import Parties
from services.cdr.usecases import retention
from shared.acting import Acting
from shared.errors import Conflict, Forbidden
from shared.events import decode
from shared.events.audit import CdrAuditRecorded
from shared.ids import new_id
from tests.integration.cdr.scene import Cdr
from tests.integration.cdr.shelf import CUSTOMER, NUMBER, book, row

pytestmark = pytest.mark.feature("CDR-12")

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OLD, KEPT, OPEN = 202504, 202505, 202403
STAFF = Acting(kind="staff", scope="operator", username="beheer")


@pytest.fixture
def stores(db: Any) -> Stores:
    """Three months of a customer: two closed, the older one just beyond the term, and an older open one."""
    made = Stores.on(db)
    index = 0
    for period in (OLD, KEPT, OPEN):
        start = datetime(period // 100, period % 100, 9, 8, 30, tzinfo=UTC)
        book(made, db, *(row(index := index + 1, period=period, start=start) for _ in range(7)))
        if period != OPEN:
            db["periods"].insert_one({"_id": f"{CUSTOMER}|{period}", "customer": CUSTOMER, "period": period})
    return made


def run(stores: Stores) -> int:
    return retention.anonymise_due(stores.commands, stores.retention, NOW, lambda: True)


def totals(stores: Stores, period: int) -> Any:
    selection = Selection(period=period)
    return usage_views.totals(stores, CUSTOMER, selection, "number_type", NOW)["rows"]


def listed(stores: Stores, period: int) -> list[Any]:
    selection = Selection(period=period)
    found = usage_views.details(stores, CUSTOMER, selection, Place(), 50, "start", NOW)
    return list(found["rows"])


def test_only_closed_periods_beyond_the_term_are_anonymised(stores: Stores, db: Any) -> None:
    assert run(stores) == 7
    assert run(stores) == 0
    for one in db["usage"].find({"period": OLD}):
        assert (one["sender"], one["receiver"], one["destination"]) == ("anon", "anon", "")
        assert one["start"] == datetime(2025, 4, 8, 22, tzinfo=UTC), "the day in Amsterdam, not the time"
    assert db["usage"].count_documents({"anonymised": True}) == 7
    assert "+316001" not in str(list(db["usage"].find({"period": OLD})))


def test_what_the_rows_add_up_to_stays(stores: Stores, db: Any) -> None:
    before = totals(stores, OLD)
    assert before[0]["calls"] == 7
    run(stores)
    assert totals(stores, OLD) == before
    summed = list(db["usage"].aggregate([{"$match": {"period": OLD}}, {"$group": SUMS}]))
    assert summed == [{"_id": None, "amount": 7 * 378_000, "rows": 7, "seconds": 420}]


SUMS = {
    "_id": None,
    "amount": {"$sum": "$amount"},
    "rows": {"$sum": "$sign"},
    "seconds": {"$sum": {"$multiply": ["$sign", "$quantity"]}},
}


def test_the_list_is_empty_and_says_why(stores: Stores) -> None:
    assert len(listed(stores, OLD)) == 7
    assert retention.removed(stores.retention, CUSTOMER, Selection(period=OLD)) is None
    run(stores)
    assert listed(stores, OLD) == []
    assert len(listed(stores, KEPT)) == 7
    why = {"before": "2025-05", "months": 18}
    assert retention.removed(stores.retention, CUSTOMER, Selection(period=OLD)) == why
    assert retention.removed(stores.retention, CUSTOMER, Selection(period=KEPT)) is None


def test_what_re_ratings_and_quarantine_keep_is_anonymised_as_well(stores: Stores, db: Any) -> None:
    old, kept = (datetime(year, 4, 9, 8, 30, tzinfo=UTC) for year in (2025, 2026))
    for period, start in ((OLD, old), (KEPT, kept)):
        shown = {"start": start, "number": NUMBER, "receiver": "+31600100001", "period": period}
        db["rerate_changes"].insert_one(
            {"_id": f"j|{period}", "customer": CUSTOMER, "destination": "Nederland mobiel", "shown": shown}
        )
        for reason in ("discarded", "no_rate"):
            event = {"reason": reason, "carrier": "vasco", "case": NUMBER, "number": NUMBER, "record": "r-1"}
            told = {"sentence": f"{NUMBER} belongs to nobody.", "source": b"{}", "received_at": start}
            db["quarantine"].insert_one({"_id": f"{reason}-{period}", **event, **told})
    run(stores)
    change = db["rerate_changes"].find_one({"_id": f"j|{OLD}"})
    assert (change["shown"]["receiver"], change["destination"]) == ("anon", "")
    assert change["shown"]["start"] == datetime(2025, 4, 8, 22, tzinfo=UTC)
    aside = db["quarantine"].find_one({"_id": f"discarded-{OLD}"})
    assert (aside["number"], aside["case"], aside["source"], aside["record"]) == (None, "", b"", "r-1")
    assert NUMBER not in aside["sentence"]
    left = {one["_id"] for one in db["quarantine"].find({"number": NUMBER})}
    assert left == {f"discarded-{KEPT}", f"no_rate-{OLD}", f"no_rate-{KEPT}"}, "what waits is still needed"
    assert db["rerate_changes"].find_one({"_id": f"j|{KEPT}"})["shown"]["receiver"] == "+31600100001"


def test_a_run_that_is_stopped_goes_on_where_it_was(
    stores: Stores, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention_store, "BATCH", 3)
    turns = iter([True, False])
    assert retention.anonymise_due(stores.commands, stores.retention, NOW, lambda: next(turns)) == 3
    assert stores.retention.newest_anonymised(CUSTOMER) is None
    assert run(stores) == 4
    assert stores.retention.newest_anonymised(CUSTOMER) == OLD


def parties(db: Any, customer: str = CUSTOMER) -> set[str]:
    """The numbers by which a customer's rows can be searched, of both sides."""
    written = db["parties"].with_options(read_concern=ReadConcern("local"))  # not waiting for a majority
    names = [str(one["_id"]) for one in written.find()]
    return {name.rpartition("|")[2] for name in names if name.startswith(f"{customer}|")}


def test_numbers_that_no_row_tells_of_any_more_can_not_be_searched_either(stores: Stores, db: Any) -> None:
    """Of seven receivers a month: one is called in the next month too, one in the month that stays open."""
    again, open_too = "+31600100002", "+31600100003"
    book(
        stores,
        db,
        row(91, period=KEPT, receiver=again),
        row(92, period=OPEN, receiver=open_too),
        row(93, period=OLD, receiver="+31600999999", customer="d" * 32),
    )
    run(stores)
    gone = {f"+3160010000{n}" for n in (1, 4, 5, 6, 7)}
    assert parties(db) & {*gone, again, open_too} == {again, open_too}
    assert {row["receiver"] for row in db["usage"].find({"customer": CUSTOMER})} - {"anon"} <= parties(db)
    assert "+31600999999" in parties(db, "d" * 32)


def test_a_number_that_is_called_again_is_found_again_by_an_ingester_that_knew_it(
    stores: Stores, db: Any
) -> None:
    ingester = Parties(db)
    ingester.learn(db["usage"].find({"period": OLD}))
    run(stores)
    assert "+31600100001" not in parties(db)
    ingester.learn([row(1, period=202611)])
    assert "+31600100001" in parties(db)


def test_parties_without_a_period_go_by_the_rows(stores: Stores, db: Any) -> None:
    """As an earlier release wrote them."""
    before = parties(db)
    db["parties"].update_many({}, {"$unset": {"last": ""}})
    run(stores)
    told = list(db["usage"].find({"customer": CUSTOMER, "anonymised": {"$ne": True}}))
    assert parties(db) == {one[side] for one in told for side in ("sender", "receiver")} < before


def test_a_run_that_is_stopped_among_the_parties_goes_on_with_them(
    stores: Stores, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parties_store, "FORGOTTEN_AT_ONCE", 2)
    before = parties(db)
    turns = iter([True, True, True, False])
    assert retention.anonymise_due(stores.commands, stores.retention, NOW, lambda: next(turns)) == 7
    halfway = parties(db)
    assert halfway < before
    assert stores.retention.newest_anonymised(CUSTOMER) is None
    run(stores)
    assert parties(db) < halfway
    assert stores.retention.newest_anonymised(CUSTOMER) == OLD


def test_the_audit_log_hears_of_it_once_per_period(stores: Stores, db: Any) -> None:
    run(stores)
    run(stores)
    rows = db["outbox"].find({"name": CdrAuditRecorded.name})
    entries = [decode(one["body"], CdrAuditRecorded).data for one in rows]
    assert [(e.action, e.subject.id, e.after) for e in entries] == [
        ("usage.anonymised", "2025-04", {"rows": 7, "period": "2025-04"})
    ]


def change(stores: Stores, customer: str | None, months: int | None) -> Any:
    return retention.set_retention(
        stores.commands,
        stores.retention,
        STAFF,
        customer_id=customer,
        months=months,
        reason="Afspraak met de klant",
        command_id=new_id(),
    )


def test_the_house_and_a_customer_have_terms(stores: Stores) -> None:
    dry = retention.retention(stores.retention, CUSTOMER, NOW)
    due = [{"customer_id": CUSTOMER, "period": "2025-04", "rows": 7}]
    assert dry == {"house": 18, "own": None, "months": 18, "kept_from": "2025-05", "due": due}
    change(stores, CUSTOMER, 24)
    assert retention.retention(stores.retention, CUSTOMER, NOW)["due"] == []
    change(stores, CUSTOMER, None)
    change(stores, None, 12)
    dry = retention.retention(stores.retention, None, NOW)
    assert [one["period"] for one in dry["due"]] == ["2025-04", "2025-05"]
    assert len(listed(stores, OLD)) == 7, "asking changes nothing"


def test_the_price_of_an_anonymised_row_is_not_explained_any_more(stores: Stores, db: Any) -> None:
    run(stores)
    found = db["usage"].find_one({"period": OLD})
    with pytest.raises(Conflict, match="niet bewaard"):
        staff_views.explanation(found, stores.reference)


def test_only_staff_ask(cdr: Cdr) -> None:
    reply = cdr.staff("retention")
    assert reply["house"] == 18
    with pytest.raises(Forbidden):
        cdr.customer().ask("retention")
