"""*Overzicht*: the one figure of a billing period and what stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from gateway.formatters import euros, month_name, number
from gateway.last_known import Known
from gateway.models.forecast import Forecast, forecast
from gateway.models.invoices import Archive
from gateway.models.limits import Alert, FraudWatch, VoipLimit
from gateway.models.search import calendar_month
from gateway.models.series import Series, Top, sum_until
from gateway.models.usage import Details, Period, Periods, Totals
from gateway.words import gettext as _
from shared.money import round_decimal

NEAR_LIMIT = 80
"""Per cent of the limit from which it is worth a word."""


@dataclass(frozen=True)
class Comparison:
    """The same days of the period before: up to ``day``, their cost, and how this period differs."""

    name: str
    amount: Decimal
    difference: Decimal

    @property
    def percentage(self) -> str | None:
        """``7,7 %``; None when there was nothing to compare with."""
        if not self.amount:
            return None
        return f"{number(abs(self.difference) * 100 / self.amount, 1)}\u00a0%"


@dataclass(frozen=True)
class Point:
    """Something that asks for a look. ``serious`` is red; ``endpoint`` leads to where it is mended."""

    title: str
    sentence: str
    endpoint: str
    link: str
    serious: bool = False


@dataclass(frozen=True)
class Overview:
    """The parts of the page; ``limit``, ``watch`` and ``invoices`` are None for who has no part in them."""

    today: date
    periods: Known[Periods]
    types: Known[Totals]
    series: Known[Series]
    dearest: Known[Details]
    numbers: Known[Top]
    limit: Known[VoipLimit] | None = None
    watch: Known[FraudWatch] | None = None
    invoices: Known[Archive] | None = None

    @classmethod
    def of(cls, today: date, parts: dict[str, Known[Any]]) -> Overview:
        """From the parts by their names."""
        return cls(today=today, **parts)

    @property
    def period(self) -> Period:
        """The current billing period; a calendar month while cdr does not say."""
        return self.periods.value.current if self.periods.value else calendar_month(self.today)

    @property
    def day(self) -> int:
        """Which day of the period it is, from 1; at most its last."""
        return min((self.today - self.period.first).days, (self.period.last - self.period.first).days) + 1

    @property
    def days(self) -> int:
        return (self.period.last - self.period.first).days + 1

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever used, as far as is known: then there is nothing to draw yet."""
        types, series = self.types.value, self.series.value
        if types is None or series is None:
            return False
        return types.empty and series.empty and not series.previous

    @property
    def down(self) -> bool:
        """Whether cdr did not tell what was used; it tells all of that in one answer."""
        return self.types.error is not None

    @property
    def comparison(self) -> Comparison | None:
        """With the period before; None when it had no use, or when either is not known. Without what is
        above bundles: that is of a period, and on no day of it."""
        types, series = self.types.value, self.series.value
        if types is None or series is None or not series.previous:
            return None
        before = self.period.first - timedelta(days=1)
        amount = round_decimal(sum_until(series.previous, self.day), 2)
        name = month_name(before) if self.day >= before.day else _until(before, self.day)
        return Comparison(name, amount, types.total.cents - types.overage - amount)

    @property
    def expectation(self) -> Forecast | None:
        """What the period will cost; None while too little is known."""
        types, series, period = self.types.value, self.series.value, self.period
        if types is None or series is None:
            return None
        spent = types.total.amount
        return forecast(spent, series.rows, series.previous, period.first, period.last, self.today)

    @property
    def expected(self) -> str | None:
        """``€ 550 – € 580``, or one amount where both ends are the same."""
        found = self.expectation
        if found is None:
            return None
        low, high = euros(found.low, 0), euros(found.high, 0)
        return low if low == high else f"{low} – {high}"

    @property
    def points(self) -> list[Point]:
        """What needs attention, the most serious first."""
        alerts = self.watch.value.open if self.watch and self.watch.value else []
        found = [*map(_of_alert, alerts), *self._of_limit()]
        return sorted(found, key=lambda point: not point.serious)

    def _of_limit(self) -> list[Point]:
        limit = self.limit.value if self.limit else None
        if limit is None or limit.limit is None or limit.percentage < NEAR_LIMIT:
            return []
        values = {"used": euros(limit.used), "limit": euros(limit.limit)}
        sentence = _("In deze factuurperiode is %(used)s gebruikt, de limiet is %(limit)s.", **values)
        title = _("Waarschuwingslimiet bereikt") if limit.reached else _("Waarschuwingslimiet in zicht")
        return [Point(title, sentence, "settings.show", _("Bekijk de limiet"), serious=limit.reached)]


def _until(before: date, day: int) -> str:
    return _("%(month)s tot en met dag %(day)s", month=month_name(before), day=day)


def _of_alert(alert: Alert) -> Point:
    sentence = _("%(amount)s op één dag.", amount=euros(alert.amount))
    if alert.usual is not None:
        values = {"amount": euros(alert.amount), "usual": euros(alert.usual)}
        sentence = _("%(amount)s op één dag, eerder hooguit %(usual)s.", **values)
    if alert.blocked:
        sentence += " " + _("Deze gesprekken zijn geblokkeerd.")
    title = _("Verdacht belgedrag: %(what)s", what=alert.name)
    return Point(title, sentence, "settings.show", _("Bekijk de melding"), serious=True)
