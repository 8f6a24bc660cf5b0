"""Who is let in."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from prometheus_client import Counter as Metric

from services.identity.domain import credentials, lockout, second_steps
from services.identity.domain.second_steps import SecondStep
from services.identity.domain.users import User
from services.identity.passwords import Passwords
from services.identity.schemas.replies import Reply, account_reply, refused_reply
from services.identity.store import Store
from services.identity.usecases import attempts
from services.identity.usecases.attempts import Attempt
from services.identity.usecases.checks import Clock
from services.identity.usecases.recording import as_themselves, from_address, record_sign
from shared.acting import Acting
from shared.errors import NotFound
from shared.logging import get_logger

log = get_logger(__name__)

LOGINS = Metric("tikker_logins_total", "Logins by outcome", ["outcome"])


def login(
    store: Store,
    passwords: Passwords,
    clock: Clock,
    acting: Acting,
    *,
    username: str,
    password: str,
    address: str,
) -> Reply:
    """Let somebody in, or answer how many tries are left and how many seconds to wait.

    The answer to a wrong login is the same, after the same work, whatever is wrong with it: the
    username, the password, or that the user is blocked. See :mod:`domain.lockout` for the counts.
    """
    counters, now = lockout.counters(credentials.username_key(username), address), clock()
    attempt = attempts.begin(store, counters, store.tries.knows(counters.pair, now), now)
    if attempt.wait:
        return refused("waiting", address, 0, attempt.wait)
    user = store.user_named(username)
    right = passwords.matches(password, user.password_hash if user else None)
    if user is None or user.blocked or not right:
        if attempt.next_wait:
            tell_lockout(store, from_address(acting, address), user, attempt)
        return refused("wrong", address, attempt.tries_left, attempt.next_wait)
    attempts.forgive(store, attempt)
    if passwords.is_outdated(user.password_hash):
        store.replace_hash(user, passwords.hash(password))
    second = store.second_steps.find(user.id)
    if second:
        return _ask_second(store, user, second, address, now)
    return let_in(store, acting, user, address, now)


def let_in(store: Store, acting: Acting, user: User, address: str, now: datetime) -> Reply:
    """All that was asked was right. From now on the account is known at this address."""
    customer = store.customer(user.customer_id)
    if customer is None:
        raise NotFound()
    pair = lockout.counters(credentials.username_key(user.username), address).pair
    if store.tries.remember(pair, now):
        tell_login(store, acting, user, address, now)
    LOGINS.labels("let in").inc()
    log.info("logged in", user_id=user.id)
    return {"ok": True, **account_reply(user, customer, store.second_steps.lacks(user))}


def _ask_second(store: Store, user: User, second: SecondStep, address: str, now: datetime) -> Reply:
    """A ticket for the second step, which opens nothing by itself."""
    ticket = secrets.token_urlsafe(second_steps.TICKET_BYTES)
    store.second_steps.add_ticket(second_steps.ticket_for(user, ticket, address, now))
    LOGINS.labels("second step asked").inc()
    methods = ["totp", "recovery"] if second.recovery else ["totp"]
    return {"ok": False, "second_step": {"ticket": ticket, "methods": methods}}


def tell_login(store: Store, acting: Acting, user: User, address: str, at: datetime) -> None:
    """Enter a login in the audit log: the first of an hour, per account and address."""
    who = as_themselves(acting, user, address)
    store.together(at, lambda changes: record_sign(changes, who, "logged_in", user))


def tell_lockout(store: Store, acting: Acting, user: User | None, attempt: Attempt) -> None:
    """Enter that a wait begins: as often as one does, so no flood (:mod:`domain.lockout`)."""
    seconds = lockout.seconds(attempt.next_wait)
    store.together(
        attempt.at, lambda changes: record_sign(changes, acting, "locked_out", user, wait_seconds=seconds)
    )


def refused(outcome: str, address: str, left: int, wait: timedelta) -> Reply:
    """The answer to a try that was wrong, or had to wait."""
    LOGINS.labels(outcome).inc()
    seconds = lockout.seconds(wait)
    log.info("login refused", outcome=outcome, address=address, attempts_left=left, wait_seconds=seconds)
    return refused_reply(left, seconds)
