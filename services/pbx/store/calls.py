"""Calls that were: what was asked, what the plan found, what really happened. Kept for 30 days."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.client_session import ClientSession
from pymongo.database import Database

from services.pbx.domain.config import Config
from services.pbx.store.base import Reading, Transaction
from services.pbx.store.phones import Registration
from shared.mongo import Document

KEPT = timedelta(days=30)
LONGEST_CALL = timedelta(hours=12)
"""A call of which no end was told is over by then: so does the proxy think."""
INDEXES = {
    "calls": [
        IndexModel([("customer_id", ASCENDING), ("at", DESCENDING), ("_id", DESCENDING)]),
        IndexModel([("customer_id", ASCENDING), ("people", ASCENDING), ("at", DESCENDING)]),
        IndexModel([("customer_id", ASCENDING), ("numbers", ASCENDING), ("at", DESCENDING)]),
        IndexModel([("up", ASCENDING), ("customer_id", ASCENDING)], partialFilterExpression={"up": True}),
        IndexModel([("usage.record", ASCENDING)], sparse=True),
        IndexModel([("gone_at", ASCENDING)], expireAfterSeconds=0),
    ],
    "group_answers": [IndexModel([("customer_id", ASCENDING)])],
}


@dataclass(frozen=True)
class GroupAnswer:
    """``user_id`` answered a call for a group at ``at``."""

    group_id: str
    user_id: str
    at: datetime


class CallChanges(Transaction):
    """What the proxy's messages do with calls."""

    def call(self, call_id: str) -> Document | None:
        return self._db["calls"].find_one({"_id": call_id}, session=self._session)

    def update_call(self, call_id: str, fields: Mapping[str, Any], at: datetime) -> None:
        new = {"at": at, "gone_at": at + KEPT}
        known = {name: value for name, value in new.items() if name not in fields}
        change = {"$set": dict(fields), "$setOnInsert": known}
        self._db["calls"].update_one({"_id": call_id}, change, upsert=True, session=self._session)

    def group_answered(self, customer_id: str, answer: GroupAnswer) -> None:
        """Who answered last, and when each did; older news does not undo newer."""
        wanted = {"_id": f"{customer_id}:{answer.group_id}"}
        row = self._db["group_answers"].find_one(wanted, session=self._session) or {}
        members: dict[str, datetime] = dict(row.get("members", {}))
        before = members.get(answer.user_id)
        members[answer.user_id] = max(before, answer.at) if before else answer.at
        last = max(members, key=lambda member: members[member])
        fields = {"customer_id": customer_id, "group_id": answer.group_id, "members": members, "last": last}
        self._db["group_answers"].replace_one(wanted, fields, upsert=True, session=self._session)

    def lose_calls(self, before: datetime) -> None:
        """Calls that began before the proxy did are over, nobody knows when."""
        wanted = {"up": True, "at": {"$lt": before}}
        change = {"$set": {"outcome": "lost"}, "$unset": {"up": ""}}
        self._db["calls"].update_many(wanted, change, session=self._session)

    def forget_registrations(self, before: datetime) -> list[Registration]:
        """A proxy that began anew knows of no telephone until it hears of it again; those that it forgot."""
        wanted = {"state": "registered", "seen_at": {"$lt": before}}
        forgotten = [
            Registration(
                sip_user=row["_id"],
                state="expired",
                at=before,
                contact=row["contact"],
                expires_at=row["expires_at"],
                user_agent=row["user_agent"],
                source=row["source"],
            )
            for row in self._db["phones"].find(wanted, session=self._session)
        ]
        self._db["phones"].update_many(wanted, {"$set": {"state": "expired"}}, session=self._session)
        return forgotten

    def owner_of(self, number: str, at: datetime | None = None) -> str | None:
        """Whose a number was then, or is now."""
        return _owner_of(self._db, number, at or self.at, self._session)

    def customer_of_phone(self, sip_user: str) -> tuple[str, str] | None:
        """(customer, owner) of a SIP user."""
        row = self._db["phones"].find_one({"_id": sip_user}, session=self._session) or {}
        return (row["customer_id"], row["owner"]) if row.get("customer_id") else None

    def source_of(self, number: str) -> str:
        """Where the range of a number came from; ``""`` when it is in none."""
        row = self._db["numbers"].find_one({"_id": number}, session=self._session)
        found = self._db["ranges"].find_one({"_id": row["range_id"]}, session=self._session) if row else None
        return found["source"] if found else ""


