"""A program that uses the API with a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from shared.ids import new_id
from tests.gateway import tokens

BODIES: dict[str, Any] = {
    "exports.start": {"selection": {"period": "2026-10"}},
    "users.add": {"username": "piet", "email": "p@bakkerij.example"},
    "users.change": {"email": "p@bakkerij.example"},
    "users.set_roles": {"roles": ["invoices"]},
    "users.set_registrations": {"registrations": []},
    "users.block": {"blocked": True},
    "pbx.change_part": {"values": {}},
    "pbx.add": {"values": {"name": "Verkoop"}},
    "pbx.change": {"values": {"name": "Verkoop"}},
    "pbx.set_night": {"state": "on"},
    "number_plan.publish": {"note": ""},
    "number_plan.simulate": {"caller": "+31600123456", "called": "+31850001611"},
    "devices.create": {"model": "snom-d785", "mac": "00:04:13:00:00:01", "password": "kruisbessenjam"},
    "devices.change": {"label": "Balie"},
    "mobile.set_customer_limit": {"value": "100.00"},
    "mobile.change_label": {"label": "Bezorgbus", "revision": 1},
    "mobile.set_limit": {"value": None},
    "mobile.block_sim": {"block": True},
    "settings.set_limit": {"limit": "100.00"},
    "settings.set_watch": {"block": True},
    "settings.lift": {"reason": "Het waren wij zelf"},
    "customers.create": {"name": "Bakkerij Elders", "products": ["voip"]},
    "customers.change": {"revision": 3, "name": "Bakkerij Elders"},
    "numbers.assign": {"numbers": ["+31850001650"], "valid_from": "2026-12-01"},
    "numbers.end": {"valid_to": "2026-12-01"},
}
"""What each change is sent, by its name in the document."""


def settings_of(name: str) -> Any:
    return BODIES.get(name)


@dataclass(frozen=True)
class Program:
    """Sends a token with each request, and a key with each change."""

    app: Flask
    token: str | None = tokens.SECRET

    def ask(self, method: str, address: str, body: Any = None, **headers: str) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if method != "GET":
            sent["Idempotency-Key"] = new_id()
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        said = {} if body is None else {"json": body}
        return self.app.test_client().open(address, method=method, headers=sent, buffered=True, **said)
