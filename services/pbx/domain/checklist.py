"""The checklist of the manual (6.9): what is done to set up a PBX, and what is still open, in its order.

It fills itself in from the configuration. What the manual calls *Optioneel* never keeps it from being
complete, and groups and menus are asked about when there are any. A telephone that never rings needs no
device: the company's voicemail, and who has everything forwarded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from services.pbx.domain.config import (
    COMPANY_VOICEMAIL,
    Action,
    Company,
    Config,
    Element,
    ElementNight,
    Follow,
    Group,
    MenuSide,
    PbxUser,
    Policy,
    ScheduleKind,
)
from services.pbx.domain.routing.directory import ref
from services.pbx.domain.routing.values import Kind, Ref
from services.pbx.domain.schedules import can_be_on
from shared.words import gettext as _
from shared.words import lazy_gettext as _l

MOST_NAMED = 5
"""Elements that an item names where it is open; ``of - ready`` says how many there are."""


class Item(Struct, frozen=True):
    """One line. ``ready`` of ``of`` elements have it; both are 0 where it is about the PBX as a whole.

    ``open``: the first few where it is not done. ``where`` and ``field``: where it is done, None for what
    only staff can do. ``heading`` is what it is a part of.
    """

    code: str
    label: str
    optional: bool
    done: bool
    where: Ref | None = None
    field: str = ""
    ready: int = 0
    of: int = 0
    open: tuple[Ref, ...] = ()
    heading: str = ""


class Section(Struct, frozen=True):
    """``kind`` is company, user, device, group or menu. ``wanted``: it counts; a PBX may do without groups
    and menus."""

    kind: str
    title: str
    items: tuple[Item, ...]
    wanted: bool = True


class Checklist(Struct, frozen=True):
    """``done`` of ``total`` required items."""

    sections: tuple[Section, ...]
    done: int
    total: int


class Row(NamedTuple):
    """An item about each element of a kind. An optional one is done when one of them has it."""

    code: str
    label: Any
    field: str
    has: Callable[[Any], bool]
    optional: bool = False
    heading: Any = ""


_NAME = _l("Instellen naam (voor display toestellen)")
_EXTENSION = _l("Instellen intern nummer (extensie)")
_NUMBER = _l("Toewijzen direct telefoonnummer")
_WELCOME = _l("Inspreken welkomsboodschap")
_HOURS = _l("Selecteren tijdschema kantooruren")
_KEYS = _l("Instellingen keuze en bijbehorende actie")
_OPEN = _l("Keuzemenu onder werktijd")
_CLOSED = _l("Keuzemenu na werktijd")


def _is_named(element: Any) -> bool:
    return bool(element.first_name or element.last_name or getattr(element, "name", ""))


def _has_extension(element: Element) -> bool:
    return bool(element.extension)


def _has_number(element: Element) -> bool:
    return bool(element.number)


def _takes_own_part(night: ElementNight) -> bool:
    return night.mode is not Follow.COMPANY


def _has_own_ways(user: PbxUser) -> bool:
    return user.hide_number or user.call_waiting or _takes_own_part(user.night)


def _goes_on(group: Group) -> bool:
    return group.wait_on and bool(group.overflow_to) or group.offline_on or _takes_own_part(group.night)


def _has_keys(side: MenuSide) -> bool:
    return any(key.action is not Action.NONE for key in side.keys.values())


USERS = (
    Row("user_names", _NAME, "first_name", lambda u: bool(u.first_name or u.last_name)),
    Row("user_extensions", _EXTENSION, "extension", _has_extension),
    Row("user_numbers", _NUMBER, "number", _has_number, True),
    Row(
        "user_settings",
        _l("Wijzigen van instellingen voor nummerweergave, wisselgesprek en nachtschakeling"),
        "night",
        _has_own_ways,
        True,
    ),
    Row(
        "user_voicemail",
        _l("Instellen voicemail en inspreken begroeting"),
        "voicemail",
        lambda u: u.voicemail.on,
        True,
    ),
)
DEVICES = (Row("devices", _l("Toestel configureren voor de medewerker"), "device", lambda u: bool(u.device)),)
GROUPS = (
    Row("group_names", _NAME, "name", _is_named),
    Row("group_extensions", _EXTENSION, "extension", _has_extension),
    Row("group_numbers", _NUMBER, "number", _has_number, True),
    Row("group_members", _l("Medewerkers selecteren voor de groep"), "members", lambda g: bool(g.members)),
    Row(
        "group_policy",
        _l("Gespreksverdeling wijzigen"),
        "policy",
        lambda g: g.policy is not Policy.REGULAR,
        True,
    ),
    Row(
        "group_overflow",
        _l("Doorschakelen bij geen antwoord en nachtschakeling instellen"),
        "overflow_to",
        _goes_on,
        True,
    ),
)
MENUS = (
    Row("menu_names", _NAME, "name", _is_named),
    Row("menu_extensions", _EXTENSION, "extension", _has_extension),
    Row("menu_numbers", _NUMBER, "number", _has_number, True),
    Row("menu_night", _l("Instellen van de nachtstand"), "night", lambda m: _takes_own_part(m.night), True),
    Row("open_greeting", _WELCOME, "open.greeting", lambda m: bool(m.open.greeting), heading=_OPEN),
    Row("open_hours", _HOURS, "hours", lambda m: bool(m.hours), heading=_OPEN),
    Row("open_keys", _KEYS, "open.keys", lambda m: _has_keys(m.open), heading=_OPEN),
    Row("closed_greeting", _WELCOME, "closed.greeting", lambda m: bool(m.closed.greeting), True, _CLOSED),
    Row("closed_keys", _KEYS, "closed.keys", lambda m: _has_keys(m.closed), True, _CLOSED),
)


def checklist(config: Config, owned_numbers: Collection[str]) -> Checklist:
    """The list as it stands; ``owned_numbers``: the customer's own, in E.164."""
    people = [user for user in config.users if user.extension != COMPANY_VOICEMAIL]
    rings = [user for user in people if _rings(user)]
    groups, menus = config.groups, config.menus
    sections = (
        Section("company", _("Algemene instellingen"), tuple(_general(config, owned_numbers))),
        Section("user", _("Medewerkers"), _items(USERS, people)),
        Section("device", _("Toestellen voor medewerkers"), _items(DEVICES, rings)),
        Section("group", _("Belgroepen"), _items(GROUPS, groups), wanted=bool(groups)),
        Section("menu", _("Keuzemenu"), _items(MENUS, menus), wanted=bool(menus)),
    )
    required = [item for one in sections if one.wanted for item in one.items if not item.optional]
    return Checklist(sections, sum(item.done for item in required), len(required))


