"""*Instellingen*: the limit that warns, and the watch over fraud (cdr's answers)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec

from gateway.models.call_types import call_type


class VoipLimit(msgspec.Struct, frozen=True, kw_only=True):
    """Euro excluding VAT per billing period; ``limit`` None warns never. ``reached_at`` is the moment
    at which this period's use passed it."""

    limit: Decimal | None = None
    used: Decimal = Decimal(0)
    reached_at: datetime | None = None

    @property
    def reached(self) -> bool:
        """Whether the use of this period is at the limit or above it."""
        return self.limit is not None and self.used >= self.limit

    @property
    def percentage(self) -> int:
        """Of the limit, whole per cents rounded down: 100 is reached."""
        return int(self.used * 100 // self.limit) if self.limit else 0


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """Use of one day far above the customer's own habit. ``kind`` is the call type; ``usual`` is what the
    dearest such day of the eight weeks before cost; ``blocked``: outgoing calls of this kind are refused
    since; ``forwarded``: forwarded calls are part of it, which Details has under a type of their own."""

    id: str
    at: datetime
    kind: str = msgspec.field(name="class")
    destination: str | None = None
    amount: Decimal = Decimal(0)
    usual: Decimal | None = None
    minutes: int = 0
    state: str = "open"
    blocked: bool = False
    forwarded: bool = False

    @property
    def call_types(self) -> list[str]:
        """Under which types Details has its calls."""
        return [self.kind, "forwarded"] if self.forwarded else [self.kind]

    @property
    def open(self) -> bool:
        return self.state == "open"

    @property
    def name(self) -> str:
        """What kind of calls it is about, and where to when that is known."""
        label = str(call_type(self.kind).label)
        return f"{label} ({self.destination})" if self.destination else label


class FraudWatch(msgspec.Struct, frozen=True, kw_only=True):
    """``block``: refuse a class of calls at an alert; else only warn. Alerts, newest first."""

    block: bool = False
    alerts: tuple[Alert, ...] = ()

    @property
    def open(self) -> list[Alert]:
        """Alerts that nobody has lifted yet."""
        return [alert for alert in self.alerts if alert.open]

    @property
    def lifted(self) -> list[Alert]:
        """Alerts that somebody has looked at."""
        return [alert for alert in self.alerts if not alert.open]


def typed_amount(amount: Decimal | None) -> str:
    """An amount as a field shows it, ``1250,50``; empty for none."""
    return "" if amount is None else f"{amount:.2f}".replace(".", ",")
