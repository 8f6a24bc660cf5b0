"""A virtual host per test on the test broker, and a look into its queues."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import amqp

from shared.publisher import Message, Publisher, open_connection


@dataclass(frozen=True)
class Broker:
    """The test broker's management API and the AMQP address of its administrator."""

    api: str
    amqp_uri: str

    def request(self, method: str, path: str, body: Any = None) -> Any:
        parts = urlsplit(self.api)
        token = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
        address = urlunsplit((parts.scheme, f"{parts.hostname}:{parts.port}", parts.path + path, "", ""))
        request = urllib.request.Request(
            address,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Basic {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def uri(self, vhost: str) -> str:
        parts = urlsplit(self.amqp_uri)
        return urlunsplit((parts.scheme, parts.netloc, "/" + quote(vhost, safe=""), "", ""))

    def make_vhost(self, vhost: str) -> str:
        """Make the virtual host, with all rights for the administrator; its AMQP address."""
        user = urlsplit(self.amqp_uri).username
        self.request("PUT", f"/vhosts/{quote(vhost, safe='')}")
        rights = {"configure": ".*", "write": ".*", "read": ".*"}
        self.request("PUT", f"/permissions/{quote(vhost, safe='')}/{user}", rights)
        return self.uri(vhost)

    def drop_vhost(self, vhost: str) -> None:
        try:
            self.request("DELETE", f"/vhosts/{quote(vhost, safe='')}")
        except urllib.error.HTTPError as problem:
            if problem.code != 404:
                raise


class Queues:
    """Reads and fills queues of one virtual host, exactly (not by lagging statistics)."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.publisher = Publisher(uri)
        self._connection = open_connection(uri)
        self.channel = self._connection.channel()

    def depth(self, queue: str) -> int:
        """Messages ready in the queue; 0 when it does not exist."""
        try:
            return int(self.channel.queue_declare(queue, passive=True).message_count)
        except amqp.exceptions.NotFound:
            self.channel = self._connection.channel()
            return 0

    def take(self, queue: str) -> Any:
        """The next message (acked), or None."""
        return self.channel.basic_get(queue, no_ack=True)

    def bind(self, exchange: str, routing_key: str) -> str:
        """A new queue of our own that gets what is published there."""
        self.channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)
        name = self.channel.queue_declare("", exclusive=True).queue
        self.channel.queue_bind(name, exchange, routing_key)
        return str(name)

    def publish(self, exchange: str, routing_key: str, body: bytes, **properties: Any) -> None:
        headers = properties.pop("headers", {})
        self.publisher.publish([Message(exchange, routing_key, body, headers, properties)])

    def close(self) -> None:
        self.publisher.close()
        self._connection.collect()
