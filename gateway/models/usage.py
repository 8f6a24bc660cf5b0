"""Calls, text messages and data, as the call details pages show them (cdr's answers)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

import msgspec

from gateway.charts import Progress
from gateway.formatters import local
from gateway.models.call_types import BUNDLES


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A billing period; ``id`` is its month (2026-11), None for a choice of dates. Both days count."""

    first: date = msgspec.field(name="from")
    last: date = msgspec.field(name="to")
    id: str | None = None
    state: str = "open"


class Periods(msgspec.Struct, frozen=True, kw_only=True):
    """The billing periods to choose from, newest first."""

    current: Period
    recent: tuple[Period, ...] = ()


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """Of some usage: seconds, bytes, messages, and euro excluding VAT.

    ``amount`` is exact, ``cents`` is what is shown: rows shown together add up to their total.
    """

    calls: int
    duration: int = 0
    volume: int = 0
    messages: int = 0
    amount: Decimal = Decimal(0)
    cents: Decimal = Decimal(0)


class TotalsRow(Sums, frozen=True, kw_only=True):
    """The sums of a number, a call type, or both."""

    number: str | None = None
    type: str | None = None


class Counting(msgspec.Struct, frozen=True, kw_only=True):
    """How far cdr is with counting what takes longer than a page may: ``done`` of ``total`` days."""

    state: str
    done: int = 0
    total: int = 0
    started_at: datetime | None = None
    error: str | None = None

    @property
    def going(self) -> bool:
        """Whether it waits or is under way."""
        return self.state in ("queued", "running")

    @property
    def failed(self) -> bool:
        return self.state == "failed"

    def progress(self, now: datetime) -> Progress:
        """How far it is, for the page."""
        seconds = int((now - self.started_at).total_seconds()) if self.started_at else 0
        return Progress(self.done, self.total or None, seconds)


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """The rows asked for and their total; ``complete`` is False when adding up took too long, and then
    ``counting`` is how far that is in the background (None when nobody does)."""

    period: Period
    rows: tuple[TotalsRow, ...]
    total: Sums
    complete: bool = True
    updated_at: datetime | None = None
    counting: Counting | None = None
    overage_left_out: bool = False
    """The customer has bundles, but of this choice (days, a number) one can not say what is above or within
    them."""

    @property
    def overage(self) -> Decimal:
        """What is above bundles less what they take back, as shown; known of rows by type."""
        return sum((row.cents for row in self.rows if row.type in BUNDLES), Decimal(0))

    @property
    def empty(self) -> bool:
        """Whether nothing was found: no row counts or costs anything."""
        return self.complete and not any(row.calls or row.amount for row in self.rows)

    @property
    def has_volume(self) -> bool:
        return self.total.volume != 0 or any(row.volume for row in self.rows)

    @property
    def has_messages(self) -> bool:
        return self.total.messages != 0 or any(row.messages for row in self.rows)

    @property
    def highest(self) -> Decimal:
        """The largest amount of a row, which its bar is drawn against."""
        return max((row.amount for row in self.rows), default=Decimal(0))


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the details: a call, a text message or a data session.

    ``kind`` is voice, sms or data; ``state`` is late, corrected, reversal or None; ``precision`` is
    the number of decimals to show of ``amount``.
    """

    id: str = ""
    start: datetime
    type: str
    kind: str = "voice"
    sender: str | None = None
    receiver: str | None = None
    destination: str | None = None
    duration: int = 0
    volume: int = 0
    messages: int = 0
    amount: Decimal = Decimal(0)
    precision: int = 4
    state: str | None = None

    @property
    def day(self) -> date:
        """The day of its start in the Netherlands."""
        return local(self.start).date()


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """One page of calls, newest first, with the keys of its neighbours and the sums of all found, or how far
    ``counting`` those is."""

    rows: tuple[Call, ...] = ()
    older: str | None = None
    newer: str | None = None
    summary: Sums | None = None
    counting: Counting | None = None

    @property
    def days(self) -> Iterator[tuple[date, Sequence[Call]]]:
        """The rows by day in the Netherlands."""
        for day, rows in groupby(self.rows, key=lambda row: row.day):
            yield day, list(rows)
