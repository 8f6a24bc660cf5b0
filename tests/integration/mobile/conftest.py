"""A running mobile with callers of each kind, and a queue that hears its events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from shared.acting import Acting
from shared.events import Envelope, MobileSubscriptionChanged, decode
from shared.ids import new_id
from shared.rpc_client import RpcClient
from tests.support.broker import Queues
from tests.support.processes import Process, until
from tests.support.standing import Stand

STAFF = Acting(kind="staff", scope="operator", correlation_id="from-the-test")


@dataclass
class Mobile:
    """``staff``, ``user``: call a method and return its answer, or raise what it raised."""

    process: Process
    queues: Queues
    events_queue: str
    cli: RpcClient
    gateway: RpcClient
    database: Any

    def staff(self, method: str, **fields: Any) -> Any:
        return self.cli.call("mobile", method, STAFF, **fields)

    def create(self, customer_id: str, number: str, active_from: str = "2026-01-01", **fields: Any) -> Any:
        """A new subscription."""
        wanted = {"product": "zakelijk_mobiel", "command_id": new_id(), **fields}
        return self.staff(
            "create_subscription", customer_id=customer_id, number=number, active_from=active_from, **wanted
        )

    def change_number(self, subscription_id: str, number: str, valid_from: str) -> Any:
        fields = {"subscription_id": subscription_id, "number": number, "valid_from": valid_from}
        return self.staff("change_number", command_id=new_id(), **fields)

    def end(self, subscription_id: str, ended_at: str) -> Any:
        fields = {"subscription_id": subscription_id, "ended_at": ended_at}
        return self.staff("end_subscription", command_id=new_id(), **fields)

    def user(self, of: str, method: str, *roles: str, **fields: Any) -> Any:
        """``of``: the ID of the user's customer."""
        acting = Acting(kind="user", scope="customer", customer_id=of, user_id=new_id(), roles=roles)
        return self.gateway.call("mobile", method, acting, **fields)

    def events(self, count: int) -> list[Envelope[MobileSubscriptionChanged]]:
        """The next events that the service published, exactly ``count``, and none behind them."""
        messages: list[Any] = [
            until(lambda: self.queues.take(self.events_queue), what="an event") for _ in range(count)
        ]
        until(lambda: self.database["outbox"].count_documents({"waiting": True}) == 0, what="an empty outbox")
        assert self.queues.depth(self.events_queue) == 0
        return [decode(message.body, MobileSubscriptionChanged) for message in messages]


@pytest.fixture
def mobile(stand: Stand) -> Iterator[Mobile]:
    """One process for all tests; its database is empty when a test begins."""
    standing = stand({"mobile": {}})
    queues = Queues(standing.uri)
    heard = queues.bind("mobile.events", "mobile.subscription.changed.v1")
    clients = standing.rpc("cli"), standing.rpc("gateway")
    yield Mobile(standing.process("mobile"), queues, heard, *clients, standing.database("mobile"))
    queues.close()
