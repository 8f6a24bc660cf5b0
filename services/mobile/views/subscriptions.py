"""Subscriptions as lists, and one in full."""

from __future__ import annotations

from datetime import datetime

from services.mobile.schemas import Reply
from services.mobile.schemas.replies import moment, page_reply, subscription_reply
from services.mobile.store import Store
from shared.acting import Acting
from shared.errors import Forbidden, NotFound

ROLE = "mobile_access"


def subscriptions(
    store: Store,
    acting: Acting,
    now: datetime,
    *,
    limit: int,
    customer_id: str | None = None,
    after: str | None = None,
) -> Reply:
    """For users those of the own customer; for staff those of ``customer_id``, or all.

    Raises Forbidden without the role *Toegang mobiel*, or when a user names a customer.
    """
    found = store.subscriptions(whose(acting, customer_id), after, limit)
    rows = [subscription_reply(subscription, now) for subscription in found]
    return page_reply(rows, found[-1].id if len(found) == limit else None)


def subscription(store: Store, acting: Acting, now: datetime, *, subscription_id: str) -> Reply:
    """One in full, with the moments of its start and end. NotFound, Forbidden."""
    found = store.subscription(subscription_id)
    mine = found is not None and may_see(acting, found.customer_id)
    if found is None or not mine:
        raise NotFound()
    full = subscription_reply(found, now)
    return {**full, "active_from": moment(found.active_from), "ended_at": moment(found.ended_at)}


def may_see(acting: Acting, customer_id: str, *roles: str) -> bool:
    """Whether it is the caller's own. Raises Forbidden without these roles and *Toegang mobiel*."""
    if acting.kind == "staff":
        if acting.scope not in ("operator", "customer"):
            raise Forbidden()
        return acting.scope == "operator" or acting.customer_id == customer_id
    own = acting.require_customer()
    acting.require(ROLE, *roles)
    return own == customer_id


def whose(acting: Acting, customer_id: str | None) -> str | None:
    """Whose subscriptions are asked for; None: everybody's, for operator staff."""
    if acting.kind == "staff":
        if customer_id is None:
            acting.require_staff()
        else:
            acting.require_staff_for(customer_id)
        return customer_id
    own = acting.require_customer()
    acting.require(ROLE)
    if customer_id is not None:
        raise Forbidden()
    return own
