"""A broker of wood: at least once, in no order, and a publisher whose confirms get lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from amqp.exceptions import ConnectionForced

from shared.bus.burial import DELAYS
from shared.errors import DependencyDown
from shared.publisher import Message, PublishTimeout, Unroutable
from tests.unit.simulation.world import Process, World

DOUBLED, OUT_OF_ORDER = 0.05, 0.3
_SECONDS = dict(DELAYS)


@dataclass
class Queue:
    name: str
    waiting: list[Message] = field(default_factory=list)
    in_hand: int = 0


class Channel:
    """A consumer's line. What it has in hand goes back when it breaks."""

    def __init__(self, broker: Broker, process: Process) -> None:
        self.broker = broker
        self.connection: Channel | None = self
        self.hands: dict[int, tuple[Queue, Message]] = {}
        self.tags = 0
        self._consumes: tuple[str, Callable[[Delivered], None]] | None = None
        process.at_death.append(self.collect)
        broker.channels.append((process, self))

    def take(self, *queues: str) -> Delivered | None:
        """A message of one of the queues, mostly its oldest; None when none waits."""
        self.broker.world.step("take")
        self._require()
        dice = self.broker.world.dice
        filled = [queue for name in queues if (queue := self.broker.queues[name]).waiting]
        if not filled:
            return None
        source = dice.choice(filled)
        late = dice.randrange(len(source.waiting)) if dice.random() < OUT_OF_ORDER else 0
        message = source.waiting[late] if dice.random() < DOUBLED else source.waiting.pop(late)
        source.in_hand += 1
        self.tags += 1
        self.hands[self.tags] = source, message
        return Delivered(self, self.tags, source.name, message)

    # As py-amqp's connection and channel, for who consumes without kombu

    def channel(self) -> Channel:
        return self

    def basic_qos(self, *_: object) -> None:
        """It takes one at a time."""

    def basic_consume(self, queue: str, callback: Callable[[Delivered], None]) -> str:
        self._consumes = queue, callback
        return queue

    def basic_cancel(self, _consumer: str) -> None:
        self._consumes = None

    def heartbeat_tick(self) -> None:
        self._require()

    def drain_events(self, timeout: float) -> None:
        queue, callback = self._consumes or ("", None)
        if callback is not None and (message := self.take(queue)) is not None:
            return callback(message)
        self.broker.world.sleep(timeout)
        raise TimeoutError

    def basic_ack(self, tag: int, multiple: bool = False) -> None:
        self.broker.world.step("ack")
        self._require()
        for each in [t for t in self.hands if t == tag or (multiple and t <= tag)]:
            self.hands.pop(each)[0].in_hand -= 1

    def give_back(self, tag: int) -> None:
        self.broker.world.step("requeue")
        self._require()
        self._back(tag)

    def collect(self) -> None:
        """The line is gone."""
        self.connection = None
        for tag in list(self.hands):
            self._back(tag)

    def _back(self, tag: int) -> None:
        queue, message = self.hands.pop(tag)
        queue.in_hand -= 1
        queue.waiting.insert(0, message)

    def _require(self) -> None:
        if self.connection is None:
            raise ConnectionForced("the broker hung up")


class Delivered:
    """A message as py-amqp and kombu hand it over."""

    def __init__(self, channel: Channel, tag: int, queue: str, message: Message) -> None:
        self.channel, self.delivery_tag, self.queue = channel, tag, queue
        self.body, self.headers = message.body, dict(message.headers)
        self.properties = dict(message.properties)
        self.delivery_info = {"exchange": message.exchange, "routing_key": message.routing_key}

    def ack(self) -> None:
        self.channel.basic_ack(self.delivery_tag)

    def requeue(self) -> None:
        self.channel.give_back(self.delivery_tag)


class Broker:
    def __init__(self, world: World) -> None:
        self.world = world
        self.queues: dict[str, Queue] = {}
        self.bindings: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.channels: list[tuple[Process, Channel]] = []
        self.accepted: list[Message] = []
        self._deaf: dict[Process, int] = {}
        world.kinds += [self.hang_up, self.lose_confirms]

    def declare(self, queue: str, *bindings: tuple[str, str]) -> Queue:
        for binding in bindings:
            self.bindings[binding].append(queue)
        return self.queues.setdefault(queue, Queue(queue))

    def declare_own(self, service: str, queue: str, *bindings: tuple[str, str]) -> Queue:
        """A queue of a service, with its delays and dead letters as :mod:`shared.bus.burial` has them."""
        found = self.declare(queue, (f"{service}.queues", queue), *bindings)
        for name in ("dead", *(f"retry.{delay}" for delay in _SECONDS)):
            self.declare(f"{queue}.{name}", (f"{service}.queues", f"{queue}.{name}"))
        return found

    def route(self, message: Message) -> bool:
        """Accept a message; whether anything was bound for it."""
        targets = self.bindings.get((message.exchange, message.routing_key), ())
        self.accepted.append(message)
        for target in targets:
            work, _, delay = target.partition(".retry.")
            if delay:
                self.world.later(_SECONDS[delay], lambda work=work: self.queues[work].waiting.append(message))  # type: ignore[misc]
            else:
                self.queues[target].waiting.append(message)
        return bool(targets)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits or is in hand, but what is dead."""
        return not any(q.in_hand or (q.waiting and not n.endswith(".dead")) for n, q in self.queues.items())

    def dead(self, queue: str) -> list[Message]:
        return self.queues[f"{queue}.dead"].waiting

    # Trouble

    def hang_up(self, process: Process) -> None:
        """Break the consumer's line: what it has in hand is delivered again."""
        self.world.note(f"hang up on {process}")
        for owner, channel in self.channels:
            if owner is process:
                channel.collect()

    def lose_confirms(self, process: Process) -> None:
        self.world.note(f"no confirms for {process}")
        self._deaf[process] = self.world.dice.randint(1, 3)

    def publisher(self, process: Process) -> SimPublisher:
        return SimPublisher(self, process)

    def fails(self, process: Process) -> bool:
        left = self._deaf.get(process, 0)
        self._deaf[process] = max(0, left - 1)
        return left > 0


class SimPublisher:
    """As :class:`shared.publisher.Publisher`: all arrived, or some may have, or some came back."""

    def __init__(self, broker: Broker, process: Process) -> None:
        self._broker, self._process = broker, process

    def publish(self, messages: Iterable[Message]) -> None:
        wanted, returned = list(messages), []
        world = self._broker.world
        world.step("publish")
        arrive = world.dice.randint(0, len(wanted)) if (fails := self._broker.fails(self._process)) else None
        for message in wanted[:arrive]:
            if not self._broker.route(message):
                returned.append(message)
        world.step("confirm")
        if fails:
            raise world.dice.choice([PublishTimeout, DependencyDown])("no confirm")
        if returned:
            raise Unroutable(returned)

    def send(self, message: Message) -> None:
        self._broker.world.step("send")
        self._broker.route(message)

    def reset(self) -> None:
        """There is no line to open anew."""

    def close(self) -> None:
        """Nor one to close."""
