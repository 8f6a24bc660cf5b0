"""What cdr tells of a selection in one answer, all as of one moment."""

from __future__ import annotations

import msgspec

from gateway.models.series import Series, Top
from gateway.models.usage import Details, Periods, Totals


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """``totals`` by what they are by (total, type, number, number_type), ``top`` by what it is of; both hold
    what was asked for."""

    periods: Periods
    series: Series
    totals: dict[str, Totals] = {}
    top: dict[str, Top] = {}
    dearest: Details = Details()
