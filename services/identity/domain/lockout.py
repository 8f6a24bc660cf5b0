"""How many wrong passwords are too many, without giving a stranger a way to lock an owner out (ID-11).

A try is counted three times: for the account from this address, for the account from anywhere, and
for the address whatever the account. Each count has its limit; at the limit one waits 1, 2, 5 and
then always 15 minutes before the next try, and a day after the last one all is forgotten. Nobody is
locked for good.

Where somebody has logged in on an account before (a *known* address) only the first count applies.
So whoever hammers on an account from elsewhere, or on other accounts from the same office, does not
keep its owner out.

Codes of the second step are counted in the same way, apart from passwords: a new ticket is no new try.
Forgotten passwords, welcome mails and the old password that a new one asks are counted likewise.
Accounts are counted by what was typed, whether there is such an account or not. The document of a
count therefore carries a digest: people do type passwords into the wrong field.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

WAITS = tuple(timedelta(minutes=m) for m in (1, 2, 5, 15))
FORGET_AFTER = timedelta(hours=24)
KNOWN_FOR = timedelta(days=90)
TOLD_EVERY = timedelta(hours=1)
"""How often the audit log is told of logins on one account from one address."""
IPV6_HOUSEHOLD = 64  # bits; whoever has one address of such a block has them all


@dataclass(frozen=True)
class Limit:
    """What is counted, and how many tries go before the first wait."""

    what: str
    tries: int


ACCOUNT_AT_ADDRESS = Limit("account at address", 5)
ACCOUNT = Limit("account", 25)
ADDRESS = Limit("address", 50)
OWN_PASSWORD = Limit("own password", 5)
SECOND_STEP_AT_ADDRESS = Limit("second step at address", 5)
SECOND_STEP = Limit("second step", 25)
RESET_OF_ACCOUNT = Limit("reset of account", 3)
RESETS_FROM_ADDRESS = Limit("resets from address", 20)
WELCOME = Limit("welcome", 5)
TOKENS_FROM_ADDRESS = Limit("tokens from address", 50)


@dataclass(frozen=True)
class Tries:
    """Tries in a row that did not succeed (yet), and when the last one was (aware UTC)."""

    count: int = 0
    last_at: datetime | None = None


NONE_YET = Tries()


@dataclass(frozen=True)
class Counter:
    """One count that a login goes by: its key in the store and its limit."""

    key: str
    limit: Limit


@dataclass(frozen=True)
class Counters:
    """The counts for one account from one address."""

    pair: Counter
    elsewhere: tuple[Counter, ...]

    def applying(self, known: bool) -> tuple[Counter, ...]:
        return (self.pair,) if known else (self.pair, *self.elsewhere)


def counters(username_key: str, address: str) -> Counters:
    """``username_key`` as :func:`credentials.username_key` gives it, ``address`` an IP address."""
    account = _digest(username_key)
    place = place_of(address)
    return Counters(
        _counter(ACCOUNT_AT_ADDRESS, account, place),
        (_counter(ACCOUNT, account), _counter(ADDRESS, place)),
    )


def second_step_counters(user_id: str, address: str) -> Counters:
    """Wrong codes after a right password: for the account there, the account from anywhere, and (together
    with wrong passwords) the address."""
    place = place_of(address)
    return Counters(
        _counter(SECOND_STEP_AT_ADDRESS, user_id, place),
        (_counter(SECOND_STEP, user_id), _counter(ADDRESS, place)),
    )


def resets_from(address: str) -> Counter:
    """Forgotten passwords from one address, whatever the account."""
    return _counter(RESETS_FROM_ADDRESS, place_of(address))


def resets_of(username_key: str) -> Counter:
    """Forgotten passwords of one account (as it was typed), from wherever."""
    return _counter(RESET_OF_ACCOUNT, _digest(username_key))


def own_password(user_id: str) -> Counter:
    """Wrong old passwords of who is logged in and wants a new one."""
    return _counter(OWN_PASSWORD, user_id)


def welcomes(user_id: str) -> Counter:
    """Welcome mails to one user."""
    return _counter(WELCOME, user_id)


def tokens_from(address: str) -> Counter:
    """Wrong tokens of programs from one address; right ones are let in all the same."""
    return _counter(TOKENS_FROM_ADDRESS, place_of(address))


def _counter(limit: Limit, *of: str) -> Counter:
    return Counter(":".join((limit.what, *of)), limit)


def _digest(typed: str) -> str:
    return hashlib.sha256(typed.encode("utf-8", "replace")).hexdigest()[:32]


def place_of(address: str) -> str:
    """An IPv4 address itself, an IPv6 address' block of 64 bits; raises ValueError for neither."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(IPv6Network((int(parsed), IPV6_HOUSEHOLD), strict=False))
    return str(parsed)


def wait_before(tries: Tries, limit: Limit, now: datetime) -> timedelta:
    """How long before the next try is taken; zero when it may come now."""
    over = tries.count - limit.tries
    if over < 0 or tries.last_at is None:
        return timedelta(0)
    wait = WAITS[min(over, len(WAITS) - 1)]
    # No longer than the wait itself, should two machines disagree about the time.
    return min(wait, max(timedelta(0), tries.last_at + wait - now))


def one_more(tries: Tries, now: datetime) -> Tries:
    """With a try at ``now`` counted."""
    old = tries.last_at is not None and now - tries.last_at >= FORGET_AFTER
    return Tries(1 if old else tries.count + 1, now)


def left(tries: Tries, limit: Limit) -> int:
    """Tries that remain before a wait begins."""
    return max(0, limit.tries - tries.count)


def seconds(wait: timedelta) -> int:
    """Whole seconds, rounded up: after that many the wait is certainly over."""
    return math.ceil(wait.total_seconds())
