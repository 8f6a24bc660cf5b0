"""What several use cases check before they begin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.identity.domain import credentials, lockout, users
from services.identity.domain.lockout import Counter
from services.identity.domain.users import Role, User
from services.identity.store import Changes, Store
from shared.acting import Acting
from shared.errors import Forbidden, Invalid, TooMany

Clock = Callable[[], datetime]


def managed_by(acting: Acting) -> str | None:
    """The customer whose users the acting person manages; None for all. Forbidden without the role."""
    if acting.kind == "staff":
        acting.require_staff()
        return None
    return own_customer(acting)


def own_customer(acting: Acting) -> str:
    """The customer of the acting user manager. Forbidden without the role."""
    acting.require(Role.USER_MANAGEMENT)
    return acting.require_customer()


def still_manages(changes: Changes, acting: Acting) -> None:
    """The session's roles may be a second old; who lost the role meanwhile does not use it here."""
    actor = changes.user(acting.user_id or "", acting.customer_id)
    if actor is None or not users.is_manager(actor):
        raise Forbidden(role=Role.USER_MANAGEMENT.value)


def who_acts(user: User | None) -> User:
    """The acting user; Forbidden once blocked or gone."""
    if user is None or user.blocked:
        raise Forbidden()
    return user


def together(*checks: Callable[[], object]) -> None:
    """Run every check and raise one :class:`Invalid` with all that they find."""
    found: dict[str, list[str]] = {}
    for check in checks:
        try:
            check()
        except Invalid as problem:
            found |= problem.fields
    if found:
        raise Invalid(fields=found)


def check_new_password(password: str, username: str, shortest: int, field: str = "password") -> None:
    """Raise :class:`Invalid` with every reason under the name of the field in which it was typed."""
    try:
        credentials.check_password(password, username=username, shortest=shortest)
    except Invalid as problem:
        raise Invalid(fields={field: problem.fields["password"]}) from problem


def take_turn(store: Store, counter: Counter, now: datetime) -> None:
    """Count one; :class:`TooMany` when one must wait first."""
    taken = store.tries.take(counter, now)
    if taken.wait:
        raise TooMany(retry_after=lockout.seconds(taken.wait))
