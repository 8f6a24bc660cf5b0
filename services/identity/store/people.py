"""Customers, users and the commands that made them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import datetime

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from services.identity.domain import customers, users
from services.identity.domain.credentials import username_key
from services.identity.domain.customers import Customer, Kind, Product
from services.identity.domain.users import Role, User
from services.identity.store import tries
from shared import commands, mongo, outbox
from shared.errors import Conflict
from shared.events import wrap
from shared.mongo import Document

INDEXES = {
    "customers": [
        IndexModel([("number", ASCENDING)], unique=True),
        # There is one operator, also when two processes start on an empty database.
        IndexModel([("kind", ASCENDING)], unique=True, partialFilterExpression={"kind": Kind.OPERATOR.value}),
    ],
    "users": [
        IndexModel([("username_key", ASCENDING)], unique=True),
        IndexModel([("customer_id", ASCENDING), ("username_key", ASCENDING)]),
    ],
    **tries.INDEXES,
}


class Changes:
    """What one command reads and writes, in its transaction."""

    def __init__(self, db: Database[Document], session: ClientSession, at: datetime) -> None:
        self._db = db
        self._session = session
        self._at = at

    def next_number(self, of: str, first: int) -> int:
        """The next running number: one transaction at a time takes one, so there are no gaps."""
        one_more = {"$inc": {"taken": 1}}
        before = self._db["counters"].find_one_and_update(
            {"_id": of}, one_more, upsert=True, return_document=ReturnDocument.BEFORE, session=self._session
        )
        return first + int(before["taken"] if before else 0)

    def customer(self, customer_id: str) -> Customer | None:
        return _customer(self._db["customers"].find_one({"_id": customer_id}, session=self._session))

    def operator(self) -> Customer | None:
        wanted = {"kind": Kind.OPERATOR.value}
        return _customer(self._db["customers"].find_one(wanted, session=self._session))

    def add_customer(self, customer: Customer) -> None:
        row = {**_row(customer), "name_key": customer.name.casefold(), "created_at": self._at, "holds": 0}
        self._db["customers"].insert_one(row, session=self._session)
        outbox.add(self._db, self._session, wrap(customers.changed(customer), customer.id, self._at))

    def user(self, user_id: str, within: str | None) -> User | None:
        """The user; ``within`` a customer (its ID), or anywhere (None)."""
        wanted = {"_id": user_id} if within is None else {"_id": user_id, "customer_id": within}
        return _user(self._db["users"].find_one(wanted, session=self._session))

    def hold_users(self, customer_id: str) -> None:
        """Let one transaction at a time change who manages this customer's users.

        The write makes two of them collide, so that one runs again and sees what the other did:
        reading alone does not, under snapshot isolation.
        """
        held = {"$inc": {"holds": 1}}
        self._db["customers"].update_one({"_id": customer_id}, held, session=self._session)

    def managers_beside(self, user: User) -> int:
        """How many others of the customer manage users and are not blocked; hold the users first."""
        wanted = {
            "customer_id": user.customer_id,
            "roles": Role.USER_MANAGEMENT.value,
            "blocked": False,
            "_id": {"$ne": user.id},
        }
        return self._db["users"].count_documents(wanted, session=self._session)

    def add_user(self, user: User) -> None:
        """Raises Conflict when the username is taken, by whichever customer's user."""
        try:
            self._db["users"].insert_one({**_user_row(user), "created_at": self._at}, session=self._session)
        except DuplicateKeyError as problem:
            sentence = f"De gebruikersnaam {user.username} is al in gebruik. Kies een andere."
            raise Conflict(sentence, fields={"username": [sentence]}) from problem
        self._tell(user)

    def save_user(self, user: User) -> None:
        self._db["users"].update_one({"_id": user.id}, {"$set": _user_row(user)}, session=self._session)
        self._tell(user)

    def _tell(self, user: User) -> None:
        outbox.add(self._db, self._session, wrap(users.changed(user), user.customer_id, self._at))


class Store:
    """The service's database."""

    def __init__(self, db: Database[Document]) -> None:
        self._db = db
        self.tries = tries.TryBook(db)

    @classmethod
    def open(cls, uri: str | None = None) -> Store:
        """The store of this process (setting MONGO_URI), with its indexes."""
        store = cls(mongo.connect(uri))
        for collection, indexes in INDEXES.items():
            store._db[collection].create_indexes(indexes)
        commands.ensure_indexes(store._db)
        outbox.ensure_indexes(store._db)
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

    def operator(self) -> Customer | None:
        """The root of the tree."""
        return _customer(self._db["customers"].find_one({"kind": Kind.OPERATOR.value}))

    def customer(self, customer_id: str) -> Customer | None:
        return _customer(self._db["customers"].find_one({"_id": customer_id}))

    def customers(
        self, query: str | None, number: int | None, after: int | None, limit: int
    ) -> list[Customer]:
        """By number, those above ``after`` whose name contains ``query``; the operator only by its number."""
        wanted: list[Document] = [{"number": {"$gt": after or 0}}]
        wanted.append({"number": number} if number is not None else {"kind": {"$ne": Kind.OPERATOR.value}})
        if query:
            wanted.append({"name_key": {"$regex": re.escape(query.casefold())}})
        rows = self._db["customers"].find({"$and": wanted}).sort("number", ASCENDING).limit(limit)
        return [customer for row in rows if (customer := _customer(row))]

    def user(self, customer_id: str, user_id: str) -> User | None:
        return _user(self._db["users"].find_one({"customer_id": customer_id, "_id": user_id}))

    def user_named(self, username: str) -> User | None:
        """By username, in any case; unique over all customers."""
        return _user(self._db["users"].find_one({"username_key": username_key(username)}))

    def replace_hash(self, user: User, password_hash: str) -> None:
        """Another hash of the same password, unless the password has changed meanwhile."""
        same = {"customer_id": user.customer_id, "_id": user.id, "password_hash": user.password_hash}
        self._db["users"].update_one(same, {"$set": {"password_hash": password_hash}})


def _row(value: Customer | User) -> Document:
    row = asdict(value)
    return {"_id": row.pop("id"), **row}


def _user_row(user: User) -> Document:
    return {**_row(user), "username_key": username_key(user.username)}


def _customer(row: Document | None) -> Customer | None:
    if row is None:
        return None
    return Customer(
        id=row["_id"],
        number=row["number"],
        name=row["name"],
        kind=Kind(row["kind"]),
        parent_id=row["parent_id"],
        products=tuple(Product(code) for code in row["products"]),
        revision=row["revision"],
    )


def _user(row: Document | None) -> User | None:
    if row is None:
        return None
    kept = {field.name: row[field.name] for field in fields(User) if field.name not in ("id", "roles")}
    return User(id=row["_id"], roles=tuple(Role(code) for code in row["roles"]), **kept)
