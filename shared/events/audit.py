"""What was changed by whom: for the audit log, which identity keeps."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct

from shared.events.base import Event

Text = Annotated[str, Meta(max_length=500)]


class Actor(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who did it: ``kind`` and ``scope`` as in :class:`shared.acting.Acting`; ``username`` as it was then.

    ``viewed_by`` names the staff member who acted as the customer; ``address`` is the browser's.
    """

    kind: str
    scope: str = "none"
    user_id: str | None = None
    username: str | None = None
    address: str = ""
    viewed_by: str = ""


class Subject(Struct, frozen=True, kw_only=True):
    """What was changed: ``kind`` (user, number, rate_plan, …), its ID, and its name for people."""

    kind: str
    id: str
    name: str


class AuditRecorded(Event, frozen=True, kw_only=True):
    """Somebody changed something of the envelope's customer (None: of the house as a whole).

    ``action`` reads ``subject.verb`` (``user.roles_changed``). ``before`` and ``after`` hold the changed
    fields only, JSON values without secrets (see :mod:`shared.audit`).
    """

    name: ClassVar[str] = "*.audit.recorded.v1"

    action: str
    actor: Actor
    subject: Subject
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    reason: Text = ""


class IdentityAuditRecorded(AuditRecorded, frozen=True, kw_only=True):
    """A change in identity."""

    name: ClassVar[str] = "identity.audit.recorded.v1"


class CdrAuditRecorded(AuditRecorded, frozen=True, kw_only=True):
    """A change in cdr."""

    name: ClassVar[str] = "cdr.audit.recorded.v1"


class InvoicingAuditRecorded(AuditRecorded, frozen=True, kw_only=True):
    """A change in invoicing."""

    name: ClassVar[str] = "invoicing.audit.recorded.v1"


class PbxAuditRecorded(AuditRecorded, frozen=True, kw_only=True):
    """A change in pbx."""

    name: ClassVar[str] = "pbx.audit.recorded.v1"


class MobileAuditRecorded(AuditRecorded, frozen=True, kw_only=True):
    """A change in mobile."""

    name: ClassVar[str] = "mobile.audit.recorded.v1"


class ProvisioningAuditRecorded(AuditRecorded, frozen=True, kw_only=True):
    """A change in provisioning."""

    name: ClassVar[str] = "provisioning.audit.recorded.v1"


AUDITS: tuple[type[AuditRecorded], ...] = (
    IdentityAuditRecorded,
    CdrAuditRecorded,
    InvoicingAuditRecorded,
    PbxAuditRecorded,
    MobileAuditRecorded,
    ProvisioningAuditRecorded,
)
