"""The broker stalls, hangs up, goes away and comes back: everything works again within seconds."""

from __future__ import annotations

import json
import time

import pytest

from shared import rpc_client
from shared.errors import Unavailable
from tests.contract.connections import close_by_force
from tests.contract.scene import USER, Scene, answered
from tests.contract.tcp_proxy import TcpProxy
from tests.support.processes import until


def test_connections_closed_by_force_are_opened_again(fresh: Scene) -> None:
    fresh.start().wait_ready()
    client = fresh.client()
    assert answered(client, timeout=30.0)
    before = client._reply_key
    close_by_force(fresh.broker, fresh.queues, least=4)  # the toy listens and publishes, the client too
    until(lambda: client._reply_key != before, what="a new reply queue")
    until(lambda: answered(client), what="an answer")
    fresh.is_alive()


def test_a_process_waits_for_a_broker_that_is_not_there_yet(fresh: Scene, broker_line: TcpProxy) -> None:
    broker_line.refuse()
    fresh.start()
    until(lambda: fresh.process.page("/livez")[0] == 200, what="a process that lives")
    status, body = fresh.process.page("/readyz")
    assert status == 503
    assert json.loads(body)["checks"]["broker"] == "RuntimeError: not connected to the broker"
    broker_line.accept()
    fresh.process.wait_ready()
    fresh.is_alive()


def test_a_broker_that_goes_away_in_the_middle_of_work_costs_nothing(
    fresh: Scene, broker_line: TcpProxy
) -> None:
    fresh.start().wait_ready()
    held = fresh.ring("wait")
    fresh.wrote(held, "start")
    broker_line.refuse()
    fresh.flag(f"go-{held}")
    fresh.wrote(held, "start", "end")
    until(lambda: fresh.process.page("/readyz")[0] == 503, what="a process that says it is not ready")
    assert fresh.process.page("/livez")[0] == 200
    broker_line.accept()
    until(lambda: fresh.diary(held).count("end") == 2, what="the event again, as its ack did not arrive")
    fresh.process.wait_ready()
    fresh.is_alive()


def test_a_client_is_bounded_while_the_broker_stalls_and_works_again_after_it(
    toy: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rpc_client, "PROBE_AFTER_SECONDS", 0.1)
    line = TcpProxy(toy.amqp_uri, 5672)
    client = toy.client(line.uri)
    assert answered(client, timeout=30.0)
    line.stall()
    started = time.monotonic()
    with pytest.raises(Unavailable):
        client.call("toy", "ask", USER, timeout=0.5, id="x")
    assert time.monotonic() - started < 1.5
    line.resume()
    until(lambda: answered(client), what="an answer")
    line.refuse()
    started = time.monotonic()
    with pytest.raises(Unavailable):
        client.call("toy", "ask", USER, timeout=0.5, id="x")
    assert time.monotonic() - started < 1.5
    line.accept()
    until(lambda: answered(client), what="an answer")
    line.refuse()


def test_a_service_on_a_line_that_died_without_a_word_opens_another(
    fresh: Scene, broker_line: TcpProxy
) -> None:
    """Behind a balancer the line stays up while the broker behind it has changed."""
    fresh.settings["TOY_HEARTBEAT_SECONDS"] = "1"
    fresh.start().wait_ready()
    broker_line.strand()
    about = fresh.ring()
    until(lambda: fresh.diary(about) == ["start", "end"], what="the event handled")
    fresh.is_alive()


def test_a_client_on_a_line_that_died_without_a_word_opens_another(
    toy: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rpc_client, "HEARTBEAT_SECONDS", 1)
    monkeypatch.setattr(rpc_client, "PROBE_AFTER_SECONDS", 0.1)
    line = TcpProxy(toy.amqp_uri, 5672)
    client = toy.client(line.uri)
    assert answered(client, timeout=30.0)
    line.strand()
    assert answered(client) is None
    until(lambda: answered(client), what="an answer")
    line.refuse()
