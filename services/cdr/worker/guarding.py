"""Looking after customers whose counters have changed: warning limits, and the watch over fraud."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from services.cdr.domain.periods import day_of
from services.cdr.store import Stores
from services.cdr.usecases.limits import check_limit
from services.cdr.usecases.watch import check_fraud
from shared.logging import get_logger

log = get_logger(__name__)

GLANCE_SECONDS = 1.0
FRAUD_SECONDS = 15.0
"""A customer is looked at this often at most; an alert comes within a minute."""
SWEEP_SECONDS = 60.0
TROUBLE_SECONDS = 2.0


class Guarding:
    """``touched`` comes from the fold's thread, :meth:`run` is a thread of its own.

    What was touched when a process died is found by the sweep: everybody with a limit once a minute, and
    at the start everybody with usage since yesterday.
    """

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._lock = threading.Lock()
        self._limits: set[str] = set()
        self._fraud: set[str] = set()
        self._next_sweep = 0.0
        self._next_fraud = 0.0
        self._swept = False

    def touched(self, customers: Collection[str]) -> None:
        with self._lock:
            self._limits |= set(customers)
            self._fraud |= set(customers)

    def run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                self.turn(datetime.now(UTC))
                stopping.wait(GLANCE_SECONDS)
            except Exception as problem:
                self._swept, self._next_sweep = False, 0.0  # what was in hand is found again
                log.warning("guarding waits", reason=f"{type(problem).__name__}: {problem}"[:300])
                stopping.wait(TROUBLE_SECONDS)

    def turn(self, now: datetime) -> None:
        """Look at everybody who is due now."""
        self._sweep(now)
        for customer in sorted(self._take_limits() | self._stores.limits.take_due()):
            self._check_limit(customer, now)
        if time.monotonic() >= self._next_fraud:
            self._next_fraud = time.monotonic() + FRAUD_SECONDS
            for customer in sorted(self._take_fraud()):
                self._check_fraud(customer, now)

    def _sweep(self, now: datetime) -> None:
        if time.monotonic() < self._next_sweep:
            return
        self._next_sweep = time.monotonic() + SWEEP_SECONDS
        recent: set[str] = set()
        if not self._swept:
            yesterday = day_of(now) - timedelta(days=1)
            recent, self._swept = self._stores.counters.customers_since(yesterday), True
        with self._lock:
            self._limits |= self._stores.limits.customers()
            self._fraud |= recent

    def _take_limits(self) -> set[str]:
        with self._lock:
            taken, self._limits = self._limits, set()
        return taken

    def _take_fraud(self) -> set[str]:
        with self._lock:
            taken, self._fraud = self._fraud, set()
        return taken

    def _check_limit(self, customer: str, now: datetime) -> None:
        stores = self._stores
        if stores.limits.get(customer) is None:
            return
        closed = stores.periods.closed(customer)
        if check_limit(stores.commands, stores.limits, stores.counters.telephony, closed, customer, now):
            log.info("a warning limit was passed", customer_id=customer)

    def _check_fraud(self, customer: str, now: datetime) -> None:
        stores = self._stores
        for alert in check_fraud(stores.commands, stores.watch, stores.counters.by_day, customer, now):
            log.warning("fraud suspected", customer_id=customer, alert_id=alert.id)
