"""``@listen(Event)``: run a method for each event, at least once, and never lose or loop one.

The method gets ``(envelope)``. What it raises decides what happens to the message:

* nothing: acked;
* :class:`DependencyDown`, or MongoDB being away: the message stays in hand and is tried again every
  few seconds, so the queue pauses and no attempt is spent;
* :class:`Transient`: again after 5 s, 30 s, 2 min, 10 min, then dead letters;
* anything else: dead letters, with the reason in the header ``tikker.reason``.

Events come at least once and in no certain order: effects must be idempotent.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import eventlet
from kombu import Exchange, Queue, binding
from nameko.exceptions import ContainerBeingKilled
from nameko.messaging import Consumer
from prometheus_client import Counter

from shared import telemetry
from shared.bus import burial
from shared.bus.consumer import SafeQueueConsumer, requeue_later, still_ours
from shared.bus.extensions import SharedPublisher
from shared.errors import DependencyDown, Transient
from shared.events import Event, decode, exchange_of
from shared.logging import get_logger
from shared.mongo import is_down

log = get_logger(__name__)

PAUSE_SECONDS = (1.0, 2.0, 5.0)

HANDLED = Counter("tikker_events_total", "Events by what became of them", ["queue", "outcome"])

Method = TypeVar("Method", bound=Callable[..., Any])


class Listener(Consumer):
    """The entrypoint behind :func:`listen`."""

    queue_consumer = SafeQueueConsumer()
    publishing = SharedPublisher()
    traced_as = telemetry.CONSUMER

    def __init__(self, event: type[Event], producers: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(queue=None, expected_exceptions=(Transient, DependencyDown), **kwargs)
        self.event = event
        self.producers = producers

    def setup(self) -> None:
        service = self.container.service_name
        producers = self.producers or (self.event.producer(),)
        self.queue = Queue(
            f"{service}.{self.method_name}",
            bindings=[
                *(
                    binding(Exchange(exchange_of(p), type="topic", durable=True), self.event.name)
                    for p in producers
                ),
                binding(burial.own_exchange(service), f"{service}.{self.method_name}"),
            ],
            durable=True,
            queue_arguments=burial.QUORUM,
        )
        super().setup()
        HANDLED.labels(self.queue.name, "paused")  # from 0: the alert EventsPaused must see the first one

    def declare(self, channel: Any) -> None:
        service = self.container.service_name
        burial.declare_dead(channel, service, self.queue.name)
        burial.declare_delays(channel, service, self.queue.name)

    def handle_message(self, body: bytes, message: Any) -> None:
        try:
            envelope = decode(body, self.event)
        except ValueError as problem:
            self.bury(message, f"not a {self.event.name}: {problem}")
            return
        self._start(envelope, body, message, pauses=0)

    def _start(self, envelope: Any, body: bytes, message: Any, pauses: int) -> None:
        if self.queue_consumer.stopping:
            self.queue_consumer.requeue_message(message)
            return
        handle_result = partial(self._settle, envelope, body, message, pauses)
        try:
            self.container.spawn_worker(
                self,
                (envelope,),
                {},
                context_data={
                    "correlation_id": envelope.correlation_id,
                    "trace": (message.headers or {}).get(telemetry.HEADER),
                },
                handle_result=handle_result,
            )
        except ContainerBeingKilled:
            self.queue_consumer.requeue_message(message)

    def stop(self) -> None:
        self.queue_consumer.stopping = True
        super().stop()

    def _settle(
        self, envelope: Any, body: bytes, message: Any, pauses: int, _worker: Any, result: Any, exc_info: Any
    ) -> tuple[Any, Any]:
        error = exc_info[1] if exc_info else None
        telemetry.note(error=type(error).__name__ if error else "")
        if error is None:
            HANDLED.labels(self.queue.name, "handled").inc()
            self.queue_consumer.ack_message(message)
        elif isinstance(error, DependencyDown) or is_down(error):
            self.container.spawn_managed_thread(
                partial(self._pause, envelope, body, message, pauses, str(error))
            )
        elif isinstance(error, Transient) and burial.attempt_of(message) < len(burial.DELAYS):
            self._delay(message, body, str(error))
        else:
            self.bury(message, f"{type(error).__name__}: {error}")
        return result, exc_info

    def _pause(self, envelope: Any, body: bytes, message: Any, pauses: int, reason: str) -> None:
        HANDLED.labels(self.queue.name, "paused").inc()
        log.warning("paused", queue=self.queue.name, reason=reason)
        eventlet.sleep(PAUSE_SECONDS[min(pauses, len(PAUSE_SECONDS) - 1)])
        if still_ours(message):  # else the broker has taken it back and delivers it again
            self._start(envelope, body, message, pauses + 1)

    def _delay(self, message: Any, body: bytes, reason: str) -> None:
        attempt = burial.attempt_of(message)
        target = f"{self.queue.name}.retry.{burial.DELAYS[attempt][0]}"
        headers = {burial.ATTEMPT: attempt + 1, burial.REASON: reason}
        self._move(message, body, target, "delayed", headers)

    def bury(self, message: Any, reason: str) -> None:
        raw = (
            message.body.encode("utf-8", "surrogateescape") if isinstance(message.body, str) else message.body
        )
        self._move(message, raw, f"{self.queue.name}.dead", "dead", {burial.REASON: reason})

    def _move(self, message: Any, body: bytes, target: str, outcome: str, headers: dict[str, Any]) -> None:
        copy = burial.copy_for(message, self.container.service_name, target, body, **headers)
        try:
            self.publishing.publisher.publish([copy])
        except Exception as problem:
            log.warning("could not move a message", target=target, reason=str(problem))
            requeue_later(self.queue_consumer, message)
            return
        HANDLED.labels(self.queue.name, outcome).inc()
        log.warning("moved a message", target=target, reason=headers[burial.REASON])
        self.queue_consumer.ack_message(message)


def listen(event: type[Event], producers: tuple[str, ...] = ()) -> Callable[[Method], Method]:
    """Run the decorated method for each ``event``; ``producers`` where more than one publishes it."""
    return Listener.decorator(event, producers)  # type: ignore[no-any-return]
