"""The columns in which counters lie: added together they are what their cells add up to."""

from __future__ import annotations

from itertools import zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cdr.domain.posting import SUMS
from services.cdr.store import shelves

pytestmark = pytest.mark.feature("CDR-05")

COLUMN = st.lists(st.integers(-(2**58), 2**58) | st.sampled_from([0, -1, 1]), max_size=6)


def document(**columns: bytes) -> dict[str, object]:
    return {"_id": "c|202611|202611|telephony|1", "customer": "c", "product": "telephony", **columns}


@settings(max_examples=100)
@given(st.lists(COLUMN, min_size=1, max_size=6))
def test_shelves_added_together_are_the_sums_of_their_cells(columns: list[list[int]]) -> None:
    """Negative ones (what was taken back) and shelves that know the first cells only as well."""
    (rows,) = shelves.added(document(amount=shelves.pack(column)) for column in columns).values()
    at = SUMS.index("amount")
    assert [row[at] for row in rows] == [sum(cell) for cell in zip_longest(*columns, fillvalue=0)]
    assert not any(value for row in rows for name, value in zip(SUMS, row, strict=True) if name != "amount")


def test_a_column_is_numbers_of_eight_bytes_the_lowest_first() -> None:
    assert shelves.pack([1, -1]) == b"\x01" + bytes(7) + b"\xff" * 8


def test_cells_that_hold_nothing_are_nobody_s() -> None:
    rows = shelves.rows_of(document(rows=shelves.pack([0, 2]), amount=shelves.pack([0, 500, 7])))
    layout = {"+31850001611|mobile": 0, "+31850001612|sms": 1, "+31850001613|sms": 2}
    assert list(shelves.cells_of(layout, rows)) == [
        ("+31850001612", "sms", (2, 0, 0, 0, 500, 0)),
        ("+31850001613", "sms", (0, 0, 0, 0, 7, 0)),
    ]


def test_months_and_types_are_the_same_sums_on_other_shelves() -> None:
    days = shelves.empty()
    shelves.put(days, ("c", 20261101, 202611, "telephony", "1"), "+31850001611|mobile", [1, 60, 0, 0, 5, 0])
    shelves.put(days, ("c", 20261102, 202611, "telephony", "1"), "+31850001611|mobile", [1, 30, 0, 0, 4, 0])
    shelves.put(days, ("c", 20261102, 202611, "telephony", "2"), "+31850001612|mobile", [2, 9, 0, 0, 1, 2])
    made = shelves.with_types(shelves.by_month(days))
    assert {shelf: dict(cells) for shelf, cells in made.items()} == {
        ("c", 202611, 202611, "telephony", "1"): {"+31850001611|mobile": [2, 90, 0, 0, 9, 0]},
        ("c", 202611, 202611, "telephony", "2"): {"+31850001612|mobile": [2, 9, 0, 0, 1, 2]},
        ("c", 202611, 202611, "telephony", ""): {"|mobile": [4, 99, 0, 0, 10, 2]},
    }
