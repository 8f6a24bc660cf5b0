"""The outbox relay as part of a service's process."""

from __future__ import annotations

import eventlet
from nameko.extensions import DependencyProvider

from shared import mongo
from shared.bus.extensions import SharedPublisher
from shared.events import exchange_of
from shared.logging import get_logger
from shared.outbox import Relay
from shared.publisher import open_connection

log = get_logger(__name__)

IDLE_SECONDS = 0.2
TROUBLE_SECONDS = 2.0


class OutboxRelay(DependencyProvider):
    """Publishes the service's outbox while the service runs; hands nothing to the workers."""

    publishing = SharedPublisher()

    def __init__(self) -> None:
        super().__init__()
        self._stopping = False

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run, identifier="outbox relay")

    def stop(self) -> None:
        self._stopping = True
        self._thread.wait()

    def _run(self) -> None:
        relay = Relay(mongo.connect(), self.publishing.publisher)
        declared = False
        while not self._stopping:
            try:
                declared = declared or self._declare_exchange()
                pause = 0.0 if relay.run_once() else IDLE_SECONDS
            except Exception as problem:
                log.warning("outbox waits", reason=f"{type(problem).__name__}: {problem}")
                pause = TROUBLE_SECONDS
            eventlet.sleep(pause)
        try:
            relay.release()
        except Exception as problem:
            log.warning("lease not released", reason=str(problem))

    def _declare_exchange(self) -> bool:
        with open_connection(self.container.config["AMQP_URI"]) as connection:
            exchange = exchange_of(self.container.service_name)
            connection.channel().exchange_declare(exchange, "topic", durable=True, auto_delete=False)
        return True
