"""*Nachtschakeling* (manual, 6.4.4): the state, which acts at once, and the schedules it follows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Length

from gateway.formatters import AMSTERDAM, local
from gateway.forms.fields import Choice
from gateway.forms.form import Form
from gateway.forms.people import Sheet
from gateway.forms.telephony import telephone
from gateway.models.pbx_settings import Night
from gateway.phone_numbers import party
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l
from shared.schema import of_our_years

STATES = {"uit": "off", "aan": "on", "automatisch": "auto"}
MOMENT = re.compile(r"(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})", re.ASCII)
MOMENT_AS_WRITTEN = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4}) (\d{1,2})[:.](\d{2})", re.ASCII)


class Moment(fields.Field[datetime]):
    """A day and time on the Dutch clock, as a browser sends it or as ``22-11-2026 18:00``; aware."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        iso, written = MOMENT.fullmatch(str(value)), MOMENT_AS_WRITTEN.fullmatch(str(value))
        if not iso and not written:
            raise ValidationError(_("Schrijf het moment als 22-11-2026 18:00."))
        try:
            if iso:
                year, month, day, hour, minute = map(int, iso.groups())
            else:
                assert written is not None
                day, month, year, hour, minute = map(int, written.groups())
            found = datetime(year, month, day, hour, minute, tzinfo=AMSTERDAM)
        except ValueError as problem:
            raise ValidationError(_("Dit moment bestaat niet.")) from problem
        of_our_years(found)
        return found


class NightForm(Sheet):
    """*Nachtstand* from now on; ``until`` a moment at which it ends by itself."""

    state = Choice(
        STATES,
        _l("Kies een stand."),
        data_key="stand",
        required=True,
        error_messages={"required": _l("Kies een stand.")},
        metadata={"label": _l("Nachtstand")},
    )
    destination = telephone("nummer", _l("Doorschakelnummer"))
    until = Moment(data_key="tot", load_default=None, metadata={"label": _l("Tot")})

    @validates_schema
    def check_destination(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Whoever is sent on is sent somewhere."""
        if data["state"] != "off" and not data["destination"]:
            raise ValidationError({"nummer": [_("Vul in waar gesprekken heen gaan, bijvoorbeeld 999.")]})
        if data["state"] == "auto" and data["until"]:
            raise ValidationError({"tot": [_("Automatisch heeft geen einde. Laat dit veld leeg.")]})

    @classmethod
    def of(cls, night: Night, now: datetime) -> Form:
        """What stands now; an end that has passed is none."""
        state, until = now_set(night, now)
        return Form.blank(
            cls(),
            state=next(name for name, code in STATES.items() if code == state),
            destination=party(night.destination) if night.destination else "",
            until=f"{local(until):%Y-%m-%dT%H:%M}" if until else "",
        )


class NightHoursForm(Sheet):
    """By which schedules *Automatisch op tijdschema* goes."""

    hours = fields.String(
        data_key="werktijden",
        load_default=None,
        validate=Length(max=32, error=_l("Kies een tijdschema.")),
        metadata={"label": _l("Werktijden"), "needed": True},
    )
    holidays = fields.String(
        data_key="vakantie",
        load_default=None,
        validate=Length(max=32, error=_l("Kies een vakantieschema.")),
        metadata={"label": _l("Vakantieschema")},
    )

    @classmethod
    def of(cls, night: Night) -> Form:
        return Form.blank(cls(), hours=night.hours or "", holidays=night.holidays or "")


def now_set(night: Night, now: datetime) -> tuple[str, datetime | None]:
    """The state, and its end when it was set by hand until a moment to come."""
    if night.until is None:
        return night.state, None
    return (night.state, night.until) if night.until > now else (night.then, None)
