"""Fields that users, groups and menus of a PBX share: names, numbers, ticks, destinations, night mode.

They are named as pbx's values, with a dot where those are nested (``voicemail.email``), so that what pbx
says of one finds its field. A form carries what it began with: see :mod:`gateway.forms.merging`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Length, Range

from gateway.forms.fields import Choice
from gateway.forms.form import chosen
from gateway.forms.people import Sheet, line
from gateway.models.pbx_settings import ElementNight
from gateway.phone_numbers import party
from gateway.words import lazy_gettext as _l

LONGEST_NUMBER = 30
LONGEST_BEGIN = 20_000
LONGEST_ID = 64
MOST_RINGS = 20
MOST_SECONDS = 7200

NIGHT_MODES = {"follow": _l("Volg bedrijfsinstelling"), "on": _l("Aan"), "off": _l("Uit")}

Shown = dict[str, str | list[str]]
"""What a form begins with, by the fields' own names."""


def form(name: str, inner: Mapping[str, Any]) -> Schema:
    """A schema with these fields, and with what stood there when the form was opened."""
    known: dict[str, Any] = {
        "revision": fields.Integer(data_key="revisie", load_default=0),
        "begin": fields.String(data_key="begin", load_default="", validate=Length(max=LONGEST_BEGIN)),
    }
    return Sheet.from_dict({**inner, **known}, name=name)()


def needed(field: fields.String) -> fields.String:
    """A field that is not called optional: whether it may stay empty depends on another."""
    field.metadata = {**field.metadata, "needed": True}
    return field


def tick(key: str, label: Any) -> fields.Boolean:
    """A checkbox."""
    return fields.Boolean(data_key=key, load_default=False, metadata={"label": label})


def destination(key: str, label: Any) -> fields.String:
    """An extension or a number, typed any way; pbx says when it is neither."""
    return needed(line(key, label, LONGEST_NUMBER))


def count(key: str, label: Any, most: int, preset: int, least: int = 1) -> fields.Integer:
    """A whole number of rings or seconds."""
    wrong = _l("Vul een heel getal in, bijvoorbeeld 5.")
    return fields.Integer(
        data_key=key,
        load_default=preset,
        validate=Range(least, most, error=_l("Kies een getal van {min} tot en met {max}.")),
        error_messages={"invalid": wrong},
        metadata={"label": label, "needed": True},
    )


def one_of(key: str, label: Any, codes: Iterable[str], preset: str) -> Choice:
    """One of the codes; they stand on the page as they are."""
    return Choice(
        chosen(codes),
        _l("Kies uit de lijst."),
        data_key=key,
        load_default=preset,
        metadata={"label": label, "needed": True},
    )


def sound(key: str, label: Any) -> fields.String:
    """The ID of an uploaded file; empty is the standard text."""
    return needed(line(key, label, LONGEST_ID))


def identity() -> dict[str, Any]:
    """First and last name, number and extension."""
    return {
        "first_name": line("voornaam", _l("Voornaam")),
        "last_name": line("achternaam", _l("Achternaam")),
        "number": needed(line("telefoonnummer", _l("Telefoonnummer"), LONGEST_NUMBER)),
        "extension": needed(line("extensie", _l("Extensie"), LONGEST_NUMBER)),
    }


def night(own_destination: bool) -> dict[str, Any]:
    """*Nachtstand* of an element, with a destination of its own for a menu."""
    mode = {"night.mode": one_of("nachtstand", _l("Nachtstand"), NIGHT_MODES, "follow")}
    if not own_destination:
        return mode
    return mode | {"night.destination": line("nacht-naar", _l("Doorschakelnummer"), LONGEST_NUMBER)}


def shown_identity(element: Any) -> Shown:
    """The fields of :func:`identity` as they stand."""
    return {
        "first_name": element.first_name,
        "last_name": element.last_name,
        "number": element.number or "",
        "extension": element.extension or "",
    }


def shown_night(element_night: ElementNight, own_destination: bool) -> Shown:
    """The fields of :func:`night` as they stand."""
    mode: Shown = {"night.mode": element_night.mode}
    return mode | {"night.destination": written(element_night.destination)} if own_destination else mode


def written(number: str | None) -> str:
    """A number or extension as people write it; empty for none."""
    return party(number) if number else ""


def ticked(on: bool) -> str:
    return "1" if on else ""


def without_form(values: Mapping[str, Any]) -> dict[str, Any]:
    """pbx's values: without what is only the form's, and nothing as None where pbx knows no empty text."""
    kept = {name: value for name, value in values.items() if name not in ("revision", "begin")}
    for name in kept.keys() & {"number", "extension", "holidays"}:
        kept[name] = kept[name] or None
    if "destination" in kept.get("night", {}):
        kept["night"] = {**kept["night"], "destination": kept["night"]["destination"] or None}
    return kept
