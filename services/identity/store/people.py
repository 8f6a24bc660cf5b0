"""Customers, users and the commands that made them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from pymongo import ASCENDING, IndexModel
from pymongo.collation import Collation
from pymongo.database import Database

from services.identity.domain.credentials import username_key
from services.identity.domain.customers import Customer, Kind
from services.identity.domain.users import Registration, Role, User
from services.identity.store import companies, links, mails, second_steps, tokens, tries
from services.identity.store.audit import AuditBook
from services.identity.store.changes import Changes
from services.identity.store.rows import customer_of, user_of
from shared import commands, mongo, outbox, tenancy
from shared.mongo import Document

Result = TypeVar("Result")

ANY_CASE = Collation(locale="en", strength=2)

INDEXES = {
    "users": [
        IndexModel([("username_key", ASCENDING)], unique=True),
        IndexModel([("customer_id", ASCENDING), ("username_key", ASCENDING)]),
        IndexModel([("email", ASCENDING)], collation=ANY_CASE),
    ],
    **companies.INDEXES,
    **tries.INDEXES,
    **links.INDEXES,
    **mails.INDEXES,
    **second_steps.INDEXES,
    **tokens.INDEXES,
}

tenancy.common("counters")
"""Running numbers, of all customers together."""

SHOWN = ("username", "email", "last_name", "infix", "first_name")
"""Text columns of the list of users."""


class _NotYet(Exception):
    """The command has not run."""


class Store:
    """The service's database."""

    def __init__(self, db: Database[Document]) -> None:
        self._db = db
        self.companies = companies.CompanyBook(db)
        self.tries = tries.TryBook(db)
        self.links = links.LinkBook(db)
        self.mails = mails.MailBook(db)
        self.second_steps = second_steps.SecondStepBook(db)
        self.tokens = tokens.TokenBook(db)
        self.audit = AuditBook(db)

    @classmethod
    def open(cls, uri: str | None = None) -> Store:
        """The store of this process (setting MONGO_URI), with its indexes."""
        store = cls(mongo.connect(uri))

        def work() -> None:
            for collection, indexes in INDEXES.items():
                store._db[collection].create_indexes(indexes)
            commands.ensure_indexes(store._db)
            outbox.ensure_indexes(store._db)
            store.audit.prepare()

        mongo.prepare(work)
        return store

    def close(self) -> None:
        self._db.client.close()

    def once(
        self, command_id: str, request: tuple[object, ...], at: datetime, work: Callable[[Changes], Document]
    ) -> Document:
        """Run ``work`` in one transaction, at most once: see :func:`shared.commands.once`."""
        return commands.once(
            self._db, command_id, request, at, lambda session: work(Changes(self._db, session, at))
        )

    def together(self, at: datetime, work: Callable[[Changes], Result]) -> Result:
        """Run ``work`` in one transaction: for what no command asks for, such as a login."""
        return mongo.transact(self._db, lambda session: work(Changes(self._db, session, at)))

    def answered(self, command_id: str, request: tuple[object, ...], at: datetime) -> Document | None:
        """What the command answered when it ran; None when it has not.

        For commands whose input no longer fits once they have run (the old password, a link): their
        repetition must not be refused for that.
        """

        def not_yet(_: Changes) -> Document:
            raise _NotYet

        try:
            return self.once(command_id, request, at, not_yet)
        except _NotYet:
            return None

    def operator(self) -> Customer | None:
        """The root of the tree."""
        return customer_of(self._db["customers"].find_one({"kind": Kind.OPERATOR.value}))

    def customer(self, customer_id: str) -> Customer | None:
        return customer_of(self._db["customers"].find_one({"_id": customer_id}))

    def user(self, customer_id: str, user_id: str) -> User | None:
        return user_of(self._db["users"].find_one({"customer_id": customer_id, "_id": user_id}))

    def user_by_id(self, user_id: str) -> User | None:
        """Of whichever customer, unless a customer's person asks: then of that one."""
        return user_of(self._db["users"].find_one(tenancy.own({"_id": user_id})))

    def user_named(self, username: str) -> User | None:
        """By username, in any case; unique over all customers."""
        return user_of(self._db["users"].find_one({"username_key": username_key(username)}))

    def users_with_email(self, email: str, limit: int) -> list[User]:
        """By address, in any case; an address may be of several users."""
        rows = self._db["users"].find({"email": email}).collation(ANY_CASE).sort("number").limit(limit)
        return [user for row in rows if (user := user_of(row))]

    def users(self, customer_id: str, query: str, skip: int, limit: int) -> tuple[list[User], int]:
        """By username, those with ``query`` in one of the columns of the list; and how many in all."""
        wanted: Document = {"customer_id": customer_id}
        if query:
            wanted["$or"] = [*({column: _containing(query)} for column in SHOWN), _number_containing(query)]
        rows = self._db["users"].find(wanted).sort("username_key", ASCENDING).skip(skip).limit(limit)
        found = [user for row in rows if (user := user_of(row))]
        return found, self._db["users"].count_documents(wanted)

    def manager_names(self, customer_id: str, limit: int) -> list[str]:
        """Who can give roles at the customer, by username."""
        wanted = {"customer_id": customer_id, "blocked": False, "roles": Role.USER_MANAGEMENT.value}
        rows = self._db["users"].find(wanted).sort("username_key", ASCENDING).limit(limit)
        return [user.name for row in rows if (user := user_of(row))]

    def users_to_tell(
        self,
        customer_id: str,
        registration: Registration | None,
        user_ids: Sequence[str],
        roles: Sequence[str] = (),
    ) -> list[User]:
        """Users of the customer who are registered, named or have one of the roles, and can be mailed."""
        chosen: list[Document] = [{"_id": {"$in": list(user_ids)}}, {"roles": {"$in": list(roles)}}]
        if registration is not None:
            chosen.append({"registrations": registration.value})
        wanted = {"customer_id": customer_id, "blocked": False, "email": {"$ne": ""}, "$or": chosen}
        return [user for row in self._db["users"].find(wanted) if (user := user_of(row))]

    def replace_hash(self, user: User, password_hash: str) -> None:
        """Another hash of the same password, unless the password has changed meanwhile."""
        same = {"customer_id": user.customer_id, "_id": user.id, "password_hash": user.password_hash}
        self._db["users"].update_one(same, {"$set": {"password_hash": password_hash}})


def _containing(query: str) -> Document:
    return {"$regex": re.escape(query), "$options": "i"}


def _number_containing(query: str) -> Document:
    number = {"$toString": "$number"}
    return {"$expr": {"$gte": [{"$indexOfBytes": [number, {"$literal": query}]}, 0]}}
