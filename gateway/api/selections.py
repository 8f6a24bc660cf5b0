"""Which calls are wanted, as programs say it."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from gateway.api.frame import Amount
from gateway.models.selection import Selection
from shared.schema import Base, length, one_of
from shared.words import gettext as _
from shared.words import lazy_gettext as _l

COMPARISONS = ("eq", "gt", "lt")
LONGEST_NUMBER = 40
MOST_TYPES = 50


class SelectionFields(Base):
    """A period (``current``, ``2026-10``) or two days that both count; and filters."""

    period = fields.String(
        load_default="",
        validate=validate.Regexp(
            r"(current|20\d\d-(0[1-9]|1[0-2]))?\Z", error=_l("Schrijf de periode als 2026-10.")
        ),
    )
    first = fields.Date(data_key="from", load_default=None)
    last = fields.Date(data_key="to", load_default=None)
    product = fields.String(load_default=None, validate=one_of("telephony", "mobile"))
    type = fields.List(
        fields.String(validate=length(1, 30)), load_default=list, validate=validate.Length(max=MOST_TYPES)
    )
    sender = fields.String(load_default=None, validate=length(1, LONGEST_NUMBER))
    receiver = fields.String(load_default=None, validate=length(1, LONGEST_NUMBER))
    amount = Amount(load_default=None)
    amount_is = fields.String(load_default="eq", validate=one_of(*COMPARISONS))
    duration = fields.Integer(
        load_default=None,
        validate=validate.Range(0, 10**9, error=_l("Kies {min} tot en met {max}.")),
        metadata={"description": "Seconds."},
    )
    duration_is = fields.String(load_default="eq", validate=one_of(*COMPARISONS))

    @validates_schema
    def _one_or_the_other(self, data: dict[str, Any], **_known: Any) -> None:
        days = [day for day in (data.get("first"), data.get("last")) if day]
        if days and data.get("period"):
            raise ValidationError(_("Kies een periode of een van-tot, niet allebei."), "period")
        if len(days) == 1:
            raise ValidationError(_("Vul beide dagen in."), "to" if data.get("first") else "from")

    @post_load
    def as_one_value(self, data: dict[str, Any], **_known: Any) -> dict[str, Any]:
        """``selection`` in place of the fields it is made of."""
        told = {name: data.pop(name) for name in SelectionFields._declared_fields}
        amount, duration = told["amount"], told["duration"]
        selection = Selection(
            period=told["period"] or (None if told["first"] else "current"),
            first=told["first"],
            last=told["last"],
            product=told["product"],
            types=tuple(told["type"]),
            sender=told["sender"],
            receiver=told["receiver"],
            amount=None if amount is None else (told["amount_is"], amount),
            duration=None if duration is None else (told["duration_is"], duration),
        )
        return {**data, "selection": selection}
