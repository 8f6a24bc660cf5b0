"""A customer's PBX at the proxy, with a database in memory or a given one: calls are decided, and told of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec

from services.pbx.domain.config import Company, Config, Forward, Forwards, PbxUser
from services.pbx.domain.edge.records import Called, Started
from services.pbx.domain.edge.stages import Branch, Order
from services.pbx.domain.settings import Settings
from services.pbx.store import Changes, Store
from services.pbx.usecases.route_calls import Question, Router
from services.pbx.usecases.sip_records import record
from shared.events import Envelope, decode
from shared.events.base import Event
from tests.support.memory_mongo import Database
from tests.support.memory_server import Server

BAKERY = "b" * 32
COMPANY, JAN, KEES = "+31850001600", "+31850001611", "+31850001615"
BERLIN, SATELLITE, SHOP = "+4930000000", "+881600000001", "+31201234567"
NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)
ALWAYS = datetime(2099, 1, 1, tzinfo=UTC)


def bakery(**of_jan: Any) -> Config:
    """Jan's calls go to Berlin when he does not answer, Kees's stay in the house."""
    abroad = Forwards(no_answer=Forward(on=True, to=BERLIN, rings=5), busy=Forward(on=True, to=BERLIN))
    jan = {"forwards": abroad, **of_jan}
    return Config(
        company=Company(name="Bakkerij Voorbeeld B.V.", number=COMPANY),
        users=(
            PbxUser(id="jan", username="jan", first_name="Jan", extension="211", number=JAN, **jan),
            PbxUser(id="kees", username="kees", first_name="Kees", extension="213", number=KEES),
        ),
    )


class Scene:
    """``asked``: the operations that the database was asked for; ``trouble(name)`` may raise at each."""

    def __init__(self, config: Config | None = None, cap: int = 5, db: Any = None) -> None:
        self.asked: list[str] = []
        self.trouble: Callable[[str], None] = lambda name: None
        self.now = NOON
        self.db = Database(Server(self._step)) if db is None else db
        self.store = Store(cast(Any, self.db))
        self.router = Router(self.store, lambda: self.now, self.keep, abroad=cap)
        self.cap = cap
        self._furnish(config or bakery())

    def _step(self, name: str) -> None:
        self.asked.append(name)
        self.trouble(name)

    def keep(
        self, call_id: str, fields: Mapping[str, Any], at: datetime, people: Collection[str] = ()
    ) -> None:
        """Has a decision stored, at once."""
        self.store.keep_decision(call_id, fields, at, people)

    def _furnish(self, config: Config) -> None:
        new = replace(Settings(BAKERY), enabled=True, published=config, revision=1)

        def save(changes: Changes) -> bool:
            changes.save_settings(Settings(BAKERY), new)
            return True

        self.store.in_one(self.now, save)
        for user in config.users:
            phone = {"customer_id": BAKERY, "owner": f"user:{user.id}", "state": "registered"}
            self.db["phones"].insert_one({"_id": f"sip-{user.id}", **phone, "expires_at": ALWAYS})
        for number in (config.company.number, *(element.number for element in config.elements())):
            if number:
                self.assign(number, BAKERY, NOON - timedelta(days=1))
        for line in config.lines:
            phone = {"customer_id": BAKERY, "owner": f"line:{line.id}", "state": "registered"}
            self.db["phones"].insert_one({"_id": f"sip-{line.id}", **phone, "expires_at": ALWAYS})

    def assign(self, number: str, customer: str, since: datetime) -> None:
        """From then on the number is this customer's, and nobody else's."""
        self.db["assignments"].update_many(
            {"number": number, "valid_to": None}, {"$set": {"valid_to": since}}
        )
        row: dict[str, Any] = {
            "number": number,
            "customer_id": customer,
            "valid_from": since,
            "valid_to": None,
        }
        row |= {"subject": "none", "revision": 1}
        self.db["assignments"].insert_one({"_id": f"{number} {since}", **row})

    def out(self, called: str, who: str = "jan") -> Order:
        """Somebody of ours calls."""
        return self.router.route(Question("user", f"sip-{who}", called))

    def into(self, called: str = JAN) -> Order:
        """Somebody calls us."""
        return self.router.route(Question("trunk", SHOP, called))

    def tell(
        self, order: Order, event: str, by: Branch | None = None, answered: datetime | None = None
    ) -> None:
        """What became of a call; ``by`` whom it was ``answered``, just now unless that is said."""
        at = f"{self.now.timestamp():.3f}"
        leg = msgspec.json.encode(by.leg).decode() if by else ""
        fields = {"id": "1", "at": at, "event": event, "call": order.call, "call_id": "x@192.0.2.1"}
        fields["answered"] = f"{(answered or self.now).timestamp():.3f}" if by else ""
        told = Called(**fields, source="trunk", sender=SHOP, dialled=JAN, began=at, leg=leg)
        record(self.store, lambda: self.now, [told])

    def begin_anew(self) -> None:
        """The proxy has forgotten all."""
        at = f"{self.now.timestamp():.3f}"
        record(self.store, lambda: self.now, [Started(id="1", at=at, event="started")])

    def under_way(self) -> set[str]:
        """The calls that count now."""
        return {each.call for each in self.store.calls_abroad(BAKERY).under_way(self.now)}

    def events(self, kind: type[Event]) -> list[Envelope[Any]]:
        """What was published of this kind."""
        rows = [row for row in self.db["outbox"].find() if row["name"] == kind.name]
        return [decode(bytes(row["body"]), kind) for row in rows]


def abroad(order: Order) -> Branch | None:
    """The leg of an order that leaves for abroad."""
    legs = [branch for stage in order.stages for branch in stage.targets]
    return next(
        (b for b in legs if b.kind == "trunk" and not b.to.startswith("+31") and b.to[0] == "+"), None
    )
