"""What cdr told of usage, by subscription and month and by customer and month."""

from __future__ import annotations

from collections.abc import Iterable

from pymongo import ASCENDING, IndexModel, ReplaceOne
from pymongo.collection import Collection

from services.mobile.domain.usage import BundleSum, CustomerMonth, SubscriptionMonth, TypeSum
from services.mobile.store.base import Reading, Transaction
from shared import tenancy
from shared.mongo import Document

INDEXES = {
    "subscription_months": [IndexModel([("customer_id", ASCENDING), ("month", ASCENDING)])],
    "customer_months": [IndexModel([("month", ASCENDING)])],
}

Key = tuple[str, str]
"""Of a subscription or a customer, and a month."""


class UsageChanges(Transaction):
    """An event's view of what was used."""

    def subscription_months(self, customer_id: str, keys: Iterable[Key]) -> dict[Key, SubscriptionMonth]:
        """Of each key; what is not there yet is empty."""
        wanted = list(keys)
        ids = {"_id": {"$in": [_id(key) for key in wanted]}, "customer_id": customer_id}
        found = self._db["subscription_months"].find(ids, session=self._session)
        known = {(row["subscription_id"], row["month"]): _subscription_month(row) for row in found}
        return {key: known.get(key) or SubscriptionMonth(customer_id, *key) for key in wanted}

    def months_of(self, customer_id: str, month: str) -> list[SubscriptionMonth]:
        """Of all subscriptions of which something is known."""
        wanted = {"customer_id": customer_id, "month": month}
        found = self._db["subscription_months"].find(wanted, session=self._session)
        return [_subscription_month(row) for row in found]

    def customer_month(self, customer_id: str, month: str) -> CustomerMonth:
        row = self._db["customer_months"].find_one({"_id": _id((customer_id, month))}, session=self._session)
        return _customer_month(row) if row else CustomerMonth(customer_id, month)

    def save_months(self, customer: CustomerMonth, subscriptions: Iterable[SubscriptionMonth]) -> None:
        """Store them. Every change of a month writes the customer's document, also one that leaves it as it
        is, so that two at once collide and one runs again and sees what the other did."""
        writes = [
            ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in map(_subscription_row, subscriptions)
        ]
        if writes:
            self._db["subscription_months"].bulk_write(writes, session=self._session)
        row = _customer_row(customer)
        self._db["customer_months"].update_one(
            {"_id": row.pop("_id")}, {"$set": row, "$inc": {"writes": 1}}, upsert=True, session=self._session
        )


class UsageReads(Reading):
    """What was used, for pages."""

    def subscription_months(self, ids: Iterable[str], month: str) -> dict[str, SubscriptionMonth]:
        """By subscription; without what nothing is known of."""
        wanted = tenancy.own({"_id": {"$in": [_id((each, month)) for each in ids]}})
        found: Collection[Document] = self._db["subscription_months"]
        return {row["subscription_id"]: _subscription_month(row) for row in found.find(wanted)}

    def customer_month(self, customer_id: str, month: str) -> CustomerMonth:
        row = self._db["customer_months"].find_one({"_id": _id((customer_id, month))})
        return _customer_month(row) if row else CustomerMonth(customer_id, month)


def _id(key: Key) -> str:
    return "|".join(key)


def _subscription_row(month: SubscriptionMonth) -> Document:
    return {
        "_id": _id((month.subscription_id, month.month)),
        "customer_id": month.customer_id,
        "subscription_id": month.subscription_id,
        "month": month.month,
        "types": [
            [code, s.sequence, s.events, s.seconds, s.bytes, s.messages, s.amount]
            for code, s in sorted(month.types.items())
        ],
        "bundles": _bundle_rows(month.bundles),
    }


def _subscription_month(row: Document) -> SubscriptionMonth:
    types = {code: TypeSum(*map(int, values)) for code, *values in row["types"]}
    return SubscriptionMonth(
        row["customer_id"], row["subscription_id"], row["month"], types, _bundles(row["bundles"])
    )


def _customer_row(month: CustomerMonth) -> Document:
    return {
        "_id": _id((month.customer_id, month.month)),
        "customer_id": month.customer_id,
        "month": month.month,
        "subscriptions_cost": month.subscriptions_cost,
        "groups": _bundle_rows(month.groups),
        "updated_at": month.updated_at,
    }


def _customer_month(row: Document) -> CustomerMonth:
    return CustomerMonth(
        row["customer_id"],
        row["month"],
        int(row["subscriptions_cost"]),
        _bundles(row["groups"]),
        row["updated_at"],
    )


def _bundle_rows(bundles: object) -> list[list[object]]:
    assert isinstance(bundles, dict)
    return [[key, b.sequence, b.used, b.allowance, b.over, b.amount] for key, b in sorted(bundles.items())]


def _bundles(found: list[list[int]]) -> dict[str, BundleSum]:
    """``int``: large numbers come back as a class of the driver's own."""
    return {str(key): BundleSum(*map(int, values)) for key, *values in found}
