"""The audit log over the bus: what a process takes in, who may ask, and what the command line proves."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.acting import Acting
from shared.audit import entry
from shared.events import AUDITS, encode
from shared.events.audit import Subject
from shared.ids import new_id
from shared.publisher import Message, Publisher
from tests.integration.identity.conftest import Service, tikker, tikker_process
from tests.support.processes import Process, until

pytestmark = pytest.mark.feature("ID-10")

CUSTOMER = "c" * 32
START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
EVENTS = 100


def told(number: int, customer: str | None = CUSTOMER) -> Message:
    """An event of one of the producers, in turn."""
    producer = AUDITS[number % len(AUDITS)].producer()
    subject = Subject(kind="number", id=f"{number}", name=f"nummer{number}")
    at = START + timedelta(seconds=number)
    envelope = entry(
        producer, Acting(kind="staff", scope="operator"), customer, "number.assigned", subject, at=at
    )
    return Message(f"{producer}.events", envelope.name, encode(envelope))


def listed(service: Service, **asked: Any) -> list[str]:
    rows = service.staff("audit", customer_id=CUSTOMER, limit=500, **asked)["rows"]
    return [row["subject"]["name"] for row in rows]


def database(service: Service, mongo_admin: Any) -> Any:
    name = service.environment["MONGO_URI"].rpartition("/")[2].partition("?")[0]
    return mongo_admin[f"{name}_audit"]


def test_two_processes_make_one_unbroken_chain_of_what_comes_twice(
    service: Service, service_process: Callable[..., Process]
) -> None:
    other = service_process("identity", service.environment).wait_ready()
    publisher = Publisher(service.environment["AMQP_URI"])
    events = [told(number) for number in range(EVENTS)]
    publisher.publish(events)
    publisher.publish(events[::-1])
    publisher.close()
    until(lambda: len(listed(service)) == EVENTS, 60)
    until(lambda: service.queues.depth("identity.on_audit_recorded") == 0, 60)
    assert other.terminate() == 0
    assert listed(service) == [f"nummer{number}" for number in reversed(range(EVENTS))]
    answer = service.staff("audit_verify", customer_id=CUSTOMER)
    assert (answer["entries"], answer["first_broken"]) == (EVENTS, None)


def test_what_happens_in_identity_is_in_the_log_of_its_customer(service: Service) -> None:
    boss = service.new_user("baas", "user_management")
    account = service.login("baas")
    service.as_user(account, "change_username", username="de.baas", command_id=new_id())
    fields = {"limit": 10}
    until(lambda: len(service.as_user(account, "audit", **fields)["rows"]) >= 4, 20)
    rows = service.as_user(account, "audit", **fields)["rows"]
    by_action = {row["action"]: row for row in rows}
    assert {"user.added", "user.logged_in", "user.username_changed"} <= by_action.keys()
    renamed = by_action["user.username_changed"]
    assert (renamed["before"], renamed["after"]) == ({"username": "baas"}, {"username": "de.baas"})
    assert renamed["subject"]["id"] == boss["id"]
    assert by_action["user.logged_in"]["actor"]["address"] == "192.0.2.7"
    assert "•••" in str(by_action["user.added"]["after"]["password"])


def test_the_command_line_names_the_first_broken_entry(
    service: Service, mongo_admin: Any, tmp_path: Path
) -> None:
    publisher = Publisher(service.environment["AMQP_URI"])
    publisher.publish([told(number) for number in range(5)])
    publisher.close()
    until(lambda: len(listed(service)) == 5, 30)
    whole = tikker_process(service, "audit", "verify")
    assert whole.returncode == 0, whole.stderr
    assert f"{CUSTOMER}        5 entries  whole" in whole.stdout

    heads = tikker(service, "audit", "heads")
    kept = tmp_path / "heads.jsonl"
    kept.write_text(heads.stdout)
    assert CUSTOMER in [json.loads(line)["customer_id"] for line in heads.stdout.splitlines()]
    assert tikker(service, "audit", "verify", "--heads", str(kept)).returncode == 0

    entries = database(service, mongo_admin)["audit"]
    entries.update_one({"chain": CUSTOMER, "seq": 3}, {"$set": {"actor.username": "een.ander"}})
    broken = tikker_process(service, "audit", "verify")
    assert broken.returncode == 1
    assert f"{CUSTOMER}        5 entries  broken at entry 3" in broken.stdout

    entries.delete_many({"chain": CUSTOMER})
    database(service, mongo_admin)["heads"].delete_one({"_id": CUSTOMER})
    gone = tikker(service, "audit", "verify", "--heads", str(kept))
    assert gone.returncode == 1
    assert f"{CUSTOMER}        0 entries  broken at entry 5" in gone.stdout
