"""Re-rating as staff see it: previews, bookings, and what a row costs and why."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from gateway.charts import Progress
from gateway.formatters import month
from gateway.formatters import period as days
from gateway.words import lazy_gettext as _l

OPEN_STATES = ("queued", "running")
CORRECTIONS = {
    "minimum": _l("Minimum per gesprek"),
    "maximum": _l("Maximum per gesprek"),
    "deviation": _l("Marge van de klant"),
    "rounding": _l("Afronding"),
    "bundle": _l("Binnen de bundel van het abonnement"),
}
FATES = {
    "booked": _l("geboekt"),
    "recomputed": _l("opnieuw berekend"),
    "same": _l("niet meer nodig"),
    "no_rate": _l("geen tarief"),
}


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Which usage is rated again."""

    period: str | None = None
    first: date | None = msgspec.field(name="from", default=None)
    last: date | None = msgspec.field(name="to", default=None)
    customer_id: str | None = None
    prefix: str = ""
    plan: str = ""

    @property
    def words(self) -> str:
        """``oktober 2026``, or the days."""
        if self.period:
            return month(date.fromisoformat(f"{self.period}-01"))
        return days(self.first, self.last) if self.first and self.last else ""


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for, and by whom; ``preview`` and ``reason`` of a booking."""

    scope: Scope
    by: str | None = None
    preview: str = ""
    reason: str = ""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a job came to: of a preview the first eight, of a booking the others. Amounts in euro ex VAT."""

    customers: int = 0
    difference: Decimal = Decimal(0)
    old: Decimal = Decimal(0)
    new: Decimal = Decimal(0)
    rows: int = 0
    changes: int = 0
    closed: int = 0
    no_rate: int = 0
    booked: int = 0
    recomputed: int = 0
    same: int = 0


class Rerating(msgspec.Struct, frozen=True, kw_only=True):
    """A preview (kind ``rerate_preview``) or a booking (``rerate``)."""

    id: str
    kind: str
    state: str
    done: int = 0
    total: int = 0
    created_at: datetime
    started_at: datetime | None = None
    parameters: Parameters
    result: Outcome | None = None
    error: str = ""
    booking: str | None = None

    @property
    def going(self) -> bool:
        """Whether it waits or is at work."""
        return self.state in OPEN_STATES

    @property
    def is_preview(self) -> bool:
        return self.kind == "rerate_preview"

    def progress(self, now: datetime) -> Progress:
        seconds = int((now - self.started_at).total_seconds()) if self.started_at else 0
        return Progress(self.done, self.total or None, seconds)


class CustomerSums(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's part of a preview."""

    customer_id: str
    rows: int
    changes: int
    closed: int
    no_rate: int
    old: Decimal
    new: Decimal
    difference: Decimal


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A row that costs something else now."""

    row_id: str
    customer_id: str
    number: str
    receiver: str
    kind: str
    quantity: int
    plan: str
    start: datetime
    period: str
    type_before: str
    type: str
    destination: str
    old: Decimal
    new: Decimal
    difference: Decimal
    fate: str | None = None


class SumsPage(msgspec.Struct, frozen=True, kw_only=True):
    rows: tuple[CustomerSums, ...]
    next: dict[str, Any] | None = None


class ChangesPage(msgspec.Struct, frozen=True, kw_only=True):
    rows: tuple[Change, ...]
    next: dict[str, Any] | None = None


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch at one price; ``fee`` and ``cost`` in euro with eight decimals."""

    offset: int
    quantity: int
    billed: int
    rate: str
    per: str
    increment: int
    from_offset: int
    fee: Decimal
    cost: Decimal
    prefix: str
    destination: str
    line: int
    priority: int
    days: str = ""
    begin: str = msgspec.field(name="from", default="")
    end: str = msgspec.field(name="to", default="")
    valid_from: date | None = None
    valid_to: date | None = None
    minimum: str | None = None
    maximum: str | None = None

    @property
    def window(self) -> str:
        """``ma-vr 08:00–18:00``; empty for always."""
        times = f"{self.begin}–{self.end}" if self.begin or self.end else ""
        return " ".join(part for part in (self.days, times) if part)


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """What minimum, maximum, margin or rounding adds or takes off."""

    name: str
    amount: Decimal


class ExplainedRow(msgspec.Struct, frozen=True, kw_only=True):
    """The row that is explained; ``sign`` is −1 when it takes another one back."""

    id: str
    customer: str
    number: str
    sender: str
    receiver: str
    destination: str
    type: str
    kind: str
    direction: str
    quantity: int
    sign: int
    revision: int
    prefix: str
    start: datetime
    period: str
    state: str | None = None
    job: str | None = None


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Why a row costs what it does: segments and corrections add up to the amount."""

    row: ExplainedRow
    amount: Decimal
    agrees: bool
    version: str
    precision: int
    segments: tuple[Segment, ...]
    corrections: tuple[Correction, ...] = ()
    margin: Decimal | None = None
    replaced: bool = False

    @property
    def unsigned(self) -> Decimal:
        """What the table adds up to; a row that takes back has it negated."""
        return self.amount * self.row.sign
