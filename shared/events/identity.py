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
    """A user was made, changed or deleted. Sessions of an older ``epoch`` than this one's are over."""

    name: ClassVar[str] = "identity.user.changed.v1"

    user_id: str
    revision: int
    epoch: int
    roles: tuple[str, ...]
    blocked: bool
    deleted: bool = False


class MailSent(Event, frozen=True, kw_only=True):
    """The mail server took a mail. ``dedupe_key`` is that of the notification it came from, if any."""

    name: ClassVar[str] = "identity.mail.sent.v1"

    mail_id: str
    letter: str
    user_id: str
    tries: int
    dedupe_key: str | None = None


class MailFailed(Event, frozen=True, kw_only=True):
    """A mail was refused, or could not be delivered after the last try; ``reason`` is for staff."""

    name: ClassVar[str] = "identity.mail.failed.v1"

    mail_id: str
    letter: str
    user_id: str
    tries: int
    reason: str
    dedupe_key: str | None = None
