"""Staff who change things while the system is hurt: each change under a command ID, asked for until there is
an answer, and now and then once more after that."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import Any

from chaos.bed import Bed
from chaos.lanes import Lane
from chaos.scene import Scene
from shared.acting import Acting, Signer
from shared.errors import TikkerError, Unavailable
from shared.ids import new_id
from shared.rpc_client import RpcClient

ISSUER = "cli"
CALL_SECONDS = 5.0
PAUSE_SECONDS = 0.3
AGAIN_SECONDS = 0.5
ONCE_MORE = 0.25
FIRST_MOBILE = 400_000
"""06-00 40 00 00: each seed has the next thousand."""
MOBILES = 1000
MOST_SUBSCRIPTIONS = 60
"""Of one seed: each of them is looked after by three services."""


@dataclass
class Order:
    """One change: what was asked, during which fault, and the answers to it."""

    id: str
    kind: str
    window: int
    name: str
    answers: list[str] = field(default_factory=list)
    refused: str = ""

    @property
    def differs(self) -> bool:
        """Whether a repetition was answered otherwise."""
        return len(set(self.answers)) > 1


class Desk(Lane):
    """Adds charges (invoicing) and mobile subscriptions (mobile, of which cdr and invoicing hear)."""

    def __init__(self, bed: Bed, scene: Scene, seed: int, place: int) -> None:
        super().__init__("commands")
        self._client = RpcClient(
            bed.house.amqp_uri(ISSUER), Signer.from_base64(ISSUER, bed.house.keys.signing_key(ISSUER))
        )
        self._scene, self._seed, self._place = scene, seed, place
        self._dice = random.Random(seed)
        self._asked = 0.0
        self.window = 0
        self.orders: list[Order] = []

    def step(self) -> float:
        kind = "subscription" if self._may_subscribe() and self._dice.random() < 0.4 else "charge"
        order = Order(new_id(), kind, self.window, f"c{self._seed}-{len(self.orders)}")
        fields = self._charge(order) if kind == "charge" else self._subscription(order)
        self.orders.append(order)
        service, method = (
            ("invoicing", "add_charge") if kind == "charge" else ("mobile", "create_subscription")
        )
        self._until_answered(order, service, method, fields)
        if self._dice.random() < ONCE_MORE:
            self._until_answered(order, service, method, fields)
        return PAUSE_SECONDS

    def start_run(self) -> str:
        """A run of invoices for the seed's customers; its ID."""
        answer = self.call(
            "invoicing",
            "start_run",
            period=self._scene.period,
            customer_ids=[company.id for company in self._scene.companies],
            accept_unrated=True,
            mail=True,
            command_id=f"chaos-run-{self._place}",
        )
        return str(answer["id"])

    def call(self, service: str, method: str, **fields: Any) -> Any:
        """The answer, however often it must be asked for. Raises what the service raises."""
        staff = Acting(kind="staff", scope="operator", username="chaos", correlation_id=new_id())
        while True:
            self._asked = time.monotonic()
            try:
                return self._client.call(service, method, staff, timeout=CALL_SECONDS, **fields)
            except Unavailable:
                self.complain("no answer")
                time.sleep(AGAIN_SECONDS)

    def close(self) -> None:
        self._client.close()

    def _until_answered(self, order: Order, service: str, method: str, fields: dict[str, Any]) -> None:
        try:
            answer = self.call(service, method, command_id=order.id, **fields)
        except TikkerError as problem:
            order.refused = f"{type(problem).__name__}: {problem}"
            self.complain(type(problem).__name__)
            return
        order.answers.append(str(answer["id"]))
        self.note(self._asked)

    def _may_subscribe(self) -> bool:
        return sum(order.kind == "subscription" for order in self.orders) < MOST_SUBSCRIPTIONS

    def _charge(self, order: Order) -> dict[str, Any]:
        return {
            "customer_id": self._company(),
            "kind": "one_off",
            "description": order.name,
            "price": "1.25",
            "starts": self._scene.month.isoformat(),
        }

    def _subscription(self, order: Order) -> dict[str, Any]:
        number = FIRST_MOBILE + self._place * MOBILES + len(self.orders)
        return {
            "customer_id": self._company(),
            "product": "zakelijk_mobiel",
            "number": f"+31600{number:06d}",
            "active_from": self._scene.month.isoformat(),
            "label": order.name,
        }

    def _company(self) -> str:
        return self._dice.choice(self._scene.companies).id
