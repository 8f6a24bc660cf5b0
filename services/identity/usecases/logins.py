"""Who is let in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client import Counter as Metric

from services.identity.domain import credentials, lockout
from services.identity.domain.users import User
from services.identity.passwords import Passwords
from services.identity.schemas.replies import Reply, account_reply, refused_reply
from services.identity.store import Store, Taken
from services.identity.usecases.checks import Clock
from shared.errors import NotFound
from shared.logging import get_logger

log = get_logger(__name__)

LOGINS = Metric("tikker_logins_total", "Logins by outcome", ["outcome"])


def login(
    store: Store, passwords: Passwords, clock: Clock, *, username: str, password: str, address: str
) -> Reply:
    """Let somebody in, or answer how many tries are left and how many seconds to wait.

    The answer to a wrong login is the same, after the same work, whatever is wrong with it: the
    username, the password, or that the user is blocked. See :mod:`domain.lockout` for the counts.
    """
    attempt = _begin(store, lockout.counters(credentials.username_key(username), address), clock())
    if attempt.wait:
        return _refused("waiting", address, 0, attempt.wait)
    user = store.user_named(username)
    right = passwords.matches(password, user.password_hash if user else None)
    if user is None or user.blocked or not right:
        return _refused("wrong", address, attempt.tries_left, attempt.next_wait)
    _succeeded(store, attempt)
    if passwords.is_outdated(user.password_hash):
        store.replace_hash(user, passwords.hash(password))
    return _let_in(store, user)


@dataclass(frozen=True)
class _Attempt:
    """A login under way: what was counted for it or, when one must wait first, for how long."""

    pair: lockout.Counter
    taken: tuple[Taken, ...]
    at: datetime
    wait: timedelta = timedelta(0)

    @property
    def tries_left(self) -> int:
        """After this one, before a wait begins."""
        return min(lockout.left(one.after, one.counter.limit) for one in self.taken)

    @property
    def next_wait(self) -> timedelta:
        """Before the next try, now that this one is counted."""
        return max(lockout.wait_before(one.after, one.counter.limit, self.at) for one in self.taken)


def _begin(store: Store, counters: lockout.Counters, now: datetime) -> _Attempt:
    """Count a try everywhere or, where one must wait, nowhere."""
    taken: list[Taken] = []
    for counter in counters.applying(store.tries.knows(counters.pair, now)):
        one = store.tries.take(counter, now)
        if one.wait:
            for earlier in taken:
                store.tries.give_back(earlier)
            return _Attempt(counters.pair, (), now, one.wait)
        taken.append(one)
    return _Attempt(counters.pair, tuple(taken), now)


def _succeeded(store: Store, attempt: _Attempt) -> None:
    """Earlier mistakes of this person here are forgotten, those of others are not."""
    for one in attempt.taken:
        if one.counter == attempt.pair:
            store.tries.forget(one.counter)
        else:
            store.tries.give_back(one)
    store.tries.remember(attempt.pair, attempt.at)


def _let_in(store: Store, user: User) -> Reply:
    customer = store.customer(user.customer_id)
    if customer is None:
        raise NotFound()
    LOGINS.labels("let in").inc()
    log.info("logged in", user_id=user.id)
    return {"ok": True, **account_reply(user, customer)}


def _refused(outcome: str, address: str, left: int, wait: timedelta) -> Reply:
    LOGINS.labels(outcome).inc()
    seconds = lockout.seconds(wait)
    log.info("login refused", outcome=outcome, address=address, attempts_left=left, wait_seconds=seconds)
    return refused_reply(left, seconds)
