"""*Periode selectie*, *Zoek* and *Filtermogelijkheden* of the call details (manual, chapter 3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validates_schema
from marshmallow.validate import Range, Regexp

from gateway.formatters import day_short, number
from gateway.forms.fields import Amount, Choice, Correction, Day, PartOfNumber, Seconds
from gateway.forms.filled import Filled
from gateway.models.call_types import BY_CODE
from gateway.models.selection import COMPARISONS, CURRENT, CUSTOM, PRODUCTS, SORTS, Selection
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

MOST_DAYS = 366
TOTALS_BY = {
    "totaal": "total",
    "gesprekstype": "type",
    "telefoonnummer": "number",
    "telefoonnummer-gesprekstype": "number_type",
}
BILLING_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
CURSOR = re.compile(r"[A-Za-z0-9_\-.~=:|+/]{1,1000}")

# What cdr calls the parts of a selection, and where on our form they stand.
FIELD_OF_SELECTION = {
    "period": "periode",
    "from": "van",
    "to": "tot",
    "product": "produkt",
    "types": "type",
    "sender": "zender",
    "receiver": "ontvanger",
    "amount": "bedrag",
    "duration": "duur",
    "cursor": "bladzijde",
    "sort": "sorteer",
    "by": "per",
}

_comparison = {"codes": COMPARISONS, "sentence": _l("Kies gelijk, groter of kleiner."), "load_default": "eq"}


class PeriodChoice(fields.Field[str]):
    """``huidig``, ``aangepast`` or a billing month like ``2026-10``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if value not in (CURRENT, CUSTOM) and not BILLING_MONTH.fullmatch(str(value)):
            raise ValidationError(_("Kies een factuurperiode uit de lijst."))
        return str(value)


class SelectionForm(Schema):
    """The period and the filters that both pages share."""

    class Meta:
        unknown = EXCLUDE

    period = PeriodChoice(data_key="periode", load_default=CURRENT)
    first = Day(data_key="van", load_default=None)
    last = Day(data_key="tot", load_default=None)
    product = Choice(PRODUCTS, _l("Kies telefonie of mobiel."), data_key="produkt", load_default=None)
    types = fields.List(
        Choice({code: code for code in BY_CODE}, _l("Dit gesprekstype kennen we niet.")),
        data_key="type",
        load_default=(),
        metadata={"several": True},
    )
    sender = PartOfNumber(data_key="zender", load_default=None)
    receiver = PartOfNumber(data_key="ontvanger", load_default=None)
    panel = fields.String(data_key="paneel", load_default="")

    @pre_load
    def drop_unused_days(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """The two days are out of sight, and do not count, unless the period is one's own choice."""
        custom = data.get("periode") == CUSTOM
        return {name: value for name, value in data.items() if custom or name not in ("van", "tot")}

    @validates_schema(skip_on_field_errors=False)
    def check_days(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Two days, in their order, not too far apart."""
        if data.get("period") != CUSTOM or "first" not in data or "last" not in data:
            return
        first, last = data["first"], data["last"]
        if not first or not last:
            sentence = _("Vul een dag in, bijvoorbeeld 22-11-2026.")
            empty = [name for name, day in (("van", first), ("tot", last)) if not day]
            raise ValidationError({name: [sentence] for name in empty})
        if first > last:
            raise ValidationError({"van": [_swapped(first, last)]})
        days = (last - first).days + 1
        if days > MOST_DAYS:
            sentence = _("Dit zijn %(n)s dagen. Kies er hooguit %(most)s.", n=number(days), most=MOST_DAYS)
            raise ValidationError({"tot": [sentence]})


class TotalsForm(SelectionForm):
    """Totalen: also which totals."""

    by = Choice(TOTALS_BY, _l("Kies welke totalen u wilt zien."), data_key="per", load_default="total")


class DetailsForm(SelectionForm):
    """Details: also by amount and duration, and where in the list one is."""

    amount_is = Choice(data_key="bedrag_is", **_comparison)
    amount = Amount(data_key="bedrag", load_default=None)
    duration_is = Choice(data_key="duur_is", **_comparison)
    duration = Seconds("duur", data_key="duur", load_default=None)
    cursor = fields.String(
        data_key="bladzijde",
        load_default=None,
        validate=Regexp(CURSOR, error=_l("Deze bladzijde bestaat niet.")),
    )
    before = Day(
        data_key="ga",
        load_default=None,
        validate=Range(date(2000, 1, 1), date(2099, 12, 31), error=_l("Kies een dag tussen 2000 en 2099.")),
    )
    sort = Choice(SORTS, _l("Sorteer op start of bedrag."), data_key="sorteer", load_default="start")


def selection_of(filled: Filled) -> Selection:
    """The selection that a filled form without errors asks for."""
    values = filled.values
    custom = values["period"] == CUSTOM
    period = None if custom else "current" if values["period"] == CURRENT else values["period"]
    amount, duration = values.get("amount"), values.get("duration")
    return Selection(
        period=period,
        first=values["first"] if custom else None,
        last=values["last"] if custom else None,
        product=values["product"],
        types=tuple(values["types"]),
        sender=values["sender"],
        receiver=values["receiver"],
        amount=None if amount is None else (values["amount_is"], amount),
        duration=None if duration is None else (values["duration_is"], duration),
    )


def _swapped(first: date, last: date) -> Correction:
    van, tot = day_short(last), day_short(first)
    sentence = _("De eerste dag ligt na de laatste.")
    return Correction(sentence, _("Wissel de dagen om"), {"van": van, "tot": tot})
