"""Charts: values in, SVG out. Pure: no request, no service. Drawn by ``templates/components/chart.html``.

The picture follows the theme, for it has classes and no colours; each chart brings its title, a sentence
for who does not see it, and its figures as a table.
"""

from gateway.charts.bars import added_up, bars
from gateway.charts.bundle import Bundle
from gateway.charts.days import day_name, days, hours
from gateway.charts.model import (
    CALLS,
    EUROS,
    HOURS,
    MEGABYTES,
    Chart,
    Key,
    Limit,
    Line,
    Measure,
    Point,
    Table,
)
from gateway.charts.progress import Progress
from gateway.charts.shares import Share, ShareRow, Shares, bar, shares
from gateway.charts.sparkline import sparkline

__all__ = [
    "CALLS",
    "EUROS",
    "HOURS",
    "MEGABYTES",
    "Bundle",
    "Chart",
    "Key",
    "Limit",
    "Line",
    "Measure",
    "Point",
    "Progress",
    "Share",
    "ShareRow",
    "Shares",
    "Table",
    "added_up",
    "bar",
    "bars",
    "day_name",
    "days",
    "hours",
    "shares",
    "sparkline",
]
