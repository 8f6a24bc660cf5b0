"""Tokens with which programs use the JSON API in a user's name (ID-13).

A token has 256 random bits after its prefix; only its digest is kept. It may do what its user may at that
moment, and never more than it was made for. It belongs to the password that the user had when it was made:
who chooses another one, because somebody may know the old, ends all tokens too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.identity.domain.users import NEED_MOBILE_ACCESS, Role, User, roles_of
from shared.errors import Invalid
from shared.words import gettext as _

PREFIX = "tik_"
"""By which people, and programs that look for leaked secrets, know one."""

TOKEN_BYTES = 32
SHOWN_CHARACTERS = 8
"""Of the token, prefix included: enough to know it again, of no use to anybody else."""

MOST_TOKENS = 20
MOST_YEARS = 2
TOLD_EVERY = timedelta(minutes=1)
"""How often a token's last use is written down."""

KEPT_AFTER = timedelta(days=30)
"""How long one that has expired is still shown."""

HOME = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True, kw_only=True)
class Token:
    """``key`` is the digest of the token, ``shown`` its first characters; moments are aware UTC."""

    id: str
    key: str
    shown: str
    customer_id: str
    user_id: str
    name: str
    roles: tuple[Role, ...]
    password_epoch: int
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_from: str = ""


def key_of(token: str) -> str:
    """By which a token is kept and found."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def expiry(last_day: date, now: datetime) -> datetime:
    """The end of the last day in the Netherlands; :class:`Invalid` unless that is today or later, and at most
    two years from now."""
    today = now.astimezone(HOME).date()
    latest = _years_later(today, MOST_YEARS)
    if not today <= last_day <= latest:
        sentence = _("Kies een dag van vandaag tot en met %(latest)s.", latest=f"{latest:%d-%m-%Y}")
        raise Invalid(fields={"expires_on": [sentence]})
    return datetime.combine(last_day + timedelta(days=1), time(), HOME).astimezone(UTC)


def _years_later(day: date, years: int) -> date:
    """The same day so many years later; 28 February for the 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def roles_for(user: User, codes: Iterable[str]) -> tuple[Role, ...]:
    """The roles of a new token; :class:`Invalid` for one that the user has not."""
    roles = roles_of(codes)
    if set(roles) - set(user.roles):
        raise Invalid(fields={"roles": [_("Een token kan niet meer dan u zelf.")]})
    return roles


def opens(token: Token, user: User | None, now: datetime) -> bool:
    """Whether the token still lets a program in."""
    return (
        user is not None
        and not user.blocked
        and now < token.expires_at
        and token.password_epoch == user.password_epoch
    )


def seen_through(token: Token, user: User) -> User:
    """The user with what the token may of it, as things stand now."""
    left = set(token.roles) & set(user.roles)
    if Role.MOBILE_ACCESS not in left:
        left -= NEED_MOBILE_ACCESS
    return replace(user, roles=roles_of(left))
