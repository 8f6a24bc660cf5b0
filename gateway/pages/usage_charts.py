"""The charts beside *Totalen*: cost and minutes by day, shares by type, and the top numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from gateway.charts import EUROS, HOURS, Chart, Share, Shares, bars, days, shares
from gateway.clients.cdr import TotalsParts
from gateway.models.call_types import call_type
from gateway.models.selection import Selection
from gateway.models.series import Series, Top
from gateway.models.usage import Period, Totals
from gateway.phone_numbers import party
from gateway.words import gettext as _
from shared.errors import TikkerError


@dataclass(frozen=True)
class UsageCharts:
    """For one selection; what could not be drawn is absent, and ``error`` is the first reason."""

    by_day: tuple[Chart, ...] = ()
    parts: tuple[Shares, ...] = ()
    error: TikkerError | None = None

    @property
    def none(self) -> bool:
        return not self.by_day and not self.parts


def charts_of(answered: TotalsParts, selection: Selection, by: str, today: date) -> UsageCharts:
    """The charts of what was found, but for what the table (``by``) shows already; none at all when
    nothing was found."""
    found, parts = answered.found.value, answered.charts
    if found is None or found.empty or not found.complete:
        return UsageCharts()
    drawn: list[Shares] = []
    if by != "type" and parts.types.value and parts.types.value.complete:
        drawn.append(by_type(parts.types.value, selection))
    if by != "number" and parts.senders.value and parts.senders.value.complete:
        drawn.append(by_number(parts.senders.value, selection, _("Top zenders")))
    if parts.receivers.value and parts.receivers.value.complete:
        drawn.append(by_number(parts.receivers.value, selection, _("Top ontvangers"), receiver=True))
    series = parts.series.value
    asked = (parts.series, parts.types, parts.senders, parts.receivers)
    return UsageCharts(
        by_day=_by_day(series, found.period, today) if series and series.complete else (),
        parts=tuple(one for one in drawn if one.rows),
        error=next((part.error for part in asked if part.error), None),
    )


def by_type(totals: Totals, selection: Selection) -> Shares:
    """Cost by call type; each leads to its calls."""
    found = [
        Share(str(call_type(row.type).label), row.cents, _calls_of(row.type, selection))
        for row in totals.rows
        if row.type and row.cents > 0
    ]
    return shares(_("Per gesprekstype"), found, EUROS)


def by_number(top: Top, selection: Selection, title: str, receiver: bool = False) -> Shares:
    """Cost by number; each that one can look for leads to its calls."""
    found = []
    for row in top.rows:
        searched = selection.only_number(row.key, receiver)
        found.append(Share(party(row.key), row.amount, _details(searched) if searched else ""))
    rest = top.other.amount if top.other else 0
    return shares(title, found, EUROS, rest)


def _calls_of(code: str, selection: Selection) -> str:
    return _details(selection.only_type(code)) if call_type(code).has_calls else ""


def _details(selection: Selection) -> str:
    query: dict[str, Any] = dict(selection.to_query())
    return url_for("usage.details", **query)


def _by_day(series: Series, period: Period, today: date) -> tuple[Chart, ...]:
    """Cost, and minutes where anybody talked."""
    cost = days(period.first, period.last, {one.day: one.amount for one in series.rows}, today)
    charts = [bars(_("Kosten per dag"), _("deze periode"), cost, EUROS)]
    if any(one.duration for one in series.rows):
        talked = days(period.first, period.last, {one.day: one.duration for one in series.rows}, today)
        charts.append(bars(_("Belduur per dag"), _("deze periode"), talked, HOURS))
    return tuple(charts)
