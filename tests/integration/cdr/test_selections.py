"""What a selection holds: whose usage, of which period or days; and what is no selection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.errors import Conflict, Forbidden, Invalid, NotFound
from tests.integration.cdr.scene import NATIONAL, Cdr, Customer, fixed_number

MAY = datetime(2024, 5, 15, 10, tzinfo=UTC)
DAYS = {"from": "2024-05-01", "to": "2024-05-31"}


@pytest.fixture
def customer(cdr: Cdr) -> Customer:
    """Someone with five calls in May."""
    made = cdr.customer()
    hours = (timedelta(hours=n) for n in range(5))
    cdr.send(*(made.call(f"{made.id[:8]}-{n}", start=MAY + hour) for n, hour in enumerate(hours)))
    cdr.settle()
    return made


@pytest.mark.feature("CDR-05")
def test_without_a_selection_it_is_the_current_billing_period(cdr: Cdr) -> None:
    customer = cdr.customer()
    cdr.send(customer.call(f"{customer.id[:8]}-now"), customer.call(f"{customer.id[:8]}-old", start=MAY))
    cdr.settle()
    current = customer.ask("periods")["current"]
    assert current["state"] == "open"
    for selection in ({}, {"period": "current"}, {"period": current["id"]}):
        assert customer.totals(**selection)["period"] == {k: current[k] for k in ("id", "from", "to")}
        assert customer.total(**selection)[0] == 1
    assert customer.total(period="2024-05")[0] == 1


@pytest.mark.feature("CDR-05")
def test_periods_are_the_current_one_and_twelve_before_it(cdr: Cdr) -> None:
    periods = cdr.customer().ask("periods")
    assert len(periods["recent"]) == 12
    following = [periods["current"], *periods["recent"]]
    for newer, older in zip(following, following[1:], strict=False):
        day_after = datetime.fromisoformat(older["to"]) + timedelta(days=1)
        assert day_after == datetime.fromisoformat(newer["from"])


@pytest.mark.feature("CDR-05")
def test_from_to_holds_both_days_also_when_the_clock_changes(cdr: Cdr) -> None:
    """In Amsterdam 31 March 2024 has 23 hours and 27 October 25."""
    customer = cdr.customer()
    moments = {
        "spring-before": "2024-03-30T23:59:59+01:00",
        "spring-first": "2024-03-31T00:00:00+01:00",
        "spring-last": "2024-03-31T23:59:59+02:00",
        "spring-after": "2024-04-01T00:00:00+02:00",
        "autumn-before": "2024-10-26T23:59:59+02:00",
        "autumn-first": "2024-10-27T00:00:00+02:00",
        "autumn-last": "2024-10-27T23:59:59.999+01:00",
        "autumn-after": "2024-10-28T00:00:00+01:00",
    }
    prefix = customer.id[:8]
    cdr.send(*(customer.call(f"{prefix}-{name}", start=moment) for name, moment in moments.items()))
    cdr.settle()

    def found(first: str, last: str, **filters: Any) -> set[str]:
        rows = customer.details({"from": first, "to": last, **filters})["rows"]
        assert customer.total(**{"from": first, "to": last}, **filters)[0] == len(rows)
        return {row["id"].split("|")[1].removeprefix(f"{prefix}-") for row in rows}

    for filters in ({}, {"receiver": NATIONAL}):
        assert found("2024-03-31", "2024-03-31", **filters) == {"spring-first", "spring-last"}
        assert found("2024-10-27", "2024-10-27", **filters) == {"autumn-first", "autumn-last"}
        assert found("2024-03-30", "2024-04-01", **filters) == {n for n in moments if n.startswith("spring")}
        assert found("2024-04-01", "2024-10-26", **filters) == {"spring-after", "autumn-before"}
        assert found("2024-03-01", "2024-03-31", **filters) == {
            "spring-before",
            "spring-first",
            "spring-last",
        }


@pytest.mark.feature("CDR-05", "CDR-06")
def test_nobody_sees_anybody_elses_usage(cdr: Cdr, customer: Customer) -> None:
    other = cdr.customer()
    record = f"{other.id[:8]}-own"
    cdr.send(other.call(record, start=MAY))
    cdr.settle()
    assert [row["id"] for row in other.details(DAYS)["rows"]] == [f"vasco|{record}|0"]
    assert other.total(**DAYS)[0] == 1
    assert other.totals(**DAYS, sender=customer.number)["rows"] == []
    theirs = customer.details(DAYS, limit=3)
    assert other.details(DAYS, cursor=theirs["older"])["rows"] in ([], other.details(DAYS)["rows"])
    with pytest.raises(Invalid):
        other.ask("totals", customer_id=customer.id)
    with pytest.raises(Forbidden):
        other.ask("quarantine_counts")
    with pytest.raises(Forbidden):
        cdr.staff("totals")


@pytest.mark.feature("CDR-02")
def test_a_number_that_changes_hands_is_paid_by_each_in_their_time(cdr: Cdr) -> None:
    number, change = fixed_number(), datetime(2024, 5, 10, 12, tzinfo=UTC)
    before, after = Customer(cdr), Customer(cdr)
    before.gets(number, end=change)
    after.gets(number, begin=change)
    prefix = before.id[:8]
    cdr.send(
        before.call(f"{prefix}-1", start=change - timedelta(seconds=1), duration=7200),
        after.call(f"{prefix}-2", start=change),
    )
    cdr.settle()
    assert before.total(**DAYS)[:2] == (1, 7200)
    assert after.total(**DAYS)[:2] == (1, 60)


@pytest.mark.feature("CDR-05", "CDR-06")
@pytest.mark.parametrize(
    ("selection", "field"),
    [
        ({"period": "2024-13"}, "selection.period"),
        ({"period": "2024-05", "from": "2024-05-01", "to": "2024-05-02"}, "selection.period"),
        ({"from": "2024-05-01"}, "selection.to"),
        ({"from": "2024-05-02", "to": "2024-05-01"}, "selection.to"),
        ({"from": "2023-01-01", "to": "2024-05-01"}, "selection.to"),
        ({"receiver": "06.*"}, "selection.receiver"),
        ({"sender": {"$gt": ""}}, "selection.sender"),
        ({"types": ["nonsense"]}, "selection.types.0"),
        ({"amount": {"op": "gt", "value": "NaN"}}, "selection.amount.value"),
        ({"amount": {"op": "gt", "value": "0.0000001"}}, "selection.amount.value"),
        ({"duration": {"op": "gt", "value": "60"}}, "selection.duration.value"),
        ({"customer": "x"}, "selection.customer"),
    ],
)
def test_a_selection_that_cannot_be_is_refused_by_its_field(
    customer: Customer, selection: dict[str, Any], field: str
) -> None:
    for method in ("totals", "details"):
        with pytest.raises(Invalid) as refused:
            customer.ask(method, selection=selection)
        assert list(refused.value.fields) == [field]


@pytest.mark.feature("CDR-03")
def test_a_plan_is_never_changed_and_must_be_there_to_be_assigned(cdr: Cdr) -> None:
    with pytest.raises(Conflict):
        cdr.staff(
            "import_plan",
            name="default",
            valid_from="2020-01-01",
            csv="soort;prefix;bestemming;tarief\n;+31;x;1\n",
        )
    with pytest.raises(NotFound):
        cdr.staff("assign_plan", customer_id="c" * 32, plan="er is er geen")
