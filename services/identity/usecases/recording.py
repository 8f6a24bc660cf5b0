"""What the audit log is told of a change to a user (ID-10); the entry is part of the change."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from services.identity.domain.users import User
from services.identity.store import Changes
from shared.acting import Acting
from shared.events.audit import Subject

_TOLD = (
    *("username", "email", "title", "initials", "first_name", "infix", "last_name", "gender"),
    *("roles", "registrations", "language", "theme", "blocked", "invited_at"),
)


def record_user(
    changes: Changes, acting: Acting, verb: str, before: User | None, after: User | None, reason: str = ""
) -> None:
    """Enter ``user.<verb>`` with what differs; a user who stayed the same is no change.

    ``before`` is None for a new user, ``after`` for one who is gone.
    """
    user = after or before
    if user is None or before == after:
        return
    changes.record(
        acting,
        user.customer_id,
        f"user.{verb}",
        subject_of(user),
        before=_fields(before),
        after=_fields(after),
        reason=reason,
    )


def record_sign(changes: Changes, acting: Acting, verb: str, user: User | None, **told: Any) -> None:
    """Enter something of note that changed nothing: a login, a lockout, a reset that was asked for.

    Where there is no such user it becomes an entry of the house about the address it came from, and never
    says what was typed: so it is the same work, and does not tell whether there is such a user.
    """
    if user is None:
        subject = Subject(kind="address", id=acting.address, name=acting.address)
        changes.record(acting, None, f"address.{verb}", subject, after=told)
    else:
        changes.record(acting, user.customer_id, f"user.{verb}", subject_of(user), after=told)


def from_address(acting: Acting, address: str) -> Acting:
    """Who is not signed in, at the address that the call names."""
    return replace(acting, address=address)


def as_themselves(acting: Acting, user: User, address: str) -> Acting:
    """Who has just signed in."""
    return replace(
        acting,
        kind="user",
        scope="customer",
        customer_id=user.customer_id,
        user_id=user.id,
        username=user.username,
        address=address,
    )


def subject_of(user: User) -> Subject:
    return Subject(kind="user", id=user.id, name=user.username)


def _fields(user: User | None) -> dict[str, Any]:
    """What a user is, for people; a password only as a number that grows, which the log masks."""
    if user is None:
        return {}
    told = {name: getattr(user, name) for name in _TOLD}
    return told | {"password": None if user.awaits_first_password else user.password_epoch}
