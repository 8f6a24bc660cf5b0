"""Single-use links by mail with which somebody chooses a password (ID-02, ID-07).

The token in the link has 256 random bits; only its digest is kept. A link belongs to the password
and the address that the user had when it was sent: once either has changed, it opens nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.identity.domain.users import WELCOME_FOR, User

TOKEN_BYTES = 32
PATH = "/wachtwoord/{token}"
"""Where the portal asks for the new password."""


class Purpose(StrEnum):
    """Why a link was sent."""

    RESET = "reset"
    WELCOME = "welcome"


VALID_FOR = {Purpose.RESET: timedelta(hours=1), Purpose.WELCOME: WELCOME_FOR}


@dataclass(frozen=True, kw_only=True)
class Link:
    """``key`` is the digest of the token; ``until`` is aware UTC."""

    key: str
    purpose: Purpose
    customer_id: str
    user_id: str
    email: str
    password_epoch: int
    until: datetime


def key_of(token: str) -> str:
    """By which a link is kept and found."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def link_for(user: User, purpose: Purpose, token: str, now: datetime) -> Link:
    return Link(
        key=key_of(token),
        purpose=purpose,
        customer_id=user.customer_id,
        user_id=user.id,
        email=user.email,
        password_epoch=user.password_epoch,
        until=now + VALID_FOR[purpose],
    )


def opens(link: Link, user: User | None, now: datetime) -> bool:
    """Whether the link still lets this user choose a password."""
    return (
        user is not None
        and not user.blocked
        and now < link.until
        and (link.password_epoch, link.email) == (user.password_epoch, user.email)
    )
