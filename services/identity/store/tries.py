"""Counts of wrong passwords, and where accounts are known; exact under parallel tries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo import ASCENDING, IndexModel
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

from services.identity.domain.lockout import (
    FORGET_AFTER,
    KNOWN_FOR,
    NONE_YET,
    TOLD_EVERY,
    Counter,
    Tries,
    one_more,
    wait_before,
)
from shared import tenancy
from shared.errors import Unavailable
from shared.mongo import Document

tenancy.common("tries", "known_addresses")
"""Counts by account, address and of the house as a whole, and where who has logged in, under digests; no data
of customers."""

INDEXES = {
    "tries": [IndexModel([("last_at", ASCENDING)], expireAfterSeconds=int(FORGET_AFTER.total_seconds()))],
    "known_addresses": [IndexModel([("until", ASCENDING)], expireAfterSeconds=0)],
}
ROUNDS = 200
"""Each round that fails means that somebody else's try was counted; limits end that long before."""


@dataclass(frozen=True)
class Taken:
    """A try that was counted (``wait`` is zero), or was not since one must wait first."""

    counter: Counter
    before: Tries
    after: Tries
    wait: timedelta = timedelta(0)


class TryBook:
    """Tries are counted before the password is looked at, and given back when it was right.

    Otherwise a hundred tries at once would all be let through before the first was counted. A
    process that dies in between leaves one try too many, which is forgotten in a day.
    """

    def __init__(self, db: Database[Document]) -> None:
        # Compare and set on the primary's latest: a majority read may lag and would only cost rounds.
        self._tries = db["tries"].with_options(read_concern=ReadConcern("local"))
        self._known = db["known_addresses"]

    def take(self, counter: Counter, now: datetime) -> Taken:
        """Count a try, unless one must wait."""
        for _ in range(ROUNDS):
            before = self._read(counter.key)
            wait = wait_before(before, counter.limit, now)
            if wait:
                return Taken(counter, before, before, wait)
            after = one_more(before, now)
            if self._swap(counter.key, before, after):
                return Taken(counter, before, after)
        raise Unavailable()

    def give_back(self, taken: Taken) -> None:
        """Undo a try that was counted; others that came after it stay counted."""
        if self._swap(taken.counter.key, taken.after, taken.before):
            return
        self._tries.update_one({"_id": taken.counter.key, "count": {"$gt": 0}}, {"$inc": {"count": -1}})

    def forget(self, counter: Counter) -> None:
        """Begin at zero again."""
        self._tries.delete_one({"_id": counter.key})

    def knows(self, pair: Counter, now: datetime) -> bool:
        """Whether somebody has logged in on that account from there, not too long ago."""
        return self._known.find_one({"_id": pair.key, "until": {"$gt": now}}) is not None

    def remember(self, pair: Counter, now: datetime) -> bool:
        """Know the pair from now on; True at most once in TOLD_EVERY."""
        self._known.update_one({"_id": pair.key}, {"$set": {"until": now + KNOWN_FOR}}, upsert=True)
        quiet = {"_id": pair.key, "told_at": {"$not": {"$gt": now - TOLD_EVERY}}}
        return self._known.update_one(quiet, {"$set": {"told_at": now}}).modified_count == 1

    def _read(self, key: str) -> Tries:
        row = self._tries.find_one({"_id": key})
        return Tries(row["count"], row["last_at"]) if row else NONE_YET

    def _swap(self, key: str, old: Tries, new: Tries) -> bool:
        """Replace ``old`` by ``new`` unless it has changed meanwhile; no row stands for NONE_YET."""
        wanted = {"_id": key, "count": old.count, "last_at": old.last_at}
        if new == NONE_YET:
            return self._tries.delete_one(wanted).deleted_count == 1
        values = {"$set": {"count": new.count, "last_at": new.last_at}}
        try:
            result = self._tries.update_one(wanted, values, upsert=old == NONE_YET)
        except DuplicateKeyError:
            return False
        return result.matched_count == 1 or result.upserted_id is not None
