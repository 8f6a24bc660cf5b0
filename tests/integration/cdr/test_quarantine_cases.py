"""Staff mend what waits: by case, with the outcome counted beforehand; tried again, or put aside."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.errors import Conflict, NotFound
from shared.ids import new_id
from tests.integration.cdr.scene import Cdr, Customer, event, fixed_number
from tests.support.processes import until

pytestmark = pytest.mark.feature("CDR-01")

MAY = datetime(2024, 5, 15, 10, tzinfo=UTC)


@pytest.fixture
def customer(cdr: Cdr) -> Customer:
    return cdr.customer()


def in_may(customer: Customer, name: str, **fields: Any) -> dict[str, Any]:
    return customer.call(f"{customer.id[:8]}-{name}", **{"start": MAY, **fields})


def case_of(cdr: Cdr, reason: str, key: str) -> dict[str, Any] | None:
    found = [one for one in cdr.staff("quarantine_cases") if (one["reason"], one["case"]) == (reason, key)]
    return found[0] if found else None


def named(reason: str, key: str, carrier: str = "vasco") -> dict[str, str]:
    return {"reason": reason, "carrier": carrier, "case": key}


def test_what_waits_is_grouped_by_what_mends_it_and_its_outcome_counted_beforehand(cdr: Cdr) -> None:
    number = fixed_number()
    cdr.send(*(event(new_id(), charged=number, start=MAY) for _ in range(3)))
    cdr.settle()
    found = case_of(cdr, "unknown_owner", number)
    assert found is not None and found["count"] == 3
    page = cdr.staff("quarantine_case", case=named("unknown_owner", number), limit=2)
    assert (page["total"], len(page["events"])) == (3, 2)
    assert page["trial"] == {
        "tried": 3,
        "books": 0,
        "amount": "0.000000",
        "closed": 0,
        "stays": {"unknown_owner": 3},
    }
    (last,) = cdr.staff("quarantine_case", case=named("unknown_owner", number), after=page["next"])["events"]
    assert last["id"] not in {one["id"] for one in page["events"]}


def test_what_is_put_aside_is_kept_and_never_tried_again(cdr: Cdr) -> None:
    number = fixed_number()
    call = event(new_id(), charged=number, start=MAY)
    cdr.send(call)
    cdr.settle()
    command = new_id()
    for _ in range(2):
        done = cdr.staff(
            "discard", case=named("unknown_owner", number), reason="proefnummer", command_id=command
        )
        assert done == {"discarded": 1}
    customer = cdr.customer(number)
    cdr.send(call, customer.call(new_id()))
    cdr.settle()
    kept_one = cdr.quarantined(call["record"])
    assert kept_one is not None
    assert (kept_one["reason"], kept_one["was"]) == ("discarded", "unknown_owner")
    assert kept_one["discarded"]["reason"] == "proefnummer"
    told = cdr.database["outbox"].find({"name": "cdr.audit.recorded.v1"})
    assert sum(b"quarantine.discarded" in row["body"] and number.encode() in row["body"] for row in told) == 1
    with pytest.raises(Conflict):
        cdr.staff("replay", case=named("discarded", number), command_id=new_id())


def test_a_replay_that_staff_force_books_what_can_be_booked(cdr: Cdr, customer: Customer) -> None:
    # As if a fault of ours had kept a good event out: only a person has it tried again.
    good = json.dumps(in_may(customer, "good")).encode()
    cdr.database["quarantine"].insert_one(
        {
            "_id": new_id(),
            "carrier": "vasco",
            "reason": "fault",
            "sentence": "KeyError: x",
            "record": f"{customer.id[:8]}-good",
            "number": customer.number,
            "case": customer.id,
            "source": good,
            "received_at": datetime.now(UTC),
        }
    )
    where = named("fault", customer.id)
    trial = cdr.staff("quarantine_case", case=where)["trial"]
    assert (trial["books"], trial["amount"]) == (1, "0.051300")
    job = cdr.staff("replay", case=where, command_id=new_id())
    until(
        lambda: cdr.staff("replay_job", job_id=job["id"])["state"] not in ("queued", "running"),
        what="the job",
    )
    assert cdr.staff("replay_job", job_id=job["id"])["result"] == {"tried": 1, "booked": 1, "waiting": 0}
    assert customer.total(period="2024-05")[0] == 1
    with pytest.raises(NotFound):
        cdr.staff("replay", case=where, command_id=new_id())
