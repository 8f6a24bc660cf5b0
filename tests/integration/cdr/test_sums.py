"""Totals are the sums of the calls that Details shows, for whatever selection, and so are their cents."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.integration.cdr.scene import (
    BELGIAN,
    FREE,
    MOBILE,
    NATIONAL,
    Cdr,
    Customer,
    fixed_number,
    mobile_number,
)

pytestmark = pytest.mark.feature("CDR-05", "CDR-06")

Json = dict[str, Any]

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
APRIL = datetime(2024, 4, 1, 1, tzinfo=UTC)
DAYS = 91
PERIODS = [f"2024-0{month}" for month in range(4, 9)]
CENT = Decimal("0.01")

# (rate, per, fee) in euro for who is called, and for messages and data: the test's own reading of PLAN.
PRICES: dict[str, tuple[str, int, str]] = {
    NATIONAL: ("0.0213", 60, "0.03"),
    MOBILE: ("0.0897", 60, "0.03"),
    BELGIAN: ("0.05", 60, "0"),
    FREE: ("0", 60, "0"),
    "in": ("0", 60, "0"),
    "sms": ("0.0601", 1, "0"),
    "data": ("0.0123", 1_000_000, "0"),
}


def price(event: Json) -> Decimal:
    """What an event costs, worked out on paper: exact, then rounded once, half up, to four decimals."""
    kind, direction = event["kind"], event.get("direction", "out")
    key = kind if kind != "voice" else "in" if direction == "in" else event["to"]
    rate, per, fee = PRICES[key]
    quantity = {"voice": event.get("duration"), "data": event.get("volume")}.get(kind) or 0
    if kind == "sms":
        quantity = event.get("messages", 1)
    exact = Fraction(rate) * quantity / per + Fraction(fee) if quantity else Fraction(0)
    tenthousandths = (exact * 10_000 * 2 + 1) // 2
    return Decimal(int(tenthousandths)).scaleb(-4)


def random_event(customer: Customer, rng: random.Random, record: str) -> Json:
    """Any kind of usage of any of the customer's numbers, in spring."""
    fixed, second, mobile = customer.numbers
    start = APRIL + timedelta(days=rng.randrange(DAYS), seconds=rng.randrange(86_400))
    number = rng.choice([fixed, second, mobile])
    shape = rng.choice(["call", "call", "call", "in", "sms", "data"])
    if shape == "data":
        return customer.call(
            record,
            start=start,
            kind="data",
            charged=mobile,
            volume=rng.choice([0, 1, 10**6, rng.randrange(10**9)]),
        )
    if shape == "sms":
        return customer.call(
            record, start=start, kind="sms", charged=number, to=MOBILE, messages=rng.choice([1, 2, 7])
        )
    duration = rng.choice([0, 1, 30, 60, 61, rng.randrange(4000)])
    if shape == "in":
        caller = rng.choice(["anon", MOBILE, BELGIAN])
        return customer.call(
            record, start=start, charged=number, direction="in", from_=caller, to=number, duration=duration
        )
    to = rng.choice([NATIONAL, MOBILE, BELGIAN, FREE])
    return customer.call(record, start=start, charged=number, to=to, duration=duration)


class Story:
    """Three waves of usage with corrections, and two months that close between them."""

    def __init__(self, cdr: Cdr) -> None:
        self.customer = cdr.customer()
        self.customer.gets(fixed_number())
        self.customer.gets(mobile_number(), "mobile")
        self.last: dict[str, Json] = {}
        rng = random.Random(2024)
        for wave, closes in enumerate(["2024-04", "2024-05", None]):
            events = [self._event(rng, f"{wave}{n:03d}") for n in range(110)]
            events += [self._correction(rng) for _ in range(25)]
            cdr.send(*events, *rng.sample(events, 30), pack=rng.choice([1, 9, 200]))
            cdr.settle()
            if closes:
                self.customer.close(closes)
        self.rows = [row for period in PERIODS for row in self._rows(period)]

    def _event(self, rng: random.Random, name: str) -> Json:
        event = random_event(self.customer, rng, f"{self.customer.id[:8]}-{name}")
        self.last[event["record"]] = event
        return event

    def _correction(self, rng: random.Random) -> Json:
        before = self.last[rng.choice(sorted(self.last))]
        after = random_event(self.customer, rng, before["record"])
        after["revision"] = before.get("revision", 1) + 1
        self.last[after["record"]] = after
        return after

    def _rows(self, period: str) -> list[Json]:
        own = self.customer.numbers
        return [
            row | {"period": period, "charged": row["sender"] if row["sender"] in own else row["receiver"]}
            for page in self.customer.pages({"period": period}, limit=200)
            for row in page
        ]


@pytest.fixture(scope="module")
def story(cdr: Cdr) -> Story:
    return Story(cdr)


def sign(row: Json) -> int:
    return -1 if row["state"] == "reversal" else 1


def day(row: Json) -> date:
    return datetime.fromisoformat(row["start"]).astimezone(AMSTERDAM).date()


def spelt(party: str) -> str:
    """A number in both spellings."""
    return f"{party} 0{party[3:]}" if party.startswith("+31") else f"{party} {party.replace('+', '00')}"


def comparing(condition: Json, value: Any) -> bool:
    limit = type(value)(condition["value"])
    return bool({"eq": value == limit, "gt": value > limit, "lt": value < limit}[condition["op"]])


