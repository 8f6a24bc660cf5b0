"""``python -m cli.carrier_simulator``: answers orders about SIM cards as a carrier would (docs/carriers.md).

Development and tests only. It knows the public contract and nothing more. Besides what it is told, it refuses
cards whose number ends in 99 and never answers for those that end in 98, so that a page can be tried out.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from amqp.exceptions import AMQPError

from shared.config import setting
from shared.errors import DependencyDown
from shared.health import health_app, serve_health
from shared.logging import get_logger, setup_logging
from shared.publisher import Message, Publisher, open_connection

ROUTING_KEY = "answer.v1"
REFUSED_ENDING, SILENT_ENDING = "99", "98"
REFUSAL = "Deze kaart is bij ons niet bekend."
TURN_SECONDS = 0.1
RETRY_SECONDS = 2.0
HEARTBEAT_SECONDS = 20

log = get_logger("cli.carrier_simulator")


@dataclass(frozen=True)
class Manner:
    """How it answers: ``refuse`` gives the reason for which all is refused, ``delay`` is in seconds."""

    refuse: str = ""
    silent: bool = False
    delay: float = 0.0

    def answer(self, command: Mapping[str, Any]) -> dict[str, str] | None:
        """The answer to a command; None: none comes."""
        card = str(command.get("sim_number", ""))
        if self.silent or card.endswith(SILENT_ENDING):
            return None
        reason = self.refuse or (REFUSAL if card.endswith(REFUSED_ENDING) else "")
        told = {"command_id": str(command["command_id"]), "result": "refused" if reason else "done"}
        return {**told, "reason": reason} if reason else told


@dataclass
class Simulator:
    """One carrier's desk, on a connection of its own; commands are acked when their answer is out."""

    carrier: str
    uri: str
    manner: Manner
    stopping: threading.Event
    connected: bool = False
    _due: deque[tuple[float, Any, dict[str, str] | None]] = field(default_factory=deque)

    def run(self) -> None:
        publisher = Publisher(self.uri)
        while not self.stopping.is_set():
            try:
                self._consume(publisher)
            except (OSError, AMQPError, DependencyDown) as problem:
                log.warning("connection lost", carrier=self.carrier, reason=str(problem)[:200])
            finally:
                self.connected = False
                self._due.clear()
            self.stopping.wait(RETRY_SECONDS)
        publisher.close()

    def check(self) -> None:
        if not self.connected:
            raise RuntimeError(f"{self.carrier} is not connected to the broker")

    def _consume(self, publisher: Publisher) -> None:
        connection = open_connection(self.uri, seconds=5.0, heartbeat=HEARTBEAT_SECONDS)
        try:
            channel = connection.channel()
            channel.basic_consume(f"commands.{self.carrier}", callback=self._take)
            self.connected = True
            while not self.stopping.is_set():
                with suppress(TimeoutError):
                    connection.drain_events(timeout=TURN_SECONDS)
                self._answer(publisher)
                connection.heartbeat_tick()
        finally:
            connection.collect()

    def _take(self, message: Any) -> None:
        try:
            command = json.loads(message.body)
            answer = self.manner.answer(command)
        except (ValueError, KeyError, AttributeError) as problem:
            log.warning("not a command", carrier=self.carrier, reason=str(problem))
            answer = None
        self._due.append((time.monotonic() + self.manner.delay, message, answer))

    def _answer(self, publisher: Publisher) -> None:
        while self._due and self._due[0][0] <= time.monotonic():
            _, message, answer = self._due.popleft()
            if answer is not None:
                body = json.dumps(answer).encode()
                publisher.publish([Message(f"answers.{self.carrier}", ROUTING_KEY, body)])
                log.info("answered", carrier=self.carrier, **answer)
            message.channel.basic_ack(message.delivery_tag)


def simulate(uris: Mapping[str, str], manner: Manner, stopping: threading.Event) -> list[Simulator]:
    """Start a desk for each carrier, in threads that end when told to stop."""
    desks = [Simulator(carrier, uri, manner, stopping) for carrier, uri in uris.items()]
    for desk in desks:
        threading.Thread(target=desk.run, name=f"carrier {desk.carrier}", daemon=True).start()
    return desks


def main() -> None:
    setup_logging("carrier-simulator")
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    desks = simulate(json.loads(setting("CARRIER_AMQP_URIS")), Manner(), stopping)
    ready = {f"carrier {desk.carrier}": desk.check for desk in desks}
    serve_health(health_app({}, ready))
    stopping.wait()


if __name__ == "__main__":
    main()
    sys.exit(0)