def _general(config: Config, owned: Collection[str]) -> Iterator[Item]:
    def item(code: str, label: str, done: bool, place: str, field: str = "", optional: bool = True) -> Item:
        return Item(code, label, optional, done, Ref(Kind.COMPANY, place, ""), field)

    number, kinds = config.company.number, {schedule.kind for schedule in config.schedules}
    shown = config.company != Company(number=number)
    night = can_be_on(config.night)
    hours = kinds >= {ScheduleKind.TIME, ScheduleKind.HOLIDAY}
    yield item("company_number", _("Toewijzen bedrijfsnummer"), number in owned, "company", "number", False)
    yield item("display", _("Weergaveopties wijzigen"), shown, "company")
    yield item("night", _("Algemene instelling van de nachtschakeling"), night, "night")
    yield item(
        "schedules",
        _("Instellen van tijdschema en vakantieschema voor kantooruren"),
        hours,
        "schedules",
    )


def _items(rows: Sequence[Row], elements: Sequence[Element]) -> tuple[Item, ...]:
    return tuple(_item(row, elements) for row in rows)


def _item(row: Row, elements: Sequence[Element]) -> Item:
    lacking = [element for element in elements if not row.has(element)]
    first = next(iter(lacking or elements), None)
    ready = len(elements) - len(lacking)
    done = bool(ready) if row.optional else bool(elements) and not lacking
    return Item(
        code=row.code,
        label=str(row.label),
        optional=row.optional,
        done=done,
        where=ref(first) if first is not None else None,
        field=row.field,
        ready=ready,
        of=len(elements),
        open=() if row.optional else tuple(ref(element) for element in lacking[:MOST_NAMED]),
        heading=str(row.heading),
    )


def _rings(user: PbxUser) -> bool:
    """Whether the user's own telephone can ring at all."""
    return not user.forwards.always.on and not (user.voicemail.on and user.voicemail.always)
