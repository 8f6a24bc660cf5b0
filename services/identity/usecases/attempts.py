"""A try to log in: counted before anything is looked at, forgiven when it was right (ID-11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.identity.domain import credentials, lockout
from services.identity.domain.users import User
from services.identity.store import Store, Taken


@dataclass(frozen=True)
class Attempt:
    """What was counted for a try or, when one must wait first, for how long."""

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


def begin(store: Store, counters: lockout.Counters, known: bool, now: datetime) -> Attempt:
    """Count a try everywhere or, where one must wait, nowhere. ``known``: the account has logged in there."""
    taken: list[Taken] = []
    for counter in counters.applying(known):
        one = store.tries.take(counter, now)
        if one.wait:
            for earlier in taken:
                store.tries.give_back(earlier)
            return Attempt(counters.pair, (), now, one.wait)
        taken.append(one)
    return Attempt(counters.pair, tuple(taken), now)


def knows(store: Store, user: User, address: str, now: datetime) -> bool:
    """Whether this account has logged in from there before, with both steps where it has two."""
    pair = lockout.counters(credentials.username_key(user.username), address).pair
    return store.tries.knows(pair, now)


def forgive(store: Store, attempt: Attempt) -> None:
    """It was right: earlier mistakes of this person here are forgotten, those of others are not."""
    for one in attempt.taken:
        if one.counter == attempt.pair:
            store.tries.forget(one.counter)
        else:
            store.tries.give_back(one)
