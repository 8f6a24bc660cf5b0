"""The search of the archive of invoices: *Vanaf–Tot*, and a filter per column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Regexp

from gateway.formatters import day_short
from gateway.forms.fields import Amount, Choice, Correction, Day
from gateway.forms.form import chosen
from gateway.forms.people import Sheet, line
from gateway.models.invoices import STATUSES
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

SORTS = {
    "periode": "period",
    "nummer": "number",
    "datum": "issued_on",
    "verzonden": "sent_on",
    "bedrag": "total",
    "status": "status",
}
"""In the address → of invoicing; with a minus before it the largest or newest comes first."""
PRESET_SORT = "-datum"
_LABELS: Mapping[str, Any] = {
    "van": _l("Vanaf"),
    "tot": _l("Tot"),
    "periode": _l("Periode"),
    "nummer": _l("Factuur nr."),
    "verzonden_van": _l("Verzonden vanaf"),
    "verzonden_tot": _l("Verzonden tot en met"),
    "bedrag_van": _l("Vanaf €"),
    "bedrag_tot": _l("Tot en met €"),
    "status": _l("Status"),
}


def _day(key: str) -> Day:
    return Day(data_key=key, load_default=None, metadata={"label": _LABELS[key]})


def _amount(key: str) -> Amount:
    return Amount(data_key=key, load_default=None, metadata={"label": _LABELS[key]})


class ArchiveForm(Sheet):
    """Which invoices, in which order, and where the page begins."""

    issued_from = _day("van")
    issued_to = _day("tot")
    period = line("periode", _LABELS["periode"], 30)
    number = line("nummer", _LABELS["nummer"], 30)
    sent_from = _day("verzonden_van")
    sent_to = _day("verzonden_tot")
    amount_from = _amount("bedrag_van")
    amount_to = _amount("bedrag_tot")
    status = Choice(
        chosen(STATUSES),
        _l("Kies een status uit de lijst."),
        data_key="status",
        load_default="",
        metadata={"label": _LABELS["status"]},
    )
    sort = Choice(
        {f"{way}{name}": f"{way}{column}" for name, column in SORTS.items() for way in ("", "-")},
        _l("Sorteer op een kolom."),
        data_key="sorteer",
        load_default=f"-{SORTS[PRESET_SORT[1:]]}",
    )
    after = fields.String(
        data_key="na",
        load_default=None,
        validate=Regexp(r"[A-Za-z0-9_=-]{1,200}\Z", error=_l("Deze bladzijde bestaat niet.")),
    )

    @validates_schema(skip_on_field_errors=False)
    def check_order(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """From comes before to; the two can be swapped with a click."""
        for name, keys in (
            ("issued", ("van", "tot")),
            ("sent", ("verzonden_van", "verzonden_tot")),
            ("amount", ("bedrag_van", "bedrag_tot")),
        ):
            low, high = data.get(f"{name}_from"), data.get(f"{name}_to")
            if low is not None and high is not None and low > high:
                raise ValidationError({keys[0]: [_swapped(keys, low, high)]})


class StaffArchiveForm(ArchiveForm):
    """Also of which customer, or of which run."""

    customer_id = fields.String(data_key="klant", load_default=None, validate=Regexp(r"[0-9a-f]{32}\Z"))
    run_id = fields.String(data_key="run", load_default=None, validate=Regexp(r"[0-9a-f]{32}\Z"))


def _swapped(keys: tuple[str, str], low: Any, high: Any) -> Correction:
    if "bedrag" in keys[0]:
        first, last = (f"{value:f}".replace(".", ",") for value in (high, low))
        return Correction(
            _("Het eerste bedrag is hoger dan het tweede."),
            _("Wissel de bedragen om"),
            {keys[0]: first, keys[1]: last},
        )
    first, last = day_short(high), day_short(low)
    return Correction(
        _("De eerste dag ligt na de laatste."), _("Wissel de dagen om"), {keys[0]: first, keys[1]: last}
    )
