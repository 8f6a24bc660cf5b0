"""Services that answer from a table, on the real bus and in its real form."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from typing import Any

import amqp

from shared.events.base import encode, wrap
from shared.events.identity import UserChanged
from shared.publisher import Message, Publisher, open_connection
from shared.rpc_client import EXCHANGE
from tests.gateway.fakes import FakeRpc


class Played(threading.Thread):
    """Answers calls of ``services`` from a table; says what identity would publish."""

    def __init__(self, uri: str, services: Iterable[str], rpc: FakeRpc) -> None:
        super().__init__(daemon=True)
        self.rpc = rpc
        self._closing = threading.Event()
        self._publisher = Publisher(uri)
        self._connection = open_connection(uri)
        self._channel = self._connection.channel()
        self._channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)
        self._channel.exchange_declare(UserChanged.exchange(), "topic", durable=True, auto_delete=False)
        for service in services:
            queue = f"rpc-{service}"
            self._channel.queue_declare(queue, exclusive=True)
            self._channel.queue_bind(queue, EXCHANGE, f"{service}.*")
            self._channel.basic_consume(queue, no_ack=True, callback=self._answer)
        self.start()

    @property
    def closed(self) -> bool:
        return self._closing.is_set()

    def run(self) -> None:
        while not self._closing.is_set():
            try:
                self._connection.drain_events(timeout=0.2)
            except TimeoutError:
                continue

    def change(self, news: UserChanged) -> None:
        """Publish as identity would. Raises when nobody listens."""
        envelope = wrap(news, customer_id=None)
        self._publisher.publish([Message(news.exchange(), news.name, encode(envelope))])

    def close(self) -> None:
        self._closing.set()
        self.join(5)
        self._connection.close()
        self._publisher.close()

    def _answer(self, message: Any) -> None:
        service, _, method = message.delivery_info["routing_key"].partition(".")
        reply = {
            "result": self.rpc.answer(service, method, **json.loads(message.body)["kwargs"]),
            "error": None,
        }
        self._channel.basic_publish(
            amqp.Message(
                json.dumps(reply),
                content_type="application/json",
                correlation_id=message.properties["correlation_id"],
            ),
            exchange=EXCHANGE,
            routing_key=message.properties["reply_to"],
        )
