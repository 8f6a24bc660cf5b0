"""A *Keuzemenu*: name, number, hours, *Nachtschakeling*, and its keys within and outside working hours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema

from gateway.forms import pbx_elements as part
from gateway.forms.pbx_elements import Shown, written
from gateway.forms.people import line
from gateway.models.pbx_elements import KEYS, Menu, MenuSide
from gateway.models.pbx_settings import ALWAYS
from gateway.words import lazy_gettext as _l

NAME_ORDERS = {
    "last_first": _l("Achternaam + Voornaam"),
    "first_last": _l("Voornaam + Achternaam"),
}
ACTIONS = {
    "repeat": _l("Herhaal menu"),
    "transfer_announced": _l("Doorschakelen met melding"),
    "transfer": _l("Doorschakelen zonder melding"),
    "operator": _l("Doorschakelen naar receptie"),
    "name": _l("Naambellen"),
    "extension": _l("Extensiebellen"),
    "play": _l("Speel bericht af"),
    "hangup": _l("Verbinding verbreken"),
    "none": _l("Geen actie"),
}
"""What a key does, in the manual's words and order."""

TRANSFERS = ("transfer_announced", "transfer", "operator")
"""Actions that lead to a destination."""

KEY_NAMES = {"*": "ster", "#": "hekje"}
"""Keys that are no letters or digits, in names of fields."""

LONGEST_WORDS = 100


def _named() -> dict[str, Any]:
    name = line(
        "naam", _l("Keuzemenu naam"), missing=_l("Geef het keuzemenu een naam, bijvoorbeeld Hoofdmenu.")
    )
    return {
        "name": name,
        **part.identity(),
        "name_order": part.one_of("naambellen", _l("Naambellen"), NAME_ORDERS, "last_first"),
        "hours": part.needed(line("werktijden", _l("Werktijden"), part.LONGEST_ID)),
        "holidays": line("vakantieschema", _l("Vakantieschema"), part.LONGEST_ID),
    }


def new_menu_form() -> Schema:
    """*Nieuw keuzemenu*."""
    return part.form("NewMenuForm", _named())


def menu_form() -> Schema:
    """*Algemeen* and *Nachtschakeling*."""
    return part.form("MenuForm", _named() | part.night(True))


def shown(menu: Menu) -> Shown:
    """What the form of *Algemeen* begins with."""
    named: Shown = {"name": menu.name, **part.shown_identity(menu)}
    times: Shown = {"name_order": menu.name_order, "hours": menu.hours, "holidays": menu.holidays or ""}
    return named | times | part.shown_night(menu.night, True)


def asked(values: Mapping[str, Any]) -> dict[str, Any]:
    """pbx's values; without hours the menu is always the one within working hours."""
    return part.without_form({**values, "hours": values["hours"] or ALWAYS})


def key_name(key: str) -> str:
    """``toets-1``, ``toets-ster``: the beginning of the names of a key's fields."""
    return f"toets-{KEY_NAMES.get(key, key)}"


def side_form() -> Schema:
    """The greeting and the twelve keys of one side of a menu."""
    inner: dict[str, Any] = {"greeting": part.sound("begroeting", _l("Begroeting"))}
    for key in KEYS:
        name, words = key_name(key), {"key": key}
        inner |= {
            f"keys.{key}.action": part.one_of(
                f"{name}-actie", _l("Toets %(key)s: actie", **words), ACTIONS, "none"
            ),
            f"keys.{key}.to": part.destination(f"{name}-naar", _l("Toets %(key)s: doorschakelen", **words)),
            f"keys.{key}.description": line(
                f"{name}-omschrijving", _l("Toets %(key)s: omschrijving", **words), LONGEST_WORDS
            ),
            f"keys.{key}.file": part.sound(f"{name}-bericht", _l("Toets %(key)s: bericht", **words)),
        }
    return part.form("MenuSideForm", inner)


def shown_side(side: MenuSide) -> Shown:
    """What the form of one side begins with."""
    found: Shown = {"greeting": side.greeting or ""}
    for key in KEYS:
        one = side.keys.get(key)
        found |= {
            f"keys.{key}.action": one.action if one else "none",
            f"keys.{key}.to": written(one.to) if one else "",
            f"keys.{key}.description": one.description if one else "",
            f"keys.{key}.file": (one.file or "") if one else "",
        }
    return found


def asked_side(values: Mapping[str, Any]) -> dict[str, Any]:
    """pbx's values: all keys, without what their action does not use."""
    keys = {
        key: {
            "action": one["action"],
            "to": one["to"] if one["action"] in TRANSFERS else "",
            "description": one["description"],
            "file": (one["file"] or None) if one["action"] == "play" else None,
        }
        for key, one in values["keys"].items()
    }
    return {"greeting": values["greeting"] or None, "keys": keys}
