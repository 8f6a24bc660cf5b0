"""What staff and customers read about numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.pbx.domain.numbers import Assignment
from services.pbx.schemas import Reply
from services.pbx.schemas.numbers import assignment_reply, number_reply, page_reply, range_reply
from services.pbx.store import Store


def ranges(store: Store, now: datetime) -> Reply:
    return {"rows": [range_reply(found, store.count_assigned(found, now)) for found in store.ranges()]}


def assignments(
    store: Store, *, limit: int, customer_id: str | None = None, after: str | None = None
) -> Reply:
    """For staff: one customer's, or everybody's."""
    return _page(store.assignments(customer_id, after, limit), limit, assignment_reply)


def numbers(store: Store, customer_id: str, now: datetime, *, limit: int, after: str | None = None) -> Reply:
    """What the customer has now."""
    return _page(store.numbers_of(customer_id, now, after, limit), limit, number_reply)


def _page(found: list[Assignment], limit: int, reply: Callable[[Assignment], Reply]) -> Reply:
    return page_reply([reply(a) for a in found], found[-1].id if len(found) == limit else None)
