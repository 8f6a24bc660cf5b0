"""Events of identity: who our customers and their users are."""

from __future__ import annotations

from typing import ClassVar

from shared.events.base import Event


class CustomerChanged(Event, frozen=True, kw_only=True):
    """A customer was made or changed; ``revision`` grows by one with each change."""

    name: ClassVar[str] = "identity.customer.changed.v1"

    customer_id: str
    revision: int
    number: int
    customer_name: str
    parent_id: str | None
    products: tuple[str, ...]


class UserChanged(Event, frozen=True, kw_only=True):
    """A user's rights changed. Sessions of an older ``epoch`` than this one's are over."""

    name: ClassVar[str] = "identity.user.changed.v1"

    user_id: str
    revision: int
    epoch: int
    roles: tuple[str, ...]
    blocked: bool
