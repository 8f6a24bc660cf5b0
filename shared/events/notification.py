"""What a service wants its customer's users to be told by mail; identity writes and sends it.

Each producer has a class of its own, with its name in front. Who listens names the common one, whose
``*`` stands for any producer, in a binding as in :func:`shared.events.base.decode`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct

from shared.events.base import Event

Key = Annotated[str, Meta(min_length=1, max_length=200)]


class FileReference(Struct, frozen=True, kw_only=True):
    """A file that goes with the mail, which stays where it is: ``service`` gives it piece by piece, of at
    most 512 KiB, by its method ``file_chunk``. ``size`` in bytes, ``sha256`` in hexadecimal."""

    service: str
    id: str
    name: str
    media_type: str
    size: int
    sha256: str


class NotificationRequested(Event, frozen=True, kw_only=True):
    """Users of the envelope's customer should get a mail: who is registered, who has one of the ``roles``,
    and who is named. So should ``addresses``, which need not be of users: those that the customer filled in.

    ``registration``: voip_high_usage, mobile_high_usage, invoices_by_mail or sim_block_confirmation.
    ``template`` and its ``parameters`` are those of services/identity/README.md; amounts are decimal
    strings in euro, days ``2026-11-22``, moments RFC 3339. A user gets one mail per ``dedupe_key``
    of a producer, however often it is asked. ``files`` are attached, 5 MB together at most.
    """

    name: ClassVar[str] = "*.notification.requested.v1"

    template: str
    dedupe_key: Key
    registration: str | None = None
    user_ids: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    parameters: dict[str, Any] = {}
    files: tuple[FileReference, ...] = ()


class CdrNotificationRequested(NotificationRequested, frozen=True, kw_only=True):
    """cdr has something to tell."""

    name: ClassVar[str] = "cdr.notification.requested.v1"


class InvoicingNotificationRequested(NotificationRequested, frozen=True, kw_only=True):
    """invoicing has something to tell."""

    name: ClassVar[str] = "invoicing.notification.requested.v1"


class PbxNotificationRequested(NotificationRequested, frozen=True, kw_only=True):
    """pbx has something to tell."""

    name: ClassVar[str] = "pbx.notification.requested.v1"


class MobileNotificationRequested(NotificationRequested, frozen=True, kw_only=True):
    """mobile has something to tell."""

    name: ClassVar[str] = "mobile.notification.requested.v1"


class ProvisioningNotificationRequested(NotificationRequested, frozen=True, kw_only=True):
    """provisioning has something to tell."""

    name: ClassVar[str] = "provisioning.notification.requested.v1"


NOTIFICATIONS: tuple[type[NotificationRequested], ...] = (
    CdrNotificationRequested,
    InvoicingNotificationRequested,
    PbxNotificationRequested,
    MobileNotificationRequested,
    ProvisioningNotificationRequested,
)
