"""Limits that customers set, and the warnings that were given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pymongo import ASCENDING, IndexModel

from services.mobile.domain.limits import Setting
from services.mobile.store.base import Reading, Transaction
from shared.mongo import Document

KEEP_WARNINGS = timedelta(days=400)
INDEXES = {
    "limits": [IndexModel([("customer_id", ASCENDING), ("subject", ASCENDING)])],
    "warnings": [
        IndexModel([("customer_id", ASCENDING), ("month", ASCENDING), ("subject", ASCENDING)]),
        IndexModel([("at", ASCENDING)], expireAfterSeconds=int(KEEP_WARNINGS.total_seconds())),
    ],
}

Place = tuple[str, str]
"""Subject (a subscription's ID, ``group:<code>``, or empty for the customer) and the limit's code."""


class LimitChanges(Transaction):
    """What a command or event reads and writes of limits."""

    def settings(self, customer_id: str, subjects: Iterable[str]) -> dict[Place, Setting]:
        wanted = {"customer_id": customer_id, "subject": {"$in": list(subjects)}}
        return _settings(self._db["limits"].find(wanted, session=self._session))

    def subjects_with(self, customer_id: str, code: str) -> list[str]:
        """The subscriptions that have this limit by a setting of their own."""
        wanted = {"customer_id": customer_id, "code": code, "value": {"$ne": None}}
        return [row["subject"] for row in self._db["limits"].find(wanted, session=self._session)]

    def set_limit(self, customer_id: str, place: Place, setting: Setting | None) -> None:
        """None: nothing of one's own, so the default holds."""
        _id = f"{customer_id}|{'|'.join(place)}"
        if setting is None:
            self._db["limits"].delete_one({"_id": _id}, session=self._session)
            return
        kept = {"_id": _id, "customer_id": customer_id, "subject": place[0], "code": place[1]}
        row = {**kept, "value": setting.value, "set_at": setting.set_at}
        self._db["limits"].replace_one({"_id": _id}, row, upsert=True, session=self._session)

    def told(self, customer_id: str, month: str, subjects: Iterable[str]) -> dict[Place, list[int]]:
        """Thresholds of which a warning was given in that month."""
        wanted = {"customer_id": customer_id, "month": month, "subject": {"$in": list(subjects)}}
        found: dict[Place, list[int]] = {}
        for row in self._db["warnings"].find(wanted, session=self._session):
            found.setdefault((row["subject"], row["code"]), []).append(int(row["threshold"]))
        return found

    def add_warning(self, customer_id: str, month: str, place: Place, threshold: int) -> str:
        """Note that a warning is given; its ID, which no other warning can have."""
        warning_id = "|".join((customer_id, *place, month, str(threshold)))
        self._db["warnings"].insert_one(
            {
                "_id": warning_id,
                "customer_id": customer_id,
                "month": month,
                "subject": place[0],
                "code": place[1],
                "threshold": threshold,
                "at": self.at,
            },
            session=self._session,
        )
        return warning_id


class LimitReads(Reading):
    """Limits for pages."""

    def settings(self, customer_id: str, subject: str) -> dict[Place, Setting]:
        return _settings(self._db["limits"].find({"customer_id": customer_id, "subject": subject}))

    def reached(self, customer_id: str, month: str, subject: str) -> dict[str, list[tuple[int, datetime]]]:
        """By the limit's code: thresholds that were reached in the month, and when."""
        found: dict[str, list[tuple[int, datetime]]] = {}
        for row in self._db["warnings"].find(
            {"customer_id": customer_id, "month": month, "subject": subject}
        ):
            found.setdefault(row["code"], []).append((int(row["threshold"]), row["at"]))
        return found


def _settings(found: Iterable[Document]) -> dict[Place, Setting]:
    return {(row["subject"], row["code"]): Setting(_value(row), row["set_at"]) for row in found}


def _value(row: Document) -> int | None:
    """Large numbers come back as a class of the driver's own."""
    return None if row["value"] is None else int(row["value"])
