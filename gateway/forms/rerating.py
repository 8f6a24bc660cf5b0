"""The form that asks for a re-rating. Fields are named as cdr's scope."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Range, Regexp

from gateway.forms.companies import reason
from gateway.forms.fields import Day
from gateway.forms.people import Sheet, line
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

LAST_NUMBER = 10**9


class RerateForm(Sheet):
    """A month, or days; the rest narrows it down."""

    period = fields.String(
        data_key="periode",
        load_default="",
        validate=Regexp(r"(\d{4}-\d{2})?\Z", error=_l("Kies een periode uit de lijst.")),
        metadata={"label": _l("Factuurperiode")},
    )
    first = Day(data_key="van", load_default=None, metadata={"label": _l("Of gesprekken vanaf")})
    last = Day(data_key="tot", load_default=None, metadata={"label": _l("tot en met")})
    number = fields.Integer(
        data_key="klant",
        load_default=None,
        validate=Range(1, LAST_NUMBER, error=_l("Dit klantnummer bestaat niet.")),
        error_messages={"invalid": _l("Vul een klantnummer in: alleen cijfers.")},
        metadata={"label": _l("Klantnummer")},
    )
    prefix = line("prefix", _l("Prefix"), 40)
    plan = line("plan", _l("Tariefplan of versie"), 80)

    @validates_schema
    def one_span(self, data: dict[str, Any], **_kwargs: Any) -> None:
        days = data.get("first") or data.get("last")
        if data.get("period") and days:
            raise ValidationError(_("Kies een factuurperiode, of dagen, niet allebei."), "periode")
        if not data.get("period") and not days:
            raise ValidationError(_("Kies een factuurperiode, of vul twee dagen in."), "periode")
        if days and not data.get("first"):
            raise ValidationError(_("Vul beide dagen in."), "van")
        if days and not data.get("last"):
            raise ValidationError(_("Vul beide dagen in."), "tot")


class BookForm(Sheet):
    """Why the corrections are booked."""

    reason = reason(needed=True)


def place(text: str) -> dict[str, Any] | None:
    """Where a list goes on, from an address: ``weight~id``; None when it says nothing we gave."""
    weight, _tilde, identity = text.partition("~")
    if not identity or not weight.isdecimal():
        return None
    return {"weight": int(weight), "id": identity[:220]}


def written(after: dict[str, Any] | None) -> str | None:
    """The same as text for an address."""
    return f"{after['weight']}~{after['id']}" if after else None
