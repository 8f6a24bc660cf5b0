"""One trace from request to event, at no cost when nobody traces."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from cli import processes
from shared import mongo, telemetry
from shared.handling import handling, traced
from shared.logging import correlation_id


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


def test_a_job_goes_on_with_the_trace_of_whoever_asked_for_it(spans: InMemorySpanExporter) -> None:
    with telemetry.doing("cdr.start_export", telemetry.SERVER, None, "c1"):
        asked_in = telemetry.current()[telemetry.HEADER]
    with handling("job export", parent=asked_in, correlation_id="c1"), suppress(ValueError):
        assert correlation_id() == "c1"
        raise ValueError("no trace of this text may leave the process")
    call, job = spans.get_finished_spans()
    assert job.parent is not None and call.context is not None
    assert job.parent.span_id == call.context.span_id
    assert job.attributes is not None and job.attributes["tikker.correlation_id"] == "c1"


def test_a_request_at_a_listener_is_a_trace_of_its_own_whatever_it_brings(
    spans: InMemorySpanExporter,
) -> None:
    header = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"
    app = traced(lambda environ, start_response: [correlation_id().encode()], "sip.route")
    (answer,) = app({"REQUEST_METHOD": "POST", "HTTP_TRACEPARENT": header}, None)
    (span,) = spans.get_finished_spans()
    assert (span.name, span.parent) == ("POST sip.route", None)
    assert span.attributes is not None and span.attributes["tikker.correlation_id"] == answer.decode()


class Begun(BaseException):
    """Instead of going on."""


PLAIN_PROCESSES = (
    "services.cdr.ingester.__main__",
    "services.cdr.worker.__main__",
    "services.mobile.worker.__main__",
    "services.invoicing.worker.__main__",
    "services.pbx.bridge.__main__",
    "services.pbx.media.__main__",
)


@pytest.mark.parametrize("module", PLAIN_PROCESSES)
def test_a_plain_process_begins_with_its_trace(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it has a database: what was opened earlier would not be traced."""

    def begun(process: str) -> None:
        raise Begun(process)

    main = import_module(module)
    monkeypatch.setattr(main, "begin", begun)
    monkeypatch.setattr(mongo, "connect", lambda *_, **__: pytest.fail("opened its database first"))
    name = module.removeprefix("services.").removesuffix(".__main__").replace(".", "-")
    with pytest.raises(Begun, match=f"^{name}$"):
        main.main()


def test_every_plain_process_is_looked_at() -> None:
    """The others are services on the bus, behind gunicorn, or not ours: they have tests of their own."""
    elsewhere = {"cdr", "identity", "invoicing", "mobile", "pbx", "provisioning"}  # shared/process.py
    elsewhere |= {"gateway", "phones", "provisioning-listener", "pbx-listener"}  # workers of gunicorn
    elsewhere |= {"smtp-sink", "carrier-simulator", "kamailio"}  # play what others run
    names = {process.name for process in (*processes.PROCESSES, *processes.SIP_PROCESSES)} - elsewhere
    assert {f"services.{name.replace('-', '.')}.__main__" for name in names} == set(PLAIN_PROCESSES)


def test_a_worker_of_gunicorn_begins_with_its_trace() -> None:
    program = (
        "import types; from shared import http_process, telemetry\n"
        "begun = []; telemetry.start = begun.append\n"
        "door = types.SimpleNamespace(name='some-listener', make=lambda: lambda environ, start: [b'yes'])\n"
        "process = types.SimpleNamespace(_door=door)\n"
        "app = http_process._Application.load(process)\n"
        "assert begun == ['some-listener'] and app({'REQUEST_METHOD': 'GET'}, None) == [b'yes']"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": ":".join(sys.path)})
