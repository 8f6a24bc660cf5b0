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
    managed_by,
    own_customer,
    still_manages,
    take_turn,
    together,
)
from shared.acting import Acting
from shared.errors import Conflict, Invalid, NotFound
from shared.ids import new_id

NO_ADDRESS = "Vul een e-mailadres in: daar gaat de mail heen."


def create_user(
    store: Store,
    passwords: Passwords,
    clock: Clock,
    shortest_password: int,
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
    together(
        lambda: credentials.check_username(username),
        lambda: check_new_password(password, username, shortest_password),
        lambda: users.roles_of(roles),
    )
    password_hash, now = passwords.hash(password), clock()

    def work(changes: Changes) -> Reply:
        if changes.customer(customer_id) is None:
            raise NotFound()
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
        return user_reply(user, None, now)

    request = ("create_user", customer_id, username, email, first_name, infix, last_name, sorted(roles))
    return store.once(command_id, request, now, work)


def add_user(
    store: Store,
    passwords: Passwords,
    clock: Clock,
    shortest_password: int,
    acting: Acting,
    *,
    username: str,
    welcome: bool,
    password: str,
    details: Details,
    command_id: str,
) -> Reply:
    """A colleague of the acting user manager, without roles yet."""
    customer_id, now = own_customer(acting), clock()
    together(
        lambda: credentials.check_username(username),
        lambda: _check_address(details.email),
        lambda: None if welcome else check_new_password(password, username, shortest_password),
    )
    password_hash = "" if welcome else passwords.hash(password)

    def work(changes: Changes) -> Reply:
        still_manages(changes, acting)
        user = User(
            id=new_id(),
            number=changes.next_number("users", users.FIRST_NUMBER),
            customer_id=customer_id,
            username=username,
            password_hash=password_hash,
            invited_at=now if welcome else None,
            **vars(details),
        )
        changes.add_user(user)
        if welcome:
            changes.queue(link_to(user, Letter.WELCOME))
        return user_reply(user, acting.user_id, now)

    return store.once(f"{customer_id}:{command_id}", ("add_user", username, welcome, details), now, work)


def resend_welcome(store: Store, clock: Clock, acting: Acting, *, user_id: str, command_id: str) -> Reply:
    """Another welcome mail, with a link of its own, to who has not chosen a password yet."""
    within, now = managed_by(acting), clock()
    command, request = f"{within or 'staff'}:{command_id}", ("resend_welcome", user_id)
    done = store.answered(command, request, now)
    if done:
        return done
    if (store.user(within, user_id) if within else store.user_by_id(user_id)) is None:
        raise NotFound()
    take_turn(store, lockout.welcomes(user_id), now)

    def work(changes: Changes) -> Reply:
        user = changes.user(user_id, within)
        if user is None:
            raise NotFound()
        if within:
            still_manages(changes, acting)
        if not user.awaits_first_password:
            raise Conflict(f"{user.name} heeft al een wachtwoord.")
        _check_address(user.email)
        again = users.invited(user, now)
        changes.save_user(again)
        changes.queue(link_to(again, Letter.WELCOME))
        return user_reply(again, acting.user_id, now)

    return store.once(command, request, now, work)


def _check_address(email: str) -> None:
    if not email:
        raise Invalid(fields={"email": [NO_ADDRESS]})
