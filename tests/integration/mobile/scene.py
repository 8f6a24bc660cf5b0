"""mobile and its worker as the house runs them, with the carrier's desk and cdr played by the test."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from cli import processes
from cli.carrier_simulator import Manner, simulate
from cli.house import House
from cli.testbed import Testbed
from shared.acting import Acting, Signer
from shared.events import BundleUse, CustomerChanged, SubscriptionUse, UsageRated, encode, wrap
from shared.ids import new_id
from shared.publisher import Message, Publisher
from shared.rpc_client import RpcClient
from tests.support.processes import Process, python, until

ROLES = ("mobile_access", "mobile_limits", "mobile_blocks", "mobile_sim_block")
ANSWER_SECONDS = "3"
USER = new_id()


@dataclass
class Scene:
    """``user`` and ``staff`` call a method and return its answer, or raise what it raised."""

    house: House
    database: Any
    mobile: Process
    _clients: dict[str, RpcClient] = field(default_factory=dict)

    def staff(self, method: str, **fields: Any) -> Any:
        return self._client("cli").call("mobile", method, Acting(kind="staff", scope="operator"), **fields)

    def user(self, of: str, method: str, *, roles: Sequence[str] = ROLES, **fields: Any) -> Any:
        """``of``: the ID of the user's customer."""
        acting = Acting(
            kind="user",
            scope="customer",
            customer_id=of,
            user_id=USER,
            username="bram",
            roles=tuple(roles),
        )
        return self._client("gateway").call("mobile", method, acting, **fields)

    def bound_staff(self, customer_id: str) -> Callable[..., Any]:
        """Calls as staff who may work on this customer only."""
        acting = Acting(kind="staff", scope="customer", customer_id=customer_id, username="pim")
        return partial(self._bound, acting)

    def _bound(self, acting: Acting, method: str, **fields: Any) -> Any:
        return self._client("gateway").call("mobile", method, acting, **fields)

    def customer_changed(self, customer_id: str, parent_id: str) -> None:
        """Tell what identity would of a new customer."""
        event = CustomerChanged(
            customer_id=customer_id,
            revision=1,
            number=10_001,
            customer_name="Bakkerij Voorbeeld B.V.",
            parent_id=parent_id,
            products=("mobile",),
        )
        self._publish("identity", CustomerChanged.name, encode(wrap(event, customer_id)))

    def subscribe(self, customer_id: str, number: str, card: str = "", **fields: Any) -> str:
        """The ID of a new subscription since 2026-01-01."""
        wanted = {"product": "zakelijk_mobiel", "active_from": "2026-01-01", "sim_number": card, **fields}
        made = self.staff(
            "create_subscription", customer_id=customer_id, number=number, command_id=new_id(), **wanted
        )
        return str(made["id"])

    def usage_rated(self, sequence: int, *lines: SubscriptionUse | BundleUse) -> None:
        """Tell what cdr would."""
        event = UsageRated(
            sequence=sequence,
            subscriptions=tuple(line for line in lines if isinstance(line, SubscriptionUse)),
            bundles=tuple(line for line in lines if isinstance(line, BundleUse)),
        )
        self._publish("cdr", UsageRated.name, encode(wrap(event, None)))

    def _publish(self, service: str, name: str, body: bytes) -> None:
        publisher = Publisher(self.house.amqp_uri(service))
        publisher.publish([Message(f"{service}.events", name, body)])
        publisher.close()

    def answer(self, carrier: str, **answer: Any) -> None:
        """Say something as a carrier."""
        publisher = Publisher(self.house.ingest_uri(carrier))
        publisher.publish([Message(f"answers.{carrier}", "answer.v1", json.dumps(answer).encode())])
        publisher.close()

    def told(self, name: str, customer_id: str) -> list[dict[str, Any]]:
        """The data of all events of that name about the customer, in order if one process told them."""
        rows = self.database["outbox"].find({"name": name}).sort("_id", 1)
        events = [json.loads(bytes(row["body"])) for row in rows]
        return [event["data"] for event in events if event["customer_id"] == customer_id]

    def mails(self, customer_id: str) -> list[tuple[str, dict[str, Any]]]:
        """Letter and parameters of each mail that was asked for."""
        found = self.told("mobile.notification.requested.v1", customer_id)
        return [(each["template"], each["parameters"]) for each in found]

    def sim_state(self, customer_id: str, subscription_id: str, *wanted: str) -> dict[str, Any]:
        """What is said of the SIM card, as soon as its state is one of these."""

        def sim() -> Any:
            found = self.user(customer_id, "blocks", subscription_id=subscription_id)["sim"]
            return found if found["state"] in wanted else None

        found = until(sim, what=f"a SIM card that is {' or '.join(wanted)}")
        assert isinstance(found, dict)
        return found

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def _client(self, issuer: str) -> RpcClient:
        if issuer not in self._clients:
            signer = Signer.from_base64(issuer, self.house.keys.signing_key(issuer))
            self._clients[issuer] = RpcClient(self.house.amqp_uri(issuer), signer)
        return self._clients[issuer]


@contextmanager
def running(mongo_admin: Any, logs: Path) -> Iterator[Scene]:
    """A house with real accounts and rights, in which mobile, its worker and the carriers' simulator run."""
    testbed = Testbed.from_environment()
    assert testbed is not None, "run the tests with ./tikker test"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    stopping = threading.Event()
    with testbed.house(f"mobile-{worker}") as house, ExitStack() as stack:
        stack.callback(stopping.set)
        started = {name: _start(name, house, logs) for name in ("mobile", "mobile-worker")}
        for process in started.values():
            stack.callback(process.kill)
        for process in started.values():
            process.wait_ready()
        simulate({"mobi": house.ingest_uri("mobi")}, Manner(), stopping)
        scene = Scene(house, mongo_admin[f"mobile{house.database_suffix}"], started["mobile"])
        stack.callback(scene.close)
        yield scene


def _start(name: str, house: House, logs: Path) -> Process:
    found = next(process for process in processes.PROCESSES if process.name == name)
    settings = {**processes.environment(found, house), "SIM_ANSWER_SECONDS": ANSWER_SECONDS}
    return Process(python(*found.arguments), settings, logs / f"{name}.log")
