"""A call and the event it leads to, through real processes, arrive at a collector as one trace."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared import telemetry
from tests.contract.scene import USER, Scene
from tests.support.processes import until


class Collector:
    """What the OTLP exporter of a process under test speaks to."""

    def __init__(self) -> None:
        spans = self.spans = []  # type: list[Any]

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                request = ExportTraceServiceRequest.FromString(body)
                spans.extend(s for r in request.resource_spans for x in r.scope_spans for s in x.spans)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Not of interest."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def named(self, name: str) -> list[Any]:
        return [span for span in self.spans if span.name == name]


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_call_its_event_and_their_commands_are_one_trace(fresh: Scene, collector: Collector) -> None:
    exporter = InMemorySpanExporter()
    fresh.settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://127.0.0.1:{collector.server.server_port}"
    fresh.settings["OTEL_BSP_SCHEDULE_DELAY"] = "200"
    fresh.start().wait_ready()
    client = fresh.client()
    telemetry.start_with("gateway", SimpleSpanProcessor(exporter))
    try:
        with telemetry.doing("GET a.page", telemetry.SERVER, None, USER.correlation_id):
            client.parallel(
                [("toy", "ring", {"id": "one", "act": "log"}), ("toy", "ask", {"id": "two"})], USER
            )
    finally:
        telemetry.stop()
    until(lambda: collector.named("toy.on_rang"), 15, "the span of the event")
    page = next(span for span in exporter.get_finished_spans() if span.name == "GET a.page")
    assert page.context is not None
    trace = page.context.trace_id.to_bytes(16)
    for name in ("toy.ring", "toy.ask", "toy.on_rang"):
        assert [span.trace_id for span in collector.named(name)] == [trace]
    commands = [span for span in collector.spans if span.trace_id == trace and span.name.endswith(".insert")]
    assert commands, "the outbox row's insert"
    assert all(span.trace_id == trace for span in collector.spans), "nothing that the toy does by itself"
    assert fresh.logged("acting")["trace_id"] == f"{page.context.trace_id:032x}"
