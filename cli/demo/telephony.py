"""The demo's number plan: what the manual shows as an example (6.1, 6.2), and lines without a PBX.

A menu on the company's number leads to sales (no number of its own), support (with one) and the reception;
at night a company voicemail speaks. Names are of functions, numbers fictional.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import holidays

from cli.demo.cast import BAKERY, FOUNDATION, INSTALLER, Customer

COMPANY, SUPPORT, RECEPTION = INSTALLER.numbers[:3]
SALES_MEMBERS = ("201", "202", "203")
SUPPORT_MEMBERS = ("205", "206")

LINES: dict[str, tuple[tuple[str, str], ...]] = {
    BAKERY.code: tuple(zip(BAKERY.numbers, ("Winkel", "Kantoor", "Bakkerij", "Bestellingen"), strict=False)),
    FOUNDATION.code: tuple(zip(FOUNDATION.numbers, ("Algemeen", "Secretariaat", "Fax"), strict=False)),
}
"""Number and name of each customer's lines; numbers without one stay free."""

WITH_PBX: tuple[Customer, ...] = (INSTALLER,)


def id_of(name: str) -> str:
    """The same ID for the same thing, whenever the demo is made."""
    return hashlib.sha256(f"demo|{name}".encode()).hexdigest()[:32]


def number_plan(today: date) -> dict[str, Any]:
    """The configuration, as the service pbx imports it; public holidays of this year and the next."""
    return {
        "company": {"name": INSTALLER.name, "number": COMPANY, "show_name": True},
        "outgoing": {"service_0906": True, "service_0909": True},
        "night": {
            "state": "auto",
            "destination": "999",
            "hours": id_of("hours"),
            "holidays": id_of("holidays"),
        },
        "schedules": [_hours(), _holidays(today)],
        "users": _users(),
        "groups": [_sales(), _support()],
        "menus": [_menu()],
    }


def _hours() -> dict[str, Any]:
    slots = [{"days": [0, 1, 2, 3, 4], "start": "08:30", "end": "17:30"}]
    return {"id": id_of("hours"), "name": "Werktijden 08:30-17:30", "slots": slots}


def _holidays(today: date) -> dict[str, Any]:
    found = holidays.country_holidays("NL", years=(today.year, today.year + 1), language="nl")
    dates = [{"first": str(day), "last": str(day), "name": name} for day, name in sorted(found.items())]
    return {"id": id_of("holidays"), "name": "Vakantiedagen NL", "kind": "holiday", "dates": dates}


def _users() -> list[dict[str, Any]]:
    names = {
        "201": "Verkoop 1",
        "202": "Verkoop 2",
        "203": "Verkoop 3",
        "205": "Support 1",
        "206": "Support 2",
    }
    plain = [_user(extension, name) for extension, name in names.items()]
    mailed = {"on": True, "email": "receptie@example.nl"}
    reception = _user("209", "Receptie", number=RECEPTION, call_waiting=True, voicemail=mailed)
    spoken = {"on": True, "always": True, "after": "hangup"}
    return [*plain, reception, _user("999", "Bedrijf Voicemail", voicemail=spoken, night={"mode": "off"})]


def _user(extension: str, name: str, **more: Any) -> dict[str, Any]:
    first, _space, last = name.partition(" ")
    return {
        "id": id_of(f"user {extension}"),
        "username": name.lower().replace(" ", ""),
        "first_name": first,
        "last_name": last,
        "extension": extension,
        **more,
    }


def _sales() -> dict[str, Any]:
    return {
        "id": id_of("sales"),
        "name": "Verkoop",
        "first_name": "Verkoop",
        "extension": "101",
        "members": [id_of(f"user {extension}") for extension in SALES_MEMBERS],
        "policy": "circular",
        "wait_on": True,
        "wait_seconds": 60,
        "overflow_to": "209",
    }


def _support() -> dict[str, Any]:
    return {
        "id": id_of("support"),
        "name": "Support",
        "first_name": "Support",
        "number": SUPPORT,
        "extension": "102",
        "members": [id_of(f"user {extension}") for extension in SUPPORT_MEMBERS],
        "policy": "simultaneous",
        "wait_on": True,
        "wait_seconds": 45,
        "overflow_to": "209",
    }


def _menu() -> dict[str, Any]:
    keys = {
        "1": {"action": "transfer", "to": "101", "description": "Verkoop"},
        "2": {"action": "transfer_announced", "to": "102", "description": "Support"},
        "9": {"action": "operator", "to": "209", "description": "Receptie"},
        "*": {"action": "repeat", "description": "Nog eens"},
    }
    return {
        "id": id_of("menu"),
        "name": "Hoofdmenu",
        "number": COMPANY,
        "extension": "100",
        "open": {"keys": keys},
    }