READINGS: dict[str, Callable[[Json, Any], bool]] = {
    "period": lambda row, period: row["period"] == period,
    "from": lambda row, first: day(row) >= date.fromisoformat(first),
    "to": lambda row, last: day(row) <= date.fromisoformat(last),
    "product": lambda row, product: product is None or row["product"] == product,
    "types": lambda row, types: not types or row["type"] in types,
    "sender": lambda row, part: part in spelt(row["sender"]),
    "receiver": lambda row, part: part in spelt(row["receiver"]),
    "amount": lambda row, condition: comparing(condition, Decimal(row["amount"])),
    "duration": lambda row, condition: (
        row["kind"] == "voice" and comparing(condition, row["duration"] * sign(row))
    ),
}


def naive(rows: list[Json], selection: Json, by: str) -> dict[tuple[Any, Any], tuple[Any, ...]]:
    """(number, type) → calls, seconds, bytes, messages, amount: one row after the other."""
    sums: dict[tuple[Any, Any], list[Any]] = defaultdict(lambda: [0, 0, 0, 0, Decimal(0)])
    for row in rows:
        if all(READINGS[name](row, value) for name, value in selection.items()):
            key = (
                row["charged"] if by in ("number", "number_type") else None,
                row["type"] if by in ("type", "number_type") else None,
            )
            values = (sign(row), row["duration"], row["volume"], row["messages"], Decimal(row["amount"]))
            sums[key] = [a + b for a, b in zip(sums[key], values, strict=True)]
    return {key: tuple(values) for key, values in sums.items() if any(values)}


_days = st.integers(-3, DAYS + 3).map(lambda n: APRIL.date() + timedelta(days=n))
_spans: st.SearchStrategy[Json] = st.one_of(
    st.sampled_from(PERIODS).map(lambda period: {"period": period}),
    st.tuples(_days, _days).map(lambda two: {"from": min(two).isoformat(), "to": max(two).isoformat()}),
    st.sampled_from([("2024-04-01", "2024-05-31"), ("2024-04-30", "2024-06-01")]).map(
        lambda two: {"from": two[0], "to": two[1]}
    ),
)
_parts = st.sampled_from(["06", "085", "+32", "0032", "600", "0800", "31", "9"])
_conditions = st.fixed_dictionaries(
    {},
    optional={
        "product": st.sampled_from(["telephony", "mobile", None]),
        "types": st.lists(
            st.sampled_from(["national", "mobile", "incoming", "sms", "data_national"]), max_size=3
        ),
        "sender": _parts,
        "receiver": _parts,
        "amount": st.fixed_dictionaries(
            {
                "op": st.sampled_from(["eq", "gt", "lt"]),
                "value": st.sampled_from(["0", "0.05", "0.0601", "-0.01"]),
            }
        ),
        "duration": st.fixed_dictionaries(
            {"op": st.sampled_from(["eq", "gt", "lt"]), "value": st.sampled_from([0, 1, 60, 1000])}
        ),
    },
)


@given(_spans, _conditions, st.sampled_from(["total", "type", "number", "number_type"]))
@settings(max_examples=120, deadline=None)
def test_totals_are_the_sums_of_the_calls(story: Story, span: Json, conditions: Json, by: str) -> None:
    selection = {**span, **conditions}
    reply = story.customer.totals(by=by, **selection)
    expected = naive(story.rows, selection, by)
    got = {
        (row["number"], row["type"]): (
            row["calls"],
            row["duration"],
            row["volume"],
            row["messages"],
            Decimal(row["amount"]),
        )
        for row in reply["rows"]
    }
    assert got == expected
    total = naive(story.rows, selection, "total").get((None, None), (0, 0, 0, 0, Decimal(0)))
    assert (reply["total"]["calls"], Decimal(reply["total"]["amount"])) == (total[0], total[4])
    cents = Decimal(reply["total"]["cents"])
    assert cents == total[4].quantize(CENT, ROUND_HALF_UP)
    assert sum((Decimal(row["cents"]) for row in reply["rows"]), Decimal(0)) == (cents if expected else 0)
    assert all(abs(Decimal(row["cents"]) - Decimal(row["amount"])) < CENT for row in reply["rows"])


@given(_spans, _conditions)
@settings(max_examples=40, deadline=None)
def test_details_of_a_selection_are_those_calls_with_the_same_sums(
    story: Story, span: Json, conditions: Json
) -> None:
    selection = {**span, **conditions}
    expected = [row for row in story.rows if all(READINGS[n](row, v) for n, v in selection.items())]
    pages = list(story.customer.pages(selection, limit=200))
    found = [row["id"] for page in pages for row in page]
    assert sorted(found) == sorted(row["id"] for row in expected)
    summary = story.customer.details(selection, limit=1)["summary"]
    assert summary["calls"] == sum(map(sign, expected))
    assert Decimal(summary["amount"]) == sum((Decimal(row["amount"]) for row in expected), Decimal(0))


@pytest.mark.feature("CDR-02", "CDR-03")
def test_every_record_stands_once_at_its_last_word_and_the_exact_price(story: Story) -> None:
    standing: dict[str, Decimal] = defaultdict(Decimal)
    calls: dict[str, int] = defaultdict(int)
    for row in story.rows:
        record = row["id"].split("|")[1]
        standing[record] += Decimal(row["amount"])
        calls[record] += sign(row)
    assert standing == {record: price(event) for record, event in story.last.items()}
    assert set(calls.values()) == {1}


def test_the_story_has_what_makes_sums_hard(story: Story) -> None:
    states = {row["state"] for row in story.rows}
    assert states == {None, "late", "corrected", "reversal"}
    assert {row["period"] for row in story.rows} >= {"2024-04", "2024-05", "2024-06"}
    assert len({row["type"] for row in story.rows}) >= 7
