"""Forms of staff about rate plans. Fields are named as cdr's arguments."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from marshmallow import fields
from marshmallow.validate import Range, Regexp

from gateway.forms.companies import LAST_NUMBER, reason
from gateway.forms.fields import Day
from gateway.forms.people import Sheet, line
from gateway.words import lazy_gettext as _l

LONGEST_NAME = 60
LONGEST_VERSION = 80
LONGEST_QUERY = 80
PRECISION = 4


class VersionForm(Sheet):
    """Which plan an upload is for, from which day, and how its amounts are rounded."""

    name = fields.String(
        data_key="plan",
        required=True,
        error_messages={"required": _l("Geef het plan een naam, bijvoorbeeld zakelijk.")},
        validate=Regexp(
            r"[\w .-]{1,60}\Z",
            error=_l("Gebruik in de naam hooguit 60 letters, cijfers, spaties en de tekens . - _."),
        ),
        metadata={"label": _l("Plan")},
    )
    valid_from = Day(
        data_key="vanaf",
        required=True,
        error_messages={"required": _l("Vul de eerste dag in.")},
        validate=Range(date(2000, 1, 1), date(2099, 12, 31), error=_l("Kies een dag tussen 2000 en 2099.")),
        metadata={"label": _l("Geldt vanaf")},
    )
    precision = fields.Integer(
        data_key="decimalen",
        load_default=PRECISION,
        validate=Range(0, 6, error=_l("Kies 0 tot en met 6 decimalen.")),
        error_messages={"invalid": _l("Kies 0 tot en met 6 decimalen.")},
        metadata={"label": _l("Decimalen")},
    )


class SaveForm(Sheet):
    """Why an upload becomes a version."""

    reason = reason(needed=True)


class StandardForm(Sheet):
    """Why a plan is the one of everyone without another."""

    reason = reason(needed=True)


class GiveForm(Sheet):
    """A customer by number, who gets the plan of the page."""

    number = fields.Integer(
        data_key="klant",
        required=True,
        validate=Range(1, LAST_NUMBER, error=_l("Dit klantnummer bestaat niet.")),
        error_messages={
            "required": _l("Vul een klantnummer in."),
            "invalid": _l("Vul een klantnummer in: alleen cijfers."),
        },
        metadata={"label": _l("Klantnummer")},
    )
    reason = reason(needed=True)


class AssignForm(Sheet):
    """A customer's plan; the lines of their terms are read by :mod:`gateway.forms.terms`."""

    plan = line("plan", _l("Tariefplan"), LONGEST_NAME)
    reason = reason(needed=True)
    revision = fields.Integer(data_key="revisie", load_default=0)
    deviations = fields.Raw(
        data_key="afspraken", load_default=None, metadata={"label": _l("Eigen afspraken")}
    )


class LinesForm(Sheet):
    """Lines of a version: which, what is looked for, and where the page begins."""

    query = line("zoek", _l("Prefix, bestemming of nummer"), LONGEST_QUERY)
    after = fields.Integer(
        data_key="na",
        load_default=0,
        validate=Range(0, LAST_NUMBER, error=_l("Deze bladzijde bestaat niet.")),
        error_messages={"invalid": _l("Deze bladzijde bestaat niet.")},
    )


class CompareForm(LinesForm):
    """What differs between two versions."""

    change = fields.String(
        data_key="soort",
        load_default=None,
        validate=Regexp(r"(added|removed|changed)\Z", error=_l("Kies uit de lijst.")),
        metadata={"label": _l("Wat")},
    )


def preset(today: date) -> dict[str, Any]:
    """What an upload begins with: the standard plan, from the first of next month."""
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return {"name": "default", "valid_from": first, "precision": PRECISION}
