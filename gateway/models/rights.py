"""What a user may do and is told by mail, in the manual's words and order (chapter 9.1)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from gateway.access import NEEDS_MOBILE_ACCESS, ROLE_NAMES
from gateway.words import lazy_gettext as _l

OPENS = {
    "user_management": _l("Gebruikers toevoegen, blokkeren en verwijderen, en hun rollen kiezen."),
    "invoices": _l("De facturen van uw bedrijf bekijken."),
    "settings": _l("Telefoon, Telefooncentrale en Instellingen wijzigen."),
    "mobile_access": _l("De lijst van mobiele abonnementen bekijken."),
    "mobile_limits": _l("Limieten per abonnement wijzigen."),
    "mobile_blocks": _l("De lijst van blokkeringen bekijken."),
    "mobile_sim_block": _l("Een SIM-kaart blokkeren en deblokkeren."),
}


@dataclass(frozen=True)
class Role:
    """``needs`` is the role without which this one cannot be."""

    code: str
    label: Any
    help: Any
    needs: str | None = None


ROLES = tuple(
    Role(code, label, OPENS[code], "mobile_access" if code in NEEDS_MOBILE_ACCESS else None)
    for code, label in ROLE_NAMES.items()
)

REGISTRATIONS = {
    "voip_high_usage": _l("VoIP hoogverbruik berichten ontvangen per e-mail (waarschuwingslimiet)"),
    "mobile_high_usage": _l("Mobiel hoogverbruik berichten ontvangen per e-mail"),
    "invoices_by_mail": _l("Facturen ontvangen per e-mail"),
    "sim_block_confirmation": _l("Bevestiging SIM-kaart (de-)blokkering per e-mail"),
}

GENDERS = {
    "": _l("Geen keuze"),
    "female": _l("Vrouw"),
    "male": _l("Man"),
    "other": _l("Anders"),
}


def roles_held(codes: Collection[str]) -> list[Role]:
    """The roles with these codes, in the manual's order."""
    return [role for role in ROLES if role.code in codes]


def registrations_held(codes: Collection[str]) -> list[Any]:
    """What these registrations are called, in the manual's order."""
    return [label for code, label in REGISTRATIONS.items() if code in codes]
