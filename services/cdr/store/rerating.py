"""What re-ratings have worked out and booked: changes by row, sums by customer.

``rerate_changes`` has one document per row that would change, with the facts that staff want to see of
it; ``rerate_sums`` one per customer. Both go away with their job.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, ReplaceOne, UpdateOne
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.cdr.domain.periods import following
from services.cdr.domain.posting import Row, row_id
from services.cdr.domain.rerating import Change, Fate, Scope, Settled, Sums
from services.cdr.domain.selection import Place
from services.cdr.store.counters import CounterStore, Span
from services.cdr.store.details import DetailsStore
from services.cdr.store.usage import ordinal
from shared.jobs import KEEP, JobState, JobStore
from shared.mongo import Document, transact

PAGE = 1000
_SHOWN = ("start", "number", "receiver", "kind", "quantity", "period", "plan")


def ensure_indexes(db: Database[Document]) -> None:
    db["rerate_changes"].create_index([("job", ASCENDING), ("weight", DESCENDING), ("_id", ASCENDING)])
    db["rerate_changes"].create_index(
        [("job", ASCENDING), ("customer", ASCENDING), ("weight", DESCENDING), ("_id", ASCENDING)]
    )
    db["rerate_sums"].create_index([("job", ASCENDING), ("weight", DESCENDING), ("_id", ASCENDING)])
    for name in ("rerate_changes", "rerate_sums"):
        db[name].create_index([("at", ASCENDING)], expireAfterSeconds=int(KEEP.total_seconds()))


@dataclass(frozen=True)
class Turn:
    """A process's turn at a preview: ``claimed``, in each transaction that writes of it, raises when another
    process has taken the job over, which goes on from what stands."""

    job: str
    claimed: Callable[[ClientSession], None]


class RerateStore:
    def __init__(self, db: Database[Document]) -> None:
        self.db = self._db = db
        self.jobs = JobStore(db)
        self._details = DetailsStore(db)
        self._counters = CounterStore(db)

    def claim_booking(self, preview: str, job: str, session: ClientSession) -> bool:
        """Let a job book a preview; False when another one does or did, and was not broken off."""
        bookings = self._db["rerate_bookings"]
        known = bookings.find_one({"_id": preview}, session=session)
        if known is not None:
            before = self.jobs.get(known["job"])
            if before is not None and before.state not in (JobState.FAILED, JobState.CANCELLED):
                return False
        bookings.replace_one({"_id": preview}, {"job": job}, upsert=True, session=session)
        return True

    def booking(self, preview: str) -> str | None:
        """The job that books or has booked a preview."""
        found = self._db["rerate_bookings"].find_one({"_id": preview})
        return str(found["job"]) if found else None

    def customers(self, scope: Scope) -> list[str]:
        """Whose usage may be in the scope, in order of ID."""
        if scope.customer is not None:
            return [scope.customer]
        query: Document = {"period": scope.period}
        if scope.period is None:
            query = {"month": {"$in": _months(scope)}}
        found = set(self._db["counters_month"].distinct("customer", query))
        for document in self._db["ledger"].find():  # what is not folded yet, at most some dozens
            found |= document["customers"].keys()
        return sorted(found)

    def size(self, customers: Sequence[str], scope: Scope) -> int:
        """About how many rows there are to look at: for progress only."""
        total = 0
        for customer in customers:
            span = Span(period=scope.period, months=() if scope.period is not None else _months(scope))
            counts = self._counters.sums(customer, span, numbers=False)
            total += sum(count.sums[0] for count in counts)
        return total

    def standing_rows(self, customer: str, scope: Scope) -> Iterator[Sequence[Row]]:
        """The newest row of each record of a customer, for records whose newest is in the scope's days;
        page by page, newest first."""
        place = Place()
        while page := self._details.page(customer, scope.selection, "start", PAGE, place):
            rows = [row for row in page if row["sign"] == 1]
            # Ordinals have no gaps: a row that was taken back has one with the next ordinal.
            after = {_next(row["_id"]): row["_id"] for row in rows}
            found = self._db["usage"].find({"_id": {"$in": list(after)}}, {"_id": 1})
            replaced = {after[document["_id"]] for document in found}
            yield [row for row in rows if row["_id"] not in replaced]
            place = Place(key=page[-1])

    def begin(self, turn: Turn, customer: str) -> None:
        """Forget what a process that was killed has kept of this customer; some at a time."""
        changes = self._db["rerate_changes"]
        query = {"job": turn.job, "customer": customer}

        def some(session: ClientSession) -> bool:
            turn.claimed(session)
            ids = [one["_id"] for one in changes.find(query, {"_id": 1}, session=session).limit(PAGE)]
            if ids:
                changes.delete_many({"_id": {"$in": ids}}, session=session)
            return bool(ids)

        while transact(self._db, some):
            pass

    def keep(self, turn: Turn, changes: Sequence[tuple[Change, Row]]) -> None:
        now = datetime.now(UTC)
        writes = []
        for change, row in changes:
            document = {
                **asdict(change),
                "job": turn.job,
                "weight": abs(change.new - change.old),
                "shown": {name: row[name] for name in _SHOWN},
                "type_before": row["type"],
                "at": now,
            }
            writes.append(ReplaceOne({"_id": f"{turn.job}|{change.key}"}, document, upsert=True))

        def work(session: ClientSession) -> None:
            turn.claimed(session)
            self._db["rerate_changes"].bulk_write(writes, ordered=False, session=session)

        transact(self._db, work)

    def end(self, turn: Turn, customer: str, sums: Sums) -> None:
        document = {
            **asdict(sums),
            "job": turn.job,
            "customer": customer,
            "weight": abs(sums.new - sums.old),
            "at": datetime.now(UTC),
        }
        identity = {"_id": f"{turn.job}|{customer}"}

        def work(session: ClientSession) -> None:
            turn.claimed(session)
            self._db["rerate_sums"].replace_one(identity, document, upsert=True, session=session)

        transact(self._db, work)

    def total(self, job: str) -> Document:
        """The sums of all customers: ``customers``, those with changes, and the fields of Sums."""
        names = ("rows", "changes", "closed", "no_rate", "old", "new")
        group: Document = {"_id": None, **{name: {"$sum": f"${name}"} for name in names}}
        group["customers"] = {"$sum": {"$cond": [{"$gt": ["$changes", 0]}, 1, 0]}}
        found = next(
            iter(self._db["rerate_sums"].aggregate([{"$match": {"job": job}}, {"$group": group}])), {}
        )
        return {name: found.get(name, 0) for name in (*names, "customers")}

    def changes_after(self, job: str, after: str, limit: int) -> list[Change]:
        """Changes that have not been booked yet, by record, after the given one."""
        query = {"_id": {"$gt": f"{job}|{after}", "$lt": f"{job}}}"}, "fate": None}
        found = self._db["rerate_changes"].find(query).sort("_id", ASCENDING).limit(limit)
        names = Change.__dataclass_fields__
        return [Change(**{name: document[name] for name in names}) for document in found]

    def mark(self, preview: str, settled: Sequence[Settled], session: ClientSession) -> None:
        """Write what became of changes."""
        self._db["rerate_changes"].bulk_write(
            [
                UpdateOne(
                    {"_id": f"{preview}|{one.key}"},
                    {"$set": {"fate": one.fate, "booked_for": one.customer, "difference": one.difference}},
                )
                for one in settled
            ],
            ordered=False,
            session=session,
        )

    def fates(self, preview: str) -> tuple[dict[str, int], dict[str, tuple[int, int]]]:
        """(changes by fate, (corrections, difference) by customer) of what has been booked."""
        key = {"fate": "$fate", "customer": "$booked_for"}
        group = {"_id": key, "n": {"$sum": 1}, "difference": {"$sum": "$difference"}}
        stages: list[Document] = [{"$match": {"job": preview, "fate": {"$exists": True}}}, {"$group": group}]
        fates: dict[str, int] = {}
        customers: dict[str, tuple[int, int]] = {}
        for found in self._db["rerate_changes"].aggregate(stages):
            fate, customer = found["_id"]["fate"], found["_id"]["customer"]
            fates[fate] = fates.get(fate, 0) + found["n"]
            if fate in (Fate.BOOKED, Fate.RECOMPUTED):
                rows, difference = customers.get(customer, (0, 0))
                customers[customer] = rows + found["n"], difference + found["difference"]
        return fates, customers

    def sums_page(self, job: str, after: Mapping[str, Any] | None, limit: int) -> list[Document]:
        """Customers' sums with changes or without a rate, the largest difference first."""
        query: Document = {"job": job, "$or": [{"changes": {"$gt": 0}}, {"no_rate": {"$gt": 0}}]}
        return self._page("rerate_sums", query, after, limit)

    def changes_page(
        self, job: str, customer: str | None, after: Mapping[str, Any] | None, limit: int
    ) -> list[Document]:
        """Changes, the largest difference first."""
        query: Document = {"job": job} | ({"customer": customer} if customer else {})
        return self._page("rerate_changes", query, after, limit)

    def _page(
        self, name: str, query: Document, after: Mapping[str, Any] | None, limit: int
    ) -> list[Document]:
        if after is not None:
            beyond = [
                {"weight": {"$lt": after["weight"]}},
                {"weight": after["weight"], "_id": {"$gt": after["id"]}},
            ]
            query = {"$and": [query, {"$or": beyond}]}
        order = [("weight", DESCENDING), ("_id", ASCENDING)]
        return list(self._db[name].find(query).sort(order).limit(limit))


def _next(identity: str) -> str:
    return row_id(identity.rpartition("|")[0], ordinal(identity) + 1)


def _months(scope: Scope) -> list[int]:
    assert scope.first is not None and scope.last is not None
    months = [scope.first.year * 100 + scope.first.month]
    while months[-1] < scope.last.year * 100 + scope.last.month:
        months.append(following(months[-1]))
    return months
