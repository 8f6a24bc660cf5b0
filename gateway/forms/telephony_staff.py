"""Forms of staff about numbers, lines and paid places. Fields are named as pbx's arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from marshmallow.validate import Length, Range

from gateway.forms.companies import reason
from gateway.forms.fields import NUMBER_FILLING, Day
from gateway.forms.form import Form
from gateway.forms.pbx_elements import needed
from gateway.forms.people import Sheet, line
from gateway.models.pbx_elements import Line
from gateway.models.telephony import CallsAbroad
from gateway.words import gettext as _
from gateway.words import lazy_gettext as _l

LONGEST_NUMBER = 30
MOST_NUMBERS = 1000
UP_TO = re.compile(r"\bt/?m\b|–|…", re.IGNORECASE)


def a_day(key: str, label: Any, missing: Any = None) -> Day:
    """A day of this century; with ``missing`` it must be filled in."""
    needed_: dict[str, Any] = {"load_default": None}
    if missing:
        needed_ = {"required": True, "error_messages": {"required": missing}}
    years = Range(date(2000, 1, 1), date(2099, 12, 31), error=_l("Kies een dag tussen 2000 en 2099."))
    return Day(data_key=key, validate=years, metadata={"label": label}, **needed_)


class Numbers(fields.Field[list[str]]):
    """Numbers on lines or with commas, also as *085-000 16 20 t/m 085-000 16 29*."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[str]:
        found: list[str] = []
        for piece in re.split(r"[\n\r,;]+", str(value)):
            if piece.strip():
                found += _numbers(piece.strip())
            if len(found) > MOST_NUMBERS:
                raise ValidationError(_("Wijs hooguit %(most)s nummers tegelijk toe.", most=MOST_NUMBERS))
        return found


def _numbers(piece: str) -> list[str]:
    ends = [_plain(end) for end in UP_TO.split(piece)]
    if len(ends) == 1:
        return ends
    first, last = ends[0], ends[-1]
    if len(ends) > 2 or len(first) != len(last) or not 0 <= int(last) - int(first) <= MOST_NUMBERS:
        raise ValidationError(
            _("%(piece)s is geen reeks. Schrijf 085-000 16 20 t/m 085-000 16 29.", piece=piece)
        )
    plus = "+" if first.startswith("+") else ""
    width = len(first) - len(plus)
    return [f"{plus}{number:0{width}}" for number in range(int(first), int(last) + 1)]


def _plain(text: str) -> str:
    digits = NUMBER_FILLING.sub("", text)
    if not re.fullmatch(r"\+?[0-9]{7,15}", digits, re.ASCII):
        raise ValidationError(_("%(text)s is geen telefoonnummer.", text=text.strip() or "–"))
    return digits


class RangeForm(Sheet):
    """A range of numbers that came in."""

    first = line("eerste", _l("Eerste nummer"), LONGEST_NUMBER, _l("Vul het eerste nummer in."))
    last = line("laatste", _l("Laatste nummer"), LONGEST_NUMBER, _l("Vul het laatste nummer in."))
    source = line("herkomst", _l("Herkomst"), 100)


class AssignForm(Sheet):
    """Numbers to a customer, from a day on."""

    numbers = Numbers(
        data_key="nummers",
        required=True,
        error_messages={"required": _l("Vul een of meer nummers in.")},
        validate=Length(1, MOST_NUMBERS),
        metadata={"label": _l("Nummers")},
    )
    valid_from = a_day("vanaf", _l("Vanaf"), _l("Vul in vanaf welke dag."))
    valid_to = a_day("tot", _l("Tot"))
    reason = reason(needed=True)

    @validates_schema
    def check_order(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """A term ends after it began."""
        begin, end = data.get("valid_from"), data.get("valid_to")
        if begin and end and end <= begin:
            raise ValidationError({"tot": [_("Het einde moet na het begin liggen.")]})


class EndForm(Sheet):
    """When a number is taken back."""

    valid_to = a_day("tot", _l("Eerste dag zonder dit nummer"), _l("Vul de dag in."))
    reason = reason(needed=True)


def _extension() -> fields.String:
    return needed(line("extensie", _l("Extensie"), LONGEST_NUMBER))


def _number(missing: Any = None) -> fields.String:
    return needed(line("telefoonnummer", _l("Telefoonnummer"), LONGEST_NUMBER, missing))


class UserForm(Sheet):
    """A paid place of a PBX."""

    username = line(
        "gebruikersnaam", _l("Gebruikersnaam"), 64, _l("Geef een gebruikersnaam, zoals verkoop1.")
    )
    first_name = line("voornaam", _l("Voornaam"))
    last_name = line("achternaam", _l("Achternaam"))
    number = _number()
    extension = _extension()
    reason = reason(needed=True)


class LineForm(Sheet):
    """A line on one of the customer's numbers."""

    name = line("naam", _l("Naam"), 60)
    number = _number(_l("Kies een nummer van deze klant."))
    main_number = needed(line("hoofdnummer", _l("Hoofdnummer"), LONGEST_NUMBER))
    extension = _extension()
    reason = reason(needed=True)

    @classmethod
    def of(cls, line: Line) -> Form:
        """What stands now."""
        return Form.blank(
            cls(),
            name=line.name,
            number=line.number,
            main_number=line.main_number or "",
            extension=line.extension or "",
        )


MOST_ABROAD = 500


def _at_once() -> fields.Integer:
    sentence = _l("Vul een aantal in van 0 tot en met %(most)s, of niets.", most=MOST_ABROAD)
    return fields.Integer(
        data_key="aantal",
        load_default=None,
        validate=Range(0, MOST_ABROAD, error=sentence),
        error_messages={"invalid": sentence},
        metadata={"label": _l("Internationale gesprekken tegelijk")},
    )


class AbroadForm(Sheet):
    """How many calls abroad a customer may have at once; nothing is the preset."""

    most = _at_once()
    reason = reason(needed=True)

    @classmethod
    def of(cls, known: CallsAbroad) -> Form:
        """What stands now."""
        return Form.blank(cls(), most=str(known.most) if known.chosen else "")


def asked(form: Form, schema: Schema) -> dict[str, Any]:
    """pbx's values: all but the reason; an empty number or extension is none."""
    nullable = {"number", "extension", "main_number"}
    return {
        name: (value or None) if name in nullable else value
        for name, value in form.values.items()
        if name != "reason" and name in schema.load_fields
    }
