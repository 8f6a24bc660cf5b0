"""Anonymising rows of old closed periods, and the terms by which that happens.

A row stays, with its ID, what it counted and its amount, so that a carrier's repetition finds it, a
correction can take it back, and counters are still the sum of rows. Who called whom, where and at what
time of the day goes, and people see the row no more. The numbers go from the dictionary of parties as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pymongo import DESCENDING
from pymongo.database import Database

from services.cdr.domain.numbers import ANONYMOUS
from services.cdr.domain.refusal import DISCARDED, FORGOTTEN
from services.cdr.store.commands import Changes
from services.cdr.store.parties import Parties
from shared.mongo import Document

HOUSE = "house"
BATCH = 500

_DAY: dict[str, Any] = {"$dateTrunc": {"date": "$start", "unit": "day", "timezone": "Europe/Amsterdam"}}
_ANONYMOUS: list[Document] = [
    {
        "$set": {
            "sender": ANONYMOUS,
            "receiver": ANONYMOUS,
            "destination": "",
            "start": _DAY,
            "hidden": True,
            "anonymised": True,
        }
    },
    {"$unset": ["roaming", "prefix"]},
]


class RetentionStore:
    def __init__(self, db: Database[Document]) -> None:
        self._usage = db["usage"]
        self._periods = db["periods"]
        self._terms = db["retention"]
        self._counters = db["counters_month"]
        self._parties = Parties(db)
        self._changes = db["rerate_changes"]
        self._quarantine = db["quarantine"]

    def terms(self, changes: Changes | None = None) -> Mapping[str, int]:
        """Months by customer ID, and by HOUSE for whoever has no term of their own."""
        session = changes.session if changes else None
        return {row["_id"]: row["months"] for row in self._terms.find(session=session)}

    def set_term(self, whose: str, months: int | None, changes: Changes) -> None:
        """None: the house's term again (for the house: the preset)."""
        if months is None:
            self._terms.delete_one({"_id": whose}, session=changes.session)
        else:
            self._terms.update_one(
                {"_id": whose}, {"$set": {"months": months}}, upsert=True, session=changes.session
            )

    def closed(self, customer: str | None = None) -> list[tuple[str, int]]:
        """(customer, closed period) of which details are still there, oldest first."""
        query: Document = {"anonymised_at": {"$exists": False}}
        if customer is not None:
            query["customer"] = customer
        found = self._periods.find(query, {"customer": 1, "period": 1}).sort("period")
        return [(row["customer"], row["period"]) for row in found]

    def rows(self, customer: str, period: int) -> int:
        """How many rows of a period still tell who called whom."""
        return self._usage.count_documents(_told(customer, period))

    def anonymise(self, customer: str, period: int) -> int:
        """The next few rows of a period; how many, 0 when all are done."""
        found = self._usage.find(_told(customer, period), {"_id": 1}).limit(BATCH)
        ids = [row["_id"] for row in found]
        if ids:
            self._usage.update_many({"_id": {"$in": ids}}, _ANONYMOUS)
        return len(ids)

    def anonymise_changes(self, customer: str, period: int) -> None:
        """The same for what re-ratings keep of a period's rows."""
        told = {"customer": customer, "shown.period": period, "shown.receiver": {"$ne": ANONYMOUS}}
        day = {**_DAY["$dateTrunc"], "date": "$shown.start"}
        hide = {"shown.receiver": ANONYMOUS, "shown.start": {"$dateTrunc": day}, "destination": ""}
        self._changes.update_many(told, [{"$set": hide}])

    def anonymise_discarded(self, before: datetime) -> int:
        """The next few events that staff had put aside and that came before a moment: that they came and why
        they were put aside stays, what they said goes. How many, 0 when all are done."""
        query = {"reason": DISCARDED, "received_at": {"$lt": before}, "sentence": {"$ne": FORGOTTEN}}
        ids = [one["_id"] for one in self._quarantine.find(query, {"_id": 1}).limit(BATCH)]
        if ids:
            forget = {"sentence": FORGOTTEN, "source": b"", "number": None, "case": ""}
            self._quarantine.update_many({"_id": {"$in": ids}}, {"$set": forget})
        return len(ids)

    def forget_parties(self, customer: str, period: int) -> Iterator[int]:
        """Remove the parties that no row tells of any more, now that those of this period do not either;
        yields how many, few by few."""
        found = self._periods.find({"customer": customer, "anonymised_at": {"$exists": True}}, {"period": 1})
        silent = {period, *(row["period"] for row in found)}
        booked = set(self._counters.distinct("period", {"customer": customer}))
        return self._parties.forget(customer, max(silent), booked - silent)

    def finish(self, customer: str, period: int, now: datetime, changes: Changes) -> bool:
        """All rows of the period are done; False when another process said so before."""
        done = self._periods.update_one(
            {"_id": f"{customer}|{period}", "anonymised_at": {"$exists": False}},
            {"$set": {"anonymised_at": now}},
            session=changes.session,
        )
        return bool(done.modified_count)

    def newest_anonymised(self, customer: str) -> int | None:
        """The last period of which no details are left."""
        row = self._periods.find_one(
            {"customer": customer, "anonymised_at": {"$exists": True}}, sort=[("period", DESCENDING)]
        )
        return int(row["period"]) if row else None


def _told(customer: str, period: int) -> Document:
    return {"customer": customer, "period": period, "anonymised": {"$ne": True}}
