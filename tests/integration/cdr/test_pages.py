"""Pages of Details: every row once and in order, forward and back, also where rows are alike."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import Invalid
from tests.integration.cdr.scene import BELGIAN, FREE, MOBILE, NATIONAL, Cdr, Customer

pytestmark = pytest.mark.feature("CDR-06")

Json = dict[str, Any]

MAY = datetime(2024, 5, 1, 10, tzinfo=UTC)
WHOLE = {"period": "2024-05"}
ROWS = 180
SORTS = {"start": ("start", "id"), "amount": ("amount", "start", "id")}


@pytest.fixture(scope="module")
def customer(cdr: Cdr) -> Customer:
    """Someone with many calls on few moments and of few prices."""
    made, rng = cdr.customer(), random.Random(6)
    moments = [MAY + timedelta(days=rng.randrange(28), hours=n % 3) for n in range(12)]
    cdr.send(
        *(
            made.call(
                f"{made.id[:8]}-{n}",
                start=rng.choice(moments),
                to=rng.choice([NATIONAL, MOBILE, BELGIAN, FREE]),
                duration=rng.choice([0, 30, 60, 61]),
            )
            for n in range(ROWS)
        ),
        pack=7,
    )
    cdr.settle()
    return made


@pytest.fixture(scope="module")
def all_rows(customer: Customer) -> list[Json]:
    rows: list[Json] = customer.details(WHOLE, limit=200)["rows"]
    assert len({row["id"] for row in rows}) == len(rows) == ROWS
    return rows


def in_order(rows: list[Json], sort: str) -> list[Json]:
    return sorted(rows, key=lambda row: tuple(row[name] for name in SORTS[sort]), reverse=True)


def back_from(customer: Customer, selection: Json, cursor: Any, **fields: Any) -> list[Json]:
    """All rows from ``cursor`` to the top, by way of *Nieuwer*."""
    if cursor is None:
        return []
    pages = [page["rows"] for page in customer.walk(selection, "newer", cursor, **fields)]
    return [row for page in reversed(pages) for row in page]


CONDITIONS: dict[str, Any] = {
    "types": st.lists(st.sampled_from(["national", "mobile", "service_0800", "sms"]), min_size=1, max_size=3),
    "receiver": st.sampled_from(["06", "+32", "085", "0800"]),
    "duration": st.fixed_dictionaries(
        {"op": st.sampled_from(["eq", "gt", "lt"]), "value": st.sampled_from([0, 30, 60])}
    ),
    "amount": st.fixed_dictionaries(
        {"op": st.sampled_from(["eq", "gt", "lt"]), "value": st.sampled_from(["0", "0.0513", "0.06"])}
    ),
}
COMPARE = {"eq": lambda a, b: a == b, "gt": lambda a, b: a > b, "lt": lambda a, b: a < b}


def wanted(row: Json, filters: Json) -> bool:
    """The filters as a plain reading of their names."""
    duration, amount = filters.get("duration"), filters.get("amount")
    receiver = filters.get("receiver", "")
    spelt = row["receiver"] + " 0" + row["receiver"].removeprefix("+31")
    return (
        ("types" not in filters or row["type"] in filters["types"])
        and receiver in spelt
        and (duration is None or COMPARE[duration["op"]](row["duration"], duration["value"]))
        and (amount is None or COMPARE[amount["op"]](float(row["amount"]), float(amount["value"])))
    )


@given(
    st.sampled_from(["start", "amount"]),
    st.integers(9, 200),
    st.fixed_dictionaries({}, optional=CONDITIONS),
)
@settings(max_examples=30, deadline=None)
def test_pages_forward_and_back_hold_every_row_once_in_order(
    customer: Customer, all_rows: list[Json], sort: str, limit: int, filters: Json
) -> None:
    expected = in_order([row for row in all_rows if wanted(row, filters)], sort)
    selection = {**WHOLE, **filters}
    forward = list(customer.walk(selection, sort=sort, limit=limit))
    assert [row for page in forward for row in page["rows"]] == expected
    assert all(len(page["rows"]) == limit for page in forward[:-1])
    last = forward[-1]
    above = back_from(customer, selection, last["newer"], sort=sort, limit=limit)
    assert above + last["rows"] == expected


def test_the_first_page_has_nothing_newer_and_the_last_nothing_older(customer: Customer) -> None:
    first = customer.details(WHOLE, limit=100)
    second = customer.details(WHOLE, limit=100, cursor=first["older"])
    assert (first["newer"], second["older"]) == (None, None)
    again = customer.details(WHOLE, limit=100, cursor=second["newer"])
    assert again["rows"] == first["rows"] and again["newer"] is None
    assert customer.details(WHOLE, limit=200)["older"] is None


def test_a_page_stays_what_it_was_while_new_calls_come_in(cdr: Cdr) -> None:
    customer = cdr.customer()
    calls = [customer.call(f"{customer.id[:8]}-{n}", start=MAY + timedelta(hours=n)) for n in range(6)]
    cdr.send(*calls[:5])
    cdr.settle()
    first = customer.details(WHOLE, limit=2)
    second = customer.details(WHOLE, limit=2, cursor=first["older"])
    cdr.send(calls[5])
    cdr.settle()
    assert customer.details(WHOLE, limit=2, cursor=first["older"])["rows"] == second["rows"]
    assert [row["id"].split("-")[1] for row in customer.details(WHOLE, limit=2)["rows"]] == ["5|0", "4|0"]


@pytest.mark.parametrize("day", [0, 1, 9, 14, 27, 30])
def test_going_to_a_day_shows_its_last_call_first_and_the_way_back(
    customer: Customer, all_rows: list[Json], day: int
) -> None:
    chosen = date(2024, 5, 1) + timedelta(days=day)
    newer = [row for row in all_rows if row["start"][:10] > chosen.isoformat()]
    older = all_rows[len(newer) :]
    page = customer.details(WHOLE, cursor={"before": chosen.isoformat()}, limit=20)
    assert page["rows"] == older[:20]
    assert (page["newer"] is not None) == bool(newer and older)
    if page["newer"]:
        assert back_from(customer, WHOLE, page["newer"], limit=50) == newer
    assert page["summary"]["calls"] == ROWS


@pytest.mark.parametrize(
    "cursor",
    [
        {},
        {"before": "2024-05-01", "id": "vasco|x|0", "start": "2024-05-01T00:00:00Z"},
        {"id": "vasco|x|0"},
        {"start": "2024-05-01T00:00:00Z"},
        {"id": {"$gt": ""}, "start": "2024-05-01T00:00:00Z"},
        {"before": "yesterday"},
        {"id": "vasco|x|0", "start": "2024-05-01T00:00:00Z", "customer": "x"},
    ],
)
def test_a_place_in_the_list_that_is_none_is_refused(customer: Customer, cursor: Json) -> None:
    with pytest.raises(Invalid):
        customer.details(WHOLE, cursor=cursor)


@pytest.mark.parametrize("limit", [0, -1, 201, "50", 2.5])
def test_a_page_has_1_to_200_rows(customer: Customer, limit: Any) -> None:
    with pytest.raises(Invalid):
        customer.details(WHOLE, limit=limit)
