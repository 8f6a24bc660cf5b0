"""Publishing is loud and over in time: confirmed, mandatory, and never a hang.

With stock nameko an event that nothing is bound to vanishes without a word, a queue that is full drops
silently, and a broker that is stalled or in alarm holds the publisher for as long as that lasts.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.errors import DependencyDown
from shared.publisher import PUBLISH_SECONDS, Message, Publisher, PublishTimeout, Unroutable
from tests.contract.connections import close_by_force
from tests.contract.tcp_proxy import TcpProxy
from tests.support.broker import Broker, Queues
from tests.support.processes import ROOT, python, until


@pytest.fixture
def line(vhost: str) -> Iterator[TcpProxy]:
    proxy = TcpProxy(vhost, 5672)
    yield proxy
    proxy.refuse()


@pytest.fixture
def publisher(line: TcpProxy) -> Iterator[Publisher]:
    """A publisher with half a second for everything."""
    made = Publisher(line.uri, seconds=0.5)
    yield made
    made.close()


@pytest.fixture
def bound(queues: Queues) -> str:
    """A queue that gets what is published on ``amq.topic`` with the key ``k``."""
    return queues.bind("amq.topic", "k")


def message(number: int = 0) -> Message:
    return Message("amq.topic", "k", str(number).encode())


def test_what_is_published_has_arrived(publisher: Publisher, queues: Queues, bound: str) -> None:
    publisher.publish(message(i) for i in range(200))
    assert queues.depth(bound) == 200
    taken = queues.take(bound)
    assert taken.properties["delivery_mode"] == 2
    assert taken.properties["content_type"] == "application/json"


def test_what_nothing_is_bound_for_is_loud_and_the_rest_arrives(
    publisher: Publisher, queues: Queues, bound: str
) -> None:
    lost = Message("amq.topic", "nowhere", b"lost", headers={"h": 1})
    with pytest.raises(Unroutable, match="nothing is bound for 'amq.topic' 'nowhere'") as caught:
        publisher.publish([message(1), lost, message(2)])
    assert [(m.routing_key, m.body, m.headers) for m in caught.value.messages] == [
        ("nowhere", b"lost", {"h": 1})
    ]
    assert queues.depth(bound) == 2
    publisher.publish([message(3)])
    assert queues.depth(bound) == 3


def test_a_full_queue_is_loud(publisher: Publisher, queues: Queues) -> None:
    full = {"x-max-length": 1, "x-overflow": "reject-publish"}
    queues.channel.queue_declare("full", durable=True, auto_delete=False, arguments=full)
    queues.channel.queue_bind("full", "amq.topic", "full")
    with pytest.raises(DependencyDown, match="refused 2 messages"):
        publisher.publish([Message("amq.topic", "full", b"x")] * 3)


def test_an_exchange_that_does_not_exist_is_loud_and_does_not_spoil_the_publisher(
    publisher: Publisher, queues: Queues, bound: str
) -> None:
    with pytest.raises(DependencyDown, match="no exchange 'nowhere'"):
        publisher.publish([Message("nowhere", "k", b"x")])
    publisher.publish([message()])
    assert queues.depth(bound) == 1


def test_a_message_that_cannot_be_written_does_not_spoil_the_publisher(
    publisher: Publisher, queues: Queues, bound: str
) -> None:
    with pytest.raises((TypeError, AttributeError)):
        publisher.publish([message(1), Message("amq.topic", 5, b"x")])  # type: ignore[arg-type]
    publisher.publish([message(2)])
    assert queues.take(bound) is not None


def test_a_broker_that_stalls_costs_three_seconds_and_no_more() -> None:
    assert PUBLISH_SECONDS == 3.0


def test_a_stalled_broker_ends_a_publish_in_time_and_is_used_again_afterwards(
    publisher: Publisher, line: TcpProxy, queues: Queues, bound: str
) -> None:
    publisher.publish([message()])
    line.stall()
    for _ in ("the connection it has", "a new one"):
        with took(0.4, 3.0), pytest.raises(PublishTimeout):
            publisher.publish([message()])
    line.resume()
    publisher.publish([message()])
    assert queues.depth(bound) >= 2


def test_many_who_wait_for_a_stalled_broker_do_not_wait_for_each_other(
    publisher: Publisher, line: TcpProxy
) -> None:
    line.stall()

    def attempt(send: bool) -> str:
        try:
            publisher.send(message()) if send else publisher.publish([message()])
        except DependencyDown as problem:
            return type(problem).__name__
        return "sent"

    with took(0.4, 2.5), ThreadPoolExecutor(8) as pool:
        assert list(pool.map(attempt, [True, False] * 4)) == ["PublishTimeout"] * 8


def test_a_stalled_broker_ends_the_writing_of_more_than_the_line_holds(
    publisher: Publisher, line: TcpProxy
) -> None:
    publisher.send(message())
    line.stall()
    with took(0.4, 3.0), pytest.raises(DependencyDown):
        publisher.publish([Message("amq.topic", "nowhere", b"x" * 1_000_000)] * 30)


def test_under_eventlet_a_stalled_broker_ends_a_publish_too_and_holds_up_nobody_else(line: TcpProxy) -> None:
    command = python("-m", "tests.contract.under_eventlet", "tests.contract.stalled_publisher", line.uri)
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin and process.stdout
        try:
            assert process.stdout.readline() == "ready\n"
            line.stall()
            print("go", file=process.stdin, flush=True)
            found = json.loads(process.communicate(timeout=30)[0])
        finally:
            process.kill()
    assert found["error"] in ("PublishTimeout", "DependencyDown")
    assert 0.8 < found["seconds"] < 3.0
    assert found["still"] < 0.8


def test_a_broker_that_is_gone_is_loud_at_once_and_used_again_when_it_is_back(
    publisher: Publisher, line: TcpProxy, queues: Queues, bound: str
) -> None:
    publisher.publish([message()])
    line.refuse()
    with took(0.0, 3.0), pytest.raises(DependencyDown):
        publisher.publish([message()])
    line.accept()
    publisher.publish([message()])
    assert queues.depth(bound) == 2


def test_a_connection_that_was_lost_while_idle_costs_no_message(
    publisher: Publisher, line: TcpProxy, queues: Queues, bound: str
) -> None:
    publisher.publish([message(1)])
    line.cut()
    publisher.publish([message(2)])
    line.cut()
    publisher.send(message(3))
    until(lambda: queues.depth(bound) == 3, what="three messages")


def test_a_connection_that_an_operator_closes_costs_no_message(
    publisher: Publisher, broker: Broker, queues: Queues, bound: str
) -> None:
    publisher.publish([message(1)])
    close_by_force(broker, queues, least=1)
    tries = 1
    try:
        publisher.publish([message(2)])
    except DependencyDown:  # the news came in the middle: it may have arrived, and the caller tries again
        tries = 2
        publisher.publish([message(2)])
    assert 2 <= queues.depth(bound) <= 1 + tries


def test_threads_that_share_a_publisher_lose_nothing(vhost: str, queues: Queues, bound: str) -> None:
    publisher = Publisher(vhost)

    def publish(thread: int) -> None:
        for i in range(20):
            publisher.send(message(i)) if (thread + i) % 2 else publisher.publish([message(i)])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(publish, range(8)))
    until(lambda: queues.depth(bound) == 160, what="all messages")
    publisher.close()


@contextlib.contextmanager
def took(least: float, most: float) -> Iterator[None]:
    """The block ends after ``least`` to ``most`` seconds."""
    started = time.monotonic()
    yield
    assert least <= time.monotonic() - started <= most
