"""Usage that a carrier hands over is what its customer sees, to the millionth of a euro."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.integration.cdr.scene import (
    BELGIAN,
    FREE,
    MOBILE,
    NATIONAL,
    Cdr,
    Customer,
    mobile_number,
)

MAY = datetime(2024, 5, 15, 10, tzinfo=UTC)
DAYS = {"from": "2024-05-01", "to": "2024-05-31"}


def usage_of_may(customer: Customer, prefix: str) -> list[dict[str, Any]]:
    """Each kind of usage once, with what it costs in the comment."""
    first, second = customer.numbers
    return [
        customer.call(f"{prefix}-1", start=MAY, duration=252),  # 0.03 + 4.2 x 0.0213 = 0.1195 (0.11946)
        customer.call(f"{prefix}-2", start=MAY + timedelta(hours=1), to=MOBILE, duration=1),  # 0.0315
        customer.call(f"{prefix}-3", start=MAY + timedelta(hours=2), to="+3222000012", duration=0),  # 0
        customer.call(f"{prefix}-4", start=MAY + timedelta(hours=3), to=BELGIAN, duration=61),  # 0.0508
        customer.call(f"{prefix}-5", start=MAY + timedelta(hours=4), to=FREE, duration=600),  # 0
        customer.call(
            f"{prefix}-6", start=MAY + timedelta(hours=5), direction="in", from_=MOBILE, to=first
        ),  # 0
        customer.call(
            f"{prefix}-7", start=MAY + timedelta(hours=6), direction="forward", from_="anon", to=MOBILE
        ),  # 0.01
        customer.call(f"{prefix}-8", start=MAY + timedelta(hours=7), to="ext:9876"),  # 0
        customer.call(
            f"{prefix}-9", start=MAY + timedelta(days=1), kind="sms", charged=second, to="alpha:PostNL"
        )
        | {"to": MOBILE, "messages": 3},  # 0.1803
        customer.call(
            f"{prefix}-a", start=MAY + timedelta(days=2), kind="data", charged=second, volume=1_234_567
        ),  # 0.0152 (0.015185)
        customer.call(
            f"{prefix}-b",
            start=MAY + timedelta(days=2, hours=1),
            kind="data",
            charged=second,
            volume=10**6,
            roaming={"country": "FR"},
        ),  # 0.0123
    ]


@pytest.fixture(scope="module")
def customer(cdr: Cdr) -> Customer:
    made = cdr.customer()
    made.gets(mobile_number(), "mobile")
    cdr.send(*usage_of_may(made, made.id[:8]))
    cdr.settle()
    return made


@pytest.mark.feature("CDR-05", "CDR-01")
def test_totals_add_up_calls_seconds_bytes_messages_and_money(customer: Customer) -> None:
    reply = customer.totals(**DAYS)
    assert reply["period"] == {"id": None, **DAYS}
    assert reply["complete"] is True
    assert reply["total"] == {
        "number": None,
        "type": None,
        "calls": 11,
        "duration": 252 + 1 + 61 + 600 + 60 + 60 + 60,
        "volume": 2_234_567,
        "messages": 3,
        "amount": "0.419600",
        "cents": "0.42",
    }
    assert reply["rows"] == [reply["total"]]


@pytest.mark.feature("CDR-05")
def test_totals_per_call_type_number_and_both(customer: Customer) -> None:
    first, second = customer.numbers
    expected = {
        (first, "national"): "0.119500",
        (first, "mobile"): "0.031500",
        (first, "international_eu"): "0.050800",
        (first, "service_0800"): "0.000000",
        (first, "incoming"): "0.000000",
        (first, "forwarded"): "0.010000",
        (first, "internal"): "0.000000",
        (second, "sms"): "0.180300",
        (second, "data_national"): "0.015200",
        (second, "data_eu"): "0.012300",
    }
    both = customer.totals(by="number_type", **DAYS)
    assert {(row["number"], row["type"]): row["amount"] for row in both["rows"]} == expected
    by_type = customer.totals(by="type", **DAYS)
    assert {row["type"]: row["amount"] for row in by_type["rows"]} == {t: a for (_, t), a in expected.items()}
    by_number = customer.totals(by="number", **DAYS)
    assert {row["number"]: row["amount"] for row in by_number["rows"]} == {
        first: "0.211800",
        second: "0.207800",
    }
    for reply in (both, by_type, by_number):
        assert sum(Decimal(row["cents"]) for row in reply["rows"]) == Decimal("0.42")


@pytest.mark.feature("CDR-06")
def test_details_show_each_of_them_newest_first(customer: Customer) -> None:
    first, second = customer.numbers
    page = customer.details(DAYS)
    assert (page["older"], page["newer"]) == (None, None)
    assert page["summary"] == {
        "calls": 11,
        "duration": 1094,
        "volume": 2_234_567,
        "messages": 3,
        "amount": "0.419600",
        "cents": "0.42",
    }
    shown = [
        (row["type"], row["sender"], row["receiver"], row["destination"], row["amount"])
        for row in page["rows"]
    ]
    assert shown == [
        ("data_eu", second, "data", "Data EU", "0.012300"),
        ("data_national", second, "data", "Data Nederland", "0.015200"),
        ("sms", second, MOBILE, "Sms", "0.180300"),
        ("internal", first, "ext:9876", "Intern", "0.000000"),
        ("forwarded", "anon", MOBILE, "Doorgeschakeld", "0.010000"),
        ("incoming", MOBILE, first, "Inkomend", "0.000000"),
        ("service_0800", first, FREE, "Gratis", "0.000000"),
        ("international_eu", first, BELGIAN, "België", "0.050800"),
        ("international_eu", first, "+3222000012", "België", "0.000000"),
        ("mobile", first, MOBILE, "Nederland mobiel", "0.031500"),
        ("national", first, NATIONAL, "Nederland", "0.119500"),
    ]
    row = page["rows"][-1]
    assert row == {
        "id": f"vasco|{customer.id[:8]}-1|0",
        "start": "2024-05-15T10:00:00.000Z",
        "product": "telephony",
        "type": "national",
        "sender": first,
        "receiver": NATIONAL,
        "destination": "Nederland",
        "kind": "voice",
        "duration": 252,
        "volume": 0,
        "messages": 0,
        "amount": "0.119500",
        "precision": 4,
        "state": None,
    }
    assert [row["product"] for row in page["rows"]] == ["mobile"] * 3 + ["telephony"] * 8


@pytest.mark.feature("CDR-05", "CDR-06")
@pytest.mark.parametrize(
    ("filters", "calls"),
    [
        ({"product": "mobile"}, 3),
        ({"product": "telephony"}, 8),
        ({"types": ["sms", "mobile"]}, 2),
        ({"types": []}, 11),
        ({"receiver": "06001"}, 3),
        ({"receiver": "+316001"}, 3),
        ({"receiver": "316001"}, 3),
        ({"receiver": "0031600123456"}, 3),
        ({"receiver": "06-00 12 34 56"}, 3),
        ({"receiver": "085"}, 2),
        ({"receiver": "+32"}, 2),
        ({"receiver": "0032"}, 2),
        ({"receiver": "9876"}, 1),
        ({"sender": "0600123456"}, 1),
        ({"receiver": "085", "sender": "0600123456"}, 1),
        ({"receiver": "0859"}, 0),
        ({"amount": {"op": "gt", "value": "0.0315"}}, 3),
        ({"amount": {"op": "eq", "value": "0.0315"}}, 1),
        ({"amount": {"op": "lt", "value": "0.0315"}}, 7),
        ({"duration": {"op": "gt", "value": 60}}, 3),
        ({"duration": {"op": "eq", "value": 60}}, 3),
        ({"duration": {"op": "lt", "value": 1}}, 1),
        ({"duration": {"op": "lt", "value": 61}, "types": ["forwarded"], "product": "telephony"}, 1),
    ],
)
def test_filters_find_the_same_in_totals_and_details(
    customer: Customer, filters: dict[str, Any], calls: int
) -> None:
    rows = customer.details({**DAYS, **filters}, limit=200)["rows"]
    assert len(rows) == calls
    total = customer.totals(**DAYS, **filters)["total"]
    assert (total["calls"], Decimal(total["amount"])) == (calls, sum(Decimal(row["amount"]) for row in rows))


@pytest.mark.feature("CDR-05")
def test_a_part_of_the_own_number_finds_it_in_both_spellings(customer: Customer) -> None:
    first, second = customer.numbers
    for number, calls in ((first, 6), (second, 3)):
        for spelling in (number, "0" + number[3:], number[1:], number[5:], "00" + number[1:]):
            assert customer.totals(**DAYS, sender=spelling)["total"]["calls"] == calls
