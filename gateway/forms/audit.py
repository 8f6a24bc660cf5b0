"""The filters of *Logboek*."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Regexp

from gateway.formatters import day_short
from gateway.forms.fields import Choice, Correction, Day
from gateway.forms.filled import Filled
from gateway.forms.people import Sheet, line
from gateway.models.audit import LogSearch
from gateway.models.audit_words import WHAT
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

PLACE = re.compile(r"(ouder|nieuwer)-\d{1,15}-\d{1,15}\Z", re.ASCII)


class LogForm(Sheet):
    """Days, who, what, and part of a text; and where in the list one is."""

    first = Day(data_key="vanaf", load_default=None)
    last = Day(data_key="tot", load_default=None)
    who = line("wie", _l("Wie"))
    what = Choice({name: name for name in WHAT}, _l("Kies uit de lijst."), data_key="wat", load_default="")
    query = line("zoek", _l("Zoek"))
    place = fields.String(
        data_key="bladzijde",
        load_default="",
        validate=Regexp(PLACE, error=_l("Deze bladzijde bestaat niet.")),
    )

    @validates_schema
    def check_days(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """In their order."""
        first, last = data["first"], data["last"]
        if first and last and first > last:
            instead = {"vanaf": day_short(last), "tot": day_short(first)}
            swapped = Correction(_("De eerste dag ligt na de laatste."), _("Wissel de dagen om"), instead)
            raise ValidationError({"vanaf": [swapped]})


def search_of(filled: Filled) -> LogSearch:
    """The search that a filled form without errors asks for."""
    values = dict(filled.values)
    way, _dash, key = values.pop("place").partition("-")
    return LogSearch(**values, after=key if way == "ouder" else "", before=key if way == "nieuwer" else "")
