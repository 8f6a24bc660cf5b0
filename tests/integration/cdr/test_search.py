"""Whichever index a page of details is found by, it holds the same rows in the same order."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.cdr import store
from services.cdr.domain.periods import day_bounds, period_of
from services.cdr.domain.selection import Comparison, Condition, PartOfNumber, Place, Selection
from services.cdr.store import search
from services.cdr.store.details import DetailsStore
from services.cdr.store.parties import Parties
from shared import mongo
from tests.support.processes import until

OURS, THEIRS = "a" * 32, "1234567890" * 3 + "12"
TYPES = (("national", "voice"), ("mobile", "voice"), ("sms", "sms"), ("data_eu", "data"))
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
NUMBERS = [f"+318500012{n:02d}" for n in range(12)] + ["+31612345678", "ext:201", "nl:112", "anon"]
COMPARE: dict[Comparison, Callable[[int, int], bool]] = {
    Comparison.EQUAL: lambda a, b: a == b,
    Comparison.GREATER: lambda a, b: a > b,
    Comparison.SMALLER: lambda a, b: a < b,
}


def some_rows(dice: random.Random, customer: str, count: int) -> list[dict[str, Any]]:
    """Calls of four months, some booked later than they began and some hidden."""
    rows = []
    for serial in range(count):
        start = BEGIN + timedelta(minutes=dice.randrange(120 * 24 * 60))
        call_type, kind = dice.choice(TYPES)
        rows.append(
            {
                "_id": f"{customer[:4]}|{serial}|0",
                "customer": customer,
                "number": NUMBERS[0],
                "sign": 1,
                "product": "telephony" if kind == "voice" else "mobile",
                "type": call_type,
                "kind": kind,
                "sender": dice.choice(NUMBERS),
                "receiver": "data" if kind == "data" else dice.choice(NUMBERS),
                "start": start,
                "quantity": dice.randrange(1, 40),
                "amount": dice.randrange(0, 40) * 10_000,
                "period": period_of(start) + dice.choice((0, 0, 0, 1)),
                "hidden": dice.random() < 0.05,
            }
        )
    return rows


def some_selection(dice: random.Random) -> Selection:
    def condition(scale: int) -> Condition:
        return Condition(dice.choice(list(Comparison)), dice.randrange(40) * scale)

    chosen: dict[str, Any] = {
        "product": dice.choice(("telephony", "mobile")),
        "types": frozenset(dice.sample([name for name, _ in TYPES], dice.randrange(1, 4))),
        "sender": dice.choice(("0612", "12", "1203", "+3185", "999")),
        "receiver": dice.choice(("06", "345678", "0850001", "112", "7777")),
        "amount": condition(10_000),
        "duration": condition(1),
    }
    wanted = dice.sample(sorted(chosen), dice.randrange(0, 4))
    span: dict[str, Any] = {"period": 202600 + dice.randrange(3, 8)}
    if dice.random() < 0.5:
        first = date(2026, 3, 1) + timedelta(days=dice.randrange(100))
        span = {"first": first, "last": first + timedelta(days=dice.randrange(60))}
    return replace(Selection(**span), **{name: chosen[name] for name in wanted})


def passes(row: dict[str, Any], selection: Selection) -> bool:
    """What the words of Details' filters say, without an index."""
    if selection.period is not None:
        within = row["period"] == selection.period
    else:
        assert selection.first and selection.last
        begin, end = day_bounds(selection.first, selection.last)
        within = begin <= row["start"] < end
    return (
        within
        and not row["hidden"]
        and (not selection.product or row["product"] == selection.product)
        and (not selection.types or row["type"] in selection.types)
        and _contains(row["sender"], selection.sender)
        and _contains(row["receiver"], selection.receiver)
        and _compares(row["amount"], selection.amount)
        and (not selection.duration or row["kind"] == "voice")
        and _compares(row["quantity"], selection.duration)
    )


def _contains(party: str, part: str) -> bool:
    return not part or PartOfNumber.of(part).matches(party)


def _compares(value: int, condition: Condition | None) -> bool:
    return condition is None or COMPARE[condition.comparison](value, condition.value)


@pytest.mark.feature("CDR-06")
@pytest.mark.parametrize("enough", [1, 30, 20_000], ids=["by its order", "by both", "by its filter"])
def test_every_way_finds_the_same_rows(db: Any, monkeypatch: pytest.MonkeyPatch, enough: int) -> None:
    dice = random.Random(enough)
    rows = some_rows(dice, OURS, 700)
    everything = rows + some_rows(dice, THEIRS, 200)
    Parties(db).learn(everything)
    db["usage"].insert_many(everything)
    monkeypatch.setattr(search, "ENOUGH", enough)
    details = DetailsStore(db)
    for _ in range(80):
        selection, sort = some_selection(dice), dice.choice(("start", "amount"))
        order = ("start", "_id") if sort == "start" else ("amount", "start", "_id")
        wanted = [row["_id"] for row in rows if passes(row, selection)]
        ranks = {row["_id"]: tuple(row[name] for name in order) for row in rows}
        wanted.sort(key=lambda name: ranks[name], reverse=True)
        assert walk(details, selection, sort) == wanted, selection
        amounts = {row["_id"]: row["amount"] for row in rows}
        sums = details.sums(OURS, selection)
        assert sums is not None
        assert sum(count.sums[4] for count in sums) == sum(amounts[name] for name in wanted)


def walk(details: DetailsStore, selection: Selection, sort: str) -> list[str]:
    """The IDs of all pages, downwards; each page read upwards again holds the same."""
    found: list[dict[str, Any]] = []
    place = Place()
    while page := details.page(OURS, selection, sort, 45, place):
        found += page
        place = Place(key=page[-1])
    if len(found) > 45:
        above = details.page(OURS, selection, sort, 45, Place(key=found[45], newer=True))
        assert above == found[:45]
    return [row["_id"] for row in found]


@pytest.mark.feature("CDR-06")
def test_rows_of_an_earlier_release_are_found_by_a_part_of_a_number(mongo_uri: Callable[[str], str]) -> None:
    db = mongo.connect(mongo_uri("search"), timeout_ms=20_000)
    db["usage"].insert_many(some_rows(random.Random(1), OURS, 50))
    store.prepare(db)
    assert Parties(db).matching(OURS, "sender", "0612345678") == ["+31612345678"]
    assert Parties(db).matching(OURS, "receiver", "1234567890") == []


def test_a_customers_id_is_no_part_of_a_number(db: Any) -> None:
    parties = Parties(db)
    facts = {"customer": THEIRS, "period": 202603, "sender": "+31850001200"}
    parties.learn([{**facts, "receiver": "+31850001201"}])
    parties.learn([{**facts, "receiver": "+31850001202"}])
    # They are written without waiting for a majority, and read as a majority has them.
    learned = ["+31850001201", "+31850001202"]
    until(lambda: parties.matching(THEIRS, "receiver", "0850001") == learned, what="what was learned")
    assert parties.matching(THEIRS, "sender", "5678901") == []
