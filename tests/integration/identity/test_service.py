"""The service as a process: calls by the bus, events on it, stops and kills (real RabbitMQ and MongoDB)."""

from __future__ import annotations

from typing import Any

import pytest

from shared.acting import Acting
from shared.errors import Conflict, Forbidden, Invalid
from shared.events import CustomerChanged, UserChanged, decode
from shared.ids import new_id
from tests.integration.identity.conftest import PASSWORD, Service, at_once
from tests.support.processes import until


def event(service: Service, queue: str) -> bytes:
    message: Any = until(lambda: service.queues.take(queue), what="an event")
    return bytes(message.body.encode() if isinstance(message.body, str) else message.body)


@pytest.mark.feature("ID-01")
@pytest.mark.feature("ID-12")
def test_staff_make_a_customer_and_a_user_who_then_logs_in(service: Service) -> None:
    user = service.new_user("anna", "invoices", products=("mobile", "voip"))
    answer = service.login("Anna")
    assert answer["ok"]
    assert answer["customer"]["number"] == 10_001
    account = service.as_user(answer, "account")
    assert account == {key: answer[key] for key in ("user", "customer", "scope")}
    assert service.login("anna", "iets anders") == {"ok": False, "attempts_left": 4, "wait_seconds": 0}

    service.command("block_user", user_id=user["id"], blocked=True)
    with pytest.raises(Forbidden):
        service.as_user(answer, "account")


@pytest.mark.feature("ID-04")
def test_what_happens_to_customers_and_users_is_heard_on_the_bus(service: Service) -> None:
    customers = service.queues.bind("identity.events", "identity.customer.changed.v1")
    users = service.queues.bind("identity.events", "identity.user.changed.v1")
    user = service.new_user("anna", "user_management", "mobile_access", "mobile_blocks")
    heard = (decode(event(service, customers), CustomerChanged) for _ in range(2))
    # 10000 is the operator itself, made at the start.
    made = next(envelope for envelope in heard if envelope.data.number != 10_000)
    assert (made.data.number, made.data.products) == (10_001, ("voip",))
    assert made.correlation_id == "from-the-test"

    service.command("change_roles", user_id=user["id"], roles=["user_management"])
    service.command("block_user", user_id=user["id"], blocked=True)
    told = [decode(event(service, users), UserChanged) for _ in range(3)]
    assert {envelope.customer_id for envelope in told} == {made.data.customer_id}
    assert [(e.data.epoch, e.data.roles, e.data.blocked) for e in told] == [
        (1, ("user_management", "mobile_access", "mobile_blocks"), False),
        (2, ("user_management",), False),
        (3, ("user_management",), True),
    ]


@pytest.mark.feature("ID-12")
@pytest.mark.parametrize("method", ["create_customer", "create_user", "customers", "republish"])
def test_a_portal_user_does_not_reach_what_is_for_staff(service: Service, method: str) -> None:
    for acting in (Acting(), Acting(kind="user", scope="operator", roles=("user_management",))):
        with pytest.raises(Forbidden):
            service.gateway.call("identity", method, acting)
    partner = Acting(kind="staff", scope="partner")
    asked: dict[str, Any] = {
        "create_customer": {"command_id": new_id(), "name": "Voorbeeld", "products": []},
        "create_user": {
            "command_id": new_id(),
            "customer_id": "0" * 32,
            "username": "anna",
            "password": PASSWORD,
            "roles": [],
        },
        "customers": {},
        "republish": {},
    }
    with pytest.raises(Forbidden):
        service.cli.call("identity", method, partner, **asked[method])


def test_errors_come_back_as_what_they_are(service: Service) -> None:
    service.new_user("anna")
    with pytest.raises(Conflict, match="De gebruikersnaam ANNA is al in gebruik"):
        service.new_user("ANNA")
    with pytest.raises(Invalid) as refused:
        service.command("create_customer", name=" ", products=["fax"], colour="red")
    assert set(refused.value.fields) == {"name", "products.0", "colour"}
    with pytest.raises(Invalid) as refused:
        service.login("anna", PASSWORD, "thuis")
    assert refused.value.fields == {"address": ["Dit is geen IP-adres."]}


@pytest.mark.feature("ID-11")
def test_a_wait_survives_a_kill_of_the_process(service: Service) -> None:
    service.new_user("anna")
    answers = at_once(20, lambda _: service.login("anna", "iets anders"))
    assert sorted(answer["attempts_left"] for answer in answers)[-4:] == [1, 2, 3, 4]
    assert sum(answer["wait_seconds"] > 0 for answer in answers) == 16
    service.process.kill()
    service.process.start()
    service.process.wait_ready()
    assert 0 < service.login("anna")["wait_seconds"] <= 60


def test_the_shortest_password_is_a_setting(own_service: Service) -> None:
    service = own_service
    service.process.terminate()
    service.process.environment["PASSWORD_MIN_LENGTH"] = "20"
    service.process.start()
    service.process.wait_ready()
    with pytest.raises(Invalid) as refused:
        service.new_user("anna")
    assert refused.value.fields == {"password": ["Gebruik ten minste 20 tekens."]}


def test_it_ends_in_order_and_starts_again_on_the_same_data(service: Service) -> None:
    service.new_user("anna")
    assert service.process.terminate() == 0
    service.process.start()
    service.process.wait_ready()
    assert service.login("anna")["ok"]
    assert [row["number"] for row in service.staff("customers")["rows"]] == [10_001]
