"""How many wrong passwords are too many, for one phone's name from one address, known to us or not.

An address as a whole is never shut out: hundreds of phones may be behind it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

MOST_WRONG = 10
"""Gigaset phones try what is built in before what was typed, so a few wrong ones are usual."""
WINDOW = timedelta(minutes=10)
FIRST_LOCK = timedelta(minutes=10)
LONGEST_LOCK = timedelta(hours=24)
FORGOTTEN = timedelta(hours=48)
MOST_MACS = 100
"""Different MAC addresses with wrong passwords that one address may try per hour."""
MACS_WINDOW = timedelta(hours=1)


class Tries(msgspec.Struct, frozen=True, kw_only=True):
    """What was wrong so far. ``locks``: how often it was locked in a row."""

    began: datetime
    wrong: int = 0
    locks: int = 0
    until: datetime | None = None

    def wait(self, now: datetime) -> int:
        """Seconds to wait; 0: it may be tried."""
        if self.until is None or self.until <= now:
            return 0
        return int((self.until - now).total_seconds()) + 1


def wrong(before: Tries | None, now: datetime) -> Tries:
    """One wrong try more."""
    if before is None or now - (before.until or before.began) > FORGOTTEN:
        before = Tries(began=now)
    elif now - before.began > WINDOW:
        before = msgspec.structs.replace(before, began=now, wrong=0)
    count = before.wrong + 1
    if count < MOST_WRONG:
        return msgspec.structs.replace(before, wrong=count)
    lock = min(FIRST_LOCK * 2 ** min(before.locks, 10), LONGEST_LOCK)
    return Tries(began=now, wrong=0, locks=before.locks + 1, until=now + lock)
