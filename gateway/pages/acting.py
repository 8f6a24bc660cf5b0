"""On whose behalf a page calls the services."""

from __future__ import annotations

import msgspec
from flask import g, request

from gateway.models.account import Account
from gateway.parts import parts
from shared.acting import Acting
from shared.logging import correlation_id
from shared.words import language


def viewer() -> Account:
    """Who is signed in, on a page that asks for that; for staff who look along, the account they see
    the customer's portal with."""
    account: Account = g.viewer
    return account


def acting() -> Acting:
    """The context of the signed-in user's calls."""
    return viewer().acting(correlation_id(), request.remote_addr or "", language())


def acting_for(customer_id: str) -> Acting:
    """The context of staff who work on one customer: identity has said that it is theirs to see, now or
    at most a minute ago. Raises NotFound for one that is not there or another's."""
    own = acting()
    parts().sight.check(own, customer_id, lambda: parts().companies.company(own, customer_id))
    return msgspec.structs.replace(own, scope="customer", customer_id=customer_id)
