"""What others are told when a configuration is published: changed users, and what numbers reach."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from services.pbx.domain.config import Config, PbxUser
from services.pbx.domain.numbers import NO_SUBJECT
from services.pbx.domain.routing.directory import kind_of
from services.pbx.domain.routing.trip import shown_as
from shared.events import PbxUserChanged


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


def all_users(published: Config) -> Iterator[PbxUserChanged]:
    """An event for each user as it was published."""
    return (user_event(published, user, published.revision) for user in published.users)


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
