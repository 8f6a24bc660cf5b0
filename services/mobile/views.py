"""What staff and customers read."""

from __future__ import annotations

from datetime import datetime

from services.mobile.schemas import Reply, page_reply, subscription_reply
from services.mobile.store import Store
from shared.acting import Acting
from shared.errors import Forbidden

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
    found = store.subscriptions(_whose(acting, customer_id), after, limit)
    rows = [subscription_reply(subscription, now) for subscription in found]
    return page_reply(rows, found[-1].id if len(found) == limit else None)


def _whose(acting: Acting, customer_id: str | None) -> str | None:
    if acting.kind == "staff":
        acting.require_staff()
        return customer_id
    own = acting.require_customer()
    acting.require(ROLE)
    if customer_id is not None:
        raise Forbidden()
    return own
