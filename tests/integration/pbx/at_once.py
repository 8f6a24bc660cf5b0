"""Calls that start at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from shared.errors import TikkerError


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """The answers of all calls in order, or the errors they raised."""
    start = threading.Barrier(len(calls), timeout=10)

    def run(call: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return call()
        except TikkerError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))
