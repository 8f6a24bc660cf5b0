"""SIGTERM and kill -9 in the middle of work: what was begun ends once, or is done by the next process.

With stock nameko a graceful stop loses the ack of what is in hand, so it runs again; a call too.
"""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.errors import Unavailable
from tests.contract.scene import QUEUE, RPC_QUEUE, USER, RawCall, Scene, answered
from tests.contract.tcp_proxy import TcpProxy
from tests.support.processes import until


def test_what_is_in_hand_at_sigterm_ends_once(fresh: Scene) -> None:
    fresh.start().wait_ready()
    event = fresh.ring("wait")
    call = RawCall(fresh, "ask", {"id": "the-call", "act": "wait"})
    for about in (event, "the-call"):
        fresh.wrote(about, "start")
    fresh.process.popen.send_signal(signal.SIGTERM)
    fresh.logged("draining")
    for about in (event, "the-call"):
        fresh.flag(f"go-{about}")
    assert call.answer()["result"]["id"] == "the-call"
    assert fresh.process.popen.wait(30) == 0
    for about in (event, "the-call"):
        fresh.wrote(about, "start", "end")
    assert what_came_back(fresh) == (0, 0)
    assert fresh.logged("stopped")  # though the process ends by os._exit, which flushes nothing


def what_came_back(scene: Scene) -> tuple[int, int]:
    """How many events and calls went back to their queues when the process had gone.

    The broker counts a consumer until all that it had in hand is acked or has gone back.
    """
    until(lambda: scene.consumers(QUEUE) + scene.consumers(RPC_QUEUE) == 0, what="no more consumers")
    return scene.queues.depth(QUEUE), scene.queues.depth(RPC_QUEUE)


def test_a_process_that_is_draining_takes_nothing_new(fresh: Scene) -> None:
    fresh.start().wait_ready()
    held = fresh.ring("wait")
    fresh.wrote(held, "start")
    fresh.process.popen.send_signal(signal.SIGTERM)
    until(lambda: fresh.consumers(RPC_QUEUE) == 0, what="no more consumers")
    RawCall(fresh, "ask", {"id": "late"})
    fresh.flag(f"go-{held}")
    assert fresh.process.popen.wait(30) == 0
    assert fresh.diary("late") == []
    assert what_came_back(fresh) == (0, 1)


def test_an_event_that_waits_for_a_dependency_at_sigterm_goes_back_to_its_queue(fresh: Scene) -> None:
    fresh.start().wait_ready()
    about = fresh.ring("dependency")
    fresh.wrote(about, "start")
    assert fresh.process.terminate(15) == 0
    assert what_came_back(fresh) == (1, 0)


def test_what_is_in_hand_at_kill_9_is_done_by_the_next_process(fresh: Scene) -> None:
    fresh.start().wait_ready()
    event = fresh.ring("wait")
    call = RawCall(fresh, "ask", {"id": "the-call", "act": "wait"})
    for about in (event, "the-call"):
        fresh.wrote(about, "start")
    fresh.process.kill()
    for about in (event, "the-call"):
        fresh.flag(f"go-{about}")
    fresh.start().wait_ready()
    assert call.answer()["result"]["id"] == "the-call"
    for about in (event, "the-call"):
        fresh.wrote(about, "start", "start", "end")


@pytest.mark.parametrize("act", ["exit", "green timeout"])
def test_a_handler_that_ends_by_what_is_no_exception_ends_its_process_and_the_event_goes_back(
    fresh: Scene, act: str
) -> None:
    """So that a supervisor starts it again, and the broker's delivery limit puts the message aside."""
    fresh.start().wait_ready()
    about = fresh.ring(act)
    assert fresh.process.popen.wait(30) != 0
    assert fresh.diary(about) == ["start"]
    assert what_came_back(fresh) == (1, 0)


def test_a_handler_that_does_not_end_is_cut_off_when_the_time_for_draining_is_over(fresh: Scene) -> None:
    fresh.settings["TOY_DRAIN_SECONDS"] = "1"
    fresh.start().wait_ready()
    about = fresh.ring("wait")
    fresh.wrote(about, "start")
    assert fresh.process.terminate(20) == 0
    assert what_came_back(fresh) == (1, 0)


def test_a_stop_while_the_broker_is_away_ends_when_the_time_for_draining_is_over(
    fresh: Scene, broker_line: TcpProxy
) -> None:
    fresh.settings["TOY_DRAIN_SECONDS"] = "1"
    fresh.start().wait_ready()
    broker_line.refuse()
    until(lambda: fresh.process.page("/readyz")[0] == 503, what="a process that says it is not ready")
    assert fresh.process.terminate(20) == 0


def test_a_stop_before_the_broker_was_ever_there_ends_in_time(fresh: Scene, broker_line: TcpProxy) -> None:
    fresh.settings["TOY_DRAIN_SECONDS"] = "1"
    broker_line.refuse()
    fresh.start()
    until(lambda: fresh.process.page("/livez")[0] == 200, what="a process that lives")
    assert fresh.process.terminate(20) == 0


def test_a_call_that_its_caller_gave_up_is_not_run_later(fresh: Scene) -> None:
    fresh.declare_calls()  # as a process that was here before has done
    client = fresh.client()
    with pytest.raises(Unavailable):
        client.call("toy", "ask", USER, id="stale", timeout=0.3)
    fresh.start().wait_ready()
    assert answered(client, id="new")
    assert fresh.diary("stale") == []


def test_calls_survive_a_change_of_processes(fresh: Scene) -> None:
    """Two processes behind one queue, as in a deployment: the first is stopped under load."""
    first = fresh.start()
    second = fresh.start()
    first.wait_ready()
    second.wait_ready()
    client, done = fresh.client(), threading.Event()

    def call_on() -> int:
        calls = 0
        while not done.is_set() or calls == 0:
            client.call("toy", "ask", USER, id=f"during-{calls}")
            calls += 1
        return calls

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(call_on) for _ in range(4)]
        try:
            assert first.terminate() == 0
        finally:
            done.set()
        assert all(future.result() > 0 for future in running)
