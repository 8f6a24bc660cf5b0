"""The archive as it is looked for: what is set, in which order, and the addresses that change one thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from gateway.formatters import day_short
from gateway.forms.filled import Filled
from gateway.forms.invoices import PRESET_SORT
from gateway.models.invoices import STATUSES
from gateway.words import gettext as _

Query = dict[str, str]
COLUMNS = {
    "periode": ("periode",),
    "nummer": ("nummer",),
    "datum": ("van", "tot"),
    "verzonden": ("verzonden_van", "verzonden_tot"),
    "bedrag": ("bedrag_van", "bedrag_tot"),
    "status": ("status",),
}
"""Each column with the fields of its filter."""
LASTING = ("klant", "run", "sorteer")
IN_ADDRESS = (*(name for names in COLUMNS.values() for name in names), *LASTING)


@dataclass(frozen=True)
class Chip:
    """A filter that is set, and the query without it."""

    words: str
    query: Query


@dataclass(frozen=True)
class InvoiceSearch:
    """``filled`` is what was typed; ``today`` is for the days one picks with a click."""

    filled: Filled
    today: date

    @property
    def query(self) -> Query:
        """What the address holds, but for the place in the list."""
        return {name: self.filled.first(name) for name in IN_ADDRESS if self.filled.first(name)}

    @property
    def lasting(self) -> Query:
        """What a search of its own leaves as it is: order, and of whom."""
        return {name: value for name, value in self.query.items() if name in LASTING}

    @property
    def filters(self) -> Query:
        return {name: value for name, value in self.query.items() if name not in LASTING}

    @property
    def on_first_page(self) -> bool:
        return not self.filled.first("na")

    def is_set(self, column: str) -> bool:
        """Whether a column's filter keeps rows out."""
        return any(self.filled.first(name) for name in COLUMNS[column])

    def opens(self, column: str) -> bool:
        """Whether its filter stands open: it is the first with something wrong behind its funnel."""
        wrong = [one for one, names in COLUMNS.items() if any(name in self.filled.errors for name in names)]
        behind = [one for one in wrong if one != "datum"]  # Vanaf and Tot stand above the table
        return behind[:1] == [column]

    def corrected(self, instead: Mapping[str, str]) -> Query:
        return {**self.query, **instead}

    def page(self, after: str) -> Query:
        return {**self.query, "na": after}

    @property
    def sort(self) -> str:
        return self.filled.first("sorteer") or PRESET_SORT

    def way(self, column: str) -> str:
        """ascending, descending, or nothing for a column not sorted on."""
        if self.sort.removeprefix("-") != column:
            return ""
        return "descending" if self.sort.startswith("-") else "ascending"

    def sorted(self, column: str) -> Query:
        """The other way round, or on this column: newest and largest first, names from the first."""
        rising = column in ("nummer", "status")
        now = self.way(column)
        turned = now == "descending" if now else rising
        return {**self.query, "sorteer": column if turned else f"-{column}"}

    @property
    def chips(self) -> list[Chip]:
        """What is set, in words, each with a cross."""
        return [Chip(words, self._without(*names)) for words, names in self._words()]

    def _without(self, *names: str) -> Query:
        return {name: value for name, value in self.query.items() if name not in names}

    def _words(self) -> list[tuple[str, tuple[str, ...]]]:
        said: list[tuple[str, tuple[str, ...]]] = []
        first = self.filled.first
        spans = {
            ("van", "tot"): _("Factuurdatum"),
            ("verzonden_van", "verzonden_tot"): _("Verzonden"),
            ("bedrag_van", "bedrag_tot"): _("Bedrag"),
        }
        for names, title in spans.items():
            if any(first(name) for name in names):
                said.append((_span(title, *map(first, names)), names))
        if first("periode"):
            said.append((_("Periode: %(text)s", text=first("periode")), ("periode",)))
        if first("nummer"):
            said.append((_("Nummer bevat %(text)s", text=first("nummer")), ("nummer",)))
        if first("status"):
            said.append((str(STATUSES.get(first("status"), first("status"))), ("status",)))
        return said

    @property
    def shortcuts(self) -> list[Chip]:
        """Days to pick with a click, for the column of dates."""
        year = self.today.year
        spans = (
            (_("Dit jaar"), date(year, 1, 1), date(year, 12, 31)),
            (_("Vorig jaar"), date(year - 1, 1, 1), date(year - 1, 12, 31)),
            (_("Laatste 3 maanden"), self.today - timedelta(days=92), self.today),
        )
        rest = self._without("van", "tot")
        return [
            Chip(words, {**rest, "van": day_short(first), "tot": day_short(last)})
            for words, first, last in spans
        ]


def _span(title: str, low: str, high: str) -> str:
    if low and high:
        return _("%(title)s %(low)s t/m %(high)s", title=title, low=low, high=high)
    if low:
        return _("%(title)s vanaf %(low)s", title=title, low=low)
    return _("%(title)s t/m %(high)s", title=title, high=high)
