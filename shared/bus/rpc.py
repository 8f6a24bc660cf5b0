"""``@rpc(Schema)``: a method that others call, on nameko's wire protocol, behind a signed context.

The method gets ``(acting, **fields)``, where the fields have passed the marshmallow schema. What it
raises of :mod:`shared.errors` reaches the caller as the same class; anything else is logged here and
reaches the caller as a :class:`Fault`. A request that cannot be answered (no ``reply_to``) or read is
buried in ``rpc-<service>.dead``. A call may run twice (the broker may deliver it again), so what
changes something carries a command ID.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import msgspec
from marshmallow import Schema, ValidationError
from nameko.exceptions import ContainerBeingKilled
from nameko.rpc import Rpc, RpcConsumer, get_rpc_exchange
from prometheus_client import Histogram

from shared import telemetry, tenancy
from shared.acting import CONTEXT_HEADER, Verifier
from shared.bus import burial
from shared.bus.consumer import SafeQueueConsumer, requeue_later
from shared.bus.extensions import SharedPublisher
from shared.errors import DependencyDown, Fault, Forbidden, Invalid, NotFound, TikkerError, Unavailable
from shared.logging import get_logger
from shared.mongo import is_down
from shared.publisher import Message
from shared.words import gettext as _
from shared.words import speaking

log = get_logger(__name__)

CALLS = Histogram("tikker_rpc_seconds", "How long calls took here", ["method"])

Method = TypeVar("Method", bound=Callable[..., Any])


class SafeRpcConsumer(RpcConsumer):
    """nameko's RpcConsumer on a quorum queue, that answers or buries every request."""

    queue_consumer = SafeQueueConsumer()
    publishing = SharedPublisher()

    def setup(self) -> None:
        first = self.queue is None
        super().setup()
        if first:
            self.queue.queue_arguments = burial.QUORUM

    def declare(self, channel: Any) -> None:
        burial.declare_dead(channel, self.container.service_name, self.queue.name)

    def handle_message(self, body: bytes, message: Any) -> None:
        if not message.properties.get("reply_to"):
            self.bury(message, "no reply_to: nobody waits for the answer")
            return
        method = str(message.delivery_info["routing_key"]).partition(".")[2]
        try:
            entrypoint = next((p for p in self._providers if p.method_name == method), None)
            if entrypoint is None:
                raise NotFound(f"{self.container.service_name} has no method {method}")
            entrypoint.take(body, message)
        except Exception as problem:
            if not isinstance(problem, TikkerError):
                log.exception("a call could not be taken up", method=method)
            self.answer(message, method, None, problem)

    def answer(self, message: Any, method: str, result: Any, error: BaseException | None) -> None:
        """Send the reply, then ack; a caller that is gone or a broker that is away harms nobody."""
        try:
            body = msgspec.json.encode({"result": result, "error": _error_for_wire(error)})
        except (TypeError, ValueError) as problem:
            log.exception("an answer could not be written", method=method)
            body = msgspec.json.encode({"result": None, "error": _error_for_wire(problem)})
        reply = Message(
            exchange=get_rpc_exchange(self.container.config).name,
            routing_key=str(message.properties["reply_to"]),
            body=body,
            properties={"correlation_id": message.properties.get("correlation_id"), "delivery_mode": 1},
        )
        try:
            self.publishing.publisher.send(reply)
        except DependencyDown as problem:
            log.warning("an answer could not be sent", method=method, reason=str(problem))
        self.queue_consumer.ack_message(message)

    def bury(self, message: Any, reason: str) -> None:
        raw = (
            message.body.encode("utf-8", "surrogateescape") if isinstance(message.body, str) else message.body
        )
        target = f"{self.queue.name}.dead"
        copy = burial.copy_for(message, self.container.service_name, target, raw, **{burial.REASON: reason})
        try:
            self.publishing.publisher.publish([copy])
        except Exception as problem:
            log.warning("could not bury a call", reason=str(problem))
            requeue_later(self.queue_consumer, message)
            return
        log.warning("buried a call", reason=reason)
        self.queue_consumer.ack_message(message)


