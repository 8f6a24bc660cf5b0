"""What an event adds to the books, given what stands under its record."""

from __future__ import annotations

from typing import Any

import pytest

from services.cdr.domain.posting import (
    Contradiction,
    Deltas,
    Posted,
    Priced,
    Row,
    Standing,
    correct,
    new_row,
)
from tests.unit.cdr.books import ANNA, ANNAS, BERT, BERTS, MOBILE, Facts, event, priced, reference

pytestmark = pytest.mark.feature("CDR-02")

KNOWN = reference(Facts())
SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = 202609, 202610, 202611, 202612


def call(revision: int = 1, **more: Any) -> Priced:
    return priced(event("r", revision, **more), KNOWN)


def standing(before: Priced, period: int = NOVEMBER) -> Standing:
    return Standing(new_row(before, 0, period), before.day, 1)


def told(rows: list[Row]) -> list[tuple[Any, ...]]:
    """What matters of rows: ID, revision, sign, amount, period, state, hidden."""
    return [
        (r["_id"], r["revision"], r["sign"], r["amount"], r["period"], r.get("state"), r.get("hidden", False))
        for r in rows
    ]


def test_an_event_becomes_a_row_with_all_that_people_see_of_it() -> None:
    row = new_row(call(seconds=90, receiver="0600123456"), 0, NOVEMBER)
    assert {name: row[name] for name in row if name not in ("fingerprint", "start")} == {
        "_id": "vasco|r|0",
        "revision": 1,
        "customer": ANNA,
        "product": "telephony",
        "number": ANNAS,
        "type": "mobile",
        "sender": ANNAS,
        "receiver": MOBILE,
        "destination": "Nederland mobiel",
        "kind": "voice",
        "direction": "out",
        "quantity": 90,
        "amount": 165_000,  # 3 cents and 90 seconds of 9 cents a minute
        "plan": "default 2020-01-01",
        "prefix": "+3160",
        "sign": 1,
        "period": NOVEMBER,
    }


def test_a_row_booked_in_another_month_than_its_own_is_late() -> None:
    assert new_row(call(), 0, DECEMBER)["late"] is True
    assert "late" not in new_row(call(), 0, NOVEMBER)


@pytest.mark.parametrize(
    ("what", "revision", "seconds"),
    [
        ("the same once more", 2, 60),
        ("an older one, late", 1, 60),
        ("an older one, otherwise", 1, 90),
    ],
)
def test_nothing_is_added_for(what: str, revision: int, seconds: int) -> None:
    stands = standing(call(2))
    assert correct(call(revision, seconds=seconds), stands, (), ()) == ([], []), what


def test_the_same_revision_with_other_content_contradicts() -> None:
    with pytest.raises(Contradiction, match="revision 2 of this record came before with other content"):
        correct(call(2, seconds=61), standing(call(2)), (), ())


def test_in_an_open_month_the_new_row_takes_the_place_of_the_old_unseen() -> None:
    rows, unseen = correct(call(2, seconds=120), standing(call()), (), ())
    assert told(rows) == [
        ("vasco|r|1", 1, -1, -50_000, NOVEMBER, "reversal", True),
        ("vasco|r|2", 2, 1, 70_000, NOVEMBER, "corrected", False),
    ]
    assert unseen == ["vasco|r|0"]


def test_in_a_closed_month_nothing_changes_and_the_open_one_shows_the_difference() -> None:
    october = call(day="2026-10-20")
    closed = {SEPTEMBER, OCTOBER}
    rows, unseen = correct(call(2, day="2026-10-20", seconds=120), standing(october, OCTOBER), closed, closed)
    assert told(rows) == [
        ("vasco|r|1", 1, -1, -50_000, NOVEMBER, "reversal", False),
        ("vasco|r|2", 2, 1, 70_000, NOVEMBER, "corrected", False),
    ]
    assert unseen == []
    assert rows[1]["late"] is True


def test_a_correction_to_another_month_leaves_nothing_to_see_in_the_first() -> None:
    rows, unseen = correct(call(2, day="2026-10-31"), standing(call()), (), ())
    assert [(row["period"], row.get("hidden", False)) for row in rows] == [(NOVEMBER, True), (OCTOBER, False)]
    assert unseen == ["vasco|r|0"]


def test_each_owner_gets_it_by_their_own_closed_months() -> None:
    october = call(day="2026-10-20")
    moved = priced(event("r", 2, "2026-10-20", charged=BERTS), KNOWN)
    rows, unseen = correct(moved, standing(october, OCTOBER), closed=(), closed_before={OCTOBER})
    assert [(row["customer"], row["number"], row["period"], row["sign"]) for row in rows] == [
        (ANNA, ANNAS, NOVEMBER, -1),
        (BERT, BERTS, OCTOBER, 1),
    ]
    assert unseen == []


def test_a_second_correction_takes_back_the_first_one_only() -> None:
    first, _ = correct(call(2, seconds=120), standing(call()), (), ())
    again, unseen = correct(call(5, seconds=0), Standing(first[1], 20261120, 3), (), ())
    assert told(again) == [
        ("vasco|r|3", 2, -1, -70_000, NOVEMBER, "reversal", True),
        ("vasco|r|4", 5, 1, 0, NOVEMBER, "corrected", False),
    ]
    assert unseen == ["vasco|r|2"]


@pytest.mark.parametrize(
    ("usage", "sums"),
    [
        (event("r", seconds=90), [1, 90, 0, 0, 60_000, 0]),
        (event("r", kind="sms", seconds=None, messages=3), [1, 0, 0, 3, 180_000, 0]),  # type: ignore[arg-type]
        (
            event("r", kind="data", seconds=None, volume=2 * 10**6, receiver=None),  # type: ignore[arg-type]
            [1, 0, 2 * 10**6, 0, 20_000, 0],
        ),
        (event("r", direction="in", sender=MOBILE, receiver=ANNAS), [1, 60, 0, 0, 0, 1]),
    ],
)
def test_counters_count_by_kind_and_whether_somebody_else_called(usage: Any, sums: list[int]) -> None:
    deltas, item = Deltas(), priced(usage, KNOWN)
    deltas.add(new_row(item, 0, NOVEMBER), item.day)
    key = (ANNA, 20261120, NOVEMBER, ANNAS, "telephony", item.fields["type"])
    assert deltas.sums == {key: sums}


def test_a_row_and_its_reversal_add_up_to_nothing() -> None:
    before = call()
    (back, _), _ = correct(call(2), standing(before), (), ())
    deltas = Deltas()
    deltas.add(new_row(before, 0, NOVEMBER), before.day)
    deltas.add(back, before.day)
    assert [sums[:5] for sums in deltas.sums.values()] == [[0] * 5]


def test_a_batch_tells_what_became_of_its_events() -> None:
    rows, _ = correct(call(2, seconds=120), standing(call()), (), ())
    fresh = new_row(call(), 0, NOVEMBER)
    posted = Posted(rows=[fresh, *rows], duplicates=4)
    assert posted.tally == {"rated": 1, "corrected": 1, "duplicate": 4, "refused": 0}
