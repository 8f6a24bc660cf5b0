"""Which senders and receivers a customer's rows have, so that a part of a number becomes a few numbers.

A document per customer, side and party, all in its ID, and ``last``: the newest period in which a row with
it is booked. It is written before the rows that have the party and may outlive them: a party too many costs
a look, one too few would hide rows. Once rows are anonymised it must go as well, as it is a number of a
person. Ingesters remember what they have booked, so a party goes only when its ``last`` is a period in
which nothing is booked any more: what they know of a later one, they have written again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pymongo import ASCENDING, UpdateOne, timeout
from pymongo.database import Database
from pymongo.errors import BulkWriteError
from pymongo.write_concern import WriteConcern

from services.cdr.domain.posting import Row
from services.cdr.domain.selection import PartOfNumber
from services.cdr.store.search import BY_RECEIVER, BY_SENDER
from shared.mongo import Document

SIDES = {"sender": BY_SENDER, "receiver": BY_RECEIVER}
"""Fields of rows, and the index that finds them by it."""
REMEMBERED = 500_000
MOST = 2_000
SEARCH_MS = 1_000
FILL_SECONDS = 600
FORGOTTEN_AT_ONCE = 500
_DUPLICATE_KEY = 11000

Marks = Mapping[int, int]
"""Parties by the hash of what their IDs say, and their period."""


class Parties:
    """``learn`` before rows are booked, ``matching`` when they are searched."""

    def __init__(self, db: Database[Document]) -> None:
        # Without waiting for a majority: whatever keeps the rows, written after these, keeps these.
        self._parties = db["parties"].with_options(write_concern=WriteConcern(w=1))
        self._known: dict[int, int] = {}

    def learn(self, rows: Iterable[Row]) -> Marks:
        """See to it that every party of the rows is there, with their period or a later one; what to
        :meth:`remember` once the rows are there."""
        fresh: dict[int, tuple[str, int]] = {}
        for row in rows:
            period = row["period"]
            for side in SIDES:
                mark = hash((row["customer"], side, row[side]))
                if self._known.get(mark, 0) < period and (mark not in fresh or fresh[mark][1] < period):
                    fresh[mark] = _id(row["customer"], side, row[side]), period
        if fresh:
            self._write(dict(fresh.values()))
        return {mark: period for mark, (_, period) in fresh.items()}

    def remember(self, marks: Marks) -> None:
        """Write these parties no more: rows that a majority has came after them, so it has them as well. A
        server that was killed before that may have forgotten them."""
        if len(self._known) + len(marks) > REMEMBERED:
            self._known.clear()
        self._known.update(marks)

    def _write(self, last: Mapping[str, int]) -> None:
        """Most are new at first; those that are there get their later period."""
        documents = [{"_id": name, "last": period} for name, period in last.items()]
        try:
            self._parties.insert_many(documents, ordered=False)
        except BulkWriteError as problem:
            errors = problem.details["writeErrors"]
            if any(error["code"] != _DUPLICATE_KEY for error in errors):
                raise
            there = [documents[error["index"]] for error in errors]
            later = [
                UpdateOne({"_id": one["_id"]}, {"$max": {"last": one["last"]}}, upsert=True) for one in there
            ]
            self._parties.bulk_write(later, ordered=False)

    def matching(self, customer: str, side: str, part: str) -> list[str] | None:
        """The parties in which a part of a number occurs; None when there are more than MOST."""
        head = _id(customer, side, "")
        choices = "|".join(re.escape(spelling) for spelling in PartOfNumber.of(part).spellings)
        wanted = {
            "$gte": head,
            "$lt": _id(customer, side, "\uffff"),
            "$regex": f"^{re.escape(head)}.*(?:{choices})",
        }
        found = self._parties.find({"_id": wanted}, {"_id": 1}).max_time_ms(SEARCH_MS).limit(MOST + 1)
        parties = [document["_id"][len(head) :] for document in found]
        return parties if len(parties) <= MOST else None

    def forget(self, customer: str, upto: int, kept: Collection[int]) -> Iterator[int]:
        """Remove the parties of periods up to this one that no row of the periods ``kept`` has; yields how
        many, few by few. Nothing may be booked in a period up to ``upto`` any more."""
        older = {"$not": {"$gt": upto}}
        for side in SIDES:
            head = after = _id(customer, side, "")
            while True:
                within = {"$gt": after, "$lt": _id(customer, side, "\uffff")}
                page = self._parties.find({"_id": within, "last": older}, {"_id": 1})
                names = [one["_id"] for one in page.sort("_id", ASCENDING).limit(FORGOTTEN_AT_ONCE)]
                if not names:
                    break
                after = names[-1]
                there = self._there(customer, side, [name[len(head) :] for name in names], kept)
                gone = [name for name in names if name[len(head) :] not in there]
                # Once more by its last period: it may have been used again since.
                yield self._parties.delete_many({"_id": {"$in": gone}, "last": older}).deleted_count

    def _there(
        self, customer: str, side: str, parties: Sequence[str], periods: Collection[int]
    ) -> Collection[str]:
        """Which of the parties some row of the periods has."""
        if not periods:
            return ()
        query = {"customer": customer, "period": {"$in": sorted(periods)}, side: {"$in": list(parties)}}
        group: list[Document] = [{"$match": query}, {"$group": {"_id": f"${side}"}}]
        found = self._parties.database["usage"].aggregate(group, hint=dict(SIDES[side]))
        return {one["_id"] for one in found}

    def fill_if_new(self) -> None:
        """Learn from rows that an earlier release booked, before there were parties."""
        database = self._parties.database
        if self._parties.find_one() or not database["usage"].find_one():
            return
        with timeout(FILL_SECONDS):
            for side in SIDES:
                name: Document = {"$concat": ["$customer", "|", side, "|", f"${side}"]}
                group: Document = {"_id": name, "last": {"$max": "$period"}}
                later: list[Document] = [{"$set": {"last": {"$max": ["$last", "$$new.last"]}}}]
                merge: Document = {"$merge": {"into": self._parties.name, "whenMatched": later}}
                database["usage"].aggregate([{"$group": group}, merge], allowDiskUse=True)


def _id(customer: str, side: str, party: str) -> str:
    return f"{customer}|{side}|{party}"
