"""Whose a user or line is: what pbx tells of an ID for another customer changes nothing of ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.provisioning.domain.device import LINE, USER, Person
from services.provisioning.store import Changes
from services.provisioning.store.rows import person_of
from shared.mongo import transact
from tests.support.memory_mongo import Database
from tests.support.memory_server import Server

pytestmark = pytest.mark.feature("PRV-01")

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BAKERY, GARAGE = "b" * 32, "d" * 32
ID = "1" * 32


class Book:
    """People as they are kept."""

    def __init__(self) -> None:
        self.db: Any = Database(Server())

    def told(self, person: Person) -> bool:
        def work(session: Any) -> bool:
            return Changes(self.db, session, NOW + timedelta(seconds=person.revision)).set_person(person)

        return transact(self.db, work)

    @property
    def kept(self) -> list[Person]:
        return [person_of(row) for row in self.db["people"].find()]


def person(customer: str, revision: int = 1, **more: Any) -> Person:
    return Person(id=ID, customer_id=customer, revision=revision, **{"name": "Balie", **more})


@pytest.mark.parametrize("kind", [USER, LINE])
@pytest.mark.parametrize("deleted", [False, True])
def test_an_id_of_one_customer_is_never_taken_for_another(kind: str, deleted: bool) -> None:
    book = Book()
    ours = person(BAKERY, 3, kind=kind)
    assert book.told(ours)
    for revision in (1, 3, 9):
        assert not book.told(person(GARAGE, revision, kind=kind, name="Werkplaats", deleted=deleted))
    assert book.kept == [ours]
    changed = person(BAKERY, 4, kind=kind, name="Winkel")
    assert book.told(changed) and book.kept == [changed]


def test_who_left_a_customer_stays_that_customers() -> None:
    book = Book()
    left = person(BAKERY, 2, deleted=True)
    assert book.told(left)
    assert not book.told(person(GARAGE, 3))
    assert book.kept == [left]


def test_of_one_customer_the_newest_holds_and_the_same_again_is_no_news() -> None:
    book = Book()
    newest = person(BAKERY, 2, name="Winkel")
    assert book.told(newest)
    assert not book.told(newest) and not book.told(person(BAKERY, 1))
    fuller = person(BAKERY, 2, name="Winkel", number="+31850001611")
    assert book.told(fuller) and book.kept == [fuller]
