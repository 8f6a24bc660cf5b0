"""The consuming half of the ingester, on a broker and a booker of wood: when it acks, waits and lives."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest

from services.cdr.domain.refusal import Reason, Refused
from services.cdr.ingester import consumer
from services.cdr.ingester.consumer import BATCH_EVENTS, BATCH_REFUSED_BYTES, Collected, Ingester
from shared.errors import DependencyDown
from tests.support.processes import until
from tests.unit.cdr.books import ANNAS, MOBILE, Facts, reference

pytestmark = pytest.mark.feature("CDR-02")

EVENT = {"kind": "voice", "charged": ANNAS, "from": ANNAS, "to": MOBILE, "start": "2026-11-20T12:00:00Z"}


class Connection:
    """What the broker has to deliver, and what the consumer did with it."""

    def __init__(self) -> None:
        self.deliveries: queue.Queue[Any] = queue.Queue()
        self.acked: list[int] = []
        self.ticks = 0
        self.closed = threading.Event()
        self.tags = 0

    def channel(self) -> Connection:
        return self

    @property
    def connection(self) -> Connection:
        return self

    def basic_qos(self, *_: object) -> None:
        """Of no interest."""

    def basic_consume(self, _queue: str, callback: Any) -> str:
        self.callback = callback
        return "consumer"

    def basic_cancel(self, _consumer: str) -> None:
        """Of no interest."""

    def basic_ack(self, tag: int, multiple: bool) -> None:
        assert multiple
        self.acked.append(tag)

    def drain_events(self, timeout: float) -> None:
        try:
            delivery = self.deliveries.get(timeout=timeout)
        except queue.Empty:
            raise TimeoutError from None
        if isinstance(delivery, Exception):
            raise delivery
        self.callback(delivery)

    def heartbeat_tick(self) -> None:
        self.ticks += 1

    def collect(self) -> None:
        self.closed.set()

    def deliver(self, *events: dict[str, Any]) -> None:
        self.tags += 1
        body = json.dumps({"events": [{**EVENT, "duration": 60, **event} for event in events]}).encode()
        info = {"exchange": "carrier.vasco"}
        message = SimpleNamespace(
            body=body, properties={}, delivery_tag=self.tags, delivery_info=info, channel=self
        )
        self.deliveries.put(message)


class Booker:
    """Books when the test says so."""

    width = 2

    def __init__(self) -> None:
        self.batches: list[tuple[Any, Future[None]]] = []
        self.database = threading.Event()
        self.database.set()
        self.stopped = False

    def begin(self, batch: Any) -> Future[None]:
        self.batches.append((batch, Future()))
        return self.batches[-1][1]

    def refresh(self) -> Future[None]:
        future: Future[None] = Future()
        if self.database.is_set():
            future.set_result(None)
        else:
            threading.Thread(target=self._answer_later, args=(future,)).start()
        return future

    def _answer_later(self, future: Future[None]) -> None:
        self.database.wait(10)
        future.set_result(None)

    def stop(self) -> None:
        self.stopped = True
        for _, future in self.batches:
            if not future.done():
                future.set_exception(DependencyDown("stopped while the database was away"))


class Scene:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.connections: list[Connection] = []
        self.booker = Booker()
        monkeypatch.setattr(consumer, "open_connection", self.open)
        monkeypatch.setattr(consumer, "GLANCE_SECONDS", 0.01)
        monkeypatch.setattr(consumer, "BATCH_SECONDS", 0.01)
        self.ingester = Ingester("amqp://", self.booker, reference(Facts()))  # type: ignore[arg-type]
        self.thread = threading.Thread(target=self.ingester.run)

    def open(self, *_: object, **__: object) -> Connection:
        self.connections.append(Connection())
        return self.connections[-1]

    def start(self) -> Connection:
        self.thread.start()
        until(lambda: self.ingester.connected, what="consuming")
        return self.connections[-1]

    def batch(self, number: int) -> tuple[list[str | None], Future[None]]:
        """The records of a batch (counted from 0), and the future that books it."""
        until(lambda: len(self.booker.batches) > number, what=f"batch {number}")
        items, future = self.booker.batches[number]
        return [item.record if isinstance(item, Refused) else item.source.record for item in items], future

    def stop(self) -> None:
        self.ingester.stop()
        self.booker.database.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    made = Scene(monkeypatch)
    yield made
    if made.thread.is_alive():
        made.stop()


def test_nothing_is_acked_before_it_is_booked(scene: Scene) -> None:
    connection = scene.start()
    connection.deliver({"record": "a"}, {"record": "b"})
    records, booked = scene.batch(0)
    assert (records, connection.acked) == (["a", "b"], [])
    booked.set_result(None)
    until(lambda: connection.acked == [1], what="the ack")


def test_a_batch_that_is_booked_out_of_turn_is_acked_in_turn(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "BATCH_SECONDS", 60)  # batches end when they are full
    connection = scene.start()
    for name in ("first", "second"):
        connection.deliver(*({"record": f"{name}-{n}"} for n in range(BATCH_EVENTS // 2)))
        connection.deliver(*({"record": f"{name}-more-{n}"} for n in range(BATCH_EVENTS // 2)))
    (_, first), (_, second) = scene.batch(0), scene.batch(1)
    second.set_result(None)
    until(lambda: connection.ticks > 3, what="some turns")
    assert connection.acked == []
    first.set_result(None)
    until(lambda: connection.acked == [2, 4], what="both acks, in order")


def test_while_the_database_is_away_the_process_lives_and_its_connection_too(scene: Scene) -> None:
    connection = scene.start()
    scene.booker.database.clear()
    connection.deliver({"record": "a"})
    before, ticks = scene.ingester.last_turn, connection.ticks
    until(lambda: connection.ticks > ticks + 3, what="heartbeats")
    assert scene.ingester.last_turn > before
    assert scene.booker.batches == []
    scene.booker.database.set()
    assert scene.batch(0)[0] == ["a"]


def test_a_lost_connection_is_opened_again_once_what_is_in_hand_is_booked(scene: Scene) -> None:
    first = scene.start()
    first.deliver({"record": "a"})
    _, booked = scene.batch(0)
    first.deliver({"record": "collected"})
    first.deliveries.put(ConnectionResetError("gone"))
    until(first.closed.is_set, what="the end of the first connection")
    before = scene.ingester.last_turn
    until(lambda: scene.ingester.last_turn > before, what="life while it waits")
    assert len(scene.connections) == 1
    booked.set_result(None)
    until(lambda: len(scene.connections) == 2 and scene.ingester.connected, what="a new connection")
    second = scene.connections[1]
    second.deliver({"record": "a"})
    records, booked = scene.batch(1)
    assert records == ["a"], "what was collected went with its connection; the broker delivers it again"
    booked.set_result(None)
    until(lambda: second.acked == [1], what="the ack on the new connection")
    assert first.acked == []


def test_stopping_books_and_acks_what_is_in_hand(scene: Scene) -> None:
    connection = scene.start()
    connection.deliver({"record": "a"})
    _, booked = scene.batch(0)
    scene.booker.stop = lambda: None  # type: ignore[method-assign] # the database is there
    scene.ingester.stop()
    booked.set_result(None)
    scene.thread.join(10)
    assert connection.acked == [1] and not scene.thread.is_alive()


def test_stopping_while_the_database_is_away_acks_nothing(scene: Scene) -> None:
    connection = scene.start()
    connection.deliver({"record": "a"})
    scene.batch(0)
    scene.stop()
    assert connection.acked == []


@pytest.mark.parametrize(
    ("messages", "events", "kept", "full"),
    [
        (1, BATCH_EVENTS - 1, 0, False),
        (2, BATCH_EVENTS // 2, 0, True),
        (BATCH_EVENTS, 1, 0, True),
        (1, 0, BATCH_REFUSED_BYTES - 1, False),
        (2, 0, BATCH_REFUSED_BYTES // 2, True),
    ],
)
def test_a_batch_is_full_by_events_messages_or_bytes_to_keep(
    messages: int, events: int, kept: int, full: bool
) -> None:
    collected = Collected(0.0)
    refused = [Refused("vasco", Reason.SCHEMA, "odd", bytes(kept))] if kept else []
    for tag in range(messages):
        collected.add(tag, [*refused, *([None] * events)])  # type: ignore[list-item]
    assert collected.full is full
    assert (collected.tag, collected.messages) == (messages - 1, messages)
