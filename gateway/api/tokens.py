"""Which account a program's token opens, as identity said a moment ago.

identity is asked once in a few seconds per token. Whatever changes about a user (roles, a block, a token that
is revoked) arrives as an event within a second, and then all that is known of that user's tokens is dropped.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from gateway.models.account import Account

KEPT_SECONDS = 5.0
"""As long as a revoked token may work where no events arrive."""

MOST_KEPT = 10_000


@dataclass(frozen=True)
class Opened:
    """An account, until when it may be gone by (of the clock)."""

    account: Account
    until: float


class OpenedTokens:
    """What this process was told; shared by its threads. Tokens themselves are not kept."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._opened: dict[str, Opened] = {}
        self._changes = 0
        self._lock = threading.Lock()

    def account(self, token: str, ask: Callable[[], Account]) -> Account:
        """The token's account; what ``ask`` raises when it opens none."""
        key = digest(token)
        with self._lock:
            known, changes = self._opened.get(key), self._changes
        if known and known.until > self._clock():
            return known.account
        account = ask()
        with self._lock:
            if len(self._opened) >= MOST_KEPT:
                self._opened.clear()
            if changes == self._changes:  # else it may be about what has just changed
                self._opened[key] = Opened(account, self._clock() + KEPT_SECONDS)
        return account

    def forget(self, user_id: str | None) -> None:
        """Something about this user has changed; None: about anybody."""
        with self._lock:
            self._changes += 1
            self._opened = {
                key: known
                for key, known in self._opened.items()
                if user_id is not None and known.account.user.id != user_id
            }


def digest(token: str) -> str:
    """By which a token is known here."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
