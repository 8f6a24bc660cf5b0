"""What staff and customers read about numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.pbx.domain.numbers import Assignment
from services.pbx.schemas import Reply
from services.pbx.schemas.numbers import assignment_reply, number_reply, page_reply, range_reply
from services.pbx.store import Store
from shared.errors import NotFound
from shared.phone_numbers import party
from shared.words import gettext


def ranges(store: Store, now: datetime) -> Reply:
    return {"rows": [range_reply(found, store.count_assigned(found, now)) for found in store.ranges()]}


def numbers_of_range(
    store: Store, now: datetime, *, range_id: str, free: bool, limit: int, after: str | None = None
) -> Reply:
    """The numbers of a range, each with whose it is now and who gets it later. NotFound."""
    found = store.range(range_id)
    if found is None:
        raise NotFound()
    rows = store.numbers_of_range(found, now, free, after, limit)
    return {
        "range": range_reply(found, store.count_assigned(found, now)),
        "rows": [{"number": n, "assignments": [assignment_reply(a) for a in held]} for n, held in rows],
        "next": rows[-1][0] if len(rows) == limit else None,
    }


def range_with(store: Store, now: datetime, *, number: str) -> Reply:
    """The range that a number is in. NotFound."""
    found = store.range_with(number)
    if found is None:
        raise NotFound(gettext("%(number)s zit in geen van onze nummerreeksen.", number=party(number)))
    return range_reply(found, store.count_assigned(found, now))


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