class CallReads(Reading):
    """What is asked about calls."""

    def keep_decision(
        self, call_id: str, fields: Mapping[str, Any], at: datetime, people: Collection[str] = ()
    ) -> None:
        """What pbx told the proxy about a call: the newest decision holds; ``people`` are added."""
        change: Document = {"$set": dict(fields), "$setOnInsert": {"gone_at": at + KEPT}}
        if people:
            change["$addToSet"] = {"people": {"$each": sorted(people)}}
        self._db["calls"].update_one({"_id": call_id}, change, upsert=True)

    def decided(self, call_id: str) -> Document | None:
        """What was decided about a call, of whoever it is: for the proxy and the media server."""
        return self._db["calls"].find_one({"_id": call_id})

    def busy_people(self, customer_id: str, now: datetime) -> frozenset[str]:
        """Users and lines (``user:ID``, ``line:ID``) who are in a call."""
        wanted = {"up": True, "customer_id": customer_id, "at": {"$gt": now - LONGEST_CALL}}
        rows = self._db["calls"].find(wanted, {"talking": 1})
        return frozenset(who for row in rows for who in row.get("talking", ()))

    def group_answers(self, customer_id: str) -> list[Document]:
        return list(self._db["group_answers"].find({"customer_id": customer_id}))

    def owner_of(self, number: str, now: datetime) -> str | None:
        """Whose a number is now."""
        return _owner_of(self._db, number, now, None)

    def terms(self, customer_id: str, numbers: Collection[str]) -> list[Document]:
        """When these numbers were the customer's: ``number``, ``valid_from``, ``valid_to``."""
        wanted = {"customer_id": customer_id, "number": {"$in": sorted(numbers)}}
        return list(self._db["assignments"].find(wanted))

    def settings_revision(self, customer_id: str) -> int:
        """0 when there are no settings."""
        row = self._db["settings"].find_one({"_id": customer_id}, {"revision": 1})
        return int(row["revision"]) if row else 0

    def calls(
        self,
        customer_id: str,
        people: tuple[str, ...],
        number: str | None,
        after: tuple[datetime, str] | None,
        limit: int,
    ) -> list[Document]:
        """The newest first; of any of ``people`` (``user:ID``, ``line:ID``) when given."""
        wanted: Document = {"customer_id": customer_id}
        if people:
            wanted["people"] = {"$in": list(people)}
        if number:
            wanted["numbers"] = number
        if after:
            at, call_id = after
            wanted["$or"] = [{"at": {"$lt": at}}, {"at": at, "_id": {"$lt": call_id}}]
        rows = self._db["calls"].find(wanted, {"record": 0, "stages": 0, "later": 0, "parts": 0})
        return list(rows.sort([("at", DESCENDING), ("_id", DESCENDING)]).limit(limit))

    def call(self, customer_id: str, call_id: str) -> Document | None:
        return self._db["calls"].find_one({"_id": call_id, "customer_id": customer_id})

    def published_then(self, customer_id: str, revision: int) -> Config | None:
        """The configuration that was published in a revision."""
        row = self._db["versions"].find_one({"customer_id": customer_id, "revision": revision})
        return msgspec.json.decode(zlib.decompress(row["config"]), type=Config) if row else None

    def waiting_usage(self, limit: int) -> list[Document]:
        """Usage that was not handed over yet, with the calls' IDs."""
        wanted = {"usage.record": {"$exists": True}}
        return list(self._db["calls"].find(wanted, {"usage": 1}).limit(limit))

    def usage_sent(self, records: Iterable[str]) -> None:
        """Usage with these records waits no more; what a call has come to since then does."""
        self._db["calls"].update_many({"usage.record": {"$in": list(records)}}, {"$unset": {"usage": ""}})


def _owner_of(
    db: Database[Document], number: str, now: datetime, session: ClientSession | None
) -> str | None:
    wanted = {
        "number": number,
        "valid_from": {"$lte": now},
        "$or": [{"valid_to": None}, {"valid_to": {"$gt": now}}],
    }
    row = db["assignments"].find_one(wanted, {"customer_id": 1}, session=session)
    return row["customer_id"] if row else None
