"""What one command reads and writes, in its transaction."""

from __future__ import annotations

from datetime import datetime

from pymongo import ASCENDING, ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from services.identity.domain import customers, users
from services.identity.domain.customers import Customer, Kind
from services.identity.domain.links import Link
from services.identity.domain.mails import Mail, Queued
from services.identity.domain.users import Role, User
from services.identity.store import companies, links, mails
from services.identity.store.rows import customer_of, customer_row, user_of, user_row
from services.identity.store.second_steps import SecondStepBook
from services.identity.store.tokens import TokenBook
from shared import outbox, tenancy
from shared.errors import Conflict
from shared.events import UserChanged, wrap
from shared.mongo import Document
from shared.transactions import Transaction
from shared.words import gettext


class Changes(Transaction):
    """Verbs that take effect together, or not at all."""

    service = "identity"

    def __init__(self, db: Database[Document], session: ClientSession, at: datetime) -> None:
        super().__init__(db, session, at)
        self.second_steps = SecondStepBook(db, session)
        self.tokens = TokenBook(db, session)

    def next_number(self, of: str, first: int) -> int:
        """The next running number: one transaction at a time takes one, so there are no gaps."""
        one_more = {"$inc": {"taken": 1}}
        before = self._db["counters"].find_one_and_update(
            {"_id": of}, one_more, upsert=True, return_document=ReturnDocument.BEFORE, session=self._session
        )
        return first + int(before["taken"] if before else 0)

    def customer(self, customer_id: str) -> Customer | None:
        return customer_of(self._db["customers"].find_one({"_id": customer_id}, session=self._session))

    def operator(self) -> Customer | None:
        wanted = {"kind": Kind.OPERATOR.value}
        return customer_of(self._db["customers"].find_one(wanted, session=self._session))

    def add_customer(self, customer: Customer) -> None:
        row = {**customer_row(customer), "created_at": self.at, "holds": 0}
        self._db["customers"].insert_one(row, session=self._session)
        self.tell_of(customer)

    def save_customer(self, customer: Customer) -> None:
        row = {"$set": customer_row(customer)}
        self._db["customers"].update_one({"_id": customer.id}, row, session=self._session)
        self.tell_of(customer)

    def customers_after(self, number: int, limit: int) -> list[Customer]:
        """The next companies by number."""
        rows = self._db["customers"].find({"number": {"$gt": number}}, session=self._session)
        found = rows.sort("number", ASCENDING).limit(limit)
        return [customer for row in found if (customer := customer_of(row))]

    def tell_of(self, *told: Customer) -> None:
        """Queue the events of companies as they stand."""
        if told:
            events = (wrap(customers.changed(each), each.id, self.at) for each in told)
            outbox.add(self._db, self._session, *events)

    def customers_below(self, customer_id: str) -> int:
        """How many companies have this one as their parent; :meth:`hold_users` of it first."""
        return self._db["customers"].count_documents({"parent_id": customer_id}, session=self._session)

    def parent_name(self, customer: Customer) -> str | None:
        return companies.names(self._db, [customer.parent_id], self._session).get(customer.parent_id or "")

    def users_in(self, customer: Customer) -> int:
        return companies.users(self._db, [customer.id], self._session).get(customer.id, 0)

    def end_sessions(self, customer: Customer) -> None:
        """What the customer has, or what it is, has changed: its users log in anew and see it."""
        rows = self._db["users"].find({"customer_id": customer.id}, session=self._session)
        for user in [user for row in rows if (user := user_of(row))]:
            self.save_user(users.logged_out(user))

    def user(self, user_id: str, within: str | None) -> User | None:
        """The user; ``within`` a customer (its ID), or as far as who asks may reach (None)."""
        wanted = tenancy.own({"_id": user_id}) if within is None else {"_id": user_id, "customer_id": within}
        return user_of(self._db["users"].find_one(wanted, session=self._session))

    def user_by_id(self, user_id: str) -> User | None:
        """Of whichever customer, unless a customer's person asks: then of that one."""
        return self.user(user_id, None)

    def hold_users(self, customer_id: str) -> None:
        """Let one transaction at a time change who manages this customer's users, or what is below it.

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
            self._db["users"].insert_one({**user_row(user), "created_at": self.at}, session=self._session)
        except DuplicateKeyError as problem:
            raise _taken(user.username) from problem
        self._tell(user, users.changed(user))

    def save_user(self, user: User) -> None:
        """Raises Conflict like :meth:`add_user`."""
        row = {"$set": user_row(user)}
        try:
            self._db["users"].update_one(_one(user), row, session=self._session)
        except DuplicateKeyError as problem:
            raise _taken(user.username) from problem
        self._tell(user, users.changed(user))

    def delete_user(self, user: User) -> None:
        """For good: the username is free again."""
        self._db["users"].delete_one(_one(user), session=self._session)
        self.second_steps.remove(user.id)
        self.tokens.remove_of(user.id)
        self._tell(user, users.deleted(user))

    def use_link(self, key: str) -> Link | None:
        """Take the link away; None when it is not there (any more). Of two at once one gets it."""
        return links.take(self._db, key, self._session)

    def queue(self, letter: Mail) -> None:
        """Have a mail sent once this command has taken effect."""
        mails.queue(self._db, letter, self.at, self._session)

    def requeue_failed(self, mail_id: str) -> Queued | None:
        """Have a mail tried from the start if it has failed; the mail as it was, None when there is none."""
        return mails.requeue_failed(self._db, mail_id, self.at, self._session)

    def _tell(self, user: User, event: UserChanged) -> None:
        outbox.add(self._db, self._session, wrap(event, user.customer_id, self.at))


def _one(user: User) -> Document:
    return {"_id": user.id, "customer_id": user.customer_id}


def _taken(username: str) -> Conflict:
    sentence = gettext("De gebruikersnaam %(username)s is al in gebruik. Kies een andere.", username=username)
    return Conflict(sentence, fields={"username": [sentence]})
