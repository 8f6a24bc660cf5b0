"""What users and staff read."""

from __future__ import annotations

from services.identity.domain.mails import State
from services.identity.schemas.replies import (
    Reply,
    account_reply,
    customer_reply,
    mail_reply,
    user_reply,
    user_row,
)
from services.identity.store import Store
from services.identity.usecases.checks import Clock, own_customer, who_acts
from shared.acting import Acting
from shared.errors import Forbidden, NotFound


def account(store: Store, acting: Acting) -> Reply:
    """The acting user as things stand now; Forbidden once blocked or gone."""
    user = who_acts(store.user(acting.customer_id or "", acting.user_id or ""))
    customer = store.customer(user.customer_id)
    if customer is None:
        raise Forbidden()
    return account_reply(user, customer)


def customers(store: Store, *, query: str | None, number: int | None, after: int | None, limit: int) -> Reply:
    """A page of customers and partners, by number; ``next`` goes into the next call's ``after``."""
    found = store.customers(query, number, after, limit)
    return {
        "rows": [customer_reply(customer) for customer in found],
        "next": found[-1].number if len(found) == limit else None,
    }


def users(store: Store, acting: Acting, *, query: str, page: int, size: int) -> Reply:
    """A page of the customer's users, by username."""
    found, total = store.users(own_customer(acting), query, (page - 1) * size, size)
    rows = [user_row(user, acting.user_id) for user in found]
    return {"rows": rows, "total": total, "page": page, "size": size}


def user(store: Store, clock: Clock, acting: Acting, *, user_id: str) -> Reply:
    """One of the customer's users; NotFound when missing or another customer's."""
    found = store.user(own_customer(acting), user_id)
    if found is None:
        raise NotFound()
    return user_reply(found, acting.user_id, clock())


def mails(store: Store, *, state: str, after: str, limit: int) -> Reply:
    """A page of mails, newest first; ``next`` goes into the next call's ``after``."""
    found = store.mails.page(State(state), after, limit)
    return {
        "rows": [mail_reply(mail) for mail in found],
        "next": found[-1].id if len(found) == limit else None,
    }
