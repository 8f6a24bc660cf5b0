"""Real processes of the house, started for a test and stopped or killed in it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUICK_START = {"EVENTLET_NO_GREENDNS": "yes"}
"""Tests know hosts by address: without a resolver of its own a service starts with a third less of work.
Processes that ``./tikker up`` starts have it, in tests as well."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], object], seconds: float = 30.0, what: str = "the condition") -> object:
    """Poll until ``condition()`` is truthy and return its value; fails the test after ``seconds``.

    Ever less often, as the wait is for work that wants the same processor.
    """
    deadline, pause = time.monotonic() + seconds, 0.01
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {seconds} s (last: {value!r})")
        time.sleep(pause)
        pause = min(1.3 * pause, 0.1)


class Process:
    """A process of ours under test, with its health port and its log."""

    def __init__(self, arguments: Sequence[str], environment: dict[str, str], log: Path) -> None:
        self.health_port = free_port()
        self.arguments = list(arguments)
        self.environment = {
            **{k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TZ", "TMPDIR")},
            "PYTHONPATH": str(ROOT),
            **QUICK_START,
            **environment,
            "HEALTH_PORT": str(self.health_port),
        }
        self.log = log
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.popen = subprocess.Popen(
                self.arguments, env=self.environment, stdout=out, stderr=out, cwd=ROOT
            )

    def page(self, path: str) -> tuple[int, str]:
        """Status and body of a page of the health port; (0, reason) when it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.health_port}{path}", timeout=3) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as problem:
            return problem.code, problem.read().decode()
        except OSError as problem:
            return 0, str(problem)

    def wait_ready(self, seconds: float = 120.0) -> Process:
        def ready() -> bool:
            assert self.popen.poll() is None, f"ended with {self.popen.returncode}:\n{self.tail()}"
            return self.page("/readyz")[0] == 200

        try:
            until(ready, seconds, "readiness")
        except AssertionError as problem:
            raise AssertionError(f"{problem}: {self.page('/readyz')[1]}\n{self.tail()}") from problem
        return self

    def terminate(self, seconds: float = 30.0) -> int:
        """SIGTERM; the exit code."""
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(seconds)

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        if self.popen.poll() is None:
            self.popen.kill()
            self.popen.wait(30)

    def tail(self, lines: int = 30) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
