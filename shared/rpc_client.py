"""Calling services from threads: safe under concurrency, bounded in time, and calm when one is down.

nameko's own proxies give no answers once threads share them and are lost after a disconnect. Here one
connection publishes (callers take turns) and one thread reads the answers; a late answer is dropped,
a lost connection is opened anew with a new reply queue, and a breaker per service answers at once
while the service is away.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec

from shared import telemetry
from shared.acting import CONTEXT_HEADER, Acting, Signer
from shared.errors import DependencyDown, Fault, TikkerError, Unavailable, from_wire
from shared.logging import get_logger
from shared.publisher import Message, Publisher, open_connection

log = get_logger(__name__)

CALL_SECONDS = 5.0
FAILURES_TO_OPEN = 5
FAILURE_WINDOW_SECONDS = 10.0
PROBE_AFTER_SECONDS = 2.0
CALLS_PER_SERVICE = 50
HEARTBEAT_SECONDS = 10
LOOK_UP_SECONDS = 0.2
EXCHANGE = "nameko-rpc"
REPLY_QUEUE_TTL_MS = 300_000

Part = tuple[str, str, dict[str, Any]]


@dataclass
class Breaker:
    """Opens after five failures in ten seconds; lets one call through every two seconds."""

    failures: list[float] = field(default_factory=list)
    opened_at: float | None = None
    in_flight: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, now: float) -> bool:
        with self.lock:
            if self.in_flight >= CALLS_PER_SERVICE:
                return False
            if self.opened_at is not None:
                if now - self.opened_at < PROBE_AFTER_SECONDS:
                    return False
                self.opened_at = now  # this call is the probe; the next waits its turn
            self.in_flight += 1
            return True

    def leave(self, ok: bool | None, now: float) -> None:
        """A call ended well or not; None when that says nothing about the service."""
        with self.lock:
            self.in_flight -= 1
            if ok is None:
                return
            if ok:
                self.failures.clear()
                self.opened_at = None
                return
            self.failures = [t for t in self.failures if now - t < FAILURE_WINDOW_SECONDS] + [now]
            if len(self.failures) >= FAILURES_TO_OPEN:
                self.opened_at = now


@dataclass(frozen=True)
class Call:
    """A call under way."""

    service: str
    method: str
    correlation_id: str
    future: Future[Any]
    deadline: float
    trace: telemetry.Outgoing | telemetry.Nothing


class RpcClient:
    """Calls services on behalf of who acts; one per process, shared by its threads."""

    def __init__(self, amqp_uri: str, signer: Signer) -> None:
        self._uri = amqp_uri
        self._signer = signer
        self._publisher = Publisher(amqp_uri)
        self._breakers: dict[str, Breaker] = {}
        self._waiting: dict[str, Future[Any]] = {}
        self._reply_key = ""
        self._ready = threading.Event()
        self._closing = threading.Event()
        self._started = threading.Lock()
        self._reader: threading.Thread | None = None

    def call(
        self, service: str, method: str, acting: Acting, /, timeout: float = CALL_SECONDS, **fields: Any
    ) -> Any:
        """The method's answer. Raises what the service raised (:mod:`shared.errors`), or
        :class:`Unavailable` when it does not answer within ``timeout`` seconds."""
        return self._finish(self._begin(service, method, acting, timeout, fields))

    def parallel(self, parts: Sequence[Part], acting: Acting, timeout: float = CALL_SECONDS) -> list[Any]:
        """All answers of ``(service, method, fields)`` together, in order; a part that fails is its error."""
        begun: list[Call | TikkerError] = []
        try:
            for service, method, fields in parts:
                try:
                    begun.append(self._begin(service, method, acting, timeout, fields))
                except TikkerError as error:
                    begun.append(error)
            return [self._outcome(call) if isinstance(call, Call) else call for call in begun]
        finally:
            for call in begun:
                if isinstance(call, Call):
                    self._forget(call, ok=None)

    def ready(self) -> None:
        """Raise unless answers can be received (for ``/readyz``)."""
        self._start()
        if not self._ready.wait(1.0):
            raise RuntimeError("not connected to the broker")

    def close(self) -> None:
        self._closing.set()
        self._publisher.close()
        if self._reader is not None:
            self._reader.join(2.0)

    def _outcome(self, call: Call) -> Any:
        try:
            return self._finish(call)
        except TikkerError as error:
            return error

    def _begin(
        self, service: str, method: str, acting: Acting, timeout: float, fields: dict[str, Any]
    ) -> Call:
        self._start()
        deadline = time.monotonic() + timeout
        breaker = self._breakers.setdefault(service, Breaker())
        if not breaker.enter(time.monotonic()):
            raise Unavailable()
        trace = telemetry.outgoing(f"{service}.{method}")
        call = Call(service, method, uuid.uuid4().hex, Future(), deadline, trace)
        self._waiting[call.correlation_id] = call.future
        try:
            if not self._ready.wait(timeout):
                raise DependencyDown("not connected to the broker")
            self._publisher.send(self._message(call, acting, timeout, fields))
        except DependencyDown as problem:
            self._forget(call, ok=False)
            raise Unavailable() from problem
        except BaseException:
            self._forget(call, ok=None)
            raise
        return call

    def _message(self, call: Call, acting: Acting, timeout: float, fields: dict[str, Any]) -> Message:
        return Message(
            exchange=EXCHANGE,
            routing_key=f"{call.service}.{call.method}",
            body=msgspec.json.encode({"args": [], "kwargs": fields}),
            headers={CONTEXT_HEADER: self._signer.sign(acting, call.service), **call.trace.headers},
            properties={
                "reply_to": self._reply_key,
                "correlation_id": call.correlation_id,
                "expiration": str(int(timeout * 1000)),
            },
        )

    def _finish(self, call: Call) -> Any:
        answered = False
        try:
            reply = call.future.result(max(0.0, call.deadline - time.monotonic()))
            answered = True
        except FutureTimeout as problem:
            log.warning("no answer in time", service=call.service, method=call.method)
            raise Unavailable() from problem
        finally:
            self._forget(call, ok=answered)
        return _result_of(reply)

    def _forget(self, call: Call, ok: bool | None) -> None:
        if self._waiting.pop(call.correlation_id, None) is not None:
            self._breakers[call.service].leave(ok, time.monotonic())
            call.trace.end({True: "answered", False: "no answer", None: "left"}[ok])

    def _start(self) -> None:
        if self._reader is None:
            with self._started:
                if self._reader is None:
                    self._reader = threading.Thread(target=self._read, name="rpc replies", daemon=True)
                    self._reader.start()

    def _read(self) -> None:
        pause = 0.1
        while not self._closing.is_set():
            try:
                self._consume()
                pause = 0.1
            except Exception as problem:  # of whatever kind: without this thread nobody gets an answer
                log.warning("reply connection lost", reason=f"{type(problem).__name__}: {problem}")
                with suppress(DependencyDown):
                    self._publisher.reset()
                self._closing.wait(pause)
                pause = min(2.0, pause * 2)

    def _consume(self) -> None:
        connection = open_connection(self._uri, heartbeat=HEARTBEAT_SECONDS)
        try:
            channel = connection.channel()
            channel.auto_decode = False
            key = uuid.uuid4().hex
            queue = f"rpc.reply-{self._signer.issuer}-{key}"
            channel.exchange_declare(EXCHANGE, "topic", passive=True)  # set-up or a service has made it
            channel.queue_declare(
                queue, exclusive=True, auto_delete=True, arguments={"x-expires": REPLY_QUEUE_TTL_MS}
            )
            channel.queue_bind(queue, EXCHANGE, key)
            channel.basic_consume(queue, no_ack=True, callback=self._on_reply)
            self._reply_key = key
            self._ready.set()
            while not self._closing.is_set():
                with suppress(TimeoutError):
                    connection.drain_events(timeout=LOOK_UP_SECONDS)
                connection.heartbeat_tick()  # also while answers keep coming: they are not a sign of ours
        finally:
            self._ready.clear()
            connection.collect()

    def _on_reply(self, message: Any) -> None:
        future = self._waiting.get(str(message.properties.get("correlation_id")))
        if future is None or future.done():
            return  # its caller has given up
        try:
            future.set_result(json.loads(message.body))
        except (ValueError, RecursionError) as problem:
            log.warning("an answer could not be read", reason=f"{type(problem).__name__}: {problem}")
            future.set_result(None)


def _result_of(reply: object) -> Any:
    """The result in an answer. Raises the error in it, and :class:`Fault` when it is no answer at all."""
    if not isinstance(reply, dict):
        raise Fault()
    error = reply.get("error")
    if error:
        raise from_wire(error.get("tikker") if isinstance(error, dict) else None)
    if "result" not in reply:
        raise Fault()
    return reply["result"]
