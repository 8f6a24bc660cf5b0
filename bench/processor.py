"""Processor time of all that a benchmark has started: its processes, broker and database.

Unlike seconds on the clock it hardly depends on what else the machine does.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psutil

IDLE_SECONDS = 5.0
TIMES = 10
SETTLE_SECONDS = 0.05
"""Within which the processes have done what follows an answer (acks, log lines)."""


class Processor:
    """Counts what this process's children use; made when all of them run."""

    def __init__(self) -> None:
        self._tasks = [
            Path("/proc", str(child.pid), "task") for child in psutil.Process().children(recursive=True)
        ]
        self._idle = 0.0
        """Seconds per second while nobody asks for anything."""

    def listen(self) -> None:
        """Learn what the processes use by themselves."""
        began, used = time.monotonic(), self._used()
        time.sleep(IDLE_SECONDS)
        self._idle = (self._used() - used) / (time.monotonic() - began)

    def of(self, ask: Callable[[], object]) -> float:
        """Milliseconds that ``ask`` takes of all processes together, the mean of a few times."""
        ask()
        began, used = time.monotonic(), self._used()
        for _ in range(TIMES):
            ask()
        time.sleep(SETTLE_SECONDS)
        own = self._used() - used - self._idle * (time.monotonic() - began)
        return max(0.0, own * 1000 / TIMES)

    def _used(self) -> float:
        """Seconds, of all threads that live."""
        return sum(map(_seconds, self._tasks))


def _seconds(tasks: Path) -> float:
    total = 0
    try:
        for thread in tasks.iterdir():
            total += int((thread / "schedstat").read_text().split()[0])
    except (FileNotFoundError, ProcessLookupError):
        return total / 1e9  # it has ended meanwhile
    return total / 1e9
