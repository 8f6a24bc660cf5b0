"""Calling services from threads: every call is answered or refused in time, and nothing is left over.

nameko's own proxies give no answers once threads share them, keep late answers for ever and are lost
after a disconnect.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from msgspec import structs

from shared import rpc_client
from shared.acting import Acting
from shared.errors import Conflict, Fault, Forbidden, Invalid, Unavailable
from shared.ids import new_id
from shared.publisher import Message
from shared.rpc_client import Part, RpcClient
from tests.contract.scene import CUSTOMER, USER, Scene, answered
from tests.support.processes import until


@pytest.fixture(scope="module")
def client(shared_toy: Scene) -> RpcClient:
    return shared_toy.client()


@pytest.fixture
def impatient(toy: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[RpcClient]:
    """A client whose breaker tries again almost at once."""
    monkeypatch.setattr(rpc_client, "PROBE_AFTER_SECONDS", 0.2)
    yield toy.client()


def test_the_service_acts_for_whom_the_context_names(toy: Scene, client: RpcClient) -> None:
    about = new_id()
    assert client.call("toy", "ask", USER, id=about) == {"id": about, "customer": CUSTOMER}


def test_what_a_call_logs_carries_the_correlation_id_of_the_context(toy: Scene, client: RpcClient) -> None:
    about = new_id()
    client.call("toy", "ask", USER, id=about, act="log")
    assert toy.logged("acting", about=about)["correlation_id"] == USER.correlation_id


def test_a_call_that_does_not_name_its_customer_to_the_database_has_no_answer_and_no_effect(
    toy: Scene, client: RpcClient
) -> None:
    """Requirement 1 of docs/hardening.md."""
    about = new_id()
    client.call("toy", "ring", USER, id=about)
    before = client.call("toy", "bells", USER, id=about)
    assert before >= 1
    with pytest.raises(Fault):
        client.call("toy", "bells", USER, id=about, act="careless")
    assert toy.logged("a command does not name the customer", collection="bells")["command"] == "aggregate"
    with pytest.raises(Fault):
        client.call("toy", "ring", USER, id=new_id(), act="careless")
    everybodys = client.call("toy", "bells", Acting(kind="staff", scope="operator"), id=about, act="careless")
    assert everybodys == client.call("toy", "bells", USER, id=about) == before


def test_threads_that_share_a_client_all_get_their_own_answers(toy: Scene, client: RpcClient) -> None:
    def call_often(thread: int) -> bool:
        wanted = [f"{thread}-{i}-{new_id()}" for i in range(20)]
        alone = [client.call("toy", "ask", USER, id=about) for about in wanted[:15]]
        together = client.parallel([("toy", "ask", {"id": about}) for about in wanted[15:]], USER)
        return [reply["id"] for reply in alone + together] == wanted

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(call_often, range(8)))
    assert client._waiting == {}


def test_twenty_calls_for_one_page_go_together(toy: Scene, client: RpcClient) -> None:
    ids = [new_id() for _ in range(20)]
    replies = client.parallel([("toy", "ask", {"id": about}) for about in ids], USER)
    assert [reply["id"] for reply in replies] == ids


def test_a_part_of_a_page_that_fails_leaves_the_others_whole(toy: Scene, client: RpcClient) -> None:
    parts = [("toy", "ask", {"id": "a"}), ("toy", "ask", {}), ("toy", "ask", {"id": "c", "act": "fail"})]
    first, second, third = client.parallel([*parts], USER)
    assert first["id"] == "a"
    assert isinstance(second, Invalid) and second.fields == {"id": ["Vul dit in."]}
    assert isinstance(third, Fault) and "boom" not in str(third)


def test_a_part_that_cannot_be_written_does_not_strand_the_parts_before_it(
    toy: Scene, client: RpcClient
) -> None:
    with pytest.raises(TypeError):
        client.parallel([("toy", "ask", {"id": "a"}), ("toy", "ask", {"id": object()})], USER)
    assert client._waiting == {}
    assert client._breakers["toy"].in_flight == 0


def test_errors_arrive_as_the_class_that_was_raised_with_its_sentence(toy: Scene, client: RpcClient) -> None:
    with pytest.raises(Conflict, match="Dit nummer is al in gebruik.") as caught:
        client.call("toy", "ask", USER, id="x", act="conflict")
    assert caught.value.details == {"number": "+31850000001"}
    with pytest.raises(Invalid) as refused:
        client.call("toy", "ask", USER, id="x", act="invalid")
    assert refused.value.fields == {"id": ["Vul iets anders in."]}


@pytest.mark.feature("GW-01")
def test_errors_are_in_the_language_of_who_asks_also_when_others_ask_at_the_same_time(
    toy: Scene, client: RpcClient
) -> None:
    english = structs.replace(USER, language="en")

    def refusals(acting: Acting) -> set[str]:
        said = set()
        for _ in range(20):
            wrong, broken = client.parallel(
                [("toy", "ask", {}), ("toy", "ask", {"id": "x", "act": "fail"})], acting
            )
            said |= {wrong.fields["id"][0], str(broken).partition(".")[0]}
        return said

    with ThreadPoolExecutor(4) as pool:
        first, second, third, fourth = pool.map(refusals, [USER, english, USER, english])
    assert first == third == {"Vul dit in.", "Deze gegevens zijn nu niet op te halen"}
    assert second == fourth == {"Fill this in.", "This cannot be loaded just now"}


def test_a_fault_tells_its_caller_nothing_and_the_log_everything(toy: Scene, client: RpcClient) -> None:
    with pytest.raises(Fault) as caught:
        client.call("toy", "ask", USER, id="x", act="fail")
    assert "the handler broke" not in str(caught.value)
    assert "the handler broke" in toy.process.log.read_text()


@pytest.mark.parametrize("act", ["dependency", "database"])
def test_a_service_that_misses_what_it_stands_on_is_unavailable(
    toy: Scene, client: RpcClient, act: str
) -> None:
    with pytest.raises(Unavailable):
        client.call("toy", "ask", USER, id=new_id(), act=act)


def test_the_gateway_speaks_for_who_is_in_the_browser_staff_too_and_never_for_a_service(
    toy: Scene, client: RpcClient
) -> None:
    staff, service = Acting(kind="staff", scope="operator"), Acting(kind="service")
    assert client.call("toy", "ask_as_staff", staff, id="x")["id"] == "x"
    with pytest.raises(Forbidden):
        client.call("toy", "ask_as_staff", USER, id="x")
    for method in ("ask", "ask_as_staff"):
        with pytest.raises(Forbidden):
            client.call("toy", method, service, id="x")


def test_a_late_answer_is_dropped_and_nothing_of_the_call_remains(toy: Scene, client: RpcClient) -> None:
    about = new_id()
    with pytest.raises(Unavailable):
        client.call("toy", "ask", USER, timeout=0.3, id=about, act="wait")
    assert client._waiting == {}
    toy.flag(f"go-{about}")
    toy.wrote(about, "start", "end")
    assert client.call("toy", "ask", USER, id="next")["id"] == "next"
    assert client._waiting == {}


def test_a_missing_service_is_unavailable_in_time_and_then_at_once(impatient: RpcClient) -> None:
    started = time.monotonic()
    parts: list[Part] = [("nobody", "ask", {}) for _ in range(rpc_client.FAILURES_TO_OPEN)]
    replies = impatient.parallel(parts, USER, timeout=0.5)
    assert [type(reply) for reply in replies] == [Unavailable] * len(parts)
    assert 0.5 <= time.monotonic() - started < 2.0
    started = time.monotonic()
    with pytest.raises(Unavailable):
        impatient.call("nobody", "ask", USER, timeout=0.5)
    assert time.monotonic() - started < 0.2  # the breaker is open


def test_a_missing_service_does_not_hinder_calls_to_others(toy: Scene, impatient: RpcClient) -> None:
    missing: list[Part] = [("nobody", "ask", {}) for _ in range(rpc_client.FAILURES_TO_OPEN)]
    *_, reply = impatient.parallel([*missing, ("toy", "ask", {"id": "a"})], USER, timeout=0.5)
    assert reply["id"] == "a"


def test_the_breaker_closes_again_when_the_service_answers(toy: Scene, impatient: RpcClient) -> None:
    abouts = [new_id() for _ in range(rpc_client.FAILURES_TO_OPEN)]
    parts = [("toy", "ask", {"id": about, "act": "wait"}) for about in abouts]
    assert {type(reply) for reply in impatient.parallel(parts, USER, timeout=0.3)} == {Unavailable}
    for about in abouts:
        toy.flag(f"go-{about}")
    assert answered(impatient) is None
    until(lambda: answered(impatient), what="the breaker closed")
    assert answered(impatient)


GARBAGE = {
    "malformed": b"{not json",
    "no UTF-8": b'"\xff"',
    "nested without end": b"[" * 100_000,
    "a list": b"[]",
    "a number": b"5",
    "an empty object": b"{}",
    "an error that is text": b'{"result": null, "error": "boom"}',
    "an error without our part": b'{"result": null, "error": {"exc_type": "KeyError", "value": "x"}}',
    "an error of a kind unknown here": b'{"error": {"tikker": {"code": "new", "details": {"a": 1}}}}',
    "details unknown here": b'{"error": {"tikker": {"code": "forbidden", "details": {"b": 1}}}}',
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
def test_an_answer_that_cannot_be_read_is_an_error_of_ours_and_the_next_call_is_answered(
    toy: Scene, body: bytes
) -> None:
    client = toy.clients[0] if toy.clients else toy.client()
    with impostor(toy, client) as (call, _, reply):
        reply(body)
        with pytest.raises((Fault, Forbidden)):
            call.result(30)
    assert answered(client)


@contextmanager
def impostor(
    toy: Scene, client: RpcClient, **fields: Any
) -> Iterator[tuple[Future[object], Any, Callable[[bytes], None]]]:
    """A call to a service in whose place the test answers: the call, its request, and how to answer."""
    requests = toy.queues.bind("nameko-rpc", "impostor.ask")
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(client.call, "impostor", "ask", USER, **fields)
        request = toy.in_queue(requests)

        def reply(body: bytes) -> None:
            properties = {"correlation_id": request.properties["correlation_id"]}
            to = request.properties["reply_to"]
            toy.queues.publisher.publish([Message("nameko-rpc", to, body, properties=properties)])

        yield call, request, reply


def test_answers_that_keep_coming_do_not_silence_the_heartbeat(
    toy: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker hangs up on a client that sends nothing for two heartbeats, also when it only reads."""
    monkeypatch.setattr(rpc_client, "HEARTBEAT_SECONDS", 1)
    client = toy.client()
    client.ready()
    connection = client._reply_key
    deadline, beat = time.monotonic() + 3.0, threading.Event()
    while time.monotonic() < deadline:
        assert answered(client, timeout=30.0)
        beat.wait(0.05)  # far more often than heartbeats, without keeping a processor busy
    assert client._reply_key == connection


def test_a_call_travels_as_stock_nameko_has_it(toy: Scene, client: RpcClient) -> None:
    """So that nameko's own tools and services can call ours, and ours theirs."""
    with impostor(toy, client, number=1) as (call, request, reply):
        assert json.loads(request.body) == {"args": [], "kwargs": {"number": 1}}
        assert request.properties["content_type"] == "application/json"
        assert request.properties["expiration"] == "5000", "a call that was given up is not run later"
        reply(b'{"result": 2, "error": null}')
        assert call.result(30) == 2
