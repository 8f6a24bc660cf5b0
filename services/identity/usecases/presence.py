"""Somebody who is signed in shows once more that it is them, before something that a stolen session must not
do: a secret that is shown, another role, a token, a bank account."""

from __future__ import annotations

from datetime import datetime

from services.identity.domain import lockout
from services.identity.domain.second_steps import SecondStep
from services.identity.domain.users import User
from services.identity.passwords import Passwords
from services.identity.schemas.replies import Reply
from services.identity.store import Store
from services.identity.usecases import attempts, codes
from services.identity.usecases.checks import Clock, check_own_password, own_user
from services.identity.usecases.logins import tell_lockout
from shared.acting import Acting
from shared.errors import Invalid, TooMany
from shared.sealing import Sealer
from shared.words import gettext as _


def confirm(
    store: Store,
    passwords: Passwords,
    sealer: Sealer,
    clock: Clock,
    acting: Acting,
    *,
    password: str,
    code: str,
) -> Reply:
    """That it is them; raises like :func:`check`. How long it counts is the caller's to say."""
    return {"user_id": check(store, passwords, sealer, acting, clock(), password=password, code=code).id}


def check(
    store: Store,
    passwords: Passwords,
    sealer: Sealer,
    acting: Acting,
    now: datetime,
    *,
    password: str,
    code: str,
) -> User:
    """The acting person, if this is their password and, where they have a second step, a code that was not
    used yet. Invalid beside what is wrong; TooMany after several wrong ones."""
    user = own_user(store, acting)
    second = store.second_steps.find(user.id)
    if second and not code:
        raise Invalid(fields={"code": [_("Vul de code in die de app nu toont, of een herstelcode.")]})
    check_own_password(store, passwords, user, password, now, field="password")
    if second:
        _check_code(store, sealer, acting, user, second, code, now)
    return user


def _check_code(
    store: Store, sealer: Sealer, acting: Acting, user: User, second: SecondStep, code: str, now: datetime
) -> None:
    """Wrong codes have the counts of a login's, so trying here gains nothing, from however many places."""
    counters = lockout.second_step_counters(user.id, acting.address)
    attempt = attempts.begin(store, counters, attempts.knows(store, user, acting.address, now), now)
    if attempt.wait:
        raise TooMany(retry_after=lockout.seconds(attempt.wait))
    typed = codes.read(sealer, second, code, now)
    try:
        store.together(now, lambda changes: codes.use(changes, acting, user, typed))
    except codes.WrongCode:
        if attempt.next_wait:
            tell_lockout(store, acting, user, attempt)
        sentence = _("Deze code klopt niet, of is al gebruikt. Wacht op de volgende code van de app.")
        raise Invalid(fields={"code": [sentence]}) from None
    attempts.forgive(store, attempt)
