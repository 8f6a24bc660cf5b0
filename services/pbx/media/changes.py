"""Waiting for something to become true, and work that nobody waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from shared.logging import get_logger

log = get_logger(__name__)


class Gone(Exception):
    """The caller is no more."""


class Changes:
    """Called when anything changed; whoever waits looks again then. ``gone`` ends every wait."""

    def __init__(self, gone: Callable[[], bool]) -> None:
        self._gone = gone
        self._event = asyncio.Event()

    def __call__(self) -> None:
        self._event.set()

    async def until(self, ready: Callable[[], object], seconds: float | None = None) -> bool:
        """Wait until ``ready()``; False when that took too long. Raises Gone."""
        loop = asyncio.get_running_loop()
        end = None if seconds is None else loop.time() + seconds
        while True:
            if self._gone():
                raise Gone
            if ready():
                return True
            left = None if end is None else end - loop.time()
            if left is not None and left <= 0:
                return False
            self._event.clear()
            try:
                await asyncio.wait_for(self._event.wait(), left)
            except TimeoutError:
                continue


class Background:
    """Keeps hold of tasks until they are over; what goes wrong in one is logged."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._over)
        return task

    def _over(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a piece of work failed", exc_info=task.exception())
