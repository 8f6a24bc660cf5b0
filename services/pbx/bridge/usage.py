"""Hands over the usage that the proxy saw, by the carriers' contract (docs/carriers.md), as the carrier
``sipproxy``: with confirms, and again until it is confirmed."""

from __future__ import annotations

import threading

import msgspec
from prometheus_client import Counter

from services.pbx.store import Store
from shared.errors import DependencyDown
from shared.logging import get_logger
from shared.mongo import is_down
from shared.publisher import Message, Publisher, Unroutable

log = get_logger(__name__)

EXCHANGE, KEY = "carrier.sipproxy", "usage.v1"
PACK = 500
IDLE_SECONDS = 0.3
TROUBLE_SECONDS = 3.0
HANDED_OVER = Counter("tikker_sip_usage_total", "Usage events handed over to the carriers' exchange")


class UsageSender:
    """One per bridge; what two of them send twice counts once."""

    def __init__(self, store: Store, publisher: Publisher) -> None:
        self._store = store
        self._publisher = publisher
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            pause = IDLE_SECONDS
            try:
                if self.send():
                    pause = 0
            except (DependencyDown, Unroutable) as problem:
                log.warning("usage waits", reason=str(problem)[:200])
                pause = TROUBLE_SECONDS
            except Exception as problem:
                if not is_down(problem):
                    log.exception("usage could not be handed over")
                pause = TROUBLE_SECONDS
            self._stopping.wait(pause)

    def send(self) -> int:
        """Hand over what waits, one message full; how many events."""
        waiting = self._store.waiting_usage(PACK)
        if waiting:
            body = msgspec.json.encode({"events": [row["usage"] for row in waiting]})
            self._publisher.publish([Message(EXCHANGE, KEY, body, properties={"content_encoding": "utf-8"})])
            self._store.usage_sent([row["usage"]["record"] for row in waiting])
            HANDED_OVER.inc(len(waiting))
        return len(waiting)
