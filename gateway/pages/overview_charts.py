"""The charts of *Overzicht*: cost by day, the same added up, and shares by type and by number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gateway.charts import EUROS, Chart, Limit, Line, Shares, added_up, bars, days
from gateway.formatters import euros, month_name
from gateway.models.overview import Overview
from gateway.models.selection import Selection
from gateway.models.series import Series
from gateway.pages.usage_charts import by_number, by_type
from gateway.words import gettext as _


@dataclass(frozen=True)
class OverviewCharts:
    """Each is None where its values are not known."""

    by_day: Chart | None = None
    so_far: Chart | None = None
    types: Shares | None = None
    numbers: Shares | None = None


def charts_of(overview: Overview, with_limit: bool) -> OverviewCharts:
    """``with_limit``: the limit counts the same as the charts do, and may stand in them."""
    series, types, numbers = overview.series.value, overview.types.value, overview.numbers.value
    return OverviewCharts(
        by_day=_by_day(overview, series) if series else None,
        so_far=_so_far(overview, series, with_limit) if series else None,
        types=by_type(types, Selection()) if types else None,
        numbers=by_number(numbers, Selection(), _("Per nummer")) if numbers else None,
    )


def _by_day(overview: Overview, series: Series) -> Chart:
    period = overview.period
    values = {one.day: one.amount for one in series.rows}
    marks = days(period.first, period.last, values, overview.today)
    return bars(_("Kosten per dag"), month_name(period.first), marks, EUROS)


def _so_far(overview: Overview, series: Series, with_limit: bool) -> Chart:
    period, found = overview.period, overview.expectation
    marks = days(period.first, period.last, {one.day: one.amount for one in series.rows}, overview.today)
    limit = overview.limit.value.limit if with_limit and overview.limit and overview.limit.value else None
    return added_up(
        _("Kosten opgeteld"),
        month_name(period.first),
        marks,
        EUROS,
        before=_before(overview, series) if series.previous else None,
        expected=Line(_("verwachting"), found.days) if found else None,
        limit=Limit(limit, _("waarschuwingslimiet %(limit)s", limit=euros(limit, 0))) if limit else None,
    )


def _before(overview: Overview, series: Series) -> Line:
    """The days of the period before, beside those of this one by their number."""
    last = overview.period.first - timedelta(days=1)
    amounts = {one.day.day: one.amount for one in series.previous}
    return Line(month_name(last), [amounts.get(day, 0) for day in range(1, last.day + 1)])
