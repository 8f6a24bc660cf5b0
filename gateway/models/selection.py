"""What is looked for among the calls: a period and filters, as typed, as asked of cdr, as words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from gateway.formatters import day_short, euros, month, number, period
from gateway.models.call_types import call_type
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

CUSTOM = "aangepast"
CURRENT = "huidig"

PRODUCTS = {"telefonie": "telephony", "mobiel": "mobile"}
PRODUCT_NAMES = {"telephony": _l("Telefonie"), "mobile": _l("Mobiel")}
SORTS = {"start": "start", "bedrag": "amount"}
SORT_NAMES = {code: name for name, code in SORTS.items()}
COMPARISONS = {"gelijk": "eq", "groter": "gt", "kleiner": "lt"}
COMPARISON_WORDS = {"eq": _l("gelijk aan"), "gt": _l("groter dan"), "lt": _l("kleiner dan")}

Query = dict[str, list[str]]
"""Query parameters of a page, in their order."""


@dataclass(frozen=True)
class Filter:
    """A filter that is set: the field it stands in, the words of its chip, its query parameters."""

    field: str
    name: Any
    words: str
    query: Query


@dataclass(frozen=True)
class Selection:
    """Which calls are wanted. ``period`` is ``current``, a month (``2026-10``) or None for two days."""

    period: str | None = "current"
    first: date | None = None
    last: date | None = None
    product: str | None = None
    types: tuple[str, ...] = ()
    sender: str | None = None
    receiver: str | None = None
    amount: tuple[str, Decimal] | None = None
    duration: tuple[str, int] | None = None

    @property
    def by_row(self) -> bool:
        """Whether cdr may have to look at each row, because counters do not know a filter."""
        return bool(self.sender or self.receiver or self.amount or self.duration)

    def to_rpc(self) -> dict[str, Any]:
        """The selection as cdr takes it; keys that are not set are left out."""
        asked: dict[str, Any] = {"period": self.period}
        if self.first and self.last:
            asked = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        asked |= {"product": self.product, "types": list(self.types) or None}
        asked |= {"sender": self.sender, "receiver": self.receiver}
        if self.amount:
            asked["amount"] = {"op": self.amount[0], "value": str(self.amount[1])}
        if self.duration:
            asked["duration"] = {"op": self.duration[0], "value": self.duration[1]}
        return {name: value for name, value in asked.items() if value is not None}

    @classmethod
    def from_rpc(cls, asked: Mapping[str, Any]) -> Selection:
        """What :meth:`to_rpc` made of a selection. Raises ValueError or KeyError for anything else."""
        first, last = (date.fromisoformat(day) if day else None for day in map(asked.get, ("from", "to")))
        amount, duration = asked.get("amount"), asked.get("duration")
        return cls(
            period=asked.get("period"),
            first=first,
            last=last,
            product=asked.get("product"),
            types=tuple(asked.get("types") or ()),
            sender=asked.get("sender"),
            receiver=asked.get("receiver"),
            amount=(amount["op"], Decimal(str(amount["value"]))) if amount else None,
            duration=(duration["op"], int(duration["value"])) if duration else None,
        )

    def to_query(self) -> Query:
        """The query parameters that lead back to this selection."""
        query: Query = {}
        if self.first and self.last:
            query = {"periode": [CUSTOM], "van": [day_short(self.first)], "tot": [day_short(self.last)]}
        elif self.period and self.period != "current":
            query = {"periode": [self.period]}
        for chosen in self.filters():
            query |= chosen.query
        return query

    def filters(self) -> list[Filter]:
        """The filters that are set, in the order of *Filtermogelijkheden*."""
        found = (self._product(), self._types(), *self._numbers(), self._amount(), self._duration())
        return [one for one in found if one is not None]

    def without(self, field: str) -> Selection:
        """The same selection with the filter of one field dropped."""
        dropped: Any = () if field == "types" else None
        return replace(self, **{field: dropped})

    def only_type(self, code: str | None) -> Selection:
        """The same selection, of one call type."""
        return replace(self, types=(code,) if code else ())

    def only_number(self, value: str | None, receiver: bool = False) -> Selection | None:
        """The same selection, of one sender (or receiver) of a row; None for what is no number."""
        digits = (value or "").removeprefix("ext:").removeprefix("nl:")
        if not digits.removeprefix("+").isdigit():
            return None
        return replace(self, receiver=digits) if receiver else replace(self, sender=digits)

    def unfiltered(self) -> Selection:
        """The same period, no filters."""
        return Selection(period=self.period, first=self.first, last=self.last)

    def _product(self) -> Filter | None:
        if not self.product:
            return None
        param = next(name for name, code in PRODUCTS.items() if code == self.product)
        words = str(PRODUCT_NAMES[self.product])
        return Filter("product", _("Produkt"), _("Produkt %(name)s", name=words), {"produkt": [param]})

    def _types(self) -> Filter | None:
        if not self.types:
            return None
        return Filter("types", _("Gesprekstype"), types_in_words(self.types), {"type": list(self.types)})

    def _numbers(self) -> tuple[Filter | None, Filter | None]:
        sender = receiver = None
        if self.sender:
            words = _("Zender %(number)s", number=self.sender)
            sender = Filter("sender", _("Nummer zender"), words, {"zender": [self.sender]})
        if self.receiver:
            words = _("Ontvanger %(number)s", number=self.receiver)
            receiver = Filter("receiver", _("Nummer ontvanger"), words, {"ontvanger": [self.receiver]})
        return sender, receiver

    def _amount(self) -> Filter | None:
        if not self.amount:
            return None
        comparison, value = self.amount
        decimals = max(2, -int(value.normalize().as_tuple().exponent))
        shown = euros(value, decimals)
        words = _("Bedrag %(compared)s %(value)s", compared=COMPARISON_WORDS[comparison], value=shown)
        typed = f"{value:.{decimals}f}".replace(".", ",")
        return Filter("amount", _("Bedragen klant"), words, _compared("bedrag", comparison, typed))

    def _duration(self) -> Filter | None:
        if not self.duration:
            return None
        comparison, value = self.duration
        words = _(
            "Duur %(compared)s %(value)s sec", compared=COMPARISON_WORDS[comparison], value=number(value)
        )
        return Filter("duration", _("Duur"), words, _compared("duur", comparison, str(value)))


@dataclass(frozen=True)
class Place:
    """Where in the list of details one is: at a key that cdr gave, at a day's end, or at its beginning.

    ``sort`` is its order: by ``start`` (newest first) or by ``amount`` (highest first).
    """

    cursor: str | None = None
    before: date | None = None
    sort: str = "start"

    @property
    def at_beginning(self) -> bool:
        return self.cursor is None and self.before is None

    def to_rpc(self) -> dict[str, Any]:
        """The place as fields of cdr's ``details``."""
        place: Any = {"before": self.before.isoformat()} if self.before else self.cursor
        return {"cursor": place} if self.sort == "start" else {"cursor": place, "sort": self.sort}

    def to_query(self) -> Query:
        """The query parameters that lead back here."""
        return self.order() | self._position()

    def order(self) -> Query:
        """The query parameters of the order only."""
        return {} if self.sort == "start" else {"sorteer": [SORT_NAMES[self.sort]]}

    def _position(self) -> Query:
        if self.before:
            return {"ga": [day_short(self.before)]}
        return {"bladzijde": [self.cursor]} if self.cursor else {}


NEWEST = Place()


def types_in_words(codes: tuple[str, ...]) -> str:
    """``Mobiel``, ``Mobiel en Sms``, ``Mobiel, Sms en 2 andere``; ``Niets geselecteerd`` for none."""
    names = [str(call_type(code).label) for code in codes]
    if not names:
        return _("Niets geselecteerd")
    if len(names) <= 2:
        return _(" en ").join(names)
    if len(names) == 3:
        return _("%(first)s, %(second)s en 1 ander", first=names[0], second=names[1])
    return _("%(first)s, %(second)s en %(n)s andere", first=names[0], second=names[1], n=len(names) - 2)


def in_words(selection: Selection) -> str:
    """The period and the filters on one line: ``Oktober 2026 · Zender 085``."""
    if selection.first and selection.last:
        shown = period(selection.first, selection.last)
    else:
        try:
            shown = month(date.fromisoformat(f"{selection.period}-01")).capitalize()
        except ValueError:
            shown = _("Huidige factuurperiode")
    return " · ".join([shown, *(one.words for one in selection.filters())])


def _compared(param: str, comparison: str, value: str) -> Query:
    word = next(name for name, code in COMPARISONS.items() if code == comparison)
    return {f"{param}_is": [word], param: [value]}
