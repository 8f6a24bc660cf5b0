"""Whose token it is."""

from __future__ import annotations

import msgspec

from gateway.access import members
from gateway.api.frame import reads, resource
from gateway.models.account import Customer
from gateway.pages.acting import viewer

pages = resource("me", "Whose token this is, and what it may do now.")


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """The token's user. ``roles`` are those that both the user and the token have now; ``scope`` is customer,
    partner or operator."""

    id: str
    username: str
    name: str
    language: str
    roles: tuple[str, ...]
    scope: str
    customer: Customer | None


@reads(pages, "/me", Me, members())
def show() -> Me:
    """Whose token this is, and what it may do now."""
    account = viewer()
    return Me(
        id=account.user.id,
        username=account.user.username,
        name=account.user.full_name,
        language=account.user.language,
        roles=account.user.roles,
        scope=account.scope,
        customer=account.customer,
    )
