"""What users and staff read."""

from __future__ import annotations

from services.identity.schemas import Reply, account_reply, customer_reply
from services.identity.store import Store
from shared.acting import Acting
from shared.errors import Forbidden


def account(store: Store, acting: Acting) -> Reply:
    """The acting user as things stand now; Forbidden once blocked or gone."""
    user = store.user(acting.customer_id or "", acting.user_id or "")
    customer = store.customer(acting.customer_id or "")
    if user is None or user.blocked or customer is None:
        raise Forbidden()
    return account_reply(user, customer)


def customers(store: Store, *, query: str | None, number: int | None, after: int | None, limit: int) -> Reply:
    """A page of customers and partners, by number; ``next`` goes into the next call's ``after``."""
    found = store.customers(query, number, after, limit)
    return {
        "rows": [customer_reply(customer) for customer in found],
        "next": found[-1].number if len(found) == limit else None,
    }
