"""Whose sessions are over, and what their companies are called and have: identity tells it within a
second, by ``identity.user.changed.v1`` and ``identity.customer.changed.v1``.

A user's epoch grows when their roles, password or right to log in change; a session keeps the epoch
of its login and ends when the user's has moved on. What this process has not heard of (it started
later, or the line was broken) is asked of identity once. While identity is down, sessions go by what
they hold: one service that is away must not take every page along.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from gateway.clients.identity import IdentityClient
from gateway.models.account import Account, Customer
from shared.errors import Fault, Forbidden, NotFound, Unavailable
from shared.events.base import decode
from shared.events.identity import CustomerChanged, UserChanged
from shared.logging import correlation_id, get_logger
from shared.publisher import open_connection

log = get_logger(__name__)

ASK_AGAIN_SECONDS = 15.0
HEARTBEAT_SECONDS = 10
RECONNECT_SECONDS = 1.0
QUEUE_PREFIX = "gateway.epochs."


@dataclass(frozen=True)
class Known:
    """The newest that is known of a user; revision 0 is an answer of identity, not an event."""

    revision: int
    epoch: int
    blocked: bool = False


@dataclass(frozen=True)
class KnownCustomer:
    """The newest that is known of a company; revision 0 is an answer of identity, not an event."""

    revision: int
    customer: Customer


class Epochs:
    """What this process knows of users' epochs and of their companies; shared by its threads.

    ``changed_customer`` is told of each company that has changed, ``changed_user`` of each user; None when it
    may have been anybody.
    """

    def __init__(
        self,
        changed_customer: Callable[[str], None] = lambda customer_id: None,
        changed_user: Callable[[str | None], None] = lambda user_id: None,
    ) -> None:
        self._known: dict[str, Known] = {}
        self._customers: dict[str, KnownCustomer] = {}
        self._changed_customer = changed_customer
        self._changed_user = changed_user
        self._lock = threading.Lock()
        self._ask_again_at = 0.0
        self._listener: Listener | None = None

    def learn(self, user_id: str, news: Known) -> None:
        """Keep the newest: events by revision, answers of identity by epoch."""
        with self._lock:
            old = self._known.get(user_id)
            if old is None or (news.revision, news.epoch) > (old.revision, old.epoch):
                self._known[user_id] = news
        if news.revision:
            self._changed_user(user_id)

    def meet(self, account: Account) -> None:
        """Take over what identity has just said of somebody."""
        self.learn(account.user.id, Known(revision=0, epoch=account.user.epoch))
        if account.customer:
            self.learn_customer(0, account.customer)

    def learn_customer(self, revision: int, customer: Customer) -> None:
        """Keep the newest, by revision."""
        with self._lock:
            old = self._customers.get(customer.id)
            if old is None or revision > old.revision:
                self._customers[customer.id] = KnownCustomer(revision, customer)
        if revision:
            self._changed_customer(customer.id)

    def customer(self, kept: Customer) -> Customer:
        """A company as it is now; as it was ``kept`` when nothing newer is known."""
        known = self._customers.get(kept.id)
        return known.customer if known else kept

    def forget(self) -> None:
        """Start anew: events may have been missed."""
        with self._lock:
            self._known.clear()
            self._customers.clear()
        self._changed_user(None)

    def counts(self, account: Account, identity: IdentityClient) -> bool:
        """Whether a session with this account still counts."""
        known = self._known.get(account.user.id)
        if known is None or account.customer and account.customer.id not in self._customers:
            return self._ask(account, identity)
        return not known.blocked and known.epoch <= account.user.epoch

    def _ask(self, account: Account, identity: IdentityClient) -> bool:
        if time.monotonic() < self._ask_again_at:
            return True
        try:
            fresh = identity.account(account.acting(correlation_id()))
        except (Unavailable, Fault):
            self._ask_again_at = time.monotonic() + ASK_AGAIN_SECONDS
            log.warning("identity does not answer: sessions go by what they hold")
            return True
        except (Forbidden, NotFound):
            return False
        self.meet(fresh)
        return fresh.user.epoch <= account.user.epoch

    def listen(self, amqp_uri: str) -> None:
        """Follow identity's events in a thread of this process."""
        self._listener = Listener(amqp_uri, self)
        self._listener.start()

    def ready(self) -> None:
        """Raise unless events are being followed (for ``/readyz``)."""
        if self._listener is not None and not self._listener.bound.is_set():
            raise RuntimeError("not following identity's events")

    def close(self) -> None:
        if self._listener is not None:
            self._listener.closing.set()


class Listener(threading.Thread):
    """Reads identity's events from a queue of its own, which goes when its line breaks."""

    def __init__(self, amqp_uri: str, epochs: Epochs) -> None:
        super().__init__(name="epochs", daemon=True)
        self._uri = amqp_uri
        self._epochs = epochs
        self.bound = threading.Event()
        self.closing = threading.Event()

    def run(self) -> None:
        told = ""
        while not self.closing.is_set():
            try:
                self._follow()
            except Exception as problem:  # of whatever kind: without this thread nobody is logged out
                reason = type(problem).__name__
                if self.bound.is_set() or reason != told:  # once, not every second
                    log.warning("identity's events cannot be followed", reason=f"{reason}: {problem}")
                told = reason
            self.bound.clear()
            self.closing.wait(RECONNECT_SECONDS)

    def _follow(self) -> None:
        connection = open_connection(self._uri, heartbeat=HEARTBEAT_SECONDS)
        try:
            channel = connection.channel()
            queue = QUEUE_PREFIX + uuid4().hex
            channel.queue_declare(queue, exclusive=True, auto_delete=True)
            for event in (UserChanged, CustomerChanged):
                channel.queue_bind(queue, event.exchange(), event.name)
            channel.basic_consume(queue, no_ack=True, callback=self._on_event)
            self._epochs.forget()  # only now: what happens from here on is heard
            self.bound.set()
            while not self.closing.is_set():
                with suppress(TimeoutError):
                    connection.drain_events(timeout=1)
                connection.heartbeat_tick()  # also while events keep coming: they are no sign of ours
        finally:
            connection.collect()

    def _on_event(self, message: Any) -> None:
        try:
            if message.delivery_info["routing_key"] == CustomerChanged.name:
                self._on_customer(decode(message.body, CustomerChanged).data)
            else:
                event = decode(message.body, UserChanged).data
                self._epochs.learn(event.user_id, Known(event.revision, event.epoch, event.blocked))
        except ValueError as problem:
            log.error("an event of identity cannot be read", reason=str(problem))
            self._epochs.forget()  # whoever it was about is asked for anew

    def _on_customer(self, event: CustomerChanged) -> None:
        customer = Customer(
            id=event.customer_id, number=event.number, name=event.customer_name, products=event.products
        )
        self._epochs.learn_customer(event.revision, customer)
