"""Ranges, numbers and assignments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from pymongo import ASCENDING, IndexModel, ReplaceOne
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from services.pbx.domain import numbers as domain
from services.pbx.domain.numbers import Assignment, Range, Term
from services.pbx.store.base import Reading, Transaction
from shared import mongo, outbox, tenancy
from shared.errors import Conflict
from shared.events import wrap
from shared.mongo import Document
from shared.words import gettext

PUBLISH_BATCH = 500
DUPLICATE_KEY = 11000

ORDER = ("number", "valid_from", "_id")
tenancy.common("numbers")
"""All numbers there are, so that two commands on one collide; whose they are stands elsewhere."""

INDEXES = {
    "ranges": [IndexModel([("first", ASCENDING)])],
    "assignments": [
        IndexModel([("customer_id", ASCENDING), *((field, ASCENDING) for field in ORDER)]),
        IndexModel([(field, ASCENDING) for field in ORDER]),
    ],
}


class NumberChanges(Transaction):
    """What commands do with numbers."""

    def add_range(self, new: Range) -> None:
        """Raises Conflict when one of its numbers is in a range already."""
        rows = [{"_id": number, "range_id": new.id, "holds": 0} for number in new.numbers()]
        try:
            self._db["numbers"].insert_many(rows, session=self._session)
        except BulkWriteError as problem:
            first = problem.details["writeErrors"][0]
            if first["code"] != DUPLICATE_KEY:
                raise
            raise Conflict(
                gettext("%(number)s zit al in een nummerreeks.", number=first["keyValue"]["_id"])
            ) from problem
        row = {"_id": new.id, "first": new.first, "last": new.last, "source": new.source, "added_at": self.at}
        self._db["ranges"].insert_one(row, session=self._session)

    def hold(self, numbers: Sequence[str]) -> set[str]:
        """Keep these numbers to this transaction; the ones that are in a range.

        The write is what makes two commands on one number collide, so that one of them runs again
        and sees what the other did: reading alone does not, under snapshot isolation.
        """
        wanted = {"_id": {"$in": list(numbers)}}
        self._db["numbers"].update_many(wanted, {"$inc": {"holds": 1}}, session=self._session)
        return {row["_id"] for row in self._db["numbers"].find(wanted, {"_id": 1}, session=self._session)}

    def history(self, numbers: Sequence[str]) -> dict[str, list[Assignment]]:
        """All assignments of each number, ended ones too, as far as who asks may see them; hold the numbers
        first."""
        found: dict[str, list[Assignment]] = {number: [] for number in numbers}
        wanted = tenancy.own({"number": {"$in": list(numbers)}})
        for row in self._db["assignments"].find(wanted, session=self._session):
            found[row["number"]].append(_assignment(row))
        return found

    def assignment(self, assignment_id: str) -> Assignment | None:
        row = self._db["assignments"].find_one({"_id": assignment_id}, session=self._session)
        return _assignment(row) if row else None

    def save(self, assignments: Sequence[Assignment]) -> None:
        """Store new or changed assignments and queue the events that tell of them."""
        rows = [_row(assignment) for assignment in assignments]
        self._db["assignments"].bulk_write(
            [ReplaceOne(tenancy.own({"_id": row["_id"]}), row, upsert=True) for row in rows],
            session=self._session,
        )
        _queue(self._db, self._session, assignments, self.at)

    def numbers_held(self, customer_id: str) -> frozenset[str]:
        """The numbers that are the customer's now."""
        wanted = {"customer_id": customer_id, **_holding(self.at)}
        rows = self._db["assignments"].find(wanted, {"number": 1}, session=self._session)
        return frozenset(row["number"] for row in rows)

    def point(self, customer_id: str, subjects: Mapping[str, str]) -> None:
        """Tell what each of these numbers reaches from now on (see PbxNumberChanged); hold them first.
        Numbers that are not the customer's now are passed over."""
        changed: list[Assignment] = []
        for number, history in self.history(list(subjects)).items():
            for one in history:
                holds = one.term.start <= self.at and (one.term.end is None or one.term.end > self.at)
                if one.customer_id == customer_id and holds and one.subject != subjects[number]:
                    changed.append(replace(one, subject=subjects[number], revision=one.revision + 1))
        if changed:
            self.save(changed)


