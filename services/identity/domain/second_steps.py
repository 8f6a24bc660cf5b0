"""Logging in in two steps: an app's code after the password, or one of ten recovery codes (ID-09).

Between the two steps goes a ticket: it says that somebody knew the password, opens nothing by itself, and
counts for one account, from one place, for five minutes, once.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.identity.domain import totp
from services.identity.domain.lockout import place_of
from services.identity.domain.users import User

TICKET_BYTES = 32
TICKET_FOR = timedelta(minutes=5)
SET_UP_FOR = timedelta(minutes=30)
"""A secret that was shown and not confirmed within this time is replaced by another."""

RECOVERY_CODES = 10
RECOVERY_LETTERS = 16
"""80 bits: too many to try, also for who has the digests."""

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32: no i, l, o and u
_TYPED = str.maketrans("ilo", "110", " -\u2010\u2011\u2013.")


@dataclass(frozen=True, kw_only=True)
class SecondStep:
    """One user's second step. ``sealed`` is the app's secret (:mod:`shared.sealing`), ``last_step`` that of
    the last code that was taken, ``recovery`` the digests of the recovery codes that are left."""

    user_id: str
    sealed: str
    since: datetime
    last_step: int
    recovery: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """``key`` is the digest of the ticket that the browser's side holds, ``place`` where it was given."""

    key: str
    customer_id: str
    user_id: str
    epoch: int
    place: str
    until: datetime


def about(user_id: str) -> str:
    """What the sealed secret is bound to."""
    return f"second_steps|{user_id}|secret"


def key_of(ticket: str) -> str:
    """By which a ticket is kept and found."""
    return hashlib.sha256(ticket.encode("utf-8", "replace")).hexdigest()


def ticket_for(user: User, ticket: str, address: str, now: datetime) -> Ticket:
    return Ticket(
        key=key_of(ticket),
        customer_id=user.customer_id,
        user_id=user.id,
        epoch=user.epoch,
        place=place_of(address),
        until=now + TICKET_FOR,
    )


def admits(ticket: Ticket | None, user: User | None, address: str, now: datetime) -> bool:
    """Whether the ticket lets this user try a code from there: the password and rights have not changed."""
    return (
        ticket is not None
        and user is not None
        and not user.blocked
        and now < ticket.until
        and (ticket.user_id, ticket.epoch, ticket.place) == (user.id, user.epoch, place_of(address))
    )


def plain(typed: str) -> str:
    """A code without the blanks and dashes that people type in it."""
    return unicodedata.normalize("NFKC", typed).strip().lower().translate(_TYPED)


def is_of_app(code: str) -> bool:
    """Whether a :func:`plain` code has the form of an app's code; all others are recovery codes."""
    return len(code) == totp.DIGITS and code.isascii() and code.isdigit()


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes, as they are shown once: four groups of four."""
    return tuple(
        _grouped(secrets.choice(ALPHABET) for _ in range(RECOVERY_LETTERS)) for _ in range(RECOVERY_CODES)
    )


def digests(user_id: str, codes: Iterable[str]) -> tuple[str, ...]:
    """What is kept of recovery codes."""
    return tuple(digest(user_id, code) for code in codes)


def digest(user_id: str, code: str) -> str:
    """What is kept of one recovery code, however it is typed; another user's same code has another one."""
    return hashlib.sha256(f"recovery|{user_id}|{plain(code)}".encode()).hexdigest()


def _grouped(letters: Iterable[str]) -> str:
    text = "".join(letters)
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))
