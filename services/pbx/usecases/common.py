"""What all changes of settings have in common: judged, stored, told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any

from services.pbx.domain import demands, parts
from services.pbx.domain.blocked import blocked_ways
from services.pbx.domain.config import Config
from services.pbx.domain.parts import Part
from services.pbx.domain.routing.directory import ref
from services.pbx.domain.rules import Problem, free_extensions, not_owned, problems, taken
from services.pbx.domain.settings import Publication, Settings
from services.pbx.domain.user_events import changed_lines, changed_users, subjects
from services.pbx.schemas.wire import full
from services.pbx.store import Changes
from shared.acting import Acting
from shared.errors import Invalid
from shared.events.audit import Subject
from shared.phone_numbers import party
from shared.words import gettext as _

Clock = Callable[[], datetime]

ROLE = "settings"
_CHOICES = 3


def customer_of(acting: Acting) -> str:
    """The acting user's customer. Raises Forbidden without the role for settings."""
    customer = acting.require_customer()
    acting.require(ROLE)
    return customer


def by_whom(acting: Acting) -> str:
    """Who did it, as the history shows."""
    if acting.viewed_by:
        return acting.viewed_by
    return acting.username or _("beheer")


def store(changes: Changes, acting: Acting, old: Settings, new: Settings, kind: str = "at_once") -> None:
    """Store new settings. When what is published changed: keep the version, and tell who follows users and
    numbers, in the same transaction."""
    if new.published != old.published:
        if new.publication == old.publication:
            new = replace(new, publication=Publication(changes.at, by_whom(acting)))
        changes.keep_version(new, kind)
        both = (old.published, new.published, new.published.revision)
        changes.tell(new.customer_id, *changed_users(*both), *changed_lines(*both))
        moved = subjects(old.published, new.published)
        if moved:
            changes.hold(sorted(moved))
            changes.point(new.customer_id, moved)
    changes.save_settings(old, new)


def judge(
    changes: Changes,
    customer_id: str,
    place: tuple[Part, str | None],
    old: Config | None,
    new: Config,
    values: Mapping[str, Any],
) -> None:
    """Raise Invalid when what was filled in does not make a whole element, beside the fields that it is in.

    What was wrong before (in ``old``) and was not touched now does not stop anybody: the checks tell of it.
    """
    owned = changes.numbers_held(customer_id)
    sounds = changes.sound_ids(customer_id)
    before = _wrong(old, place, owned, sounds) if old is not None else {}
    wrong = _wrong(new, place, owned, sounds)
    wrong |= _claims(new, parts.element(new, *place), values, owned)
    stops = {
        name: [sentence]
        for name, sentence in wrong.items()
        if name not in before or name.partition(".")[0] in values
    }
    if stops:
        raise Invalid(fields=stops)


def _wrong(
    config: Config, place: tuple[Part, str | None], owned: Collection[str], sounds: Collection[str]
) -> dict[str, str]:
    """What is wrong with one element, by dotted field."""
    element = parts.element(config, *place)
    wrong = {**_unknown_files(element, sounds), **demands.demands(element)}
    for field, sentence in _own(chain(problems(config, owned), blocked_ways(config)), *place):
        wrong.setdefault(field, sentence)
    return wrong


def _own(found: Iterable[Problem], part: Part, element_id: str | None) -> Iterable[tuple[str, str]]:
    """Field and sentence of the blocking problems of one element."""
    kind, own_id, side = part.value, element_id, ""
    if part is Part.MENU_SIDE:
        menu_id, _colon, side = (element_id or "").partition(":")
        kind, own_id = Part.MENU.value, menu_id
    if part in parts.ONES:
        kind, own_id = "company", part.value
    for problem in found:
        where = problem.where
        if (where.kind.value, where.id) != (kind, own_id) or not problem.blocking:
            continue
        if not side:
            yield problem.field, problem.sentence
        elif problem.field.startswith(f"{side}."):
            yield problem.field.removeprefix(f"{side}."), problem.sentence


def _claims(
    config: Config, element: Any, values: Mapping[str, Any], owned: Collection[str]
) -> dict[str, str]:
    """Whether a number or an extension that is asked for is somebody else's already."""
    wrong: dict[str, str] = {}
    extension, number = values.get("extension"), values.get("number")
    if number and number not in owned:
        wrong["number"] = not_owned(number)
    for other in config.elements():
        if other is element:
            continue
        if extension and other.extension == extension:
            wrong["extension"] = taken(extension, ref(other).name, free_extensions(config, extension))
        if number and other.number == number and hasattr(element, "extension"):
            wrong["number"] = taken(party(number), ref(other).name, _free(config, owned))
    return wrong


def _free(config: Config, owned: Collection[str]) -> tuple[str, ...]:
    used = {element.number for element in config.elements()}
    return tuple(party(number) for number in sorted(set(owned) - used)[:_CHOICES])


def _unknown_files(element: Any, known: Collection[str]) -> dict[str, str]:
    gone = _("Dit geluid bestaat niet meer. Kies een ander.")
    if isinstance(element, str):  # the music is nothing but a file
        return {} if element in known else {"file": gone}
    return {path: gone for path, file_id in demands.files_in(element) if file_id not in known}


def told(config: Config, part: Part, element_id: str | None) -> dict[str, Any]:
    """An element for the audit log and for answers."""
    value = parts.element(config, part, element_id)
    return {"file": value} if part is Part.MUSIC else dict(full(value))


def subject(config: Config, part: Part, element_id: str | None) -> Subject:
    """An element as the audit log names it."""
    if part in parts.ONES:
        return Subject(kind=f"pbx_{part.value}", id=part.value, name=part.value)
    owner, owner_id = part, element_id
    if part is Part.MENU_SIDE:
        owner, owner_id = Part.MENU, (element_id or "").partition(":")[0]
    element = parts.element(config, owner, owner_id)
    return Subject(kind=f"pbx_{part.value}", id=str(element_id), name=element.name or str(element_id))