class NumberReads(Reading):
    """What is asked about numbers."""

    def publish_again(self, after: str, at: datetime) -> list[Assignment]:
        """Queue the events of the next assignments by ID, as they stand; empty when there are no more."""

        def run(session: ClientSession) -> list[Assignment]:
            rows = self._db["assignments"].find({"_id": {"$gt": after}}, session=session)
            batch = [_assignment(row) for row in rows.sort("_id", ASCENDING).limit(PUBLISH_BATCH)]
            if batch:
                _queue(self._db, session, batch, at)
            return batch

        return mongo.transact(self._db, run)

    def ranges(self) -> list[Range]:
        rows = self._db["ranges"].find().sort("first", ASCENDING)
        return [Range(row["_id"], row["first"], row["last"], row["source"]) for row in rows]

    def count_assigned(self, found: Range, now: datetime) -> int:
        within = {"number": {"$gte": found.first, "$lte": found.last}}
        return self._db["assignments"].count_documents({**within, **_holding(now)})

    def range(self, range_id: str) -> Range | None:
        row = self._db["ranges"].find_one({"_id": range_id})
        return Range(row["_id"], row["first"], row["last"], row["source"]) if row else None

    def range_with(self, number: str) -> Range | None:
        """The range that a number is in."""
        row = self._db["numbers"].find_one({"_id": number}, {"range_id": 1})
        return self.range(row["range_id"]) if row else None

    def numbers_of_range(
        self, found: Range, now: datetime, free: bool, after: str | None, limit: int
    ) -> list[tuple[str, list[Assignment]]]:
        """Numbers from the one behind ``after`` on, each with its assignments that hold now or later;
        ``free``: only those that have none."""
        open_ = {"$or": [{"valid_to": None}, {"valid_to": {"$gt": now}}]}
        within = {"$gte": found.first, "$lte": found.last}
        by_number: dict[str, list[Assignment]] = {}
        for row in self._db["assignments"].find({"number": within, **open_}).sort("valid_from", ASCENDING):
            by_number.setdefault(row["number"], []).append(_assignment(row))
        wanted = (n for n in found.numbers() if n > (after or "") and not (free and n in by_number))
        return [(number, by_number.get(number, [])) for number in islice(wanted, limit)]

    def assignments(self, customer_id: str | None, after: str | None, limit: int) -> list[Assignment]:
        """Of one customer or of all, by number and date, ended ones too."""
        return self._page({} if customer_id is None else {"customer_id": customer_id}, after, limit)

    def numbers_held(self, customer_id: str, now: datetime) -> frozenset[str]:
        """The numbers that are the customer's now."""
        rows = self._db["assignments"].find({"customer_id": customer_id, **_holding(now)}, {"number": 1})
        return frozenset(row["number"] for row in rows)

    def numbers_of(self, customer_id: str, now: datetime, after: str | None, limit: int) -> list[Assignment]:
        """The assignments of one customer that hold now, by number."""
        return self._page({"customer_id": customer_id, **_holding(now)}, after, limit)

    def _page(self, wanted: Document, after: str | None, limit: int) -> list[Assignment]:
        if after is not None:
            last = self._db["assignments"].find_one({"_id": after}, dict.fromkeys(ORDER, 1))
            if last is None:
                return []
            wanted = {"$and": [wanted, _later(last)]}
        rows = self._db["assignments"].find(wanted)
        return [_assignment(row) for row in rows.sort([(field, ASCENDING) for field in ORDER]).limit(limit)]


def _holding(now: datetime) -> Document:
    return {"valid_from": {"$lte": now}, "$or": [{"valid_to": None}, {"valid_to": {"$gt": now}}]}


def _later(last: Document) -> Document:
    """What comes behind a row in ORDER."""
    equal = [{field: last[field] for field in ORDER[:index]} for index in range(len(ORDER))]
    return {"$or": [{**same, field: {"$gt": last[field]}} for same, field in zip(equal, ORDER, strict=True)]}


def _queue(
    db: Database[Document], session: ClientSession, assignments: Iterable[Assignment], at: datetime
) -> None:
    outbox.add(db, session, *(wrap(domain.changed(a), a.customer_id, at) for a in assignments))


def _row(assignment: Assignment) -> Document:
    return {
        "_id": assignment.id,
        "customer_id": assignment.customer_id,
        "number": assignment.number,
        "valid_from": assignment.term.start,
        "valid_to": assignment.term.end,
        "subject": assignment.subject,
        "revision": assignment.revision,
    }


def _assignment(row: Document) -> Assignment:
    term = Term(row["valid_from"], row["valid_to"])
    return Assignment(row["_id"], row["customer_id"], row["number"], term, row["subject"], row["revision"])
