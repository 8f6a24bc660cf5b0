"""Which customers staff may work on, as identity has said: kept for a minute, so that a page of many
parts, and the pages after it, ask once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from shared.acting import Acting

KEPT_SECONDS = 60.0
MOST_KEPT = 10_000


class Sight:
    """What this process was told; shared by its threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[tuple[str, str | None, str], float] = {}
        self._lock = threading.Lock()

    def check(self, acting: Acting, customer_id: str, ask: Callable[[], Any]) -> None:
        """Return when this staff may see the customer; what ``ask`` raises when it may not."""
        key = (acting.scope, acting.customer_id, customer_id)
        if self._until.get(key, 0.0) > self._clock():
            return
        ask()
        with self._lock:
            if len(self._until) >= MOST_KEPT:
                self._until.clear()
            self._until[key] = self._clock() + KEPT_SECONDS

    def forget(self, customer_id: str) -> None:
        """The customer has changed: it may be another's now."""
        with self._lock:
            self._until = {key: until for key, until in self._until.items() if key[2] != customer_id}
