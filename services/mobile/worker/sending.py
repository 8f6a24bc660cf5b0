"""What is done every so often: orders sent, waits ended, new terms told."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime

from prometheus_client import Counter

from services.mobile.domain.sim import Order
from services.mobile.schemas.carriers import command_body
from services.mobile.store import Store
from services.mobile.usecases.orders import time_out
from services.mobile.usecases.terms import tell_of_terms
from shared.logging import get_logger
from shared.mongo import Lease
from shared.publisher import Message, Publisher, Unroutable

log = get_logger(__name__)

EXCHANGE = "commands"
BATCH = 50
TURN_SECONDS = 0.3
TROUBLE_SECONDS = 2.0
STALL_SECONDS = 60.0

SENT = Counter("tikker_sim_orders_sent_total", "Orders about SIM cards that a carrier's queue took")
LATE = Counter("tikker_sim_orders_timed_out_total", "Orders that no carrier answered in time")


def now() -> datetime:
    return datetime.now(UTC)


class Sender:
    """Works while it holds the lease. An order may be sent twice (after a crash): its ID is the same."""

    def __init__(self, store: Store, publisher: Publisher, lease: Lease, stopping: threading.Event) -> None:
        self._store = store
        self._publisher = publisher
        self._lease = lease
        self._stopping = stopping
        self._last_turn = time.monotonic()

    def check(self) -> None:
        age = time.monotonic() - self._last_turn
        if age > STALL_SECONDS:
            raise RuntimeError(f"has not turned for {age:.0f} s")

    def run(self) -> None:
        while not self._stopping.is_set():
            self._last_turn = time.monotonic()
            try:
                busy = self._lease.hold() and self.turn()
                pause = 0.0 if busy else TURN_SECONDS
            except Exception as problem:
                log.warning("orders wait", reason=f"{type(problem).__name__}: {problem}"[:300])
                pause = TROUBLE_SECONDS
            self._stopping.wait(pause)
        self._publisher.close()
        try:
            self._lease.release()
        except Exception as problem:
            log.warning("lease not released", reason=str(problem)[:200])

    def turn(self) -> bool:
        """Do what is due; whether there may be more."""
        orders = self._store.unsent(BATCH)
        if orders:
            sent = self._send(orders)
            self._store.mark_sent(sent, now())
            SENT.inc(len(sent))
            if len(sent) < len(orders):
                self._stopping.wait(TROUBLE_SECONDS)
        late = time_out(self._store, now)
        LATE.inc(late)
        told = tell_of_terms(self._store, now)
        return len(orders) == BATCH or bool(late) or told

    def _send(self, orders: Iterable[Order]) -> list[str]:
        """Publish; IDs of what arrived. What has no queue stays, until its time is up."""
        messages = {order.id: _message(order) for order in orders}
        try:
            self._publisher.publish(messages.values())
        except Unroutable as returned:
            lost = {str(message.routing_key) for message in returned.messages}
            log.error("a carrier has no queue for orders", carriers=sorted(lost))
            return [order_id for order_id, message in messages.items() if message.routing_key not in lost]
        return list(messages)


def _message(order: Order) -> Message:
    return Message(
        EXCHANGE, order.carrier, command_body(order), properties={"message_id": order.id, "type": "sim.v1"}
    )
