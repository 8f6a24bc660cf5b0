"""The search box of the call details: periods to choose from, what is filled in, and chips."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field, replace
from datetime import date

from gateway.formatters import month, period
from gateway.forms.filled import Filled
from gateway.models.part import Part
from gateway.models.selection import CURRENT, CUSTOM, NEWEST, Filter, Place, Query, Selection, types_in_words
from gateway.models.usage import Period, Periods
from gateway.words import gettext as _

FILTER_FIELDS = ("produkt", "type", "zender", "ontvanger", "bedrag", "bedrag_is", "duur", "duur_is")
PLACE_FIELDS = ("bladzijde", "ga", "sorteer")
PANEL_OPEN = "open"


@dataclass(frozen=True)
class Option:
    """A choice of *Periode selectie*."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Chip:
    """A filter that is set, and the query that is left when it is dropped."""

    words: str
    query: Query


@dataclass(frozen=True)
class Search:
    """``selection`` is None while the input has errors: then nothing was looked for."""

    filled: Filled
    periods: tuple[Option, ...]
    periods_known: bool
    words: str
    previous: Option | None
    selection: Selection | None = None
    filters: tuple[Filter, ...] = ()
    panel_open: bool = False
    order: Query = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        filled: Filled,
        periods: Part[Periods],
        today: date,
        selection: Selection | None = None,
        place: Place = NEWEST,
    ) -> Search:
        """``selection`` and ``place`` are given when all input could be read."""
        known = periods.value or Periods(current=calendar_month(today))
        chosen = filled.first("periode") or CURRENT
        options = _options(known, chosen)
        searched = selection if selection and not filled.errors else None
        wrong_filter = any(name in filled.errors for name in FILTER_FIELDS)
        return cls(
            filled=filled,
            periods=options,
            periods_known=periods.value is not None,
            words=_words(known, searched),
            previous=next((option for option in options[1:] if option.value not in (chosen, CUSTOM)), None),
            selection=searched,
            filters=tuple(searched.filters()) if searched else (),
            panel_open=wrong_filter or filled.first("paneel") == PANEL_OPEN,
            order=place.order(),
        )

    @property
    def custom(self) -> bool:
        """Whether the two days of *Aangepaste selectie* are in sight."""
        return any(option.chosen and option.value == CUSTOM for option in self.periods)

    @property
    def chips(self) -> list[Chip]:
        """The filters that are set, each with the way to drop it."""
        assert self.selection is not None
        left = [self.selection.without(one.field).to_query() for one in self.filters]
        return [Chip(one.words, query | self.order) for one, query in zip(self.filters, left, strict=True)]

    @property
    def query(self) -> Query:
        """The query of this search, at its beginning."""
        return self.selection.to_query() | self.order if self.selection else {}

    @property
    def types_in_words(self) -> str:
        """What the closed choice of types says."""
        return types_in_words(tuple(self.filled.all("type")))

    @property
    def unfiltered(self) -> Query:
        """The query of *Wis filters*: the same period and nothing else."""
        if self.selection:
            return self.selection.unfiltered().to_query() | self.order
        kept = ("periode", "van", "tot")
        return {name: list(values) for name, values in self.filled.typed.items() if name in kept}

    def at(self, place: Place) -> Query:
        """The same search at a place in the list."""
        return self.selection.to_query() | place.to_query() if self.selection else {}

    def page(self, cursor: str) -> Query:
        """The same search in the same order, at a key that cdr gave."""
        return self.query | Place(cursor=cursor).to_query()

    def sorted(self, sort: str) -> Query:
        """The same search in another order, at its beginning."""
        return self.at(Place(sort=sort))

    @property
    def wrong_place(self) -> bool:
        """Whether the only thing wrong is where in the list one wants to be."""
        return bool(self.filled.errors) and set(self.filled.errors) <= set(PLACE_FIELDS)

    @property
    def going_query(self) -> Query:
        """Period and filters as they were typed, without a place in the list."""
        left_out = {*PLACE_FIELDS, "paneel"}
        return {name: list(v) for name, v in self.filled.typed.items() if name not in left_out}

    def corrected(self, instead: dict[str, str]) -> Query:
        """What was typed, with a correction in the place of what was wrong."""
        typed = {name: list(values) for name, values in self.filled.typed.items()}
        return typed | {name: [value] for name, value in instead.items()}

    def of_type(self, code: str | None) -> Query:
        """The same search, for one call type only."""
        assert self.selection is not None
        return replace(self.selection, types=(code,) if code else ()).to_query()

    def shared_query(self) -> Query:
        """What the other page of this tab understands too: everything but amount and duration."""
        if self.selection is None:
            return {}
        return self.selection.without("amount").without("duration").to_query()


def calendar_month(day: date) -> Period:
    """The billing period of a day, for when cdr cannot be asked: a calendar month."""
    last = calendar.monthrange(day.year, day.month)[1]
    return Period(id=f"{day:%Y-%m}", first=day.replace(day=1), last=day.replace(day=last))


def _options(periods: Periods, chosen: str) -> tuple[Option, ...]:
    current = periods.current
    if chosen == current.id:
        chosen = CURRENT
    words = period(current.first, current.last, with_year=False)
    listed = [(CURRENT, _("Huidige factuurperiode (%(days)s)", days=words))]
    listed += [(one.id, _recent(one)) for one in periods.recent if one.id]
    if chosen not in dict(listed) and chosen != CUSTOM:
        listed += [(chosen, _older(chosen))]
    listed += [(CUSTOM, _("Aangepaste selectie"))]
    return tuple(Option(value, label, value == chosen) for value, label in listed)


def _recent(one: Period) -> str:
    name = month(one.first).capitalize()
    return name if one.state == "closed" else _("%(month)s (nog niet afgesloten)", month=name)


def _older(chosen: str) -> str:
    """A month that is not in the list but was asked for; what is not a month shows as it was typed."""
    try:
        return month(date.fromisoformat(f"{chosen}-01")).capitalize()
    except ValueError:
        return chosen


def _words(periods: Periods, selection: Selection | None) -> str:
    """The period that is shown, for the line below the page's title."""
    if selection is None:
        return ""
    if selection.first and selection.last:
        return period(selection.first, selection.last)
    shown = next((one for one in periods.recent if one.id == selection.period), None)
    if shown:
        return _("Factuurperiode %(days)s", days=period(shown.first, shown.last))
    if selection.period in ("current", periods.current.id):
        return _("Huidige factuurperiode: %(days)s", days=period(periods.current.first, periods.current.last))
    return _("Factuurperiode %(month)s", month=_older(selection.period or ""))
