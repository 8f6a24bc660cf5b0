"""New users: with a password, or with a welcome mail by which they choose one (ID-07)."""

from __future__ import annotations

from collections.abc import Sequence

from services.identity.domain import credentials, lockout, users
from services.identity.domain.mails import Letter, link_to
from services.identity.domain.users import Details, User
from services.identity.passwords import Passwords
from services.identity.schemas.replies import Reply, user_reply
from services.identity.store import Changes, Store
from services.identity.usecases.checks import (
    Clock,
    check_new_password,
    take_turn,
    together,
)
from services.identity.usecases.reach import (
    company_of,
    managed_company,
    managed_user,
    reach_of,
    seen_user,
    staff_reach,
)
from services.identity.usecases.recording import record_user
from shared.acting import Acting
from shared.errors import Conflict, Invalid
from shared.ids import new_id
from shared.sealing import Sealer
from shared.words import gettext, lazy_gettext

NO_ADDRESS = lazy_gettext("Vul een e-mailadres in: daar gaat de mail heen.")


def create_user(
    store: Store,
    passwords: Passwords,
    sealer: Sealer,
    clock: Clock,
    shortest_password: int,
    acting: Acting,
    *,
    customer_id: str,
    username: str,
    password: str,
    email: str,
    first_name: str,
    infix: str,
    last_name: str,
    roles: Sequence[str],
    command_id: str,
) -> Reply:
    """A user of a customer, a partner or the operator; that also decides the scope of what they see."""
    reach = staff_reach(acting)
    together(
        lambda: credentials.check_username(username),
        lambda: check_new_password(password, username, shortest_password),
        lambda: users.roles_of(roles),
    )
    password_hash, now = passwords.hash(password), clock()

    def work(changes: Changes) -> Reply:
        managed_company(changes, acting, reach, customer_id)
        user = User(
            id=new_id(),
            number=changes.next_number("users", users.FIRST_NUMBER),
            customer_id=customer_id,
            username=username,
            password_hash=password_hash,
            email=email,
            first_name=first_name,
            infix=infix,
            last_name=last_name,
            roles=users.roles_of(roles),
        )
        changes.add_user(user)
        record_user(changes, acting, "added", None, user)
        return user_reply(user, acting.user_id, now)

    details = (username, email, first_name, infix, last_name, sorted(roles))
    request = ("create_user", customer_id, *details, _mark(sealer, username, password))
    return store.once(f"{reach.name}:{command_id}", request, now, work)


def add_user(
    store: Store,
    passwords: Passwords,
    sealer: Sealer,
    clock: Clock,
    shortest_password: int,
    acting: Acting,
    *,
    username: str,
    welcome: bool,
    password: str,
    details: Details,
    command_id: str,
    customer_id: str | None = None,
    reason: str = "",
) -> Reply:
    """A colleague of the acting user manager, or a user of the company that staff name; without roles yet."""
    reach, now = reach_of(acting), clock()
    company_id = company_of(acting, customer_id)
    together(
        lambda: credentials.check_username(username),
        lambda: _check_address(details.email),
        lambda: None if welcome else check_new_password(password, username, shortest_password),
    )
    password_hash = "" if welcome else passwords.hash(password)

    def work(changes: Changes) -> Reply:
        managed_company(changes, acting, reach, company_id)
        user = User(
            id=new_id(),
            number=changes.next_number("users", users.FIRST_NUMBER),
            customer_id=company_id,
            username=username,
            password_hash=password_hash,
            invited_at=now if welcome else None,
            **vars(details),
        )
        changes.add_user(user)
        if welcome:
            changes.queue(link_to(user, Letter.WELCOME))
        record_user(changes, acting, "added", None, user, reason)
        return user_reply(user, acting.user_id, now)

    mark = "" if welcome else _mark(sealer, username, password)
    request = ("add_user", company_id, username, welcome, details, mark)
    return store.once(f"{reach.name}:{command_id}", request, now, work)


def resend_welcome(
    store: Store, clock: Clock, acting: Acting, *, user_id: str, command_id: str, reason: str = ""
) -> Reply:
    """Another welcome mail, with a link of its own, to who has not chosen a password yet."""
    reach, now = reach_of(acting), clock()
    command, request = f"{reach.name}:{command_id}", ("resend_welcome", user_id)
    done = store.answered(command, request, now)
    if done:
        return done
    seen_user(store, reach, user_id)
    take_turn(store, lockout.welcomes(user_id), now)

    def work(changes: Changes) -> Reply:
        user = managed_user(changes, acting, reach, user_id)
        if not user.awaits_first_password:
            raise Conflict(gettext("%(name)s heeft al een wachtwoord.", name=user.name))
        _check_address(user.email)
        again = users.invited(user, now)
        changes.save_user(again)
        changes.queue(link_to(again, Letter.WELCOME))
        record_user(changes, acting, "welcomed", user, again, reason)
        return user_reply(again, acting.user_id, now)

    return store.once(command, request, now, work)


def _mark(sealer: Sealer, username: str, password: str) -> str:
    """What tells a repeated command from one with another password."""
    return sealer.mark(password, f"new user|{username}|password")


def _check_address(email: str) -> None:
    if not email:
        raise Invalid(fields={"email": [NO_ADDRESS]})
