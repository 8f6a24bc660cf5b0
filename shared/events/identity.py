"""Events of identity: who our customers and their users are."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from shared.events.base import Event


class PostalAddress(Struct, frozen=True, kw_only=True):
    """``country`` is an ISO 3166 code of two letters; parts that an address lacks are empty."""

    street: str
    house_number: str
    postcode: str
    city: str
    country: str


class CustomerChanged(Event, frozen=True, kw_only=True):
    """A customer was made or changed; ``revision`` grows by one with each change.

    ``kind`` is customer, partner or operator. What is not known is empty; without ``invoice_address``
    bills go to ``address``. ``contact_…`` is who is asked about invoices.
    """

    name: ClassVar[str] = "identity.customer.changed.v1"

    customer_id: str
    revision: int
    number: int
    customer_name: str
    parent_id: str | None
    products: tuple[str, ...]
    kind: str = "customer"
    kvk: str = ""
    vat_number: str = ""
    address: PostalAddress | None = None
    invoice_address: PostalAddress | None = None
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""


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
