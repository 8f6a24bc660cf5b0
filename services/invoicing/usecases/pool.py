"""Threads that draw invoices beside the run, each with a renderer of its own, and never far behind it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from types import TracebackType

from services.invoicing.drivers.renderer import Renderer

Item = tuple[str, str]
PER_THREAD = 2
"""Invoices that may wait for each thread: so memory does not grow with the run."""
LOOK_UP_SECONDS = 0.2


class Pool:
    """``work`` is called with a renderer and an item. The first error ends the pool, and is raised by
    :meth:`check`, :meth:`put` and :meth:`drain`."""

    def __init__(
        self, renderers: Callable[[], Renderer], work: Callable[[Renderer, Item], None], threads: int
    ) -> None:
        self._renderers = renderers
        self._work = work
        self._items: queue.Queue[Item] = queue.Queue(maxsize=threads * PER_THREAD)
        self._stopping = threading.Event()
        self._error: BaseException | None = None
        self._threads = [
            threading.Thread(target=self._run, name=f"drawing {n}", daemon=True) for n in range(threads)
        ]

    def __enter__(self) -> Pool:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def put(self, item: Item) -> None:
        """Hand over an item; waits while the threads are behind."""
        while True:
            self.check()
            try:
                self._items.put(item, timeout=LOOK_UP_SECONDS)
                return
            except queue.Full:
                continue

    def drain(self) -> None:
        """Wait until all is done."""
        with self._items.all_tasks_done:
            while self._items.unfinished_tasks and self._error is None:
                self._items.all_tasks_done.wait(LOOK_UP_SECONDS)
        self.check()

    def check(self) -> None:
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        renderer = self._renderers()
        try:
            while not self._stopping.is_set():
                self._next(renderer)
        finally:
            renderer.close()

    def _next(self, renderer: Renderer) -> None:
        try:
            item = self._items.get(timeout=LOOK_UP_SECONDS)
        except queue.Empty:
            return
        try:
            self._work(renderer, item)
        except BaseException as problem:
            self._error = self._error or problem
            self._stopping.set()
        finally:
            self._items.task_done()
