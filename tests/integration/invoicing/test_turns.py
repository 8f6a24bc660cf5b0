"""What is done one at a time: of two transactions that meet, the second reads what the first has done."""

from __future__ import annotations

import pytest

from services.invoicing.store import Changes
from tests.integration.invoicing.conftest import NOVEMBER, Books


@pytest.mark.feature("INV-06")
@pytest.mark.parametrize("there", [False, True])
def test_what_is_done_one_at_a_time_is_asked_again_when_it_meets(books: Books, there: bool) -> None:
    """Also the first time of a name, when both would add the same document."""
    if there:
        books.store.in_one(NOVEMBER, lambda changes: changes.one_by_one("x"))
    tries: list[int] = []

    def work(changes: Changes) -> None:
        tries.append(len(changes.issuers()))  # what it reads from here on is of this moment
        if len(tries) == 1:
            books.store.in_one(NOVEMBER, lambda other: other.one_by_one("x"))
        changes.one_by_one("x")

    books.store.in_one(NOVEMBER, work)
    assert len(tries) == 2
    assert books.db["turns"].find_one({"_id": "x"})["turn"] == 2 + there
