"""One trace from request to event, at no cost when nobody traces."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared import telemetry


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    telemetry.start_with("test", SimpleSpanProcessor(exporter))
    yield exporter
    telemetry.stop()


def test_without_a_collector_nothing_is_imported_or_sent() -> None:
    program = (
        "import sys; from shared import telemetry, outbox, rpc_client\n"
        "telemetry.start('x')\n"
        "with telemetry.doing('a', telemetry.SERVER): assert telemetry.current() == {}\n"
        "assert telemetry.outgoing('b').headers == {}; telemetry.note('c')\n"
        "telemetry.outgoing('b').end('answered')\n"
        "assert not [m for m in sys.modules if m.startswith('opentelemetry')]"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": ":".join(sys.path)})


def test_a_page_that_calls_two_services_is_one_trace_down_to_the_event(spans: InMemorySpanExporter) -> None:
    with telemetry.doing("request", telemetry.SERVER, None, "c1"):
        calls = [telemetry.outgoing("cdr.totals"), telemetry.outgoing("identity.user")]  # both under way
        for call in calls:
            with telemetry.doing("at the service", telemetry.SERVER, call.headers[telemetry.HEADER], "c1"):
                event = telemetry.current()[telemetry.HEADER]
            call.end("answered")
        telemetry.note("GET usage.totals", status=200)
    with telemetry.doing("pbx.on_changed", telemetry.CONSUMER, event, "c1"):  # later, elsewhere
        telemetry.note(error="ValueError")
    found: list[Any] = list(spans.get_finished_spans())
    assert len({span.context.trace_id for span in found}) == 1
    parents = {span.name: span.parent and span.parent.span_id for span in found}
    page = next(span for span in found if span.name == "GET usage.totals")
    assert parents["GET usage.totals"] is None
    assert parents["cdr.totals"] == parents["identity.user"] == page.context.span_id
    assert parents["pbx.on_changed"] in {s.context.span_id for s in found if s.name == "at the service"}
    assert {span.attributes.get("tikker.correlation_id") for span in found} == {"c1", None}


@pytest.mark.parametrize(
    "header", [None, 5, "", "nonsense", "00-0-0-00", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"]
)
def test_what_is_no_trace_begins_one(spans: InMemorySpanExporter, header: object) -> None:
    with telemetry.doing("cdr.totals", telemetry.SERVER, header):
        pass
    assert [span.parent for span in spans.get_finished_spans()] == [None]


def test_what_a_process_does_by_itself_is_not_traced(spans: InMemorySpanExporter) -> None:
    call = telemetry.outgoing("outbox.find")
    with telemetry.doing("and what follows", telemetry.SERVER, call.headers[telemetry.HEADER]):
        pass
    call.end("answered")
    assert spans.get_finished_spans() == ()


def test_a_log_line_bears_the_trace_of_what_is_done(spans: InMemorySpanExporter) -> None:
    with telemetry.doing("request", telemetry.SERVER):
        line = telemetry.with_trace_id(None, "info", {"event": "x"})
    assert line["trace_id"] == f"{spans.get_finished_spans()[0].context.trace_id:032x}"
    assert telemetry.with_trace_id(None, "info", {"event": "x"}) == {"event": "x"}
