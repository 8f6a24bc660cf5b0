"""A command that runs twice has one effect, and gives its first answer again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo.client_session import ClientSession
from pymongo.database import Database

from shared import commands
from shared.errors import Conflict
from shared.mongo import Document

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def made(database: Database[Document]) -> None:
    """As a service makes its collections when it starts."""
    commands.ensure_indexes(database)
    database.create_collection("numbers")


def assign(database: Database[Document], command_id: str, number: str = "+31850000001") -> Document:
    def work(session: ClientSession) -> Document:
        database["numbers"].insert_one({"number": number}, session=session)
        return {"count": database["numbers"].count_documents({}, session=session)}

    return commands.once(database, command_id, ("assign", number), NOW, work)


def effects(database: Database[Document]) -> int:
    return database["numbers"].count_documents({})


def test_a_command_that_is_repeated_gives_its_first_answer(database: Database[Document]) -> None:
    assert assign(database, "a") == {"count": 1}
    assert assign(database, "b") == {"count": 2}
    assert assign(database, "a") == {"count": 1}
    assert effects(database) == 2


def test_the_same_command_many_times_at_once_has_one_effect_and_one_answer(
    database: Database[Document],
) -> None:
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: assign(database, "a"), range(20)))
    assert answers == [{"count": 1}] * 20
    assert effects(database) == 1


def test_an_id_that_was_used_for_something_else_is_a_conflict(database: Database[Document]) -> None:
    assign(database, "a")
    with pytest.raises(Conflict):
        assign(database, "a", number="+31850000002")
    assert effects(database) == 1


def test_a_command_that_failed_may_be_tried_again(database: Database[Document]) -> None:
    def fail(session: ClientSession) -> Any:
        database["numbers"].insert_one({"number": "x"}, session=session)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        commands.once(database, "a", ("assign", "+31850000001"), NOW, fail)
    assert assign(database, "a") == {"count": 1}
