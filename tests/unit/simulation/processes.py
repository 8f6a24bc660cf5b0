"""What runs in a simulated world as it runs in a real one: the relay, consumers, whoever asks again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from amqp.exceptions import AMQPError

from shared.bus.consumer import SafeQueueConsumer
from shared.bus.listen import Listener
from shared.errors import DependencyDown
from shared.events import Event, exchange_of
from shared.mongo import is_down
from shared.outbox import Relay
from tests.support.memory_mongo import Database
from tests.unit.simulation.broker import Broker, Channel
from tests.unit.simulation.world import Process, World

LONGEST_PAUSE = 90.0
PREFETCH = 3

Handler = Callable[[Any], Any]


def real(stand_in: Any) -> Any:
    """What our code takes for the real thing: a database, an event, a publisher of the world."""
    return stand_in


def turning(process: Process, turn: Callable[[], Any]) -> None:
    """``turn`` again and again, at longer and longer intervals while it does nothing; as our processes do,
    what goes wrong in a turn is left to the next one."""
    pause = 0.05
    while True:
        try:
            pause = 0.05 if turn() else min(pause * 3, LONGEST_PAUSE)
        except Exception as problem:
            if not (is_down(problem) or isinstance(problem, DependencyDown | AMQPError)):
                raise
            pause = 2.0
        process.world.sleep(pause)


def until_there(world: World, work: Callable[[], Any]) -> Any:
    """What ``work`` answers, once the database is there."""
    while True:
        try:
            return work()
        except Exception as problem:
            if not is_down(problem):
                raise
            world.sleep(1.0)


def relaying(db: Database, broker: Broker) -> Callable[[Process], None]:
    """The outbox relay of one process of a service, as in :mod:`shared.bus.relay`."""

    def main(process: Process) -> None:
        relay = Relay(real(db), real(broker.publisher(process)))
        turning(process, relay.run_once)

    return main


class Container:
    """What nameko's does for our consumer and listeners: hands over messages, and runs methods."""

    def __init__(self, service: str, process: Process, broker: Broker) -> None:
        self.service_name = service
        self.process = process
        self.publishing = SimpleNamespace(publisher=broker.publisher(process))
        self.consumer = SafeQueueConsumer()
        self.consumer.container = self
        self.consumer.publishing = self.publishing

    def listener(self, method: str, event: type[Event], handler: Handler) -> Listener:
        made = Listener(event)
        made.container, made.queue_consumer, made.publishing = self, self.consumer, self.publishing
        made.method_name, made.handler = method, handler
        made.queue = SimpleNamespace(name=f"{self.service_name}.{method}")
        return made

    def spawn_managed_thread(self, work: Callable[[], Any], identifier: str = "") -> None:
        self.process.world.start(self.process, work)

    def spawn_worker(
        self, entrypoint: Any, args: Any, kwargs: Any, context_data: Any, handle_result: Any
    ) -> None:
        def work() -> None:
            try:
                result, problem = entrypoint.handler(*args, **kwargs), None
            except Exception:
                result, problem = None, sys.exc_info()
            handle_result(None, result, problem)

        self.process.world.start(self.process, work)


def consuming(
    service: str, broker: Broker, handlers: Mapping[str, tuple[type[Event], Handler]]
) -> Callable[[Process], None]:
    """A process of a service that listens: our real consumer and listeners, by method."""

    def main(process: Process) -> None:
        container = Container(service, process, broker)
        listeners = {f"{service}.{m}": container.listener(m, *of) for m, of in handlers.items()}
        channel = Channel(broker, process)

        def turn() -> bool:
            nonlocal channel
            if channel.connection is None:
                container.consumer.in_hand.clear()
                channel = Channel(broker, process)
            if len(container.consumer.in_hand) >= PREFETCH:
                return False
            message = channel.take(*listeners)
            if message is not None:
                container.consumer._on_message(listeners[message.queue], message)
            return message is not None

        turning(process, turn)

    return main


def declare(
    broker: Broker, service: str, handlers: Mapping[str, tuple[type[Event], Handler]], producer: str
) -> None:
    """The queues of what a service listens to, of one producer."""
    for method, (event, _) in handlers.items():
        binding = (exchange_of(producer), event.name.replace("*", producer))
        broker.declare_own(service, f"{service}.{method}", binding)


def insisting(
    world: World, asks: Mapping[str, Callable[[], Any]], answers: dict[str, list[Any]], within: float = 3.0
) -> None:
    """Callers that begin within so many seconds and ask until they are answered, sometimes once more, as a
    redelivered call does."""

    def asker(name: str, ask: Callable[[], Any]) -> Callable[[Process], None]:
        def main(process: Process) -> None:
            world.sleep(world.dice.uniform(0, within))
            again = world.dice.random() < 0.3
            while len(answers.setdefault(name, [])) < 1 + again:
                try:
                    answers[name].append(ask())
                except Exception as problem:
                    if not is_down(problem):
                        answers[name].append(problem)
                world.sleep(world.dice.uniform(0, 3))

        return main

    for name, ask in asks.items():
        world.process(name, asker(name, ask))
