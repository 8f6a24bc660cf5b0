"""The parts that a configuration is changed by: which there are, and how one is added, changed, removed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct, structs

from services.pbx.domain.config import Config, Group, Line, Menu, PbxUser, Schedule
from shared.errors import Conflict, NotFound
from shared.words import gettext as _


class Part(StrEnum):
    """What is changed as one; those of :data:`ONES` are there once."""

    COMPANY = "company"
    OUTGOING = "outgoing"
    NIGHT = "night"
    MUSIC = "music"
    SCHEDULE = "schedule"
    USER = "user"
    GROUP = "group"
    MENU = "menu"
    MENU_SIDE = "menu_side"
    LINE = "line"


ONES = frozenset((Part.COMPANY, Part.OUTGOING, Part.NIGHT, Part.MUSIC))
MANY: Mapping[Part, tuple[str, type[Struct]]] = {
    Part.SCHEDULE: ("schedules", Schedule),
    Part.USER: ("users", PbxUser),
    Part.GROUP: ("groups", Group),
    Part.MENU: ("menus", Menu),
    Part.LINE: ("lines", Line),
}
SIDES = ("open", "closed")

MOST: Mapping[Part, int] = {
    Part.SCHEDULE: 200,
    Part.USER: 2_000,
    Part.GROUP: 500,
    Part.MENU: 200,
    Part.LINE: 2_000,
}
"""A configuration is one document, of 16 MB at most."""


def key_of(part: Part, element_id: str | None) -> str:
    """The name under which changes of an element are told apart."""
    return part.value if part in ONES else f"{part.value}:{element_id}"


def element(config: Config, part: Part, element_id: str | None) -> Any:
    """What the part holds now: a Struct, or the file ID of the music. Raises NotFound."""
    if part in ONES:
        return getattr(config, part.value)
    if part is Part.MENU_SIDE:
        menu_id, side = _side(element_id)
        return getattr(element(config, Part.MENU, menu_id), side)
    name, _type = MANY[part]
    for known in getattr(config, name):
        if known.id == element_id:
            return known
    raise NotFound()


def replaced(config: Config, part: Part, element_id: str | None, new: Any) -> Config:
    """The configuration with the part as ``new``. Raises NotFound."""
    old = element(config, part, element_id)
    if part in ONES:
        return structs.replace(config, **{part.value: new})
    if part is Part.MENU_SIDE:
        menu_id, side = _side(element_id)
        menu = structs.replace(element(config, Part.MENU, menu_id), **{side: new})
        return replaced(config, Part.MENU, menu_id, menu)
    name, _type = MANY[part]
    kept = tuple(new if known is old else known for known in getattr(config, name))
    return structs.replace(config, **{name: kept})


def added(config: Config, part: Part, new: Any) -> Config:
    """The configuration with one element more. Raises Conflict when there are too many."""
    name, _type = MANY[part]
    known = getattr(config, name)
    if len(known) >= MOST[part]:
        raise Conflict(_("Meer dan %(most)s kan niet.", most=MOST[part]))
    return structs.replace(config, **{name: (*known, new)})


def removed(config: Config, part: Part, element_id: str) -> Config:
    """The configuration without an element. Raises NotFound."""
    old = element(config, part, element_id)
    name, _type = MANY[part]
    return structs.replace(config, **{name: tuple(k for k in getattr(config, name) if k is not old)})


def merged(part: Part, old: Any, values: Mapping[str, Any]) -> Any:
    """The element with these values (as JSON) instead of its own: objects merge, lists replace."""
    if part is Part.MUSIC:
        return values.get("file", old)
    if part is Part.NIGHT and "state" in values:
        values = {"until": None, **values}  # the end that is known is that of the state before
    return msgspec.convert(_merge(msgspec.to_builtins(old), values), type(old))


def made(part: Part, element_id: str, values: Mapping[str, Any]) -> Any:
    """A new element of these values (as JSON)."""
    return msgspec.convert({**values, "id": element_id}, MANY[part][1])


def moved(group: Group, user_id: str, down: bool) -> Group:
    """The group with a member one place further; at the end it stays. Raises NotFound."""
    members = list(group.members)
    if user_id not in members:
        raise NotFound()
    here = members.index(user_id)
    there = min(len(members) - 1, max(0, here + (1 if down else -1)))
    members.insert(there, members.pop(here))
    return structs.replace(group, members=tuple(members))


def changes_between(old: Config, new: Config) -> int:
    """How many parts differ: one for each element that was added, changed or taken away, or whose order
    changed."""
    count: int = sum(getattr(old, part.value) != getattr(new, part.value) for part in ONES)
    for name, _type in MANY.values():
        before = {known.id: known for known in getattr(old, name)}
        after = {known.id: known for known in getattr(new, name)}
        count += sum(before.get(i) != after.get(i) for i in {**before, **after})
    return count


def keys_changed(old: Config, new: Config) -> frozenset[str]:
    """The names (see :func:`key_of`) of what is another in ``new``, sides of menus apart."""
    found = {part.value for part in ONES if getattr(old, part.value) != getattr(new, part.value)}
    for part, (name, _type) in MANY.items():
        before = {known.id: known for known in getattr(old, name)}
        for known in getattr(new, name):
            was = before.get(known.id)
            if was is not None and was is not known and was != known:
                found |= _menu_keys(was, known) if isinstance(known, Menu) else {key_of(part, known.id)}
    return frozenset(found)


def _menu_keys(old: Menu, new: Menu) -> set[str]:
    sides = {key_of(Part.MENU_SIDE, f"{new.id}:{s}") for s in SIDES if getattr(old, s) != getattr(new, s)}
    rest = structs.replace(old, open=new.open, closed=new.closed) != new
    return sides | ({key_of(Part.MENU, new.id)} if rest else set())


def _side(element_id: str | None) -> tuple[str, str]:
    menu_id, _colon, side = (element_id or "").partition(":")
    if side not in SIDES:
        raise NotFound()
    return menu_id, side


def _merge(old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, Mapping):
        return {**old, **{name: _merge(old.get(name), value) for name, value in new.items()}}
    if isinstance(new, Mapping):
        return {name: _merge(None, value) for name, value in new.items()}
    return new
