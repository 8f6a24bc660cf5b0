"""What staff set up for a customer: paid places for users, lines, whole configurations."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import structs

from services.pbx.domain import parts, settings
from services.pbx.domain.config import Config
from services.pbx.domain.parts import Part
from services.pbx.domain.renaming import own_id, people_of, renamed
from services.pbx.domain.renumbering import followed
from services.pbx.domain.rules import not_owned
from services.pbx.domain.settings import Change, Publication, Settings, changed
from services.pbx.schemas import Reply
from services.pbx.schemas.parts import StaffLine, StaffUser, read_by
from services.pbx.schemas.wire import full
from services.pbx.store import Changes, Store
from services.pbx.usecases.common import Clock, by_whom, judge, store, subject, told
from services.pbx.usecases.editing import refuse_used
from services.pbx.usecases.enabling import whole_pbx
from services.pbx.usecases.publishing import refuse_broken
from shared.acting import Acting
from shared.errors import Conflict, Invalid, NotFound
from shared.ids import new_id
from shared.words import gettext as _

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")
Place = tuple[Part, str]


def add_user(
    store_: Store,
    clock: Clock,
    acting: Acting,
    *,
    customer_id: str,
    values: Mapping[str, Any],
    command_id: str,
    reason: str,
) -> Reply:
    """A paid place. Invalid (with fields), NotFound (the customer has no PBX)."""
    fields, place = read_by(StaffUser, values), (Part.USER, new_id())
    username = str(fields.get("username", ""))
    if not _USERNAME.fullmatch(username):
        sentence = _("Gebruik 2 tot en met 64 kleine letters, cijfers en . _ @ -, bijvoorbeeld verkoop1.")
        raise Invalid(fields={"username": [sentence]})

    def edit(config: Config) -> Config:
        if any(user.username == username for user in config.users):
            raise Invalid(fields={"username": [_("%(name)s bestaat al.", name=username)]})
        return parts.added(config, Part.USER, parts.made(Part.USER, place[1], fields))

    request = ("add_user", customer_id, repr(fields))
    return _add(store_, clock, acting, customer_id, place, fields, edit, (command_id, request, reason))


def add_line(
    store_: Store,
    clock: Clock,
    acting: Acting,
    *,
    customer_id: str,
    values: Mapping[str, Any],
    command_id: str,
    reason: str,
) -> Reply:
    """A line on one of the customer's numbers. Invalid (with fields)."""
    fields, place = read_by(StaffLine, values), (Part.LINE, new_id())
    if not fields.get("number"):
        raise Invalid(fields={"number": [_("Vul dit in.")]})

    def edit(config: Config) -> Config:
        return parts.added(config, Part.LINE, parts.made(Part.LINE, place[1], fields))

    request = ("add_line", customer_id, repr(fields))
    return _add(store_, clock, acting, customer_id, place, fields, edit, (command_id, request, reason))


def _add(
    store_: Store,
    clock: Clock,
    acting: Acting,
    customer_id: str,
    place: Place,
    fields: Mapping[str, Any],
    edit: Callable[[Config], Config],
    command: tuple[str, tuple[object, ...], str],
) -> Reply:
    command_id, request, reason = command

    def work(changes: Changes) -> Reply:
        def judged(config: Config) -> Config:
            edited = edit(config)
            judge(changes, customer_id, place, None, edited, fields)
            return edited

        old = _settings_of(changes, customer_id, place[0])
        _hold_number(changes, fields)
        new = changed(old, Change(parts.key_of(*place), judged, at_once=True), changes.at)
        value = told(new.published, *place)
        what = subject(new.published, *place)
        changes.record(acting, customer_id, f"pbx_{place[0].value}.added", what, after=value, reason=reason)
        store(changes, acting, old, new)
        return {"revision": new.revision, "id": place[1], "value": value}

    return store_.once(command_id, request, clock(), work)


def change_line(
    store_: Store,
    clock: Clock,
    acting: Acting,
    *,
    customer_id: str,
    id: str,
    values: Mapping[str, Any],
    command_id: str,
    reason: str,
) -> Reply:
    """Some fields of a line, also those that customers cannot change. Invalid (with fields), NotFound."""
    fields, place = read_by(StaffLine, values), (Part.LINE, id)

    def work(changes: Changes) -> Reply:
        def edit(config: Config) -> Config:
            line = parts.merged(Part.LINE, parts.element(config, *place), fields)
            edited = followed(config, parts.replaced(config, *place, line), *place)
            judge(changes, customer_id, place, config, edited, fields)
            return edited

        old = changes.settings(customer_id)
        _hold_number(changes, fields)
        new = changed(old, Change(parts.key_of(*place), edit, at_once=True), changes.at)
        value = told(new.published, *place)
        if new != old:
            before, what = told(old.published, *place), subject(new.published, *place)
            changes.record(acting, customer_id, "pbx_line.changed", what, before, value, reason)
            store(changes, acting, old, new)
        return {"revision": new.revision, "id": id, "value": value}

    return store_.once(command_id, ("change_line", customer_id, id, repr(fields)), clock(), work)


