"""Who has which number or extension, found at once however large the PBX is."""

from __future__ import annotations

from collections import OrderedDict

from services.pbx.domain.config import (
    COMPANY_VOICEMAIL,
    Config,
    Element,
    Group,
    Line,
    Menu,
    PbxUser,
)
from services.pbx.domain.routing.classes import normalise, or_animals
from services.pbx.domain.routing.values import Kind, Ref, State
from shared.phone_numbers import party
from shared.words import gettext as _

_KEPT = 128


class Directory:
    """An index of one configuration. Of two that claim a number the first one has it."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.by_party: dict[str, Element] = {}
        self.by_id: dict[str, Element] = {}
        self.users: dict[str, PbxUser] = {user.id: user for user in config.users}
        for element in config.elements():
            self.by_id.setdefault(f"{kind_of(element)}:{element.id}", element)
            if element.number:
                self.by_party.setdefault(normalise(element.number), element)
            if element.extension:
                self.by_party.setdefault(f"ext:{element.extension}", element)

    def find(self, text: str) -> tuple[Element | None, str]:
        """(the element of this party, or None; the party in our notation)."""
        known = self.by_id.get(text)
        if known is not None:
            return known, text
        number = normalise(text)
        element = self.by_party.get(number)
        return element, number if element else or_animals(number)

    @property
    def company_voicemail(self) -> PbxUser | None:
        found = self.by_party.get(f"ext:{COMPANY_VOICEMAIL}")
        return found if isinstance(found, PbxUser) else None


_directories: OrderedDict[int, Directory] = OrderedDict()


def directory(config: Config) -> Directory:
    """The index of a configuration, made once for each asked lately: it is a value and never changes."""
    known = _directories.get(id(config))
    if known is None or known.config is not config:
        known = _directories[id(config)] = Directory(config)
        if len(_directories) > _KEPT:
            _directories.popitem(last=False)
    return known


def kind_of(element: Element) -> Kind:
    return _KINDS[type(element)]


_KINDS: dict[type, Kind] = {PbxUser: Kind.USER, Group: Kind.GROUP, Menu: Kind.MENU, Line: Kind.LINE}


def ref(element: Element) -> Ref:
    return Ref(kind_of(element), element.id, label(element))


def outside(number: str) -> Ref:
    return Ref(Kind.OUTSIDE, number, party(number))


def label(element: Element) -> str:
    """How an element is called in a sentence: ``Jan Jansen (211)``, ``belgroep Support``."""
    if isinstance(element, Group):
        return _("belgroep %(name)s", name=element.name)
    if isinstance(element, Menu):
        return _("keuzemenu %(name)s", name=element.name)
    if isinstance(element, Line):
        return party(element.number) if element.number else element.name or _("telefoon zonder nummer")
    reach = element.extension or (party(element.number) if element.number else "")
    return f"{element.name} ({reach})" if reach else element.name


def display_name(element: Element) -> str:
    """What the called telephone shows of where a call comes from: *Voornaam Achternaam*, else the name."""
    if isinstance(element, Group | Menu):
        return " ".join(part for part in (element.first_name, element.last_name) if part) or element.name
    return element.name or ""


def everybody(config: Config) -> State:
    """All telephones are registered and nobody is in a call; the company's voicemail has no telephone."""
    users = (user.id for user in config.users if user.extension != COMPANY_VOICEMAIL)
    return State(registered=frozenset((*users, *(line.id for line in config.lines))))
