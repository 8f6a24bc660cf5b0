"""Blocks that staff and the carrier set, and customers see (MOB-07), in the manual's order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.words import lazy_gettext as _l

BLOCKS: Mapping[str, tuple[Any, Any]] = {
    "caller_id": (_l("Blokkeren nummerherkenning"), ""),
    "paid_services": (_l("Blokkeren betaalde servicenummers excl. 0900"), ""),
    "premium_sms": (_l("Blokkeren premium SMS"), ""),
    "foreign_and_roaming": (
        _l("Blokkeren niet-NL nummers en roaming"),
        _l("Bellen naar het buitenland en bellen en internetten in het buitenland kan niet."),
    ),
    "foreign_numbers": (_l("Blokkeren bellen naar niet-NL nummers"), ""),
    "outgoing": (_l("Blokkeren uitgaande gesprekken"), ""),
    "outgoing_abroad": (
        _l("Blokkeren uitgaande gesprekken behalve binnen NL naar NL nummers"),
        "",
    ),
    "incoming_abroad": (_l("Blokkeren binnenkomende gesprekken in het buitenland"), ""),
    "data_roaming": (_l("Blokkeren data roaming"), ""),
    "sms_internet_eu": (_l("SMS waarschuwing Mobiel Internet EU"), ""),
    "sms_internet_world": (_l("SMS waarschuwing Mobiel Internet World"), ""),
    "sms_data_roaming": (
        _l("SMS data roaming limiet"),
        _l("Bij deze limiet krijgt de telefoon een sms over de kosten van data in het buitenland."),
    ),
}
"""Code → name and help."""

NEW = ("sms_data_roaming",)
"""What a new subscription has on."""


def in_order(codes: object) -> tuple[str, ...]:
    """Each code once, in the manual's order."""
    wanted = set(codes) if isinstance(codes, list | tuple | set | frozenset) else set()
    return tuple(code for code in BLOCKS if code in wanted)
