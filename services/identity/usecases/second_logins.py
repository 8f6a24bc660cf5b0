"""The second step of a login: a ticket and a code (ID-09)."""

from __future__ import annotations

from datetime import datetime

from services.identity.domain import lockout, second_steps
from services.identity.domain.second_steps import SecondStep
from services.identity.domain.users import User
from services.identity.schemas.replies import Reply
from services.identity.store import Changes, Store
from services.identity.usecases import attempts, codes
from services.identity.usecases.checks import Clock
from services.identity.usecases.codes import WrongCode
from services.identity.usecases.logins import let_in, refused, tell_lockout
from services.identity.usecases.recording import as_themselves, from_address
from shared.acting import Acting
from shared.errors import NotFound
from shared.sealing import Sealer
from shared.words import gettext as _


def login_second(
    store: Store, sealer: Sealer, clock: Clock, acting: Acting, *, ticket: str, code: str, address: str
) -> Reply:
    """Let in who has a ticket and a code that goes with it, or answer as a wrong password is answered.

    NotFound when the ticket was used, is too old, is of another place, or when the account has changed
    since: one begins again with the password.
    """
    now, key = clock(), second_steps.key_of(ticket)
    given = store.second_steps.ticket(key)
    user = store.user(given.customer_id, given.user_id) if given else None
    second = store.second_steps.find(user.id) if user else None
    if user is None or second is None or not second_steps.admits(given, user, address, now):
        raise _begin_again()
    counters, known = (
        lockout.second_step_counters(user.id, address),
        attempts.knows(store, user, address, now),
    )
    attempt = attempts.begin(store, counters, known, now)
    if attempt.wait:
        return refused("waiting for a second try", address, 0, attempt.wait)
    try:
        _use(store, sealer, as_themselves(acting, user, address), user, second, key, code, now)
    except WrongCode:
        if attempt.next_wait:
            tell_lockout(store, from_address(acting, address), user, attempt)
        return refused("wrong second step", address, attempt.tries_left, attempt.next_wait)
    attempts.forgive(store, attempt)
    if sealer.is_outdated(second.sealed):
        fresh = sealer.reseal(second.sealed, second_steps.about(user.id))
        store.second_steps.replace_sealed(user.id, second.sealed, fresh)
    return let_in(store, acting, user, address, now)


def _use(
    store: Store,
    sealer: Sealer,
    acting: Acting,
    user: User,
    second: SecondStep,
    key: str,
    typed: str,
    now: datetime,
) -> None:
    """Take the ticket and the code together, or neither; of two at once one gets them."""
    code = codes.read(sealer, second, typed, now)

    def work(changes: Changes) -> None:
        if not changes.second_steps.take_ticket(key):
            raise _begin_again()
        codes.use(changes, acting, user, code)

    store.together(now, work)


def _begin_again() -> NotFound:
    return NotFound(_("Het inloggen duurde te lang. Begin opnieuw met uw gebruikersnaam en wachtwoord."))
