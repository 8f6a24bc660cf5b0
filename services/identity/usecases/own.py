"""*Mijn gegevens*: what people change about themselves (ID-08)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.identity.domain import credentials, users
from services.identity.domain.mails import Letter, mail_to
from services.identity.domain.users import Details, User
from services.identity.passwords import Passwords
from services.identity.schemas.replies import Reply, user_reply
from services.identity.store import Changes, Store
from services.identity.usecases.checks import (
    Clock,
    check_new_password,
    check_own_password,
    own_user,
    together,
)
from services.identity.usecases.details import save_details
from services.identity.usecases.recording import record_user
from shared.acting import Acting
from shared.errors import Conflict, Invalid
from shared.sealing import Sealer
from shared.words import gettext


def change_details(store: Store, clock: Clock, acting: Acting, *, details: Details, command_id: str) -> Reply:
    """Change one's own name and address."""
    now = clock()
    return _change(
        store,
        acting,
        command_id,
        ("change_details", details),
        now,
        lambda changes, user: save_details(changes, user, details, now),
        "details_changed",
    )


def change_username(store: Store, clock: Clock, acting: Acting, *, username: str, command_id: str) -> Reply:
    """Log in under another name from now on. Conflict when it is taken."""
    credentials.check_username(username)

    def act(changes: Changes, user: User) -> User:
        after = users.with_username(user, username)
        if after != user:
            changes.save_user(after)
        return after

    return _change(store, acting, command_id, ("change_username", username), clock(), act, "username_changed")


def change_password(
    store: Store,
    passwords: Passwords,
    sealer: Sealer,
    clock: Clock,
    shortest_password: int,
    acting: Acting,
    *,
    old: str,
    new: str,
    command_id: str,
) -> Reply:
    """Another password; every session and link of before is over. Wrong old ones are throttled."""
    now, command = clock(), f"{acting.user_id}:{command_id}"
    request = ("change_password", sealer.mark(new, f"{acting.user_id}|password"))
    done = store.answered(command, request, now)
    if done:
        return done
    before = own_user(store, acting)
    together(
        lambda: check_own_password(store, passwords, before, old, now, field="old"),
        lambda: check_new_password(new, before.username, shortest_password, field="new"),
        lambda: _check_other(old, new),
    )
    password_hash = passwords.hash(new)

    def work(changes: Changes) -> Reply:
        user = own_user(changes, acting)
        if user.password_epoch != before.password_epoch:
            raise Conflict(gettext("Uw wachtwoord is intussen gewijzigd. Log opnieuw in."))
        after = users.with_password(user, password_hash)
        changes.save_user(after)
        record_user(changes, acting, "password_changed", user, after)
        if after.email:
            changes.queue(mail_to(after, Letter.PASSWORD_CHANGED))
        return {"epoch": after.epoch}

    return store.once(command, request, now, work)


def _check_other(old: str, new: str) -> None:
    if old == new:
        raise Invalid(fields={"new": [gettext("Dit is uw wachtwoord al. Kies een ander.")]})


def _change(
    store: Store,
    acting: Acting,
    command_id: str,
    request: tuple[object, ...],
    now: datetime,
    act: Callable[[Changes, User], User],
    verb: str,
) -> Reply:
    def work(changes: Changes) -> Reply:
        user = own_user(changes, acting)
        after = act(changes, user)
        record_user(changes, acting, verb, user, after)
        return user_reply(after, acting.user_id, now)

    return store.once(f"{acting.user_id}:{command_id}", request, now, work)
