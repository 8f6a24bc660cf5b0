"""Blocking SIM cards: callers who ask again, an order that is sent twice, a carrier that answers late, twice
or not at all; what follows from it is billed once and mailed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import groupby
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from services.identity.domain.users import User
from services.identity.store.mails import MailBook
from services.identity.usecases.notifications import notify
from services.invoicing.store.known import KnownStore
from services.invoicing.usecases.listening import charge_requested
from services.mobile.domain.sim import Order, OrderState, state_of
from services.mobile.domain.subscriptions import SimTerm
from services.mobile.store import Store, rows
from services.mobile.usecases import common
from services.mobile.usecases.orders import request_sim_block
from services.mobile.worker.answers import Answers
from services.mobile.worker.sending import Sender
from shared.acting import Acting
from shared.events import Envelope, decode
from shared.events.charge import ChargeRequested
from shared.events.notification import NotificationRequested
from shared.mongo import Lease
from shared.publisher import Message
from tests.support.memory_mongo import Database
from tests.unit.mobile.people import START, subscription
from tests.unit.simulation.broker import Broker, Channel
from tests.unit.simulation.conftest import Event
from tests.unit.simulation.processes import consuming, declare, insisting, real, relaying, turning
from tests.unit.simulation.world import Process, World

pytestmark = pytest.mark.feature("MOB-07")

ASKS = 4
STRAY = b'{"command_id": "' + b"0" * 32 + b'", "result": "done"}'
PATIENCE = timedelta(minutes=5)
ANNA = Acting(
    kind="user",
    scope="customer",
    customer_id="bakery",
    username="anna",
    roles=(common.ACCESS, common.SIM_BLOCK),
)
USERS = [
    User(id=name, customer_id="bakery", username=name, email=f"{name}@example.nl", number=1, password_hash="")
    for name in ("anna", "bert")
]


class Carrier:
    """Does an order once, however often it comes; its answers take up to ten minutes, and may come twice."""

    def __init__(self, world: World, broker: Broker) -> None:
        self.world, self.broker = world, broker
        self.results: dict[str, str] = {}

    def run(self, process: Process) -> None:
        channel = Channel(self.broker, process)

        def turn() -> bool:
            nonlocal channel
            if channel.connection is None:
                channel = Channel(self.broker, process)
            if (message := channel.take("commands.vasco")) is None:
                return False
            self._do(msgspec.json.decode(message.body)["command_id"])
            message.ack()
            return True

        turning(process, turn)

    def _do(self, order: str) -> None:
        dice = self.world.dice
        result = self.results.setdefault(order, dice.choice(["done", "done", "refused", "silence"]))
        body = {"command_id": order, "result": result}
        for _ in range(dice.randint(1, 2) if result != "silence" else 0):
            answer = Message("answers.vasco", "", msgspec.json.encode(body))
            self.world.later(dice.choice([0.1, 5, 600]), lambda answer=answer: self.broker.route(answer))  # type: ignore[misc]


def working(db: Database, broker: Broker) -> Callable[[Process], None]:
    """The worker of mobile: it sends orders and takes answers."""

    def main(process: Process) -> None:
        store, lease, stopping = Store(real(db)), Lease(real(db), "sim-orders"), real(Event())
        sender = Sender(store, real(broker.publisher(process)), lease, stopping)
        answers = Answers("", store, stopping)
        channel = Channel(broker, process)

        def take() -> bool:
            nonlocal channel
            try:
                if (message := channel.take("answers")) is not None:
                    answers._take(message)
                return message is not None
            except Exception:
                channel.collect()  # as a lost line
                channel = Channel(broker, process)
                raise

        process.world.start(process, lambda: turning(process, take))
        turning(process, lambda: lease.hold() and sender.turn())

    return main


class SimOrders:
    """Two cards, some commands, two workers, and those who hear of it."""

    def __init__(self, world: World) -> None:
        self.world, self.broker = world, Broker(world)
        self.mobile, self.invoicing, self.identity = world.database(), world.database(), world.database()
        self.identity.server.make_unique("mails", "dedupe_key", "user_id")
        other = SimTerm("8931000000000000222", START)
        self.cards = [subscription("one"), subscription("two", sims=(other,))]
        self.mobile["subscriptions"].insert_many([rows.row(card) for card in self.cards])
        self.carrier = Carrier(world, self.broker)
        self._listen()
        self.answers: dict[str, list[object]] = {}
        dice = world.dice
        wanted = {f"command {n}": (dice.choice(["one", "two"]), dice.random() < 0.6) for n in range(ASKS)}
        asks = {name: partial(self.ask, name, *of) for name, of in wanted.items()}
        insisting(world, asks, self.answers, within=900)
        world.process("carrier", self.carrier.run)
        for n in range(2):
            world.process(f"worker {n}", working(self.mobile, self.broker))
            world.process(f"relay {n}", relaying(self.mobile, self.broker))
        for body in (STRAY, b"not an answer"):
            self.broker.route(Message("answers.vasco", "", body))

    def _listen(self) -> None:
        self.broker.declare("commands.vasco", ("commands", "vasco"))
        self.broker.declare("answers", ("answers.vasco", ""))
        users: Any = SimpleNamespace(users_to_tell=lambda *of: USERS, mails=MailBook(real(self.identity)))
        bills: Any = KnownStore(real(self.invoicing))
        billed = {"charge_requested": (ChargeRequested, partial(charge_requested, bills))}
        mailed = {"notify": (NotificationRequested, partial(notify, users, self.world.moment))}
        for service, handlers in (("invoicing", billed), ("identity", mailed)):
            declare(self.broker, service, handlers, "mobile")
            self.world.process(service, consuming(service, self.broker, handlers))

    def ask(self, command: str, card: str, block: bool) -> object:
        return request_sim_block(
            *(Store(real(self.mobile)), self.world.moment, ANNA, "vasco", PATIENCE),
            subscription_id=card,
            block=block,
            command_id=command,
        )

    def settled(self) -> bool:
        over = len(self.answers) == ASKS and all(self.answers.values()) and self.broker.is_idle
        waiting = self.mobile["outbox"].count_documents({"waiting": True})
        return over and not waiting and not self.mobile["orders"].count_documents({"state": "requested"})

    def check(self) -> None:
        page = Store(real(self.mobile)).order_page(None, None, None, 100)
        orders = sorted((order for order, _ in page), key=lambda order: order.sequence)
        for given in self.answers.values():
            assert len({str(each) for each in given if not isinstance(each, Exception)}) <= 1
        for order in orders:
            told = self.carrier.results.get(order.id, "silence")
            assert order.state == {"done": "confirmed", "silence": "timed_out"}.get(told, told)
        for card in self.cards:
            check_card(self.mobile, [order for order in orders if order.subscription_id == card.id], card.id)
        billed = {f"mobile:{order.id}" for order in orders if order.charged}
        assert {row["_id"] for row in self.invoicing["requested"].find()} == billed
        check_mails(self.mobile, self.identity)
        assert self.mobile["stray_answers"].count_documents({}) >= 2
        assert not self.broker.dead("invoicing.charge_requested")
        assert not self.broker.dead("identity.notify")


def check_card(mobile: Database, orders: list[Order], card: str) -> None:
    """Its state follows from its orders, and what was done in one go is paid once."""
    assert [order.sequence for order in orders] == list(range(1, len(orders) + 1))
    kept = Store(real(mobile)).subscription(card)
    assert kept is not None and kept.sim_state == state_of(orders, kept.sim_number)
    confirmed = [order for order in orders if order.state is OrderState.CONFIRMED]
    assert all(order.state is OrderState.CONFIRMED for order in orders if order.charged)
    runs = groupby(confirmed, lambda order: order.block)
    charged = [(block, sum(order.charged for order in run)) for block, run in runs]
    assert all(times == block for block, times in charged), "a block is paid once, ending it costs nothing"


def check_mails(mobile: Database, identity: Database) -> None:
    """Who is to be told of something gets one mail about it."""
    letters: set[str] = set()
    for row in mobile["outbox"].find({"name": "mobile.notification.requested.v1"}):
        envelope: Envelope[NotificationRequested] = decode(row["body"], NotificationRequested)
        letters.add(f"mobile:{envelope.data.dedupe_key}")
    mails = Counter((row["dedupe_key"], row["user_id"]) for row in identity["mails"].find())
    assert mails == {(letter, user.id): 1 for letter in letters for user in USERS}


def test_an_order_has_the_end_that_the_carrier_gave_it_and_is_paid_once(worlds: Callable[..., None]) -> None:
    worlds(SimOrders, 120)
