"""What runs, waits and went wrong in the services, for staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from gateway.words import lazy_gettext as _l

SERVICES = {
    "identity": _l("Klanten, gebruikers en mail"),
    "cdr": _l("Verbruik en tarieven"),
    "invoicing": _l("Facturen"),
    "pbx": _l("Nummers en telefooncentrale"),
    "mobile": _l("Mobiel"),
    "provisioning": _l("Toestellen"),
}
"""Each service by its own name, and what it is called here."""

MAIL_STATES = {"failed": _l("Mislukt"), "queued": _l("Wacht"), "sent": _l("Verstuurd")}
LETTERS = {
    "reset": _l("Wachtwoord vergeten"),
    "welcome": _l("Welkom e-mail"),
    "address_changed": _l("E-mailadres gewijzigd"),
    "second_step": _l("Inloggen in twee stappen"),
    "voip_high_usage": _l("VoIP hoogverbruik"),
    "mobile_high_usage": _l("Mobiel hoogverbruik"),
    "invoice": _l("Factuur"),
    "sim_block_confirmation": _l("SIM-kaart (de-)blokkering"),
    "sim_block_failed": _l("SIM-kaart (de-)blokkering mislukt"),
    "usage_export": _l("Gespreksdetails"),
    "voicemail": _l("Voicemail"),
}


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One of the oldest messages: why it could not be delivered, and how it begins."""

    reason: str = ""
    body: str = ""
    died_at: str = ""
    headers: dict[str, str] = {}

    @property
    def moment(self) -> datetime | None:
        """When it was given up."""
        try:
            return datetime.fromisoformat(self.died_at)
        except ValueError:
            return None


class DeadQueue(msgspec.Struct, frozen=True, kw_only=True):
    """A queue of a service, and how many of its messages nobody could handle."""

    queue: str
    messages: int
    can_retry: bool = True
    samples: tuple[Sample, ...] = ()


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail of the last weeks; ``error`` is what the mail server said."""

    id: str
    template: str
    to: str = ""
    state: str = "failed"
    customer_id: str | None = None
    language: str = "nl"
    tries: int = 0
    created_at: datetime | None = None
    next_try: datetime | None = None
    error: str | None = None

    @property
    def letter(self) -> Any:
        return LETTERS.get(self.template, self.template)

    @property
    def state_label(self) -> Any:
        return MAIL_STATES.get(self.state, self.state)


class Mails(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list, newest first; ``next`` goes into the next call's ``after``."""

    rows: tuple[Mail, ...] = ()
    next: str | None = None


JOB_STATES = {
    "queued": _l("Wacht"),
    "running": _l("Loopt"),
    "done": _l("Klaar"),
    "failed": _l("Mislukt"),
    "cancelled": _l("Gestopt"),
}
JOB_KINDS = {
    "export": _l("Bestand met gespreksdetails"),
    "rerate": _l("Herberekening"),
    "plan_check": _l("Nakijken van tarieven"),
    "rerate_preview": _l("Voorbeeld van een herberekening"),
}


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Long work of a service."""

    id: str
    kind: str
    state: str
    customer_id: str | None = None
    done: int = 0
    total: int | None = None
    percentage: float | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    error: str | None = None

    @property
    def kind_label(self) -> Any:
        return JOB_KINDS.get(self.kind, self.kind)

    @property
    def state_label(self) -> Any:
        return JOB_STATES.get(self.state, self.state)
