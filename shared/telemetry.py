"""Tracing (OpenTelemetry): one trace from a page through calls and events to the database.

Off, and at no cost, unless OTEL_EXPORTER_OTLP_ENDPOINT names a collector: then not even the libraries are
imported. OTEL_TRACES_SAMPLER_ARG is the share of requests that are traced (preset: 1). Spans hold names,
times, outcomes and the correlation ID; never a path, a filter or what commands say: those hold numbers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
SHARE = "OTEL_TRACES_SAMPLER_ARG"
HEADER = "tikker.trace"
"""Of messages and outbox rows: a W3C traceparent."""
SERVER, CONSUMER = "server", "consumer"

_tracer: Any = None


def wanted() -> bool:
    return bool(os.environ.get(ENDPOINT))


def start(process: str) -> None:
    """Trace this process, if that is wanted; before it opens its database. Safe to repeat."""
    if not wanted() or _tracer is not None:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    start_with(process, BatchSpanProcessor(OTLPSpanExporter()), float(os.environ.get(SHARE) or 1))


def start_with(process: str, processor: Any, share: float = 1.0) -> None:
    """The same, to a span processor that is given."""
    from opentelemetry.instrumentation.pymongo import PymongoInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.sampling import ParentBased

    from shared.telemetry_sampling import WithCause

    global _tracer
    resource = Resource.create({"service.name": process, "service.namespace": "tikker"})
    provider = TracerProvider(sampler=ParentBased(WithCause(share)), resource=resource)
    provider.add_span_processor(processor)
    PymongoInstrumentor().instrument(tracer_provider=provider)
    _tracer = provider.get_tracer("tikker")


def stop() -> None:
    """Send what is left, and trace no more."""
    global _tracer
    if _tracer is None:
        return
    from opentelemetry.instrumentation.pymongo import PymongoInstrumentor

    PymongoInstrumentor().uninstrument()
    _tracer.span_processor.shutdown()
    _tracer = None


class Outgoing:
    """A call under way, from when it is sent until its answer; as a child of what is done now."""

    def __init__(self, name: str) -> None:
        from opentelemetry import trace

        self._span = _tracer.start_span(name, kind=trace.SpanKind.CLIENT)
        self.headers = {HEADER: _written(self._span)}

    def end(self, outcome: str) -> None:
        """``outcome``: answered, or why not."""
        self._span.set_attribute("tikker.outcome", outcome)
        self._span.end()


class Nothing:
    """Stands for an outgoing call while nobody traces."""

    headers: Mapping[str, str] = {}

    def end(self, outcome: str) -> None:
        """Nothing was begun."""


_NOTHING = Nothing()


def outgoing(name: str) -> Outgoing | Nothing:
    return Outgoing(name) if _tracer is not None else _NOTHING


def current() -> dict[str, str]:
    """The header that lets others go on with this trace; {} while nobody traces."""
    if _tracer is None:
        return {}
    from opentelemetry import trace

    span = trace.get_current_span()
    return {HEADER: _written(span)} if span.get_span_context().is_valid else {}


@contextmanager
def doing(name: str, kind: str, parent: object = None, correlation_id: str = "") -> Iterator[None]:
    """A span around the block; ``parent`` is the header of who caused it (anything else begins a trace)."""
    if _tracer is None:
        yield
        return
    from opentelemetry import trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier = {"traceparent": parent if isinstance(parent, str) else ""}
    context = TraceContextTextMapPropagator().extract(carrier)
    kinds = {SERVER: trace.SpanKind.SERVER, CONSUMER: trace.SpanKind.CONSUMER}
    known = {"tikker.correlation_id": correlation_id}
    with _tracer.start_as_current_span(name, context=context, kind=kinds[kind], attributes=known):
        yield


def note(name: str = "", error: str = "", **values: str | int) -> None:
    """Tell the current span its name, that it went wrong (by class, never by text), and other facts."""
    if _tracer is None:
        return
    from opentelemetry import trace

    span = trace.get_current_span()
    if name:
        span.update_name(name)
    if error:
        span.set_status(trace.Status(trace.StatusCode.ERROR, error))
    for key, value in values.items():
        span.set_attribute(f"tikker.{key}", value)


def with_trace_id(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """For structlog: the trace of each log line."""
    from opentelemetry import trace

    context = trace.get_current_span().get_span_context()
    return {**line, "trace_id": f"{context.trace_id:032x}"} if context.is_valid else line


def _written(span: Any) -> str:
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
