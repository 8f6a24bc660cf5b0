"""What waits and what happens to it meanwhile: the real stores, on a database in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from services.cdr.domain.refusal import DISCARDED, Case, Reason
from services.cdr.store.commands import Commands
from services.cdr.store.quarantine import QuarantineStore
from services.cdr.store.usage import UsageStore
from services.cdr.usecases.quarantine import discard
from services.cdr.usecases.record_usage import price_all, record_usage
from services.cdr.usecases.replay import replay_all
from shared.acting import Acting
from tests.support.meanwhile import Meanwhile
from tests.support.memory_mongo import Database
from tests.support.memory_server import Server
from tests.unit.cdr.books import BERT, NATIONAL, NOBODYS, Facts, event, reference

pytestmark = pytest.mark.feature("CDR-01")

STAFF = Acting(kind="staff", scope="operator", username="pim")
NOW = datetime(2026, 11, 23, tzinfo=UTC)
CASE = Case(Reason.UNKNOWN_OWNER, "vasco", NOBODYS)
LONDON = "+442079460000"
ALSO_NOBODYS = "+31850009998"


class Waiting:
    """Calls of numbers that are nobody's at first."""

    def __init__(self) -> None:
        self.meanwhile = Meanwhile()
        self.db = cast(Any, Database(Server(self.meanwhile)))
        self.quarantine = QuarantineStore(self.db)
        self.facts = Facts()
        self.reference = reference(self.facts)

    def send(self, record: str, charged: str = NOBODYS, receiver: str = NATIONAL) -> None:
        usage = event(record, charged=charged, receiver=receiver)
        record_usage(price_all("vasco", [usage], self.reference), self.desk("ingester"), self.reference)

    def sweep(self, worker: str = "worker") -> None:
        """The numbers have an owner now."""
        self.facts.owners |= {NOBODYS: BERT, ALSO_NOBODYS: BERT}
        self.reference.refresh()
        replay_all(Reason.UNKNOWN_OWNER, self.quarantine, self.desk(worker), self.reference, NOW)

    def desk(self, worker: str) -> UsageStore:
        return UsageStore(self.db, worker)

    def put_aside(self) -> None:
        commands = Commands(self.db)
        discard(self.quarantine, commands, STAFF, CASE, "a test line", "command-1", NOW)

    @property
    def kept(self) -> list[str]:
        return [row["reason"] for row in self.db["quarantine"].find()]

    @property
    def booked(self) -> list[str]:
        return sorted(row["_id"] for row in self.db["usage"].find())


@pytest.mark.parametrize("moment", ["update gates", "delete quarantine"])
def test_what_staff_put_aside_while_it_is_tried_again_is_not_booked(moment: str) -> None:
    """And what was tried with it is."""
    waiting = Waiting()
    waiting.send("aside")
    waiting.send("other", charged=ALSO_NOBODYS)
    waiting.meanwhile.before(moment, waiting.put_aside)
    waiting.sweep()
    assert waiting.meanwhile.has_happened
    assert (waiting.kept, waiting.booked) == ([DISCARDED], ["vasco|other|0"])


def test_what_staff_put_aside_does_not_wait_again_for_something_else() -> None:
    waiting = Waiting()
    waiting.send("aside", receiver=LONDON)
    waiting.meanwhile.before("update quarantine", waiting.put_aside)
    waiting.sweep()
    assert waiting.meanwhile.has_happened
    assert (waiting.kept, waiting.booked) == ([DISCARDED], [])


other_ways: list[Callable[[Waiting], None]] = [
    lambda waiting: waiting.sweep("another"),
    lambda waiting: waiting.send("r"),
]


@pytest.mark.parametrize("other", other_ways)
@pytest.mark.parametrize("moment", ["update gates", "insert usage"])
def test_what_another_process_books_while_it_is_tried_again_counts_once(
    moment: str, other: Callable[[Waiting], None]
) -> None:
    """Another sweep, or the carrier who sends it once more."""
    waiting = Waiting()
    waiting.send("r")
    waiting.meanwhile.before(moment, lambda: other(waiting))
    waiting.sweep()
    waiting.sweep()
    assert waiting.meanwhile.has_happened
    assert (waiting.kept, waiting.booked) == ([], ["vasco|r|0"])
