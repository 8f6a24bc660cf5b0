"""A desk that books events as the ingester does, in memory."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from services.cdr.domain.amsterdam import ZONE
from services.cdr.domain.numbers import ANONYMOUS
from services.cdr.domain.periods import day_of
from services.cdr.domain.posting import Posted
from services.cdr.domain.reference import Reference
from services.cdr.domain.usage import BadEvent, UsageEvent
from services.cdr.usecases.record_usage import price_all, record_usage
from tests.unit.cdr.books import Facts, MemoryStore, reference


class Desk:
    """Books events as the ingester does, for one set of facts."""

    def __init__(self, facts: Facts | None = None) -> None:
        self.facts = facts or Facts()
        self.store = MemoryStore(self.facts)
        self.reference: Reference = reference(self.facts)

    def book(self, *events: UsageEvent | BadEvent) -> Posted:
        return record_usage(price_all("vasco", events, self.reference), self.store, self.reference)

    def close(self, customer: str, period: int) -> None:
        """As another process does: this one's reference does not know yet."""
        self.facts.closings[customer].add(period)

    def anonymise(self, customer: str, period: int) -> None:
        """As store/retention.py does to the rows of a closed period."""
        for identity, row in self.store.rows.items():
            if (row["customer"], row["period"]) == (customer, period):
                day = datetime.combine(day_of(row["start"]), time(), ZONE).astimezone(UTC)
                less = {name: value for name, value in row.items() if name not in ("roaming", "prefix")}
                gone = {"sender": ANONYMOUS, "receiver": ANONYMOUS, "destination": "", "start": day}
                self.store.rows[identity] = {**less, **gone, "hidden": True, "anonymised": True}

    @property
    def seen(self) -> list[tuple[Any, ...]]:
        """What people see: (customer, period, sign, amount, state)."""
        rows = sorted(self.store.visible, key=lambda row: str(row["_id"]))
        return [(r["customer"], r["period"], r["sign"], r["amount"], r.get("state")) for r in rows]
