"""From a command to what it causes elsewhere: outbox, relay, broker, listener, delays, dead letters.

Two processes of one service take commands that are asked again and again; what they tell is relayed by
either, and counted by two processes of another service, which at times can not, not yet or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import pytest
from pymongo.client_session import ClientSession

from shared import commands, outbox
from shared.bus.burial import ATTEMPT, DELAYS, REASON
from shared.errors import DependencyDown, Permanent, Transient
from shared.events import Envelope, Event, wrap
from shared.mongo import transact
from shared.publisher import Message
from tests.unit.simulation.broker import Broker
from tests.unit.simulation.processes import consuming, declare, insisting, real, relaying
from tests.unit.simulation.world import World

pytestmark = pytest.mark.feature("GW-05")

COMMANDS = 5
POISON = [b"", b"[]", b"\xff", b'{"name": "till.amount.added.v1"}']


class Added(Event, frozen=True, kw_only=True):
    """``trouble``: what stands in the way of whoever counts it, and how often."""

    name: ClassVar[str] = "till.amount.added.v1"
    key: str
    amount: int
    trouble: str
    times: int


class Unheard(Event, frozen=True, kw_only=True):
    name: ClassVar[str] = "till.nobody.listens.v1"


class Delivery:
    """``wanted`` is what each command adds; ``tries`` counts how often it was to be counted."""

    def __init__(self, world: World) -> None:
        self.world, self.broker = world, Broker(world)
        self.till, self.books = world.database(), world.database()
        self.tries: Counter[str] = Counter()
        self.wanted = {f"command {n}": _added(world, str(n)) for n in range(COMMANDS)}
        self.answers: dict[str, list[object]] = {}
        handlers = {"counted": (Added, self.count)}
        declare(self.broker, "books", handlers, "till")
        insisting(world, {name: partial(self.add, name) for name in self.wanted}, self.answers)
        for n in range(2):
            world.process(f"till {n}", relaying(self.till, self.broker))
            world.process(f"books {n}", consuming("books", self.broker, handlers))
        self.poison = POISON[: world.dice.randint(0, len(POISON))]
        for body in self.poison:
            self.broker.route(Message("till.events", Added.name, body, headers={"unknown": object()}))

    def add(self, command: str) -> object:
        event = self.wanted[command]

        def work(session: ClientSession) -> dict[str, int]:
            more: Any = {"$inc": {"sum": event.amount}}
            change = self.till["tills"].find_one_and_update
            after = change({"_id": "one"}, more, upsert=True, return_document=True, session=real(session))
            outbox.add(real(self.till), session, wrap(event, "a"), wrap(Unheard(), "a"))
            return {"sum": after["sum"] if after else 0}

        return commands.once(real(self.till), command, ("add", event.key), self.world.moment(), work)

    def count(self, envelope: Envelope[Added]) -> None:
        self.trip(envelope.data)

        def work(session: Any) -> None:
            seen = self.books["seen"]
            if not seen.find_one({"_id": envelope.event_id}, session=session):
                seen.insert_one({"_id": envelope.event_id, "key": envelope.data.key}, session=session)
                more = {"$inc": {"sum": envelope.data.amount}}
                self.books["sums"].update_one({"_id": "all"}, more, upsert=True, session=session)

        transact(real(self.books), work)

    def trip(self, event: Added) -> None:
        """Over what stands in the way of this event, if it still does."""
        self.tries[event.key] += 1
        if event.trouble == "never":
            raise Permanent("never")
        if event.trouble == "fault" and event.times > 3:
            raise ZeroDivisionError("a fault")
        if event.trouble and self.tries[event.key] <= event.times:
            raise DependencyDown("later") if event.trouble == "down" else Transient("later")

    def settled(self) -> bool:
        asked = len(self.answers) == COMMANDS and all(self.answers.values())
        return asked and self.broker.is_idle and not self.till["outbox"].count_documents({"waiting": True})

    def check(self) -> None:
        events = list(self.wanted.values())
        assert all(len({str(each) for each in given}) == 1 for given in self.answers.values()), self.answers
        assert self.till["tills"].find_one({}) == {"_id": "one", "sum": sum(e.amount for e in events)}
        seen = [row["key"] for row in self.books["seen"].find()]
        dead = self.broker.dead("books.counted")
        buried = {e.key for e in events if any(f'"key":"{e.key}"'.encode() in m.body for m in dead)}
        assert len(seen) == len(set(seen)), "counted once"
        assert {*seen, *buried} == {event.key for event in events}, "or kept with the dead"
        for event in events:
            assert event.trouble not in ("", "down") or event.key not in buried
            assert event.trouble != "never" or event.key not in seen
        counted = self.books["sums"].find_one({}) or {"sum": 0}
        assert counted["sum"] == sum(event.amount for event in events if event.key in seen)
        assert {message.body for message in dead} >= set(self.poison)
        assert all(message.headers[REASON] for message in dead)
        assert all(message.headers.get(ATTEMPT, 0) in (0, len(DELAYS)) for message in dead)


def _added(world: World, key: str) -> Added:
    trouble = world.dice.choice(["", "", "", "down", "not yet", "never", "fault"])
    return Added(key=key, amount=world.dice.randint(1, 9), trouble=trouble, times=world.dice.randint(1, 6))


def test_what_is_told_counts_once_or_lies_with_the_dead(worlds: Callable[..., None]) -> None:
    worlds(Delivery, 300)
