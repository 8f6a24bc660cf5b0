"""What rating knows, kept up to date by several threads at once."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest

from services.cdr.domain.amsterdam import epoch
from services.cdr.domain.reference import FOREVER, Owned, Ownership, Reference, Versions
from tests.unit.cdr.books import ANNA, ANNAS, BERT, Facts

pytestmark = pytest.mark.feature("CDR-02")

MAY, JUNE = (epoch(datetime(2026, month, 1, tzinfo=UTC)) for month in (5, 6))


class SlowFacts(Facts):
    """The first to ask for closings gets its answer later than those who ask after it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = threading.Event()
        self.overtaken = threading.Event()

    def closed_periods(self) -> Mapping[str, frozenset[int]]:
        answer = super().closed_periods()
        if not self.asked.is_set():
            self.asked.set()
            self.overtaken.wait(0.2)  # the other thread's chance, if it gets one
        return answer


def test_an_older_answer_that_comes_late_never_takes_the_place_of_a_newer_one() -> None:
    """Else a batch would be booked into a month that is closed."""
    facts = SlowFacts()
    known = Reference(facts)
    slow = threading.Thread(target=known.refresh)
    slow.start()
    facts.asked.wait(5)
    facts.closings[ANNA].add(202610)
    known.refresh()
    facts.overtaken.set()
    slow.join(5)
    assert (known.versions.closings, known.closed(ANNA)) == (1, frozenset({202610}))


class ChangingOwners(Facts):
    """Ownership as its sources tell it, one after another."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Ownership] = []

    def tell(self, source: str, customer: str, *spans: tuple[int, int]) -> None:
        owned = tuple(Owned(source, ANNAS, begin, end, customer, "telephony") for begin, end in spans)
        self.told.append(Ownership(source, len(self.told) + 1, owned))

    def versions(self) -> Versions:
        return Versions(len(self.told), 1, 0)

    def ownerships(self, after: int) -> Sequence[Ownership]:
        return [ownership for ownership in self.told if ownership.sequence > after]


def owner(known: Reference, moment: int) -> str | None:
    owned = known.owner(ANNAS, moment)
    return owned.customer if owned else None


def test_a_number_that_moves_on_belongs_to_each_in_their_time() -> None:
    facts = ChangingOwners()
    known = Reference(facts)
    facts.tell("pbx:1", ANNA, (MAY, FOREVER))
    known.refresh()
    assert [owner(known, m) for m in (MAY - 1, MAY, JUNE)] == [None, ANNA, ANNA]
    facts.tell("pbx:1", ANNA, (MAY, JUNE))
    facts.tell("pbx:2", BERT, (JUNE, FOREVER))
    known.refresh()
    assert [owner(known, m) for m in (MAY, JUNE - 1, JUNE)] == [ANNA, ANNA, BERT]


def test_of_two_who_claim_a_moment_the_later_began() -> None:
    facts = ChangingOwners()
    known = Reference(facts)
    facts.tell("pbx:2", BERT, (JUNE, FOREVER))
    facts.tell("mobile:1", ANNA, (MAY, FOREVER))
    known.refresh()
    assert [owner(known, m) for m in (MAY, JUNE)] == [ANNA, BERT]


def test_a_source_that_takes_back_its_word_leaves_nobody() -> None:
    facts = ChangingOwners()
    known = Reference(facts)
    facts.tell("pbx:1", ANNA, (MAY, FOREVER))
    known.refresh()
    facts.tell("pbx:1", ANNA)
    known.refresh()
    assert owner(known, JUNE) is None
