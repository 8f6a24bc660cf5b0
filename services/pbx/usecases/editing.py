"""Customers change their settings, part by part: into the draft, or at once (see domain/settings.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.pbx.domain import parts
from services.pbx.domain.config import ALWAYS, Config
from services.pbx.domain.parts import Part
from services.pbx.domain.renumbering import followed
from services.pbx.domain.settings import Change, Settings, Which, changed
from services.pbx.domain.uses import refusal, used_where
from services.pbx.schemas import Reply
from services.pbx.schemas.parts import read
from services.pbx.store import Changes, Store
from services.pbx.usecases.common import Clock, customer_of, judge, store, subject, told
from shared.acting import Acting
from shared.errors import Conflict, Forbidden, NotFound
from shared.ids import new_id
from shared.words import gettext as _

ADDED = frozenset((Part.SCHEDULE, Part.GROUP, Part.MENU))
"""What customers make and remove themselves; users and lines are staff's (a paid place)."""
WITHOUT_PBX = frozenset((Part.LINE, Part.OUTGOING, Part.SCHEDULE))
"""What a customer has who has no PBX."""
AT_ONCE = frozenset((Part.OUTGOING, Part.SCHEDULE))
"""What may be asked to act at once, beside lines, which always do: the pages *Telefoon* have no draft."""


def save(
    store_: Store,
    clock: Clock,
    acting: Acting,
    *,
    part: str,
    values: Mapping[str, Any],
    command_id: str,
    id: str | None = None,
    base_revision: int | None = None,
    at_once: bool = False,
) -> Reply:
    """Change some fields of a part; destinations follow an element that gets another extension or number.
    Invalid (with fields), Conflict (changed meanwhile), NotFound."""
    customer, place = customer_of(acting), (Part(part), id)
    fields = read(place[0], values)

    def work(changes: Changes) -> Reply:
        old = _settings(changes, customer, place[0])

        def edit(config: Config) -> Config:
            new = parts.merged(place[0], parts.element(config, *place), fields)
            edited = followed(config, parts.replaced(config, *place, new), *place)
            judge(changes, customer, place, config, edited, fields)
            return edited

        at = at_once and place[0] in AT_ONCE or place[0] is Part.LINE
        change = Change(parts.key_of(*place), edit, base_revision, at)
        new = changed(old, change, changes.at)
        return _settled(changes, acting, place, old, new, f"pbx_{place[0].value}.changed")

    request = ("save", customer, part, id, repr(fields), base_revision, at_once)
    return store_.once(command_id, request, clock(), work)


def add(
    store_: Store,
    clock: Clock,
    acting: Acting,
    *,
    part: str,
    values: Mapping[str, Any],
    command_id: str,
    at_once: bool = False,
) -> Reply:
    """A new schedule, group or menu. Invalid (with fields), Conflict (too many)."""
    customer, kind = customer_of(acting), Part(part)
    if kind not in ADDED:
        raise Forbidden()
    fields, place = read(kind, values, new=True), (kind, new_id())

    def work(changes: Changes) -> Reply:
        old = _settings(changes, customer, kind)

        def edit(config: Config) -> Config:
            edited = parts.added(config, kind, parts.made(kind, place[1], fields))
            judge(changes, customer, place, None, edited, fields)
            return edited

        change = Change(parts.key_of(*place), edit, at_once=at_once and kind in AT_ONCE)
        new = changed(old, change, changes.at)
        return _settled(changes, acting, place, old, new, f"pbx_{kind.value}.added")

    return store_.once(command_id, ("add", customer, part, repr(fields), at_once), clock(), work)


def remove(
    store_: Store,
    clock: Clock,
    acting: Acting,
    *,
    part: str,
    id: str,
    command_id: str,
    base_revision: int | None = None,
    at_once: bool = False,
) -> Reply:
    """Remove a schedule, group or menu. Conflict with where it is used; NotFound."""
    customer, kind = customer_of(acting), Part(part)
    if kind not in ADDED:
        raise Forbidden()
    if kind is Part.SCHEDULE and id == ALWAYS:
        raise Conflict(_("Elke dag, de hele dag is ingebouwd en blijft bestaan."))

    def work(changes: Changes) -> Reply:
        old = _settings(changes, customer, kind)
        at = at_once and kind in AT_ONCE

        def edit(config: Config) -> Config:
            refuse_used(config, kind, id)
            return parts.removed(config, kind, id)

        change = Change(parts.key_of(kind, id), edit, base_revision, at)
        new = changed(old, change, changes.at)
        where = old.published if at or not old.enabled else old.config(Which.DRAFT)
        gone = subject(where, kind, id)
        changes.record(acting, customer, f"pbx_{kind.value}.removed", gone, before=told(where, kind, id))
        store(changes, acting, old, new)
        return {"revision": new.revision, "id": id}

    request = ("remove", customer, part, id, base_revision, at_once)
    return store_.once(command_id, request, clock(), work)


def move_member(
    store_: Store,
    clock: Clock,
    acting: Acting,
    *,
    group_id: str,
    user_id: str,
    direction: str,
    command_id: str,
) -> Reply:
    """A member of a group one place up or down; at the end it stays. NotFound."""
    customer, place = customer_of(acting), (Part.GROUP, group_id)

    def work(changes: Changes) -> Reply:
        old = _settings(changes, customer, Part.GROUP)

        def edit(config: Config) -> Config:
            group = parts.moved(parts.element(config, *place), user_id, direction == "down")
            return parts.replaced(config, *place, group)

        new = changed(old, Change(parts.key_of(*place), edit), changes.at)
        return _settled(changes, acting, place, old, new, "pbx_group.changed")

    request = ("move_member", customer, group_id, user_id, direction)
    return store_.once(command_id, request, clock(), work)


def refuse_used(config: Config, part: Part, element_id: str) -> None:
    """Raise Conflict with the places where an element is used."""
    uses = used_where(config, part.value, element_id)
    if uses:
        raise Conflict(refusal(subject(config, part, element_id).name, uses))


def _settings(changes: Changes, customer_id: str, part: Part) -> Settings:
    """Raises NotFound for what the customer does not have."""
    found = changes.settings(customer_id)
    if not found.enabled and part not in WITHOUT_PBX:
        raise NotFound()
    return found


def _settled(
    changes: Changes,
    acting: Acting,
    place: tuple[Part, str | None],
    old: Settings,
    new: Settings,
    action: str,
) -> Reply:
    """Store and record what changed; the answer."""
    which = Which.DRAFT if new.published == old.published else Which.PUBLISHED
    before, after = old.config(which), new.config(which)
    if new != old:
        known = None if action.endswith(".added") else told(before, *place)
        changes.record(acting, new.customer_id, action, subject(after, *place), known, told(after, *place))
        store(changes, acting, old, new)
    return {"revision": new.revision, "id": place[1], "value": told(after, *place)}
