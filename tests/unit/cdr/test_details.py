"""Rows as people see them: an amount is shown exactly, on the page and in files."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest

from services.cdr import views
from services.cdr.domain.selection import Place
from services.cdr.store.details import Search
from services.cdr.usecases.exports import cells
from shared.money import decimals_of
from tests.unit.cdr.books import ANNAS, NATIONAL

AMOUNT = 10


def row(amount: int) -> dict[str, Any]:
    return {
        "_id": "vasco|r|0",
        "start": datetime(2026, 11, 20, 12, tzinfo=UTC),
        "product": "telephony",
        "type": "national",
        "sender": ANNAS,
        "receiver": NATIONAL,
        "destination": "Nederland",
        "kind": "voice",
        "quantity": 1,
        "sign": 1,
        "amount": amount,
    }


class Found:
    """What a search gives."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self._rows = list(rows)

    def page(self, *_: object) -> list[dict[str, Any]]:
        return list(self._rows)


@pytest.mark.feature("CDR-06")
@pytest.mark.parametrize(
    ("amount", "decimals"),
    [(0, 4), (378_000, 4), (-97_500, 4), (333, 6), (-333, 6), (330, 5), (1_000_010, 5)],
)
def test_an_amount_has_four_decimals_or_as_many_as_it_needs(amount: int, decimals: int) -> None:
    reply = views.page(cast(Search, Found(row(amount))), Place(), 50, "start")
    assert [one["precision"] for one in reply["rows"]] == [decimals_of(amount)] == [decimals]


@pytest.mark.feature("CDR-07")
def test_the_lines_of_a_file_add_up_to_the_totals() -> None:
    """A second at € 0.02 a minute by a plan of six decimals."""
    lines = [cells(row(amount)) for amount in [333] * 1000 + [-333, 378_000]]
    assert (lines[0][AMOUNT], lines[-1][AMOUNT]) == ("0,000333", "0,3780")
    total = sum(Decimal(line[AMOUNT].replace(",", ".")) for line in lines)
    assert total == Decimal("0.710667")
