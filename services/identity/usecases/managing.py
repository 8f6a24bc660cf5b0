"""What user managers (and staff) change about a customer's users (ID-04 to ID-06)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.identity.domain import users
from services.identity.domain.users import Details, User
from services.identity.schemas.replies import Reply, user_reply
from services.identity.store import Changes, Store
from services.identity.usecases.checks import Clock, managed_by, still_manages
from services.identity.usecases.details import save_details
from shared.acting import Acting
from shared.errors import Conflict, NotFound

Act = Callable[[Changes, User], User]
"""Takes effect on a user whom the acting person manages; the user as they are then."""


def change_roles(
    store: Store, clock: Clock, acting: Acting, *, user_id: str, roles: Sequence[str], command_id: str
) -> Reply:
    """Give a user exactly these roles. Conflict when the customer would lose its last user manager."""

    def act(changes: Changes, user: User) -> User:
        others = changes.managers_beside(user)
        return _saved(changes, user, users.with_roles(user, roles, other_managers=others))

    request = ("change_roles", user_id, sorted(roles))
    return _manage(store, clock, acting, user_id, command_id, request, act)


def change_registrations(
    store: Store, clock: Clock, acting: Acting, *, user_id: str, registrations: Sequence[str], command_id: str
) -> Reply:
    """Have a user get exactly these kinds of mail."""

    def act(changes: Changes, user: User) -> User:
        return _saved(changes, user, users.with_registrations(user, registrations))

    request = ("change_registrations", user_id, sorted(registrations))
    return _manage(store, clock, acting, user_id, command_id, request, act)


def change_user(
    store: Store, clock: Clock, acting: Acting, *, user_id: str, details: Details, command_id: str
) -> Reply:
    """Change a user's name and address."""
    now = clock()

    def act(changes: Changes, user: User) -> User:
        return save_details(changes, user, details, now)

    return _manage(store, clock, acting, user_id, command_id, ("change_user", user_id, details), act)


def block_user(
    store: Store, clock: Clock, acting: Acting, *, user_id: str, blocked: bool, command_id: str
) -> Reply:
    """Keep a user out, or let them in again. Nobody blocks themselves."""
    if user_id == acting.user_id:
        raise Conflict("U kunt uzelf niet blokkeren.")

    def act(changes: Changes, user: User) -> User:
        others = _others_that_count(changes, acting, user)
        return _saved(changes, user, users.with_block(user, blocked, other_managers=others))

    request = ("block_user", user_id, blocked)
    return _manage(store, clock, acting, user_id, command_id, request, act)


def delete_user(store: Store, clock: Clock, acting: Acting, *, user_id: str, command_id: str) -> Reply:
    """Take a user away for good. Nobody deletes themselves."""
    if user_id == acting.user_id:
        raise Conflict("U kunt uzelf niet verwijderen.")

    def act(changes: Changes, user: User) -> User:
        users.check_can_go(user, other_managers=_others_that_count(changes, acting, user))
        changes.delete_user(user)
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
    within, now = managed_by(acting), clock()

    def work(changes: Changes) -> Reply:
        user = changes.user(user_id, within)
        if user is None:
            raise NotFound()
        changes.hold_users(user.customer_id)
        if within:
            still_manages(changes, acting)
        return user_reply(act(changes, user), acting.user_id, now)

    # Another customer's command of the same ID is another command.
    return store.once(f"{within or 'staff'}:{command_id}", request, now, work)


def _others_that_count(changes: Changes, acting: Acting, user: User) -> int | None:
    """How many user managers remain; None when staff act, whom that does not stop."""
    return None if acting.kind == "staff" else changes.managers_beside(user)


def _saved(changes: Changes, before: User, after: User) -> User:
    if after != before:
        changes.save_user(after)
    return after
