"""What others are told when a configuration is published: changed users and lines, and what numbers reach."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from services.pbx.domain.config import Config, Line, PbxUser
from services.pbx.domain.numbers import NO_SUBJECT
from services.pbx.domain.routing.directory import kind_of
from services.pbx.domain.routing.trip import shown_as
from shared.events import PbxLineChanged, PbxUserChanged
from shared.phone_numbers import party


def changed_users(old: Config, new: Config, revision: int) -> Iterator[PbxUserChanged]:
    """An event for each user who is not for telephones as before, and for each that has gone."""
    before = {user.id: user_event(old, user, revision) for user in old.users}
    after = {user.id: user_event(new, user, revision) for user in new.users}
    for user_id, event in after.items():
        if before.get(user_id) != event:
            yield event
    for user_id, event in before.items():
        if user_id not in after:
            yield PbxUserChanged(user_id=user_id, revision=revision, username=event.username, deleted=True)


def changed_lines(old: Config, new: Config, revision: int) -> Iterator[PbxLineChanged]:
    """An event for each line that is not for telephones as before, and for each that has gone."""
    before = {line.id: line_event(line, revision) for line in old.lines}
    after = {line.id: line_event(line, revision) for line in new.lines}
    for line_id, event in after.items():
        if before.get(line_id) != event:
            yield event
    for line_id in before.keys() - after.keys():
        yield PbxLineChanged(line_id=line_id, revision=revision, deleted=True)


def everybody(published: Config) -> Iterator[PbxUserChanged | PbxLineChanged]:
    """An event for each user and line as it was published."""
    yield from (user_event(published, user, published.revision) for user in published.users)
    yield from (line_event(line, published.revision) for line in published.lines)


def line_event(line: Line, revision: int) -> PbxLineChanged:
    """A line as telephones need to know it."""
    return PbxLineChanged(
        line_id=line.id,
        revision=revision,
        display_name=line.name or party(line.number),
        extension=line.extension or "",
        number=line.number,
    )


def user_event(config: Config, user: PbxUser, revision: int) -> PbxUserChanged:
    """A user as telephones need to know them."""
    shown_number, shown_name = shown_as(config, structs.replace(user, hide_number=False))
    return PbxUserChanged(
        user_id=user.id,
        revision=revision,
        username=user.username,
        display_name=user.name,
        extension=user.extension or "",
        number=user.number or "",
        device=user.device or "",
        shown_number=shown_number or "",
        shown_name=shown_name,
        hide_number=user.hide_number,
        call_waiting=user.call_waiting,
    )


def subjects(old: Config, new: Config) -> dict[str, str]:
    """What each number reaches from now on (line, user, group, menu, none), where that changes."""
    before, after = _reached(old), _reached(new)
    return {
        number: after.get(number, NO_SUBJECT)
        for number in {**before, **after}
        if before.get(number, NO_SUBJECT) != after.get(number, NO_SUBJECT)
    }


def _reached(config: Config) -> dict[str, str]:
    return {e.number: kind_of(e).value for e in config.elements() if e.number}
