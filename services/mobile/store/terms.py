"""What customers have agreed on, partners' default limits, and whose customer somebody is."""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, IndexModel

from services.mobile.domain.limits import Setting
from services.mobile.domain.terms import Deviation, Step, Terms
from services.mobile.store.base import Reading, Transaction
from shared import tenancy
from shared.mongo import Document

tenancy.common("defaults")
"""What partners choose for all their customers."""

INDEXES = {
    "terms": [IndexModel([("untold", ASCENDING)], partialFilterExpression={"untold": True})],
    "customers": [IndexModel([("parent_id", ASCENDING)])],
}


class TermsChanges(Transaction):
    """A command's view of terms and defaults."""

    def terms(self, customer_id: str) -> Terms:
        return _terms(self._db["terms"].find_one({"_id": customer_id}, session=self._session))

    def hold_terms(self, customer_id: str) -> None:
        """Keep a customer's terms to this transaction, for a new subscription: nobody who tells of other
        terms sees it yet, so the two must collide, as with numbers (``SubscriptionChanges.hold``)."""
        change = {"$inc": {"holds": 1}, "$setOnInsert": {"steps": []}}
        self._db["terms"].update_one({"_id": customer_id}, change, upsert=True, session=self._session)

    def save_terms(self, customer_id: str, terms: Terms) -> None:
        """Store them; the worker then tells others of each subscription anew (``untold``)."""
        kept = {"_id": customer_id, "steps": [_step_row(s) for s in terms.steps], "untold": True, "after": ""}
        self._db["terms"].replace_one({"_id": customer_id}, kept, upsert=True, session=self._session)

    def told_up_to(self, customer_id: str, after: str | None) -> None:
        """How far the telling came; None: it is complete."""
        change: Document = (
            {"$unset": {"untold": "", "after": ""}} if after is None else {"$set": {"after": after}}
        )
        self._db["terms"].update_one({"_id": customer_id}, change, session=self._session)

    def untold_after(self, customer_id: str) -> str | None:
        """The last subscription that was told of; None when there is nothing to tell."""
        row = self._db["terms"].find_one({"_id": customer_id, "untold": True}, session=self._session)
        return str(row["after"]) if row else None

    def parent_of(self, customer_id: str) -> str | None:
        row = self._db["customers"].find_one({"_id": customer_id}, session=self._session)
        return row["parent_id"] if row else None

    def customer_revision(self, customer_id: str) -> int:
        row = self._db["customers"].find_one({"_id": customer_id}, session=self._session)
        return row["revision"] if row else 0

    def keep_customer(self, customer_id: str, parent_id: str | None, revision: int) -> None:
        kept = {"_id": customer_id, "parent_id": parent_id, "revision": revision}
        self._db["customers"].replace_one({"_id": customer_id}, kept, upsert=True, session=self._session)

    def defaults(self, partner_id: str | None) -> dict[str, Setting]:
        """A partner's default limits by code."""
        if partner_id is None:
            return {}
        return _defaults(self._db["defaults"].find_one({"_id": partner_id}, session=self._session))

    def save_defaults(self, partner_id: str, defaults: dict[str, Setting]) -> None:
        kept = {code: {"value": s.value, "set_at": s.set_at} for code, s in defaults.items()}
        self._db["defaults"].replace_one(
            {"_id": partner_id}, {"_id": partner_id, "limits": kept}, upsert=True, session=self._session
        )


class TermsReads(Reading):
    """Terms and defaults outside a command."""

    def terms(self, customer_id: str) -> Terms:
        return _terms(self._db["terms"].find_one({"_id": customer_id}))

    def untold(self) -> str | None:
        """A customer whose new terms others have yet to hear of."""
        row = self._db["terms"].find_one({"untold": True}, {"_id": 1})
        return str(row["_id"]) if row else None

    def parent_of(self, customer_id: str) -> str | None:
        row = self._db["customers"].find_one({"_id": customer_id})
        return row["parent_id"] if row else None

    def defaults(self, partner_id: str | None) -> dict[str, Setting]:
        return {} if partner_id is None else _defaults(self._db["defaults"].find_one({"_id": partner_id}))


def _step_row(step: Step) -> Document:
    return {
        "month": step.month,
        "bundles": [{"bundle": c, "volume": d.volume, "rate": d.rate} for c, d in step.bundles.items()],
        "block_cost": step.block_cost,
        "unblock_cost": step.unblock_cost,
    }


def _terms(row: Document | None) -> Terms:
    if row is None:
        return Terms()
    return Terms(tuple(_step(each) for each in row["steps"]))


def _step(row: Document) -> Step:
    bundles = {each["bundle"]: Deviation(_whole(each["volume"]), each["rate"]) for each in row["bundles"]}
    return Step(row["month"], bundles, row["block_cost"], row["unblock_cost"])


def _defaults(row: Document | None) -> dict[str, Setting]:
    found: dict[str, Any] = row["limits"] if row else {}
    return {code: Setting(_whole(each["value"]), each["set_at"]) for code, each in found.items()}


def _whole(found: int | None) -> int | None:
    """Large numbers come back as a class of the driver's own."""
    return None if found is None else int(found)
