"""*Test uw nummerplan*: a call to try. It is read from the address, so that it can be bookmarked."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields
from marshmallow.validate import Length

from gateway.forms.fields import NUMBER_FILLING
from gateway.forms.night import Moment
from gateway.forms.people import Sheet, line
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

CALLER = re.compile(r"\+?[0-9]{2,16}")
KEYS = re.compile(r"[0-9*#]{1,20}")
MOST_KEYS = 20
MOST_USERS = 500


class Caller(fields.String):
    """A number or an extension as people type it, or *anoniem*. Whether it is one, pbx says."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        typed = str(value).strip()
        if typed.casefold() in ("anoniem", "anonymous"):
            return "anonymous"
        digits = NUMBER_FILLING.sub("", typed)
        if not CALLER.fullmatch(digits):
            raise ValidationError(_("Vul een telefoonnummer, een extensie of anoniem in."))
        return digits


class Keys(fields.Field[list[str]]):
    """What the caller presses, with spaces or commas between the menus that ask for it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        pressed = [one for one in re.split(r"[\s,;]+", str(value)) if one]
        if len(pressed) > MOST_KEYS or not all(KEYS.fullmatch(one) for one in pressed):
            raise ValidationError(_("Gebruik de toetsen 0-9, * en #, bijvoorbeeld 2 of 2, 201."))
        return pressed


def _some(key: str, label: Any) -> fields.List[Any]:
    """Several users' IDs."""
    many = Length(max=MOST_USERS, error=_l("Meer dan {max} kan niet."))
    metadata = {"label": label, "several": True}
    return fields.List(fields.String(), data_key=key, load_default=list, validate=many, metadata=metadata)


class TestForm(Sheet):
    """The fields' names are those of ``pbx.simulate``; no moment is now."""

    __test__ = False  # pytest takes the name for a test's

    caller = Caller(
        data_key="beller",
        required=True,
        error_messages={"required": _l("Vul in wie er belt, bijvoorbeeld 06-00 12 34 56.")},
        metadata={"label": _l("Beller")},
    )
    called = line("nummer", _l("Gebeld nummer"), 64, _l("Kies het nummer dat wordt gebeld."))
    at = Moment(data_key="moment", load_default=None, metadata={"label": _l("Moment")})
    keys = Keys(data_key="toetsen", load_default=list, metadata={"label": _l("Toetsen")})
    answers = line("opnemen", _l("Wie neemt op?"), 64)
    busy = _some("bezet", _l("In gesprek"))
    unregistered = _some("afwezig", _l("Niet aangemeld"))
