"""The queues that the bus makes, and the names of nameko's that our code and the broker's rights rely on."""

from __future__ import annotations

import pytest
from nameko import rpc as stock
from nameko.exceptions import RemoteError, deserialize

from shared.bus.burial import DELAYS
from shared.bus.rpc import _error_for_wire
from shared.errors import Conflict
from shared.rpc_client import EXCHANGE
from tests.contract.scene import QUEUE, RPC_QUEUE, Scene
from tests.contract.toy.service import Rang

LADDER = {f"{QUEUE}.retry.{name}": seconds for name, seconds in DELAYS}


@pytest.mark.parametrize("queue", [QUEUE, f"{QUEUE}.dead", RPC_QUEUE, f"{RPC_QUEUE}.dead"])
def test_queues_are_quorum_queues_and_leave_limits_to_the_policies(toy: Scene, queue: str) -> None:
    """A queue's arguments can never change; a policy can."""
    known = toy.queue(queue)
    assert (known["type"], known["durable"]) == ("quorum", True)
    assert known["arguments"] == {"x-queue-type": "quorum"}


@pytest.mark.parametrize(("queue", "seconds"), LADDER.items())
def test_a_delay_queue_sends_back_to_its_own_queue_and_nowhere_else(
    toy: Scene, queue: str, seconds: int
) -> None:
    known = toy.queue(queue)
    assert known["type"] == "quorum"
    assert known["arguments"] == {
        "x-queue-type": "quorum",
        "x-message-ttl": seconds * 1000,
        "x-dead-letter-exchange": "toy.queues",
        "x-dead-letter-routing-key": QUEUE,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def test_the_ladder_is_five_seconds_half_a_minute_two_and_ten_minutes() -> None:
    assert list(LADDER.values()) == [5, 30, 120, 600]


def test_what_is_bound_to_what(toy: Scene) -> None:
    path = f"/bindings/{toy.queues.uri.rpartition('/')[2]}"
    bindings = {(b["source"], b["routing_key"], b["destination"]) for b in toy.broker.request("GET", path)}
    own = {("toy.queues", queue, queue) for queue in (QUEUE, f"{QUEUE}.dead", f"{RPC_QUEUE}.dead", *LADDER)}
    assert own | {("toy.events", Rang.name, QUEUE), ("nameko-rpc", "toy.*", RPC_QUEUE)} <= bindings


def test_the_names_that_stock_nameko_gives() -> None:
    assert stock.get_rpc_exchange({}).name == EXCHANGE == "nameko-rpc"
    assert (stock.get_rpc_exchange({}).type, stock.get_rpc_exchange({}).durable) == ("topic", True)
    assert stock.RPC_QUEUE_TEMPLATE.format("toy") == RPC_QUEUE
    assert stock.RPC_REPLY_QUEUE_TEMPLATE.format("gateway", "x") == "rpc.reply-gateway-x"


def test_stock_nameko_understands_our_errors() -> None:
    error = deserialize(_error_for_wire(Conflict("Al in gebruik.", number="1")))
    assert isinstance(error, RemoteError)
    assert (error.exc_type, error.value) == ("Conflict", "Al in gebruik.")
