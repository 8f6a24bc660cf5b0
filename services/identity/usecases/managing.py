"""What user managers (and staff) change about a customer's users (ID-04 to ID-06)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.identity.domain import users
from services.identity.domain.users import Details, User
from services.identity.schemas.replies import Reply, user_reply
from services.identity.store import Changes, Store
from services.identity.usecases.checks import Clock
from services.identity.usecases.details import save_details
from services.identity.usecases.reach import managed_user, reach_of
from services.identity.usecases.recording import record_user
from shared.acting import Acting
from shared.errors import Conflict
from shared.words import gettext

Act = Callable[[Changes, User], User]
"""Takes effect on a user whom the acting person manages; the user as they are then."""


def change_roles(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    user_id: str,
    roles: Sequence[str],
    command_id: str,
    reason: str = "",
) -> Reply:
    """Give a user exactly these roles. Conflict when the customer would lose its last user manager."""

    def act(changes: Changes, user: User) -> User:
        others = changes.managers_beside(user)
        after = _saved(changes, user, users.with_roles(user, roles, other_managers=others))
        record_user(changes, acting, "roles_changed", user, after, reason)
        return after

    request = ("change_roles", user_id, sorted(roles))
    return _manage(store, clock, acting, user_id, command_id, request, act)


def change_registrations(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    user_id: str,
    registrations: Sequence[str],
    command_id: str,
    reason: str = "",
) -> Reply:
    """Have a user get exactly these kinds of mail."""

    def act(changes: Changes, user: User) -> User:
        after = _saved(changes, user, users.with_registrations(user, registrations))
        record_user(changes, acting, "registrations_changed", user, after, reason)
        return after

    request = ("change_registrations", user_id, sorted(registrations))
    return _manage(store, clock, acting, user_id, command_id, request, act)


def change_user(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    user_id: str,
    details: Details,
    command_id: str,
    reason: str = "",
) -> Reply:
    """Change a user's name and address."""
    now = clock()

    def act(changes: Changes, user: User) -> User:
        after = save_details(changes, user, details, now)
        record_user(changes, acting, "details_changed", user, after, reason)
        return after

    return _manage(store, clock, acting, user_id, command_id, ("change_user", user_id, details), act)


def block_user(
    store: Store,
    clock: Clock,
    acting: Acting,
    *,
    user_id: str,
    blocked: bool,
    command_id: str,
    reason: str = "",
) -> Reply:
    """Keep a user out, or let them in again. Nobody blocks themselves."""
    if user_id == acting.user_id:
        raise Conflict(gettext("U kunt uzelf niet blokkeren."))

    def act(changes: Changes, user: User) -> User:
        others = _others_that_count(changes, acting, user)
        after = _saved(changes, user, users.with_block(user, blocked, other_managers=others))
        record_user(changes, acting, "blocked" if blocked else "unblocked", user, after, reason)
        return after

    request = ("block_user", user_id, blocked)
    return _manage(store, clock, acting, user_id, command_id, request, act)


def delete_user(
    store: Store, clock: Clock, acting: Acting, *, user_id: str, command_id: str, reason: str = ""
) -> Reply:
    """Take a user away for good. Nobody deletes themselves."""
    if user_id == acting.user_id:
        raise Conflict(gettext("U kunt uzelf niet verwijderen."))

    def act(changes: Changes, user: User) -> User:
        users.check_can_go(user, other_managers=_others_that_count(changes, acting, user))
        changes.delete_user(user)
        record_user(changes, acting, "deleted", user, None, reason)
        return user

    return _manage(store, clock, acting, user_id, command_id, ("delete_user", user_id), act)


def _manage(
    store: Store,
    clock: Clock,
    acting: Acting,
    user_id: str,
    command_id: str,
    request: tuple[object, ...],
    act: Act,
) -> Reply:
    reach, now = reach_of(acting), clock()

    def work(changes: Changes) -> Reply:
        user = managed_user(changes, acting, reach, user_id)
        return user_reply(act(changes, user), acting.user_id, now)

    return store.once(f"{reach.name}:{command_id}", request, now, work)


def _others_that_count(changes: Changes, acting: Acting, user: User) -> int | None:
    """How many user managers remain; None when staff act, whom that does not stop."""
    return None if acting.kind == "staff" else changes.managers_beside(user)


def _saved(changes: Changes, before: User, after: User) -> User:
    if after != before:
        changes.save_user(after)
    return after
