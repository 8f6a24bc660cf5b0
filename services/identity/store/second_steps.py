"""Second steps, tickets between the two steps, and which customers ask a second step of everybody.

What must happen once (an app's code, a recovery code, a ticket) is one compare-and-set each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from services.identity.domain.second_steps import SET_UP_FOR, SecondStep, Ticket
from services.identity.domain.users import User
from services.identity.store.rows import user_of
from shared import tenancy
from shared.mongo import Document

INDEXES = {
    "second_steps": [
        IndexModel([("customer_id", ASCENDING), ("since", ASCENDING)]),
        # Only what waits to be confirmed has a moment there.
        IndexModel([("pending.at", ASCENDING)], expireAfterSeconds=int(SET_UP_FOR.total_seconds())),
    ],
    "login_tickets": [IndexModel([("until", ASCENDING)], expireAfterSeconds=0)],
}
ON = {"since": {"$type": "date"}}


class SecondStepBook:
    """Verbs on second steps; within a transaction when there is a ``session``."""

    def __init__(self, db: Database[Document], session: ClientSession | None = None) -> None:
        self._db = db
        self._session = session
        self._steps = db["second_steps"]
        self._tickets = db["login_tickets"]
        self._duties = db["second_step_duties"]

    def find(self, user_id: str) -> SecondStep | None:
        """A user's second step; None when it is off, or not confirmed yet."""
        row = self._steps.find_one(tenancy.own({"_id": user_id, **ON}), session=self._session)
        return _second_step(row) if row else None

    def is_on(self, user_id: str) -> bool:
        wanted = tenancy.own({"_id": user_id, **ON})
        return self._steps.count_documents(wanted, limit=1, session=self._session) == 1

    def begin(self, user: User, sealed: str, now: datetime) -> str | None:
        """The sealed secret that waits to be confirmed: this one, unless another still waits. None when
        the second step is on already."""
        unless = {"since": None, "$or": [{"pending": None}, {"pending.at": {"$lte": now - SET_UP_FOR}}]}
        values = {"customer_id": user.customer_id, "pending": {"sealed": sealed, "at": now}}
        try:
            self._steps.update_one({"_id": user.id, **unless}, {"$set": values}, upsert=True)
        except DuplicateKeyError:
            return self.waiting(user.id, now)
        return sealed

    def waiting(self, user_id: str, now: datetime) -> str | None:
        """The sealed secret that waits to be confirmed."""
        fresh = {"_id": user_id, "pending.at": {"$gt": now - SET_UP_FOR}}
        row = self._steps.find_one(fresh, session=self._session)
        return row["pending"]["sealed"] if row else None

    def confirm(self, confirmed: SecondStep) -> bool:
        """Turn it on; False unless exactly this secret waits."""
        values = asdict(confirmed)
        waits = {"_id": values.pop("user_id"), "pending.sealed": confirmed.sealed, "since": None}
        change = {"$set": values, "$unset": {"pending": ""}}
        return self._steps.update_one(waits, change, session=self._session).matched_count == 1

    def use_step(self, user_id: str, step: int) -> bool:
        """Take an app's code; False when this one, or a later one, was taken before."""
        earlier = {"_id": user_id, **ON, "last_step": {"$lt": step}}
        change = {"$set": {"last_step": step}}
        return self._steps.update_one(earlier, change, session=self._session).matched_count == 1

    def use_recovery(self, user_id: str, digest: str) -> int | None:
        """Take a recovery code; how many are left, None when it is none of them (any more)."""
        row = self._steps.find_one_and_update(
            {"_id": user_id, **ON, "recovery": digest},
            {"$pull": {"recovery": digest}},
            return_document=ReturnDocument.AFTER,
            session=self._session,
        )
        return len(row["recovery"]) if row else None

    def replace_recovery(self, user_id: str, digests: Sequence[str]) -> bool:
        """Other recovery codes; False when the second step is off."""
        change = {"$set": {"recovery": list(digests)}}
        return (
            self._steps.update_one({"_id": user_id, **ON}, change, session=self._session).matched_count == 1
        )

    def replace_sealed(self, user_id: str, old: str, new: str) -> None:
        """The same secret, sealed under another key."""
        self._steps.update_one({"_id": user_id, "sealed": old}, {"$set": {"sealed": new}})

    def remove(self, user_id: str) -> bool:
        """Turn it off, and forget what waits to be confirmed; whether it was on."""
        row = self._steps.find_one_and_delete(tenancy.own({"_id": user_id}), session=self._session)
        return row is not None and row.get("since") is not None

    def add_ticket(self, ticket: Ticket) -> None:
        row = asdict(ticket)
        self._tickets.insert_one({"_id": row.pop("key"), **row}, session=self._session)

    def ticket(self, key: str) -> Ticket | None:
        row = self._tickets.find_one({"_id": key}, session=self._session)
        return Ticket(key=row.pop("_id"), **row) if row else None

    def take_ticket(self, key: str) -> bool:
        """Of two at once one gets it."""
        return self._tickets.delete_one({"_id": key}, session=self._session).deleted_count == 1

    def is_duty(self, customer_id: str) -> bool:
        """Whether the customer asks a second step of everybody."""
        return self._duties.find_one({"_id": customer_id}, session=self._session) is not None

    def lacks(self, user: User) -> bool:
        """Whether the user has to set one up before anything else."""
        return self.is_duty(user.customer_id) and not self.is_on(user.id)

    def set_duty(self, customer_id: str, on: bool, at: datetime) -> None:
        if on:
            since = {"$setOnInsert": {"since": at}}
            self._duties.update_one({"_id": customer_id}, since, upsert=True, session=self._session)
        else:
            self._duties.delete_one({"_id": customer_id}, session=self._session)

    def users_without(self, customer_id: str) -> list[User]:
        """Users of the customer who can log in and have no second step."""
        on = self._steps.find({"customer_id": customer_id, **ON}, {"_id": 1}, session=self._session)
        wanted = {"customer_id": customer_id, "blocked": False, "_id": {"$nin": [row["_id"] for row in on]}}
        rows = self._db["users"].find(wanted, session=self._session)
        return [user for row in rows if (user := user_of(row))]


def _second_step(row: Document) -> SecondStep:
    return SecondStep(
        user_id=row["_id"],
        sealed=row["sealed"],
        since=row["since"],
        last_step=row["last_step"],
        recovery=tuple(row["recovery"]),
    )
