"""What mobile subscriptions used per month of use and call type: the sums of their rows.

Like counters they are folded from the ledger; here a document holds the subscriptions of a customer whose
ID begins alike, so that a reader of a month reads a few documents, however many subscriptions there are. It
also says in which period it was booked: so one sees which months got late usage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

from pymongo import ASCENDING, UpdateOne
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.cdr.domain.bundles import USE, Used
from shared.mongo import Document

CustomerMonth = tuple[str, int]

Touched = dict[CustomerMonth, set[tuple[str, str]]]
"""(customer, month of use) → (subscription, call type)."""

Sums = dict[str, dict[str, Used]]
"""bundles.Uses"""

NONE: Used = (0, 0, 0, 0, 0, 0)
_AT_ONCE = 100


def ensure_indexes(db: Database[Document]) -> None:
    db["subscription_use"].create_index([("customer", ASCENDING), ("month", ASCENDING)])
    db["subscription_use"].create_index([("customer", ASCENDING), ("period", ASCENDING)])


class SubscriptionUseStore:
    def __init__(self, db: Database[Document]) -> None:
        self._db = db

    def add(self, ledger: Iterable[Document], session: ClientSession) -> Touched:
        """Fold these ledger documents; what was touched."""
        shelves: defaultdict[tuple[str, int, int, str], defaultdict[str, int]]
        shelves = defaultdict(lambda: defaultdict(int))
        touched: Touched = defaultdict(set)
        for document in ledger:
            for customer, uses in document.get("uses", {}).items():
                for subscription, month, period, call_type, *sums in uses:
                    shelf = shelves[customer, month, period, subscription[0]]
                    touched[customer, month].add((subscription, call_type))
                    for name, value in zip(USE, sums, strict=False):  # once there was nothing waived
                        if value:
                            shelf[f"subscriptions.{subscription}.{call_type}.{name}"] += value
        if shelves:
            updates = [_update(*shelf, sums) for shelf, sums in shelves.items()]
            self._db["subscription_use"].bulk_write(updates, ordered=False, session=session)
        return touched

    def read(
        self, wanted: Sequence[CustomerMonth], session: ClientSession, folded: bool = False
    ) -> dict[CustomerMonth, Sums]:
        """The sums of customers' months, what is still in the ledger included unless only what is
        ``folded`` is asked for."""
        found: dict[CustomerMonth, Sums] = {pair: defaultdict(dict) for pair in wanted}
        for start in range(0, len(wanted), _AT_ONCE):
            either = [{"customer": c, "month": m} for c, m in wanted[start : start + _AT_ONCE]]
            for document in self._db["subscription_use"].find({"$or": either}, session=session):
                _merge(found[document["customer"], document["month"]], document.get("subscriptions", {}))
        if not folded:
            for customer in {customer for customer, _ in wanted}:
                for subscription, month, _period, call_type, *sums in self._open_ledger(customer, session):
                    if (customer, month) in found:
                        _add(found[customer, month], subscription, call_type, sums)
        return found

    def months(self, customer: str, session: ClientSession) -> set[int]:
        """All months in which the customer's subscriptions were used."""
        return {
            *self._months({"customer": customer}, session),
            *(use[1] for use in self._open_ledger(customer, session)),
        }

    def late_months(self, customer: str, newest: int, period: int, session: ClientSession) -> set[int]:
        """The months up to the ``newest`` closed one of which use is booked in the periods after it, up to
        ``period``."""
        query = {
            "customer": customer,
            "period": {"$gt": newest, "$lte": period},
            "month": {"$lte": newest},
        }
        late = {
            month
            for _, month, booked, *_ in self._open_ledger(customer, session)
            if newest < booked <= period and month <= newest
        }
        return self._months(query, session) | late

    def _months(self, query: Document, session: ClientSession) -> set[int]:
        found = self._db["subscription_use"].find(query, {"month": 1, "_id": 0}, session=session)
        return {one["month"] for one in found}

    def _open_ledger(self, customer: str, session: ClientSession) -> Iterator[list[Any]]:
        field = f"uses.{customer}"
        for document in self._db["ledger"].find({field: {"$exists": True}}, {field: 1}, session=session):
            yield from document["uses"][customer]


def _update(customer: str, month: int, period: int, first: str, sums: dict[str, int]) -> UpdateOne:
    name = f"{customer}|{month}|{period}|{first}"
    update: Document = {"$setOnInsert": {"customer": customer, "month": month, "period": period}}
    return UpdateOne({"_id": name}, update | ({"$inc": dict(sums)} if sums else {}), upsert=True)


def _merge(into: Sums, subscriptions: Document) -> None:
    for subscription, types in subscriptions.items():
        for call_type, sums in types.items():
            _add(into, subscription, call_type, map(sums.get, USE, NONE))


def _add(into: Sums, subscription: str, call_type: str, sums: Iterable[int]) -> None:
    types = into[subscription]
    both = zip_longest(types.get(call_type, NONE), sums, fillvalue=0)
    types[call_type] = tuple(one + other for one, other in both)  # type: ignore[assignment]