def remove(
    store_: Store,
    clock: Clock,
    acting: Acting,
    *,
    part: Part,
    customer_id: str,
    id: str,
    command_id: str,
    reason: str,
) -> Reply:
    """Take a user's place or a line away, at once. Conflict with where it is used, also in the draft."""

    def edit(config: Config) -> Config:
        refuse_used(config, part, id)
        return parts.removed(config, part, id)

    def work(changes: Changes) -> Reply:
        old = _settings_of(changes, customer_id, part)
        new = changed(old, Change(parts.key_of(part, id), edit, at_once=True), changes.at)
        what, before = subject(old.published, part, id), told(old.published, part, id)
        changes.record(acting, customer_id, f"pbx_{part.value}.removed", what, before=before, reason=reason)
        changes.drop_secrets(customer_id, id)
        store(changes, acting, old, new)
        return {"revision": new.revision, "id": id}

    return store_.once(command_id, ("remove", part.value, customer_id, id), clock(), work)


def import_config(
    store_: Store,
    clock: Clock,
    acting: Acting,
    *,
    customer_id: str,
    config: Mapping[str, Any],
    command_id: str,
) -> Reply:
    """Publish a whole configuration, as ``export`` wrote it, perhaps for another customer: users and lines
    that this one never had get IDs of its own. Invalid when it cannot be read; Conflict while there is a
    draft, or when it cannot work."""
    try:
        given = msgspec.convert(config, Config)
    except msgspec.ValidationError as problem:
        raise Invalid(fields={"config": [str(problem)]}) from None

    def work(changes: Changes) -> Reply:
        old = changes.settings(customer_id)
        if not old.enabled and (given.users or given.groups or given.menus):
            raise NotFound()
        if old.draft is not None:
            raise Conflict(_("De klant heeft wijzigingen die nog niet zijn gepubliceerd."))
        wanted = _as_own(changes, old, given)
        by = Publication(changes.at, by_whom(acting), _("Ingelezen"))
        new = settings.published(old, wanted, by)
        changes.hold(sorted({e.number for e in wanted.elements() if e.number}))
        _refuse_lost(changes, old, wanted)
        refuse_broken(changes, customer_id, new.published)
        what = whole_pbx(customer_id)
        told_ = {"changes": parts.changes_between(old.published, wanted)}
        changes.record(acting, customer_id, "pbx.imported", what, after=told_)
        store(changes, acting, old, new, "publish")
        return {"revision": new.revision}

    return store_.once(command_id, ("import", customer_id, repr(full(given))), clock(), work)


def _as_own(changes: Changes, old: Settings, config: Config) -> Config:
    """With IDs of this customer's own for all users and lines but those that it has or had: others' would be
    two customers'. Who has which telephone is not the file's to say."""
    people = people_of(config)
    strangers = people - changes.people_had(old, people)
    own = renamed(config, {known: own_id(old.customer_id, known) for known in strangers})
    devices = {user.id: user.device for user in old.published.users}
    users = tuple(structs.replace(user, device=devices.get(user.id)) for user in own.users)
    return structs.replace(own, users=users)


def _refuse_lost(changes: Changes, old: Settings, new: Config) -> None:
    """Raise Conflict for a line on a number that is not the customer's, unless it stands there already."""
    owned, known = changes.numbers_held(old.customer_id), old.published.lines
    kept = {(line.id, line.number) for line in known}
    for line in new.lines:
        if line.number not in owned and (line.id, line.number) not in kept:
            raise Conflict(_("Dit kan zo niet worden gepubliceerd: %(first)s", first=not_owned(line.number)))


def _settings_of(changes: Changes, customer_id: str, part: Part) -> Settings:
    found = changes.settings(customer_id)
    if part is Part.USER and not found.enabled:
        raise NotFound()
    return found


def _hold_number(changes: Changes, fields: Mapping[str, Any]) -> None:
    """So that the number is not taken from the customer meanwhile."""
    if fields.get("number"):
        changes.hold([fields["number"]])
