"""Exports: all calls of a selection as a file, made in the background (cdr's jobs)."""

from __future__ import annotations

import string
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from gateway.charts import Progress
from gateway.formatters import local
from gateway.models.selection import Selection

KEPT = timedelta(days=7)
"""How long a finished file can be had."""

OPEN_STATES = ("queued", "running")
SAFE_IN_NAMES = frozenset(string.ascii_letters + string.digits + "-_.")
KINDS = {"csv": "text/csv; charset=utf-8", "zip": "application/zip", "gz": "application/gzip"}


class ExportResult(msgspec.Struct, frozen=True, kw_only=True):
    """A finished file: its name as it is saved, bytes, rows, and until when it can be had."""

    name: str = ""
    size: int | None = None
    rows: int | None = None
    expires_at: datetime | None = None
    attached: bool | None = None


class ExportParameters(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for; ``selection`` as cdr took it."""

    selection: dict[str, Any] = {}
    delivery: str = "file"


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """One export; ``done`` of ``total`` calls (0 while unknown) are written."""

    id: str
    state: str
    done: int = 0
    total: int = 0
    percentage: int | None = None
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    parameters: ExportParameters = ExportParameters()
    result: ExportResult | None = None
    error: str | None = None

    @property
    def going(self) -> bool:
        """Whether it waits or is being made."""
        return self.state in OPEN_STATES

    @property
    def by_mail(self) -> bool:
        return self.parameters.delivery == "mail"

    @property
    def selection(self) -> Selection | None:
        """Which calls were asked for; None when it is written in a way of another release."""
        try:
            return Selection.from_rpc(self.parameters.selection)
        except (ArithmeticError, KeyError, TypeError, ValueError):
            return None

    @property
    def expires_at(self) -> datetime | None:
        """Until when the file can be had; None while there is none."""
        if self.state != "done" or self.ended_at is None:
            return None
        return (self.result.expires_at if self.result else None) or self.ended_at + KEPT

    @property
    def last_day(self) -> date | None:
        """The last whole day on which the file can be had."""
        return local(self.expires_at).date() - timedelta(days=1) if self.expires_at else None

    def expired(self, now: datetime) -> bool:
        """Whether its file is gone."""
        return self.expires_at is not None and self.expires_at <= now

    def downloadable(self, now: datetime) -> bool:
        """Whether its file is there."""
        return self.state == "done" and not self.expired(now)

    def progress(self, now: datetime) -> Progress:
        """How far it is, for the page."""
        seconds = int((now - self.started_at).total_seconds()) if self.started_at else 0
        return Progress(self.done, self.total or None, seconds)


def file_name(export: Export) -> str:
    """The name under which a file is saved: cdr's, cut down to what is safe in a header."""
    name = "".join(c for c in (export.result.name if export.result else "") if c in SAFE_IN_NAMES)
    return name.lstrip(".") or f"gespreksdetails-{export.created_at:%Y-%m-%d}.csv"


def kind_of(name: str) -> str:
    """The media type of a file by its name."""
    return KINDS.get(name.rpartition(".")[2], "application/octet-stream")
