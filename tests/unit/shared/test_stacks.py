"""A process that is told to says where each of its threads is."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import Any

from structlog.testing import capture_logs

from shared import stacks


def _waits_here() -> list[dict[str, Any]]:
    """The stacks only: threads that other tests left behind may log in the same moment."""
    with capture_logs() as logged:
        stacks.tell()
    return [line for line in logged if line["event"] == "a stack"]


def test_each_thread_is_named_with_where_it_is() -> None:
    mine = [line for line in _waits_here() if line["of"] == "thread MainThread"]
    assert any(place.endswith("_waits_here") for place in mine[0]["at"])


def test_green_threads_that_wait_for_ever_are_found() -> None:
    program = """
        import os, signal
        import eventlet
        eventlet.monkey_patch()
        from shared import stacks
        from shared.logging import setup_logging
        setup_logging("waiter")
        stacks.tell_on_signal()
        def stuck():
            eventlet.event.Event().wait()
        eventlet.spawn(stuck)
        eventlet.sleep(0)
        os.kill(os.getpid(), signal.SIGUSR1)
        eventlet.sleep(0)
    """
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert any('"green thread"' in line and " stuck" in line for line in done.stderr.splitlines())
