"""What we mail: which letters there are, what each tells, and when one is tried again.

A mail is kept as the name of its letter with parameters, and written when it is sent. So the link in
a letter comes into being only then, and stands nowhere but in the mail itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from services.identity.domain.links import Purpose
from services.identity.domain.users import User

WAITS = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120))
"""Before the second, third, fourth and fifth try; after that a mail has failed."""


class State(StrEnum):
    """Where a mail is."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class Letter(StrEnum):
    """What we write; each has a template per language."""

    RESET = "reset"
    WELCOME = "welcome"
    PASSWORD_CHANGED = "password_changed"
    EMAIL_CHANGED = "email_changed"
    SECOND_STEP = "second_step"
    VOIP_HIGH_USAGE = "voip_high_usage"
    MOBILE_HIGH_USAGE = "mobile_high_usage"
    INVOICE = "invoice"
    SIM_BLOCK_CONFIRMATION = "sim_block_confirmation"
    SIM_BLOCK_FAILED = "sim_block_failed"
    USAGE_EXPORT = "usage_export"
    FRAUD_SUSPECTED = "fraud_suspected"
    CALLS_ABROAD_FULL = "calls_abroad_full"
    VOICEMAIL = "voicemail"


LINKS = {Letter.RESET: Purpose.RESET, Letter.WELCOME: Purpose.WELCOME}
"""Letters that carry a link of their own: they get ``link`` and ``valid_until`` when they are sent."""

NOTIFICATIONS: Mapping[Letter, frozenset[str]] = {
    Letter.VOIP_HIGH_USAGE: frozenset({"period", "limit", "amount"}),
    Letter.MOBILE_HIGH_USAGE: frozenset(
        {"period", "number", "label", "limit", "bundle", "unit", "value", "used", "percentage"}
    ),
    Letter.INVOICE: frozenset({"number", "date", "period", "total"}),
    Letter.SIM_BLOCK_CONFIRMATION: frozenset({"number", "blocked", "at"}),
    Letter.SIM_BLOCK_FAILED: frozenset({"number", "blocked", "at", "refused", "reason"}),
    Letter.USAGE_EXPORT: frozenset({"from", "to", "rows", "attached", "path", "expires_at"}),
    Letter.FRAUD_SUSPECTED: frozenset({"call_class", "day", "amount", "usual", "minutes", "blocked"}),
    Letter.CALLS_ABROAD_FULL: frozenset({"most", "at"}),
    Letter.VOICEMAIL: frozenset({"name", "owner", "caller", "at", "seconds"}),
}
"""Letters that other services can ask for, and the parameters that each needs (see README.md)."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A letter to one address. A user gets one of all with the same ``dedupe_key`` (``producer:key``).

    ``files`` stay with the services that made them until the mail is sent: the fields of
    :class:`shared.events.FileReference`.
    """

    letter: Letter
    to: str
    user_id: str
    customer_id: str | None
    language: str = "nl"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    dedupe_key: str | None = None
    files: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Queued(Mail):
    """A mail with what became of it so far; ``next_try`` while it is queued."""

    id: str
    state: State
    tries: int
    created_at: datetime
    correlation_id: str
    next_try: datetime | None = None
    error: str = ""


def mail_to(
    user: User,
    letter: Letter,
    parameters: Mapping[str, Any] | None = None,
    dedupe_key: str | None = None,
    files: tuple[Mapping[str, Any], ...] = (),
) -> Mail:
    """A letter to a user, at their address and in their language; it can name the user."""
    return Mail(
        letter=letter,
        to=user.email,
        user_id=user.id,
        customer_id=user.customer_id,
        language=user.language,
        parameters={**(parameters or {}), "name": user.name, "username": user.username},
        dedupe_key=dedupe_key,
        files=files,
    )


def mail_to_address(
    address: str,
    customer_id: str,
    letter: Letter,
    parameters: Mapping[str, Any],
    dedupe_key: str,
    files: tuple[Mapping[str, Any], ...] = (),
) -> Mail:
    """A letter to an address that a customer filled in, in Dutch; ``parameters`` name who reads it. One of
    all with the same ``dedupe_key`` goes to it."""
    return Mail(
        letter=letter,
        to=address,
        user_id="",
        customer_id=customer_id,
        parameters={**parameters, "username": ""},
        dedupe_key=dedupe_key,
        files=files,
    )


def link_to(user: User, letter: Letter) -> Mail:
    """A letter with a link by which the user chooses a password."""
    return mail_to(user, letter, {"password_epoch": user.password_epoch})


def is_wanted(mail: Mail, user: User) -> bool:
    """Whether a letter with a link is still for this user: neither address nor password has changed."""
    asked_for = (mail.to, mail.parameters["password_epoch"])
    return not user.blocked and (user.email, user.password_epoch) == asked_for


def mail_to_nobody(user_id: str) -> Mail:
    """Stands in the queue like a reset of a user, and is dropped since there is no such user."""
    return Mail(letter=Letter.RESET, to="", user_id=user_id, customer_id=None)


def next_try(tries: int, now: datetime, waits: Sequence[timedelta] = WAITS) -> datetime | None:
    """When a mail that could not be delivered after ``tries`` is tried again; None: it has failed."""
    return now + waits[tries - 1] if tries <= len(waits) else None
