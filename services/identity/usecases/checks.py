"""What several use cases check before they begin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.identity.domain import credentials, lockout
from services.identity.domain.lockout import Counter
from services.identity.domain.users import Role, User
from services.identity.passwords import Passwords
from services.identity.store import Changes, Store
from shared.acting import Acting
from shared.errors import Forbidden, Invalid, TooMany
from shared.words import gettext as _

Clock = Callable[[], datetime]


def own_customer(acting: Acting) -> str:
    """The customer of the acting user manager. Forbidden without the role."""
    acting.require(Role.USER_MANAGEMENT)
    return acting.require_customer()


def own_user(where: Store | Changes, acting: Acting) -> User:
    """The acting person as they are now. Forbidden once blocked or gone, and for staff who look along:
    they are nobody of that customer."""
    user = who_acts(where.user_by_id(acting.user_id or ""))
    if acting.kind == "user" and user.customer_id != acting.customer_id:
        raise Forbidden()
    return user


def who_acts(user: User | None) -> User:
    """The acting user; Forbidden once blocked or gone."""
    if user is None or user.blocked:
        raise Forbidden()
    return user


def check_own_password(
    store: Store, passwords: Passwords, user: User, typed: str, now: datetime, field: str
) -> None:
    """Raise :class:`Invalid` under ``field`` unless it is the user's password; wrong ones are throttled."""
    counter = lockout.own_password(user.id)
    take_turn(store, counter, now)
    if not passwords.matches(typed, user.password_hash):
        raise Invalid(fields={field: [_("Dit is niet uw wachtwoord van nu.")]})
    store.tries.forget(counter)


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
