"""What pages are seen with: the account with its company as it is now; for staff who look along, one of
the customer's, for as long as they may."""

from __future__ import annotations

import msgspec
from flask import request, session

from gateway.access import ROLE_NAMES
from gateway.models.account import Account
from gateway.parts import parts
from gateway.sessions import end_view, viewed_in
from shared.errors import Fault, Forbidden, NotFound, Unavailable
from shared.logging import correlation_id, get_logger

log = get_logger(__name__)


def fresh(account: Account) -> Account:
    """The account with its company as identity told last: its name, and what it has."""
    if account.customer is None:
        return account
    return msgspec.structs.replace(account, customer=parts().epochs.customer(account.customer))


def seen_as(account: Account) -> Account:
    """The account itself; for staff who look along, one that sees all of that customer's portal."""
    customer = viewed_in(session)
    if customer is None:
        return account
    if not account.is_staff or not _still_theirs(account, customer.id):
        end_view()
        return account
    return account.looking_along(parts().epochs.customer(customer), tuple(ROLE_NAMES))


def _still_theirs(account: Account, customer_id: str) -> bool:
    """Asked of identity once a minute; while it is away, what it said last counts."""
    acting = account.acting(correlation_id(), request.remote_addr or "")
    try:
        parts().sight.check(acting, customer_id, lambda: parts().companies.company(acting, customer_id))
    except (Forbidden, NotFound):
        log.warning("looking along has ended: the customer is not this staff member's any more")
        return False
    except (Unavailable, Fault):
        log.warning("identity does not answer: who looks along goes on")
    return True
