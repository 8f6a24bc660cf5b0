"""A billing month closes for ever: its totals never change, and what comes later goes to the open one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import ANY

import pytest
from pymongo import monitoring

from services.cdr.domain.reference import Reference
from services.cdr.store.periods import ClosedPeriod, PeriodStore
from services.cdr.store.reference import ReferenceStore
from services.cdr.store.usage import CLOSINGS, UsageStore
from services.cdr.usecases.close_period import close_period
from services.cdr.usecases.price import price
from services.cdr.usecases.record_usage import record_usage
from shared import mongo
from shared.acting import Acting
from shared.errors import Conflict, Forbidden, Invalid
from shared.events import PeriodClosed, decode
from tests.integration.cdr.conftest import database_uri
from tests.integration.cdr.scene import Cdr, Customer
from tests.support.broker import Queues
from tests.support.processes import until
from tests.support.usage import usage_event

pytestmark = pytest.mark.feature("CDR-02", "CDR-05")

MAY = datetime(2024, 5, 15, 10, tzinfo=UTC)
NOW = datetime(2024, 8, 1, tzinfo=UTC)
STAFF = Acting(kind="staff", scope="operator")
MINUTE = 51_300


def may(customer: Customer, name: str, **fields: Any) -> dict[str, Any]:
    return customer.call(f"{customer.id[:8]}-{name}", **{"start": MAY, **fields})


def booked(cdr: Cdr, customer: Customer) -> dict[int, tuple[int, int]]:
    """Rows and amount per period, added up from the rows."""
    group = {"_id": "$period", "rows": {"$sum": "$sign"}, "amount": {"$sum": "$amount"}}
    found = cdr.database["usage"].aggregate([{"$match": {"customer": customer.id}}, {"$group": group}])
    return {each["_id"]: (each["rows"], each["amount"]) for each in found}


def test_late_usage_goes_to_the_first_open_month_and_says_so(cdr: Cdr) -> None:
    customer = cdr.customer()
    cdr.send(may(customer, "in-time"))
    cdr.settle()
    assert customer.close("2024-04") == {
        "period": "2024-04",
        "rows": 0,
        "amount": "0.000000",
        "closed_at": ANY,
    }
    assert customer.close("2024-05") == {
        "period": "2024-05",
        "rows": 1,
        "amount": "0.051300",
        "closed_at": ANY,
    }
    assert customer.close("2024-06")["rows"] == 0
    cdr.send(may(customer, "late"))
    cdr.settle()
    assert [customer.total(period=f"2024-0{month}")[0] for month in (4, 5, 6, 7)] == [0, 1, 0, 1]
    (late,) = customer.details({"period": "2024-07"})["rows"]
    assert (late["start"], late["state"]) == ("2024-05-15T10:00:00.000Z", "late")
    assert customer.total(**{"from": "2024-05-15", "to": "2024-05-15"})[0] == 2


def test_a_month_with_rows_is_not_passed_over_and_one_without_may_be(cdr: Cdr) -> None:
    """What is booked in a month that was passed over nobody would ever pay."""
    customer = cdr.customer()
    cdr.send(may(customer, "a"))
    cdr.settle()
    with pytest.raises(Conflict, match="2024-05 is nog open en er is verbruik in geboekt"):
        customer.close("2024-07")
    assert customer.close("2024-05")["rows"] == 1
    assert customer.close("2024-07")["rows"] == 0, "nothing is booked in June"


def test_closing_again_answers_the_same_and_other_customers_are_not_touched(cdr: Cdr) -> None:
    customer, other = cdr.customer(), cdr.customer()
    cdr.send(may(customer, "a"), may(other, "b"))
    cdr.settle()
    first = customer.close("2024-05")
    cdr.send(may(customer, "c"), may(other, "d"))
    cdr.settle()
    assert customer.close("2024-05") == first
    assert other.total(period="2024-05")[0] == 2
    assert "2024-05" not in {p["id"] for p in other.ask("periods")["recent"] if p["state"] == "closed"}


def test_closing_is_for_staff_in_order_and_of_months_that_are_over(cdr: Cdr) -> None:
    customer = cdr.customer()
    with pytest.raises(Forbidden):
        customer.ask("close_period", customer_id=customer.id, period="2024-05")
    current = customer.ask("periods")["current"]["id"]
    with pytest.raises((Conflict, Invalid)):
        customer.close(current)
    customer.close("2024-05")
    with pytest.raises(Conflict):
        customer.close("2024-04")
    for period in ("2024-5", "mei", "2024-13", ""):
        with pytest.raises(Invalid):
            customer.close(period)


def test_the_closing_is_published_once_with_its_sums(cdr: Cdr) -> None:
    customer = cdr.customer()
    heard = Queues(cdr.portal_uri)
    queue = heard.bind("cdr.events", PeriodClosed.name)
    try:
        cdr.send(may(customer, "a"))
        cdr.settle()
        customer.close("2024-05")
        customer.close("2024-05")
        until(lambda: cdr.database["outbox"].count_documents({"waiting": True}) == 0, what="an empty outbox")
        everybodys = [decode(message.body, PeriodClosed) for message in iter(lambda: heard.take(queue), None)]
    finally:
        heard.close()
    (event,) = [envelope.data for envelope in everybodys if envelope.customer_id == customer.id]
    assert (event.period, event.rows, event.amount) == ("2024-05", 1, "0.051300")


def test_usage_that_streams_in_while_the_month_closes_is_on_one_side_or_the_other(cdr: Cdr) -> None:
    customer = cdr.customer()
    events = [may(customer, str(n), start=MAY + timedelta(seconds=n)) for n in range(30_000)]
    streaming = threading.Thread(target=lambda: cdr.send(*events))
    streaming.start()
    usage = cdr.database["usage"]
    until(lambda: usage.find_one({"customer": customer.id}), what="the first rows")
    closed = customer.close("2024-05")
    at_closing = booked(cdr, customer)
    streaming.join(30)
    cdr.settle()
    after = booked(cdr, customer)
    assert after[202405] == at_closing[202405] == (closed["rows"], closed["rows"] * MINUTE)
    assert 0 < closed["rows"] < len(events), "the month closed in the middle"
    assert after[202406][0] == len(events) - closed["rows"]
    assert customer.close("2024-05") == closed
    assert customer.total(period="2024-05")[0] == closed["rows"]


def test_a_batch_gives_way_to_a_closing_that_is_announced_for_a_second_and_no_longer(cdr: Cdr) -> None:
    """Under load a closing would never find all gates untouched; but it may never come, either."""
    customer, reference = cdr.customer(), known(cdr)
    announced = {"$set": {"wanted.of-a-process-that-was-killed": datetime.now(UTC) + timedelta(days=1)}}
    cdr.database["gates"].update_one({"_id": CLOSINGS}, announced, upsert=True)
    batch = [price("vasco", usage_event(may(customer, "a")), reference)]
    started = time.monotonic()
    try:
        record_usage(batch, UsageStore(cdr.database, "desk-of-the-test"), reference)
    finally:
        cdr.database["gates"].update_one({"_id": CLOSINGS}, {"$unset": {"wanted": ""}})
    assert 1 <= time.monotonic() - started < 5
    assert customer.total(period="2024-05")[0] == 1


@pytest.fixture
def conflicts() -> Conflicts:
    return Conflicts()


@pytest.fixture
def watched(cdr: Cdr, conflicts: Conflicts) -> Iterator[Any]:
    """The same database on a connection of its own, of which ``conflicts`` hears."""
    db = mongo.connect(database_uri(cdr.database.name), timeout_ms=20_000, event_listeners=[conflicts])
    yield db
    db.client.close()


class Conflicts(monitoring.CommandListener):
    """Sees when the server turned a write down because another transaction has touched the document."""

    def __init__(self) -> None:
        self.seen = threading.Event()

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Of no interest."""

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Of no interest."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        if event.failure.get("codeName") == "WriteConflict":
            self.seen.set()


