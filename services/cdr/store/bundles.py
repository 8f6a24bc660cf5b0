"""What mobile subscriptions may use: a read-model of the events of mobile.

``bundle_customers`` has one document per customer with a subscription: ``n`` grows with each change and each
month, so that what was read once is known to be fresh by one small read; ``unsent`` says from which month on
others have to hear of bundles again, and ``unsettled_from`` from which month on closed periods may hold
something else than what is over now. Both are written in the transaction of the change: whoever reads what
the mark is about at the same time either sees the change, or finds the mark afterwards.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from pymongo import ASCENDING
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.cdr.domain.bundles import Key, Share, Subscription, Terms, changed_from, key_of, terms_of
from shared.mongo import Document, transact

Result = TypeVar("Result")

CUSTOMERS_KEPT = 256
_SHARE = ("kind", "volume", "begin", "end", "group", "module", "unit", "rate")


def ensure_indexes(db: Database[Document]) -> None:
    db["subscriptions"].create_index([("customer", ASCENDING)])
    db["bundle_customers"].create_index(
        [("unsent.at", ASCENDING)], partialFilterExpression={"unsent.at": {"$exists": True}}
    )


@dataclass
class Known:
    """A customer's subscriptions as of change ``n``; terms are worked out once per month."""

    n: int
    subscriptions: tuple[Subscription, ...]
    labels: Mapping[str, str]
    _terms: dict[int, Terms] = field(default_factory=dict)

    def terms(self, month: int) -> Terms:
        found = self._terms.get(month)
        if found is None:
            found = self._terms[month] = terms_of(self.subscriptions, month)
        return found


NOTHING = Known(0, (), {})


class BundleStore:
    def __init__(self, db: Database[Document]) -> None:
        self._db = db
        self._known: OrderedDict[str, Known] = OrderedDict()

    def save(
        self, customer: str, revision: int, subscription: Subscription, facts: Document, now: datetime
    ) -> bool:
        """Keep what an event says of a subscription, unless a newer revision is known; whether it was news.
        ``facts`` are kept beside it."""

        def work(session: ClientSession) -> bool:
            known = self._db["subscriptions"].find_one({"_id": subscription.id}, session=session)
            if known is not None and known["revision"] >= revision:
                return False
            before = {known["customer"]: _subscription(known)} if known else {}
            for one in {customer, *before}:
                after = subscription if one == customer else None
                self._mark(session, one, before.get(one), after, now)
            document = {**facts, **_document(subscription), "customer": customer, "revision": revision}
            self._db["subscriptions"].replace_one(
                {"_id": subscription.id}, document, upsert=True, session=session
            )
            return True

        return transact(self._db, work)

    def _mark(
        self,
        session: ClientSession,
        customer: str,
        before: Subscription | None,
        after: Subscription | None,
        now: datetime,
    ) -> None:
        update: Document = {"$inc": {"n": 1}}
        month = changed_from(before, after)
        if month is not None:
            gone = _keys(before) - _keys(after)
            update["$min"] = {"unsent.from": month, "unsent.at": now, "unsettled_from": month}
            changed = [one.id for one in (after or before,) if one]
            update["$addToSet"] = {
                "unsent.gone": {"$each": [list(key) for key in sorted(gone)]},
                "unsent.changed": {"$each": changed},
            }
        self._db["bundle_customers"].update_one({"_id": customer}, update, upsert=True, session=session)

    def marks(self, customer: str, session: ClientSession | None = None) -> Document | None:
        """The customer's document; None when they have no subscription."""
        return self._db["bundle_customers"].find_one({"_id": customer}, session=session)

    def known(self, customer: str, session: ClientSession) -> Known:
        """The customer's subscriptions, as the session sees them."""
        marks = self.marks(customer, session)
        if marks is None:
            return NOTHING
        kept = self._known.get(customer)
        if kept is None or kept.n != marks["n"]:
            found = self._db["subscriptions"].find({"customer": customer}, session=session)
            subscriptions = tuple(map(_subscription, found))
            labels = {one.id: one.label for one in subscriptions}
            kept = self._known[customer] = Known(marks["n"], subscriptions, labels)
        self._known.move_to_end(customer)
        while len(self._known) > CUSTOMERS_KEPT:
            self._known.popitem(last=False)
        return kept

    def settle(self, customer: str, session: ClientSession) -> None:
        """All closed periods hold now what is over."""
        self._db["bundle_customers"].update_one(
            {"_id": customer, "unsettled_from": {"$exists": True}},
            {"$unset": {"unsettled_from": ""}},
            session=session,
        )

    def unsent(self, before: datetime, limit: int) -> list[str]:
        """Customers whose bundles changed before a moment, and others have not heard."""
        query = {"unsent.at": {"$exists": True, "$lt": before}}
        found = self._db["bundle_customers"].find(query, {"_id": 1}).sort("unsent.at", ASCENDING)
        return [one["_id"] for one in found.limit(limit)]

    def sent(self, customer: str, n: int) -> None:
        """Others have heard of the bundles as of change ``n``; what changed since is still to be told."""
        self._db["bundle_customers"].update_one({"_id": customer, "n": n}, {"$unset": {"unsent": ""}})

    def run(self, work: Callable[[ClientSession], Result]) -> Result:
        """``work`` in one transaction."""
        return transact(self._db, work)

    def begin_month(self, month: int, now: datetime) -> None:
        """In a new month all bundles begin anew: others have to hear of them, used or not."""

        def work(session: ClientSession) -> None:
            reference = self._db["reference"]
            begun = reference.find_one({"_id": "bundles"}, session=session)
            if begun is not None and begun["month"] >= month:
                return
            reference.update_one({"_id": "bundles"}, {"$set": {"month": month}}, upsert=True, session=session)
            mark = {"$inc": {"n": 1}, "$min": {"unsent.from": month, "unsent.at": now}}
            self._db["bundle_customers"].update_many({}, mark, session=session)

        transact(self._db, work)


def _keys(subscription: Subscription | None) -> set[Key]:
    return {key_of(subscription.id, one) for one in subscription.shares} if subscription else set()


def _document(subscription: Subscription) -> Document:
    shares = [
        {**{name: getattr(one, name) for name in _SHARE}, "types": sorted(one.types)}
        for one in subscription.shares
    ]
    return {
        "_id": subscription.id,
        "label": subscription.label,
        "begin": subscription.begin,
        "end": subscription.end,
        "shares": shares,
    }


def _subscription(document: Document) -> Subscription:
    return Subscription(
        id=document["_id"],
        label=document["label"],
        begin=document["begin"],
        end=document["end"],
        shares=tuple(map(_share, document["shares"])),
    )


def _share(document: Mapping[str, Any]) -> Share:
    return Share(types=frozenset(document["types"]), **{name: document[name] for name in _SHARE})
