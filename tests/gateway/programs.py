"""A program that uses the API with a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask
from werkzeug.test import TestResponse

from shared.ids import new_id
from tests.gateway import plans, rates, tokens

WHY = {"reason": "Op verzoek van de klant"}
TEST_CALL = {
    "name": "Receptie",
    "caller": "+31600123456",
    "called": "+31850001611",
    "at": "2026-11-23T10:00:00+01:00",
    "expect": "rings:1",
}
BODIES: dict[str, Any] = {
    "exports.start": {"selection": {"period": "2026-10"}},
    "users.add": {"username": "piet", "email": "p@bakkerij.example"},
    "users.change": {"email": "p@bakkerij.example"},
    "users.set_roles": {"roles": ["invoices"]},
    "users.set_registrations": {"registrations": []},
    "users.block": {"blocked": True},
    "users.reset_second_step": {"reason": "Telefoon kwijt"},
    "users.set_duty": {"on": True},
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
    "numbers.add_range": {"first": "+31850001600", "last": "+31850001699"},
    "pbx.set_secret": {"value": "kruisbessenjam"},
    "sounds.add": b"RIFF",
    "test_calls.add": TEST_CALL,
    "test_calls.change": TEST_CALL,
    "customers.create_partner": {"name": "ICT Elders"},
    "telephony.set_pbx": {"enabled": True, **WHY},
    "telephony.add_place": {"values": {"username": "verkoop1"}, **WHY},
    "telephony.remove_place": WHY,
    "telephony.add_line": {"values": {"number": "+31850001650"}, **WHY},
    "telephony.change_line": {"values": {"name": "Balie"}, **WHY},
    "telephony.remove_line": WHY,
    "telephony.set_calls_abroad": {"most": 12, **WHY},
    "mobile_staff.create": {"product": "kpn_een", "number": "+31600123456", "active_from": "2026-12-01"},
    "mobile_staff.change_sim": {"sim_number": "8931080000000000000"},
    "mobile_staff.add_module": {"module": "mobiel_bellen_eu", "valid_from": "2026-12-01"},
    "mobile_staff.end_module": {"module": "mobiel_bellen_eu", "valid_to": "2026-12-01"},
    "mobile_staff.set_blocks": {"codes": []},
    "mobile_staff.change_number": {"number": "+31600123457", "valid_from": "2026-12-01"},
    "mobile_staff.change_product": {"product": "kpn_een", "valid_from": "2026-12-01"},
    "mobile_staff.end": {"ended_at": "2026-12-01"},
    "mobile_staff.set_terms": {"month": "2026-12", "block_cost": "5.00"},
    "mobile_staff.set_defaults": {"limits": {"total": "50.00"}},
    "quarantine.replay": {"case": rates.KEY},
    "quarantine.discard": {"case": rates.KEY, **WHY},
    "rate_plans.set_standard": {"plan": "default", **WHY},
    "rate_plans.assign": {"plan": "default", **WHY},
    "rate_plans.begin": b"kind,prefix",
    "rate_plans.change_draft": {"name": "default", "valid_from": "2026-12-01"},
    "rate_plans.save": WHY,
    "rerating.preview": {"period": "2026-10"},
    "rerating.book": WHY,
    "billing.save_product": {"code": "voip-basis", "description": "Zakelijk VoIP Basis", "price": "12.50"},
    "billing.save_account": {"revision": 1, "itemised": True},
    "billing.add_charge": {"kind": "one_off", "product": "voip-basis", "starts": "2026-12-01"},
    "billing.end_charge": {"ends": "2026-12-31"},
    "billing.start_run": {"period": "2026-10"},
    "billing.collect": {"collect_on": "2026-12-01"},
    "billing.credit": {"lines": [{"line": 0, "net": "10.00"}], **WHY},
    "billing.set_paid": {"on": "2026-12-01"},
    "operations.retry_dead_letters": {"queue": "cdr.on_changed"},
}
BODIES |= {f"company_{name}": body for name, body in BODIES.items() if name.startswith("users.")}
"""What each change is sent, by its name in the document."""


QUERIES = {
    "sounds.add": "?name=Begroeting",
    "number_plan.week": "?number=%2B31850001611",
    "numbers.range_with": "?number=0850001611",
    "quarantine.case": f"?{urlencode(rates.KEY)}",
    "rate_plans.lines": f"?version={quote(plans.NOW_VERSION)}",
    "rate_plans.file": f"?version={quote(plans.NOW_VERSION)}",
    "rate_plans.compare": f"?before={quote(plans.OLD_VERSION)}&after_version={quote(plans.NOW_VERSION)}",
    "rate_plans.plan_customers": "?plan=default",
    "rate_plans.begin": "?name=default&valid_from=2026-12-01",
    "billing.preview": "?period=2026-10",
    "rerating.calls": "?period=2026-10",
    "rerating.why": f"?row_id={quote(rates.ROW)}",
}
"""What an address needs behind it."""


def settings_of(name: str) -> Any:
    return BODIES.get(name)


@dataclass(frozen=True)
class Program:
    """Sends a token with each request, and a key with each change."""

    app: Flask
    token: str | None = tokens.SECRET

    def ask(
        self, method: str, address: str, body: Any = None, query: Any = None, **headers: str
    ) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if method != "GET":
            sent["Idempotency-Key"] = new_id()
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        said = {} if body is None else {"data" if isinstance(body, bytes) else "json": body}
        said |= {"query_string": query} if query else {}
        return self.app.test_client().open(address, method=method, headers=sent, buffered=True, **said)