def known(cdr: Cdr) -> Reference:
    reference = Reference(ReferenceStore(cdr.database))
    reference.refresh()
    return reference


class HeldStore:
    """Books as UsageStore does, but does something more before the transaction is committed."""

    def __init__(self, cdr: Cdr, before_commit: Callable[[], None]) -> None:
        self._store = UsageStore(cdr.database, "desk-of-the-test")
        self._store.register()
        self._before_commit = before_commit

    def transact(self, work: Callable[[Any], Any]) -> Any:
        def and_wait(books: Any) -> Any:
            result = work(books)
            self._before_commit()
            return result

        return self._store.transact(and_wait)


def test_a_closing_waits_for_the_batch_that_came_first_and_counts_it(
    cdr: Cdr, watched: Any, conflicts: Conflicts
) -> None:
    customer = cdr.customer()
    closed: list[ClosedPeriod] = []
    closing = threading.Thread(
        target=lambda: closed.append(close_period(customer.id, 202405, PeriodStore(watched), NOW, STAFF))
    )

    def close_now() -> None:
        if not closing.is_alive():
            closing.start()
        assert conflicts.seen.wait(10), "the closing should run into the open transaction"

    reference = known(cdr)
    batch = [price("vasco", usage_event(may(customer, "first")), reference)]
    record_usage(batch, HeldStore(cdr, close_now), reference)
    closing.join(20)
    assert [(c.rows, c.amount) for c in closed] == [(1, MINUTE)]
    assert booked(cdr, customer) == {202405: (1, MINUTE)}


def test_a_batch_that_meets_a_closing_goes_to_the_next_month(
    cdr: Cdr, watched: Any, conflicts: Conflicts
) -> None:
    customer, reference = cdr.customer(), known(cdr)
    batch = [price("vasco", usage_event(may(customer, "second")), reference)]
    desk = UsageStore(watched, "desk-of-the-test")
    desk.register()
    booking = threading.Thread(target=lambda: record_usage(batch, desk, reference))

    class Held(PeriodStore):
        def close(self, customer: str, period: int, now: datetime, events: Any) -> ClosedPeriod:
            def and_wait(closed: ClosedPeriod) -> Any:
                if not booking.is_alive():
                    booking.start()
                assert conflicts.seen.wait(10), "the batch should run into the open transaction"
                return events(closed)

            return super().close(customer, period, now, and_wait)

    closed = close_period(customer.id, 202405, Held(cdr.database), NOW, STAFF)
    booking.join(20)
    assert (closed.rows, closed.amount) == (0, 0)
    assert booked(cdr, customer) == {202406: (1, MINUTE)}
