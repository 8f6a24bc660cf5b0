"""A running pbx with callers of each kind, and a queue that hears its events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from shared.acting import Acting
from shared.events import Envelope, PbxNumberChanged, decode
from shared.ids import new_id
from shared.rpc_client import RpcClient
from tests.support.broker import Queues
from tests.support.processes import Process, until
from tests.support.standing import Stand

STAFF = Acting(kind="staff", scope="operator", correlation_id="from-the-test")


@dataclass
class Pbx:
    """``staff``, ``user``: call a method and return its answer, or raise what it raised."""

    process: Process
    queues: Queues
    events_queue: str
    cli: RpcClient
    gateway: RpcClient
    database: Any

    def staff(self, method: str, **fields: Any) -> Any:
        return self.cli.call("pbx", method, STAFF, **fields)

    def command(self, method: str, **fields: Any) -> Any:
        """As staff, under a new command ID."""
        return self.staff(method, command_id=new_id(), **fields)

    def assign(self, customer_id: str, *numbers: str, valid_from: str = "2026-01-01", **fields: Any) -> Any:
        """The new assignments."""
        wanted = {"customer_id": customer_id, "numbers": numbers, "valid_from": valid_from, **fields}
        return self.command("assign_numbers", **wanted)["assignments"]

    def end(self, assignment_id: str, valid_to: str) -> Any:
        return self.command("end_assignment", assignment_id=assignment_id, valid_to=valid_to)

    def user(self, customer_id: str, method: str, **fields: Any) -> Any:
        acting = Acting(kind="user", scope="customer", customer_id=customer_id, user_id=new_id())
        return self.gateway.call("pbx", method, acting, **fields)

    def events(self, count: int) -> list[Envelope[PbxNumberChanged]]:
        """The next events that the service published, exactly ``count``, and none behind them."""
        messages: list[Any] = [
            until(lambda: self.queues.take(self.events_queue), what="an event") for _ in range(count)
        ]
        until(lambda: self.database["outbox"].count_documents({"waiting": True}) == 0, what="an empty outbox")
        assert self.queues.depth(self.events_queue) == 0
        return [decode(message.body, PbxNumberChanged) for message in messages]


@pytest.fixture
def pbx(stand: Stand) -> Iterator[Pbx]:
    """One process for all tests; its database is empty when a test begins."""
    standing = stand({"pbx": {}})
    queues = Queues(standing.uri)
    heard = queues.bind("pbx.events", "pbx.number.changed.v1")
    clients = standing.rpc("cli"), standing.rpc("gateway")
    yield Pbx(standing.process("pbx"), queues, heard, *clients, standing.database("pbx"))
    queues.close()
