"""Which traces are kept. Imported only where somebody traces: it needs OpenTelemetry's SDK."""

from __future__ import annotations

from typing import Any

from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import SpanKind


class WithCause(Sampler):
    """A share of what somebody asked for, and nothing that a process does by itself.

    An outbox is looked at five times a second: without this, such reads would be nearly all that one sees.
    """

    def __init__(self, share: float) -> None:
        self._share = TraceIdRatioBased(share)

    def should_sample(
        self,
        parent_context: Any,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        *rest: Any,
        **more: Any,
    ) -> SamplingResult:
        if kind == SpanKind.CLIENT:  # a call or a command of which nothing is the cause
            return SamplingResult(Decision.DROP)
        return self._share.should_sample(parent_context, trace_id, name, kind, *rest, **more)

    def get_description(self) -> str:
        return "TikkerWithCause"
