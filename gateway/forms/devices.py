"""Telephones (manual 6.6): choosing a model, making one, changing one."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from gateway.forms import pbx_elements as part
from gateway.forms.fields import Choice
from gateway.forms.people import Sheet, line, secret
from gateway.words import lazy_gettext as _l

LONGEST_LABEL = 60
LONGEST_MAC = 40
LONGEST_QUERY = 80
STATES = {"never_fetched": _l("nog nooit opgehaald"), "not_registered": _l("niet aangemeld")}
"""What staff may pick out, by provisioning's name."""


class SearchForm(Sheet):
    """What staff look for, how the telephones are, of which customer, and where the page begins."""

    query = line("bevat", _l("MAC-adres, nummer, naam of klant"), LONGEST_QUERY)
    state = Choice(
        {name: name for name in STATES}, _l("Kies uit de lijst."), data_key="toestand", load_default=None
    )
    customer_id = line("klant", _l("Klant"), 32)
    after = line("na", _l("Bladzijde"), 32)


class ChoiceForm(Sheet):
    """The model, in the address of the page."""

    model = line("model", _l("Merk en model"), LONGEST_LABEL)


def _named() -> dict[str, Any]:
    return {"label": line("toestelnaam", _l("Toestelnaam"), LONGEST_LABEL)}


def _mac() -> fields.String:
    return line("mac", _l("MAC-adres"), LONGEST_MAC, missing=_l("Vul het MAC-adres van het toestel in."))


def _keys() -> Any:
    return part.tick("toetsen", _l("Zet collega’s onder de toetsen"))


def new_form(fetches: bool, keys: bool) -> Schema:
    """A new device; one that is set up by hand only has a name."""
    wanted = _named()
    if fetches:
        missing = _l("Kies een wachtwoord.")
        wanted |= {"mac": _mac(), "password": secret("wachtwoord", _PASSWORD, missing=missing)}
        wanted |= {"keys": _keys()} if keys else {}
    return Sheet.from_dict(wanted, name="NewDeviceForm")()


def change_form(fetches: bool, keys: bool) -> Schema:
    """A device that is there; without a password the one that it has stays."""
    wanted = _named()
    if fetches:
        wanted |= {"mac": _mac(), "password": secret("wachtwoord", _PASSWORD)}
        wanted |= {"keys": _keys()} if keys else {}
    return Sheet.from_dict(wanted, name="DeviceForm")()


_PASSWORD = _l("Toestelconfiguratie wachtwoord")
