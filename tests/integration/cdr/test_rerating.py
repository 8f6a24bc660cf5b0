"""Re-rating on real stores: shown first, booked once, also by a worker that is killed meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.cdr.domain.posting import SUMS, Deltas
from shared.errors import Conflict, Forbidden, Invalid, NotFound
from shared.ids import new_id
from tests.integration.cdr.scene import MOBILE, PLAN, Cdr, Customer
from tests.support.processes import until

pytestmark = pytest.mark.feature("CDR-08")

MAY = datetime(2024, 5, 15, 10, tzinfo=UTC)
MINUTE, DEARER = "0.051300", "0.130000"
ROWS = 1500
"""More batches than a worker books before it is killed."""
Json = dict[str, Any]


@pytest.fixture
def customer(cdr: Cdr) -> Customer:
    return cdr.customer()


def call(customer: Customer, name: str, **fields: Any) -> Json:
    return customer.call(f"{customer.id[:8]}-{name}", **{"start": MAY, **fields})


def send(customer: Customer, *events: Json) -> None:
    customer.cdr.send(*events)
    customer.cdr.settle()


def gets_plan(customer: Customer, rate: str, name: str = "", **terms: Any) -> str:
    """From now on the customer is rated by a plan with another price per minute to fixed numbers."""
    name = name or f"Plan {new_id()[:8]}"
    text = PLAN.replace("Nederland;;0,0213", f"Nederland;;{rate}")
    imported = customer.cdr.staff("import_plan", name=name, valid_from="2020-01-01", csv=text)
    assert imported["version"], imported
    customer.cdr.staff("assign_plan", customer_id=customer.id, plan=name, **terms)
    return name


def preview(customer: Customer, **scope: Any) -> Json:
    scope = {"period": "2024-05", "customer_id": customer.id, **scope}
    job = customer.cdr.staff("rerate_preview", scope=scope, command_id=new_id())
    return done(customer.cdr, job["id"])


def done(cdr: Cdr, job_id: str, seconds: float = 20.0) -> Json:
    job: Json = {}

    def ended() -> bool:
        job.update(cdr.staff("rerating", job_id=job_id))
        return job["state"] not in ("queued", "running")

    until(ended, seconds, "the end of the job")
    assert job["state"] == "done", job
    return job


def book(customer: Customer, job: Json, seconds: float = 20.0) -> Json:
    asked = customer.cdr.staff("rerate_apply", job_id=job["id"], reason="nieuw tarief", command_id=new_id())
    return done(customer.cdr, asked["id"], seconds)


def audited(cdr: Cdr, action: str, subject: str) -> list[Json]:
    """Entries for the audit log that were queued."""
    bodies = cdr.database["outbox"].find({"name": "cdr.audit.recorded.v1"})
    return [row for row in bodies if action.encode() in row["body"] and subject.encode() in row["body"]]


def assert_counters_are_rows(customer: Customer) -> None:
    deltas = Deltas()
    for row in customer.cdr.database["usage"].find({"customer": customer.id}):
        deltas.add(row, 0)
    sums = [sum(values[n] for values in deltas.sums.values()) for n in range(len(SUMS))]
    total = customer.totals(**{"from": "2024-05-01", "to": "2024-05-31"})["total"]
    assert (total["calls"], total["duration"]) == (sums[0], sums[1])
    assert total["amount"] == f"{sums[4] / 1_000_000:.6f}"


def test_a_preview_shows_the_difference_and_changes_nothing(customer: Customer) -> None:
    send(customer, call(customer, "a"), call(customer, "b", to=MOBILE))
    before = customer.total(period="2024-05")
    gets_plan(customer, "0,10")
    job = preview(customer)
    result = job["result"]
    assert {name: result[name] for name in ("rows", "changes", "closed", "no_rate", "customers")} == {
        "rows": 2,
        "changes": 1,
        "closed": 0,
        "no_rate": 0,
        "customers": 1,
    }
    assert result["difference"] == "0.078700"
    (sums,) = customer.cdr.staff("rerating_customers", job_id=job["id"])["rows"]
    assert (sums["customer_id"], sums["old"], sums["new"]) == (customer.id, result["old"], result["new"])
    (row,) = customer.cdr.staff("rerating_rows", job_id=job["id"])["rows"]
    assert (row["old"], row["new"], row["fate"]) == (MINUTE, DEARER, None)
    assert customer.total(period="2024-05") == before


def test_what_was_shown_is_booked_once_and_told_to_the_audit_log(customer: Customer) -> None:
    send(customer, call(customer, "a"))
    gets_plan(customer, "0,10")
    job = preview(customer)
    command = new_id()
    asked = [
        customer.cdr.staff("rerate_apply", job_id=job["id"], reason="nieuw tarief", command_id=command)
        for _ in range(2)
    ]
    assert asked[0]["id"] == asked[1]["id"]
    result = done(customer.cdr, asked[0]["id"])["result"]
    assert result == {
        "booked": 1,
        "recomputed": 0,
        "same": 0,
        "no_rate": 0,
        "customers": 1,
        "difference": "0.078700",
    }
    assert customer.total(period="2024-05") == (1, 60, DEARER)
    (row,) = customer.details({"period": "2024-05"})["rows"]
    assert (row["amount"], row["state"]) == (DEARER, "corrected")
    with pytest.raises(Conflict, match="al geboekt"):
        customer.cdr.staff("rerate_apply", job_id=job["id"], reason="nog eens", command_id=new_id())
    assert len(audited(customer.cdr, "rerating.started", asked[0]["id"])) == 1
    assert len(audited(customer.cdr, "usage.rerated", asked[0]["id"])) == 1
    assert_counters_are_rows(customer)


def test_a_closed_month_stays_and_the_open_one_has_the_difference(customer: Customer) -> None:
    send(customer, call(customer, "a"))
    closed = customer.close("2024-05")
    gets_plan(customer, "0,10")
    job = preview(customer)
    assert job["result"]["closed"] == 1
    book(customer, job)
    assert customer.total(period="2024-05") == (1, 60, closed["amount"])
    assert customer.total(period="2024-06") == (0, 0, "0.078700")
    june = customer.cdr.staff("statement", customer_id=customer.id, period="2024-06")
    assert june["late"] == {"rows": 0, "amount": "0.078700"}
    assert [(late["calls"], late["amount"]) for late in june["late_usage"]] == [(0, "0.078700")]
    assert june["own_usage"] == []
    again = preview(customer)
    assert again["result"]["changes"] == 0, "what stands is booked in June"
    assert_counters_are_rows(customer)


def test_a_correction_of_the_carrier_corrects_what_stands_before_and_after(customer: Customer) -> None:
    send(customer, call(customer, "a"), call(customer, "b"))
    gets_plan(customer, "0,10")
    job = preview(customer)
    send(customer, call(customer, "a", revision=2, duration=120))  # rated by the new plan already
    result = book(customer, job)["result"]
    assert (result["booked"], result["same"]) == (1, 1)
    send(customer, call(customer, "b", revision=2, duration=120), call(customer, "b"))
    assert customer.total(period="2024-05") == (2, 240, "0.460000")
    assert [row["_id"].rpartition("|")[2] for row in customer.cdr.rows(f"{customer.id[:8]}-b")] == list(
        "01234"
    )
    assert_counters_are_rows(customer)


def test_a_worker_that_is_killed_while_it_books_leaves_nothing_out_and_nothing_twice(
    customer: Customer,
) -> None:
    cdr = customer.cdr
    send(customer, *(call(customer, f"n{n}", duration=60 + n % 7) for n in range(ROWS)))
    gets_plan(customer, "0,10")
    job = preview(customer)
    assert job["result"]["changes"] == ROWS
    asked = cdr.staff("rerate_apply", job_id=job["id"], reason="nieuw tarief", command_id=new_id())
    until(lambda: cdr.staff("rerating", job_id=asked["id"])["done"] >= 200, what="some batches")
    cdr.processes["cdr-worker"].kill()
    half = cdr.staff("rerating", job_id=asked["id"])
    assert half["state"] == "running", "it was killed before the end"
    cdr.processes["cdr-worker"].start()
    cdr.processes["cdr-worker"].wait_ready()
    result = done(cdr, asked["id"], seconds=60)["result"]
    assert (result["booked"], result["difference"]) == (ROWS, job["result"]["difference"])
    assert customer.total(period="2024-05")[0] == ROWS
    assert customer.total(period="2024-05")[2] == job["result"]["new"]
    assert cdr.database["usage"].count_documents({"customer": customer.id}) == 3 * ROWS
    assert_counters_are_rows(customer)


def test_terms_of_a_customer_take_part_and_can_be_explained(customer: Customer) -> None:
    send(customer, call(customer, "a"))
    gets_plan(customer, "0,10", deviations=[{"of": "all", "margin": "-50"}], reason="afspraak")
    book(customer, preview(customer))
    (row,) = customer.details({"period": "2024-05"})["rows"]
    assert row["amount"] == "0.065000"
    why = customer.cdr.staff("explain", row_id=row["id"])
    assert (why["amount"], why["agrees"], why["margin"]) == ("0.065000", True, "-50.0000")
    assert [one["name"] for one in why["corrections"]] == ["deviation"]
    customer.cdr.staff("assign_plan", customer_id=customer.id, plan="default", deviations=[])
    assert customer.cdr.staff("explain", row_id=row["id"]) == why, "by the terms it was rated by"


def test_terms_that_can_not_be_read_say_which_line(customer: Customer) -> None:
    lines = [{"of": "all", "margin": "-5"}, {"of": "type", "key": "maan", "margin": "1"}]
    with pytest.raises(Invalid) as refused:
        customer.cdr.staff("assign_plan", customer_id=customer.id, plan="default", deviations=lines)
    (sentence,) = refused.value.fields["lines"]
    assert sentence.startswith("Regel 2: Dit gesprekstype bestaat niet.")


def test_the_scope_is_checked(cdr: Cdr) -> None:
    for scope, field in (
        ({}, "period"),
        ({"period": "2024-13"}, "period"),
        ({"from": "2024-05-02", "to": "2024-05-01"}, "to"),
        ({"period": "2024-05", "prefix": "x"}, "prefix"),
    ):
        with pytest.raises(Invalid) as refused:
            cdr.staff("rerate_preview", scope=scope, command_id=new_id())
        assert any(field in str(name) for name in (refused.value.fields, *refused.value.fields.values()))


def test_it_is_for_staff_only_and_foreign_rows_are_not_there(customer: Customer) -> None:
    scope = {"period": "2024-05"}
    with pytest.raises(Forbidden):
        customer.ask("rerate_preview", scope=scope, command_id=new_id())
    with pytest.raises(Forbidden):
        customer.ask("explain", row_id="vasco|x|0")
    with pytest.raises(NotFound):
        customer.cdr.staff("explain", row_id="vasco|there-is-none|0")
    with pytest.raises(NotFound):
        customer.cdr.staff("rerating", job_id=new_id())


def test_a_preview_of_everybody_has_each_customer_by_itself(cdr: Cdr, customer: Customer) -> None:
    other = cdr.customer()
    day = datetime(2023, 2, 10, 10, tzinfo=UTC)
    for one in (customer, other):
        send(one, call(one, "e", start=day), call(one, "m", start=day, to=MOBILE))
        gets_plan(one, "0,10")
    asked = cdr.staff("rerate_preview", scope={"from": "2023-02-10", "to": "2023-02-10"}, command_id=new_id())
    job = done(cdr, asked["id"])
    rows = cdr.staff("rerating_customers", job_id=job["id"])["rows"]
    mine = {row["customer_id"]: row["difference"] for row in rows}
    assert {customer.id, other.id} <= mine.keys()
    assert {mine[customer.id], mine[other.id]} == {"0.078700"}
    (only,) = cdr.staff("rerating_rows", job_id=job["id"], customer_id=other.id)["rows"]
    assert only["customer_id"] == other.id
