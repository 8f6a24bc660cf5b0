"""A *Belgroep*: name and number, *Gespreksverdeling*, *Geavanceerd*, *Nachtschakeling* (manual 6.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema

from gateway.forms import pbx_elements as part
from gateway.forms.pbx_elements import Shown, ticked, written
from gateway.forms.people import line
from gateway.models.pbx_elements import Group
from gateway.words import lazy_gettext as _l

POLICIES = ("circular", "regular", "simultaneous", "uniform")


def _named() -> dict[str, Any]:
    name = line("naam", _l("Belgroep naam"), missing=_l("Geef de belgroep een naam, bijvoorbeeld Verkoop."))
    policy = part.one_of("verdeling", _l("Gespreksverdeling"), POLICIES, "regular")
    return {"name": name, **part.identity(), "policy": policy}


def new_group_form() -> Schema:
    """*Nieuwe belgroep*."""
    return part.form("NewGroupForm", _named())


def group_form() -> Schema:
    """Everything of a group but its members."""
    return part.form("GroupForm", _named() | _advanced() | part.night(False))


def _advanced() -> dict[str, Any]:
    return {
        "next_on": part.tick("volgende", _l("Doorschakelen naar volgende agent")),
        "next_rings": part.count("volgende-na", _l("Na aantal keer overgaan"), part.MOST_RINGS, 3),
        "wait_on": part.tick("wachttijd", _l("Doorschakelen na wachttijd")),
        "wait_seconds": part.count("wachttijd-seconden", _l("Wachttijd (seconden)"), part.MOST_SECONDS, 60),
        "overflow_to": part.destination("wachttijd-naar", _l("Telefoonnummer na wachttijd")),
        "offline_on": part.tick("geen-internet", _l("Doorschakelen indien geen internet")),
        "offline_to": part.destination("geen-internet-naar", _l("Telefoonnummer indien geen internet")),
        "busy_tone": part.tick("in-gesprek", _l("Laat in-gesprek toon horen")),
    }


def shown(group: Group) -> Shown:
    """What the form begins with."""
    named: Shown = {"name": group.name, **part.shown_identity(group), "policy": group.policy}
    advanced: Shown = {
        "next_on": ticked(group.next_on),
        "next_rings": str(group.next_rings),
        "wait_on": ticked(group.wait_on),
        "wait_seconds": str(group.wait_seconds),
        "overflow_to": written(group.overflow_to),
        "offline_on": ticked(group.offline_on),
        "offline_to": written(group.offline_to),
        "busy_tone": ticked(group.busy_tone),
    }
    return named | advanced | part.shown_night(group.night, False)


def asked(values: Mapping[str, Any]) -> dict[str, Any]:
    """pbx's values: a destination that is not in use is none."""
    kept = part.without_form(values)
    for on, to in (("wait_on", "overflow_to"), ("offline_on", "offline_to")):
        if on in kept and not kept[on]:
            kept[to] = ""
    return kept
