"""A corrected event takes the place of the earlier one, wherever and whenever it comes."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import ANY

import pytest

from services.cdr.domain.reference import Reference
from services.cdr.store.counters import CounterStore
from services.cdr.store.reference import ReferenceStore
from services.cdr.store.usage import UsageStore
from services.cdr.usecases.price import price
from services.cdr.usecases.record_usage import record_usage
from tests.integration.cdr.scene import MOBILE, Cdr, Customer
from tests.support.usage import usage_event

pytestmark = pytest.mark.feature("CDR-02")

MAY = datetime(2024, 5, 15, 10, tzinfo=UTC)
JUNE = datetime(2024, 6, 15, 10, tzinfo=UTC)
MINUTE, TWO_MINUTES = "0.051300", "0.072600"


def shown(customer: Customer, period: str) -> list[tuple[Any, ...]]:
    """What Details shows: (record, seconds, amount, state), newest first."""
    rows = customer.details({"period": period})["rows"]
    return [(row["id"].split("|")[1][9:], row["duration"], row["amount"], row["state"]) for row in rows]


class Story:
    """Events of one customer under records that nobody else uses."""

    def __init__(self, cdr: Cdr) -> None:
        self.cdr = cdr
        self.customer = cdr.customer()

    def record(self, name: str) -> str:
        return f"{self.customer.id[:8]}-{name}"

    def event(self, name: str, **fields: Any) -> dict[str, Any]:
        return self.customer.call(self.record(name), **{"start": MAY, **fields})

    def send(self, *events: dict[str, Any]) -> None:
        self.cdr.send(*events)
        self.cdr.settle()


@pytest.fixture
def story(cdr: Cdr) -> Story:
    return Story(cdr)


def test_in_an_open_month_only_the_corrected_call_is_to_be_seen(story: Story) -> None:
    story.send(story.event("r"))
    story.send(story.event("r", revision=2, duration=120))
    assert shown(story.customer, "2024-05") == [("r", 120, TWO_MINUTES, "corrected")]
    assert story.customer.total(period="2024-05") == (1, 120, TWO_MINUTES)


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("revisions", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (1, 3, 2), (3, 3, 1), (1, 1, 3)])
def test_the_highest_revision_counts_in_whatever_order_they_come(
    story: Story, revisions: tuple[int, ...], together: bool
) -> None:
    events = [story.event("r", revision=revision, duration=60 * revision) for revision in revisions]
    for batch in [events] if together else [[event] for event in events]:
        story.send(*batch)
    assert story.customer.total(period="2024-05") == (1, 180, "0.093900")
    assert [row[1] for row in shown(story.customer, "2024-05")] == [180]


def test_a_correction_may_change_everything_but_its_record(story: Story) -> None:
    other = story.cdr.customer()
    story.send(story.event("r"))
    changed = {"charged": other.number, "from": other.number, "to": MOBILE, "start": JUNE.isoformat()}
    story.send(story.event("r", revision=2, duration=120, **changed))
    for selection in ({"period": "2024-05"}, {"from": "2024-05-01", "to": "2024-06-30"}):
        assert story.customer.total(**selection) == (0, 0, "0.000000")
        assert story.customer.details(selection)["rows"] == []
    assert other.total(period="2024-06", types=["mobile"]) == (1, 120, "0.209400")


def test_in_a_closed_month_nothing_moves_and_the_open_one_gets_the_difference(story: Story) -> None:
    story.send(story.event("r"), story.event("other"))
    closed = story.customer.close("2024-05")
    story.send(story.event("r", revision=2, duration=120))
    assert (
        story.customer.close("2024-05")
        == closed
        == {"period": "2024-05", "rows": 2, "amount": "0.102600", "closed_at": ANY}
    )
    assert story.customer.total(period="2024-05") == (2, 120, "0.102600")
    assert story.customer.total(period="2024-06") == (0, 60, "0.021300")
    assert {row[2:] for row in shown(story.customer, "2024-06")} == {
        (f"-{MINUTE}", "reversal"),
        (TWO_MINUTES, "corrected"),
    }
    assert story.customer.total(**{"from": "2024-05-15", "to": "2024-05-15"}) == (2, 180, "0.123900")


def test_a_second_correction_after_closing_shows_the_last_word_only(story: Story) -> None:
    story.send(story.event("r"))
    story.customer.close("2024-05")
    story.send(story.event("r", revision=2, duration=120))
    story.send(story.event("r", revision=3, duration=0))
    assert story.customer.total(period="2024-06") == (0, -60, f"-{MINUTE}")
    assert sorted(row[1:] for row in shown(story.customer, "2024-06")) == [
        (-60, f"-{MINUTE}", "reversal"),
        (0, "0.000000", "corrected"),
    ]


def test_the_same_revision_with_other_content_is_set_aside(story: Story) -> None:
    story.send(story.event("r"))
    story.send(story.event("r", duration=61), story.event("good"))
    assert story.customer.total(period="2024-05") == (2, 120, "0.102600")
    kept = story.cdr.quarantined(story.record("r"))
    assert kept is not None and kept["reason"] == "contradiction"
    assert kept["sentence"] == "revision 1 of this record came before with other content."
    story.send(story.event("r", revision=2, duration=61))
    assert story.customer.total(period="2024-05")[1] == 121


def test_another_way_to_write_the_same_is_no_contradiction(story: Story) -> None:
    story.send(story.event("r", start="2024-05-15T10:00:00Z"))
    story.send(
        story.event(
            "r", start="2024-05-15T12:00:00+02:00", direction="out", revision=1, volume=None, carrier="vasco"
        )
    )
    assert story.cdr.quarantined(story.record("r")) is None
    assert story.customer.total(period="2024-05")[0] == 1


def test_a_correction_that_cannot_be_priced_waits_and_what_stood_stands(story: Story) -> None:
    story.send(story.event("r"))
    story.send(story.event("r", revision=2, charged="+31850009999"))
    assert story.customer.total(period="2024-05") == (1, 60, MINUTE)
    kept = story.cdr.quarantined(story.record("r"))
    assert kept is not None and kept["reason"] == "unknown_owner"


@pytest.mark.feature("CDR-05")
def test_filters_on_the_sender_see_corrections_of_who_called(story: Story) -> None:
    """A reversed and a new incoming call on one day: what they count must not cancel by accident."""
    number = story.customer.number
    first, second = "+31600000001", "+31600000002"
    incoming = {"direction": "in", "to": number}
    story.send(story.event("r", from_=first, **incoming))
    story.customer.close("2024-05")
    story.send(
        story.event("r", revision=2, from_=number, to=MOBILE), story.event("s", from_=second, **incoming)
    )
    for sender, calls in ((first, -1), (second, 1), (number, 1)):
        assert story.customer.total(period="2024-06", sender=sender)[0] == calls


@pytest.mark.parametrize("moved_to", [MAY + timedelta(days=3), JUNE])
def test_what_cancels_within_a_batch_leaves_counters_that_can_be_closed(
    story: Story, moved_to: datetime
) -> None:
    story.send(story.event("r"), story.event("r", revision=2, start=moved_to))
    ledger = story.cdr.database["ledger"]
    while ledger.count_documents({f"customers.{story.customer.id}": {"$exists": True}}):
        CounterStore(story.cdr.database).fold()
    rows = 1 if moved_to < JUNE else 0
    assert story.customer.close("2024-05")["rows"] == rows
    assert story.customer.total(period="2024-05")[0] == rows
    assert story.customer.total(**{"from": "2024-05-15", "to": "2024-05-15"})[0] == 0
    moved = moved_to.date().isoformat()
    assert story.customer.total(**{"from": moved, "to": moved})[0] == 1


def test_two_desks_with_corrections_of_the_same_record_collide_and_both_are_booked(story: Story) -> None:
    story.send(story.event("r"))
    reference = Reference(ReferenceStore(story.cdr.database))
    reference.refresh()
    begin = threading.Barrier(6)

    def book(revision: int) -> None:
        event = usage_event(story.event("r", revision=revision, duration=60 * revision))
        begin.wait(10)
        store = UsageStore(story.cdr.database, f"desk-{revision}")
        record_usage([price("vasco", event, reference)], store, reference)

    desks = [threading.Thread(target=book, args=(revision,)) for revision in range(2, 8)]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join(20)
    assert story.customer.total(period="2024-05")[:2] == (1, 420)
    rows = story.cdr.rows(story.record("r"))
    assert [row["sign"] for row in rows] == [1, *[-1, 1] * ((len(rows) - 1) // 2)]
    assert sum(row["sign"] * row["quantity"] for row in rows) == 420