class SafeRpc(Rpc):
    """The entrypoint behind :func:`rpc`."""

    rpc_consumer = SafeRpcConsumer()
    traced_as = telemetry.SERVER

    def __init__(
        self, schema: type[Schema] | None, kinds: tuple[str, ...], programs: bool, **kwargs: Any
    ) -> None:
        super().__init__(expected_exceptions=(TikkerError,), **kwargs)
        self.schema = schema
        self.kinds = kinds
        self.programs = programs

    def setup(self) -> None:
        super().setup()
        self.verifier = Verifier.from_json(
            self.container.service_name, self.container.config["TIKKER_PUBLIC_KEYS"]
        )

    def stop(self) -> None:
        self.rpc_consumer.queue_consumer.stopping = True
        super().stop()

    def take(self, body: bytes, message: Any) -> None:
        headers = message.headers if isinstance(message.headers, dict) else {}
        acting = self.verifier.verify(headers.get(CONTEXT_HEADER))
        if acting.kind not in self.kinds or acting.program and not self.programs:
            raise Forbidden()
        with speaking(acting.language):
            fields = self._fields(body)
        handle_result = partial(self._settle, message, time.monotonic())
        try:
            self.container.spawn_worker(
                self,
                (acting,),
                fields,
                context_data={
                    "correlation_id": acting.correlation_id,
                    "language": acting.language,
                    "trace": headers.get(telemetry.HEADER),
                },
                handle_result=handle_result,
            )
        except ContainerBeingKilled:
            self.rpc_consumer.requeue_message(message)

    def _fields(self, body: bytes) -> dict[str, Any]:
        try:
            request = json.loads(body)
            kwargs = request["kwargs"]
            if request["args"] or not isinstance(kwargs, dict):
                raise ValueError("arguments go by name")
        except (ValueError, KeyError, TypeError, RecursionError) as problem:
            raise Invalid(f"not a call: {problem}") from problem
        if self.schema is None:
            if kwargs:
                raise Invalid(fields={name: [_("Dit veld kennen we hier niet.")] for name in kwargs})
            return {}
        try:
            return dict(self.schema().load(kwargs))
        except ValidationError as problem:
            raise Invalid(fields=flatten(problem.messages)) from problem

    def _settle(
        self, message: Any, started: float, _worker: Any, result: Any, exc_info: Any
    ) -> tuple[Any, Any]:
        CALLS.labels(self.method_name).observe(time.monotonic() - started)
        try:
            tenancy.check()
        except tenancy.Unscoped:
            result, exc_info = None, sys.exc_info()
        telemetry.note(error=type(exc_info[1]).__name__ if exc_info else "")
        self.rpc_consumer.answer(message, self.method_name, result, exc_info[1] if exc_info else None)
        return result, exc_info


def flatten(messages: Any, prefix: str = "") -> dict[str, list[str]]:
    """marshmallow's nested messages as ``{"selection.duration.value": ["…"]}``."""
    if isinstance(messages, dict):
        flat: dict[str, list[str]] = {}
        for key, value in messages.items():
            name = prefix if key == "_schema" else f"{prefix}.{key}".lstrip(".")
            flat.update(flatten(value, name))
        return flat
    return {prefix: [str(m) for m in messages] if isinstance(messages, list) else [str(messages)]}


def _error_for_wire(error: BaseException | None) -> dict[str, Any] | None:
    """Our own form in ``tikker``, beside the four fields that stock nameko clients expect."""
    if error is None:
        return None
    if isinstance(error, TikkerError):
        known = error
    else:
        known = Unavailable() if isinstance(error, DependencyDown) or is_down(error) else Fault()
    return {
        "exc_type": type(known).__name__,
        "exc_path": f"shared.errors.{type(known).__name__}",
        "exc_args": [str(known)],
        "value": str(known),
        "tikker": known.to_wire(),
    }


def rpc(
    schema: type[Schema] | None = None, kinds: tuple[str, ...] = ("user",), programs: bool = True
) -> Callable[[Method], Method]:
    """Let others call the decorated method; ``kinds`` are the contexts that may (deny by default). Without
    ``programs`` a person has to be at the keyboard."""
    return SafeRpc.decorator(schema, kinds, programs)  # type: ignore[no-any-return]
